"""Find values of a plan that neither the topology nor the code contains: somebody changed the plan file.

`hvn plans` writes the values that an edit causes into the plan file (`hvn_expected`, `hvn_openings`). A person who
changes a value of the plan file can change these keys as well. The inputs of the workspace come from the topology, so
this person cannot change the inputs.
"""

import ast
import pathlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import cache
from typing import Any

from hvn.diagnostics.message import Message
from hvn.kinds.inputs import Inputs
from hvn.review.differences import AFTER_APPLY
from hvn.review.masked import SENSITIVE
from hvn.review.plan import Action, Plan

PROJECT = pathlib.Path(__file__).resolve().parents[2]
FILES = ("stacks/**/*.py", "hvn/kinds/**/*.py", "hvn/topology/*.py")
NO_TERRAFORM = "_steps.py"
"""The ending of the names of modules with manual steps. The texts of these modules are not Terraform, and contain words
such as `root`."""
OWN_VALUES = ("aks", "hub", "network")
"""The kinds of workspaces in which edited arguments do not use values of data sources."""
UNLIMITED = ("every subject", "every audience", "every address", "unlimited", "not compared")
"""Values of an unlimited login. Every topology limits its logins, so no edit explains these values."""
MOUNT = "vault_jwt_auth_backend"
"""The mount's issuer and keys come from a data source or a key file, and HVN909 reports their change."""
WIDE = frozenset({"*", "any", "internet", "0.0.0.0/0"})
"""Words that allow everything. The code contains these words for its fixed rules, so only the topology can explain a
new wildcard."""
_WORD = re.compile(r"\b[0-9]+(?:\.[0-9]+){3}(?:/[0-9]+)?|[A-Za-z]{3,}|[0-9]+|^\*\.?")


def foreign_values(plan: Plan, kind: str, sides: Iterable[Inputs | None]) -> Iterator[Message]:
    """Yield a reason for each resource that gets values from neither the topology nor the code. `sides` are the inputs
    of the workspace in the base and in the topology."""
    inputs = [asdict(side) for side in sides if side]
    texts = {*_texts(inputs)}
    known = _words_of_code() - WIDE | {*_words(inputs)}
    for change in plan.changes:
        if change.type == MOUNT:
            continue
        paths = [one.subject.partition(" on path ")[2] for one in change.openings]
        values = [f"{path} {one.value}".strip() for path, one in zip(paths, change.openings, strict=True)]
        if kind in OWN_VALUES and change.action is Action.UPDATE:
            values += [one.after for one in change.differences if "…" not in one.after]
        kept = {word for one in change.differences for word in _words(one.before)}
        unlimited = [one.value for one in change.openings if one.value in UNLIMITED]
        unlimited += [path for path in paths if path and path not in texts]
        if foreign := sorted({*unlimited, *(value for value in values if {*_words(value)} - known - kept)}):
            yield Message(
                "{address} gets values that neither the topology nor the code contains: {values}",
                address=change.address,
                values=foreign,
            )


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts in a value. The inputs contain the whole path of each rule of a Vault policy."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _words(value: Any) -> Iterator[str]:
    """Yield the words, numbers, ranges and wildcards of all texts and numbers in a value. The words `WIDE` in rules
    that deny are omitted."""
    if isinstance(value, dict):
        denied = WIDE if value.get("access") == "Deny" else frozenset()
        for key, inner in value.items():
            yield from _words(key)
            yield from (word for word in _words(inner) if word not in denied)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _words(inner)
    elif value is not None:
        yield from (word.casefold().removesuffix("/32") for word in _WORD.findall(str(value)))


@cache
def _words_of_code() -> frozenset[str]:
    """Return the words of the texts and numbers in the code that generates Terraform."""
    files = [file for pattern in FILES for file in PROJECT.glob(pattern) if not file.name.endswith(NO_TERRAFORM)]
    trees = [ast.parse(file.read_bytes()) for file in files]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    texts = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}  # docstrings
    constants = [node.value for node in nodes if isinstance(node, ast.Constant) and id(node) not in texts]
    return frozenset(
        word for value in (*constants, AFTER_APPLY, SENSITIVE, "null true false") for word in _words(value)
    )
