"""Read the schemas of the real providers from `schemas/<provider>.json`, or from `schemas/<engine>/` for other engines.

tools/schemas.py makes these files from the output of `terraform providers schema -json`.
"""

import json
import pathlib
from collections.abc import Iterable
from functools import cache
from typing import Any

from hvn.engine import AZURERM_5, CDKTN, DEFAULT, ENGINE, PROJECT
from hvn.rehearsal.schema import Attribute, Block, NestedBlock

FOLDER = pathlib.Path(__file__).parent / "schemas"
"""The folder with the schemas of cdktf's providers, and of the operator's custom resources."""


class MissingSchema(Exception):
    """A stack uses a provider, a provider version or a type for which the rehearsal has no schema."""


@cache
def _content(provider: str, engine: str = ENGINE) -> Any:
    file = PROJECT / path(engine, provider)
    if not file.exists():
        raise MissingSchema(
            f"no schemas of the provider {provider}: make {path(engine, provider)} with tools/schemas.py"
        )
    return json.loads(file.read_text(encoding="utf-8"))


def version(provider: str, engine: str = ENGINE) -> str:
    """Return the provider version that the schemas of an engine describe. Raises `MissingSchema` if the provider has no
    schemas."""
    return str(_content(provider, engine)["version"])


def require_version(provider: str, pinned: str) -> None:
    """Raise `MissingSchema` if the pinned version differs from the version of the schemas."""
    if pinned != version(provider):
        raise MissingSchema(
            f"the stacks pin {provider} {pinned}, and {path(ENGINE, provider)} has version {version(provider)}: "
            "generate the file again with tools/schemas.py"
        )


def read(provider: str, types: Iterable[str], engine: str = ENGINE) -> dict[str, Block]:
    """Return the schemas by type: data sources as `data.<type>`, the provider's configuration as `provider`.

    Raises `MissingSchema` if the provider or a type has no schema.
    """
    return {name: _schema(provider, name, engine) for name in types}


def has(type_: str) -> bool:
    """Return whether the provider of a type has a schema of the type; data sources are `data.<type>`."""
    provider = type_.removeprefix("data.").partition("_")[0]
    if not (PROJECT / path(ENGINE, provider)).exists():
        return False
    section = "data_source_schemas" if type_.startswith("data.") else "resource_schemas"
    return type_.removeprefix("data.") in _content(provider)[section]


@cache
def _schema(provider: str, name: str, engine: str) -> Block:
    content = _content(provider, engine)
    section = "data_source_schemas" if name.startswith("data.") else "resource_schemas"
    schema = content["provider_config"] if name == "provider" else content[section].get(name.removeprefix("data."))
    if schema is None:
        raise MissingSchema(
            f"no schema of {name}: add the type to KEPT in tools/schemas.py and generate {path(engine, provider)} again"
        )
    return _block(schema["block"], schema["version"])


def path(engine: str, provider: str) -> str:
    """Return the path, relative to the project, of the file with the provider's schemas for this engine."""
    if engine == AZURERM_5 and provider != "azurerm":
        engine = CDKTN  # both engines have the same versions of the other providers
    return f"hvn/rehearsal/schemas/{'' if engine == DEFAULT else f'{engine}/'}{provider}.json"


def _block(block: dict[str, Any], state_version: int = 0) -> Block:
    return Block(
        {name: _attribute(attribute) for name, attribute in block.get("attributes", {}).items()},
        {
            name: NestedBlock(
                _block(nested["block"]), nested["nesting_mode"], nested.get("min_items", 0), nested.get("max_items", 0)
            )
            for name, nested in block.get("block_types", {}).items()
        },
        block.get("deprecated", False),
        state_version,
    )


def _attribute(attribute: dict[str, Any]) -> Attribute:
    flags = {name: value for name, value in attribute.items() if name not in {"type", "nested_type"}}
    nested = attribute.get("nested_type")
    if nested is None:
        return Attribute(attribute["type"], **flags)
    return Attribute(None, **flags, nested=_block(nested), nesting=nested["nesting_mode"])
