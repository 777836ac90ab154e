"""The base of all models of the topology file."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Strict types, no unknown keys, immutable. A docstring below a field is its description."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, use_attribute_docstrings=True)
