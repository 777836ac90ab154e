"""The base of all models of the topology file."""

from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic_core import PydanticCustomError

EMPTY = "empty_key"
"""Type of pydantic's error for a key without a value."""


class Model(BaseModel):
    """Strict types, no unknown keys, immutable. A docstring below a field is the field's description
    (`hvn.topology.descriptions`). pydantic builds the validator of a model at its first use."""

    model_config = ConfigDict(defer_build=True, strict=True, extra="forbid", frozen=True)

    @field_validator("*", mode="after")
    @classmethod
    def _has_value(cls, value: Any) -> Any:
        """Return the value. Refuse a key without a value: `cluster:` above lines that are commented out must not remove
        the cluster."""
        if value is None:
            raise PydanticCustomError(EMPTY, "empty")
        return value
