"""Read the facts about resource types that a provider's schema lacks: replacement, defaults, allowed values, conflicts,
ids.

`tables/<provider>.json` has the facts by type and by the path of an argument. `tables/<engine>/<provider>.json` has the
facts that differ in another engine. The facts come from the source of the pinned provider version:

    force_new      a change replaces the resource
    default        the planned value of an argument that is not set
    computed       a block, or a member of an object in a set, that is known after apply if it is not set (the schema
                   marks other attributes)
    null_at_plan   a computed attribute that is null in the plan, not unknown
    result         the value that the cloud sets, with `{names}` of other arguments
    not_read       the provider does not read the argument: null remains null after an apply and after a refresh
    upper_case     the cloud stores the text in capital letters
    enum, enum_or_other, pattern, length, range, min_items, max_items, form (forms.py), id_of (a type of azurerm)
    conflicts_with, exactly_one_of
"""

import json
import pathlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from hvn.engine import DEFAULT, ENGINE

FOLDER = pathlib.Path(__file__).parent / "tables"


class Unknown(Exception):
    """A stack uses a provider or a type without a table, so a rehearsal cannot plan it."""


@dataclass(frozen=True, slots=True)
class Table:
    """The facts of a type by the path of an argument, such as `network_profile.pod_cidr`."""

    id: str
    attributes: dict[str, dict[str, Any]]

    def of(self, path: str) -> dict[str, Any]:
        """Return the facts of the argument at a path; an empty dictionary for an argument without facts."""
        return self.attributes.get(path, {})


@cache
def _content(provider: str, engine: str = DEFAULT) -> Any:
    file = FOLDER / ("" if engine == DEFAULT else engine) / f"{provider}.json"
    if engine != DEFAULT and not file.exists():
        return {"types": {}}
    if not file.exists():
        raise Unknown(f"no table describes the provider {provider}: add hvn/rehearsal/tables/{provider}.json")
    return json.loads(file.read_text(encoding="utf-8"))


def version(provider: str) -> str:
    """Return the provider version that the tables describe. Raises `Unknown` if the provider has no tables."""
    return str(_content(provider)["version"])


@cache
def types(provider: str, engine: str = ENGINE) -> dict[str, Table]:
    """Return the tables of a provider by type, data sources as `data.<type>`. Raises `Unknown` if the provider has
    no tables."""
    entries = _content(provider)["types"]
    others = _content(provider, engine)["types"] if engine != DEFAULT else {}
    return {
        name: Table(other.get("id", entry["id"]), {**entry["attributes"], **other.get("attributes", {})})
        for name, entry in entries.items()
        for other in (others.get(name, {}),)
    }


def table(provider: str, name: str, engine: str = ENGINE) -> Table:
    """Return the table of a type. Raises `Unknown` if the type has no table."""
    described = types(provider, engine).get(name)
    if described is None:
        raise Unknown(f"no table describes {name}: add it to hvn/rehearsal/tables/{provider}.json")
    return described


def table_or_none(provider: str, name: str, engine: str = ENGINE) -> Table:
    """Return the table of a type. For a type without a table, return a table without facts, so that the rehearsal
    invents the ids."""
    return types(provider, engine).get(name) or Table(f"/{name}/{{uuid}}", {})
