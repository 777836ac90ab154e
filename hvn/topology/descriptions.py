"""The descriptions of the fields of the model: the docstrings below the fields.

pydantic's `use_attribute_docstrings` would read them at each start, and make `hvn check` a tenth slower.
"""

import ast
import inspect
from collections.abc import Mapping
from functools import cache
from itertools import pairwise

from pydantic import BaseModel


def description(model: type[BaseModel], field: str) -> str:
    """Return the docstring below a field of a model, or an empty string."""
    owner = next(one for one in model.__mro__ if field in inspect.get_annotations(one))
    return _docstrings(owner).get(field, "")


@cache
def _docstrings(model: type) -> Mapping[str, str]:
    """Return the docstrings below the fields that the class itself declares, by field."""
    definition = next(node for node in ast.parse(inspect.getsource(model)).body if isinstance(node, ast.ClassDef))
    texts: dict[str, str] = {}
    for field, docstring in pairwise(definition.body):
        match field, docstring:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                texts[name] = inspect.cleandoc(text)
    return texts
