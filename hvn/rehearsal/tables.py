"""What the bindings do not say of a type: ForceNew, defaults, allowed values and sizes, conflicts, sensitivity, its id.

`tables/<provider>.json` are facts read from the pinned providers' source, with the file each comes from. Of a value:
`enum`, `pattern`, `length`, `range` of a number, `min_items`, `form` (forms.py), `id_of` a type of azurerm; what
`enum_or_other` lists is taken besides.
"""

import json
import pathlib
from dataclasses import dataclass
from functools import cache
from typing import Any

FOLDER = pathlib.Path(__file__).parent / "tables"


class Unknown(Exception):
    """A stack uses a type that no table describes: without one its plan would be a guess."""


@dataclass(frozen=True, slots=True)
class Table:
    """One type; `attributes` by path, `network_profile.pod_cidr`."""

    id: str
    attributes: dict[str, dict[str, Any]]

    def of(self, path: str) -> dict[str, Any]:
        """What is known of an argument; empty if nothing."""
        return self.attributes.get(path, {})


@cache
def types(provider: str) -> dict[str, Table]:
    """All types of a provider that the stacks use; data sources as `data.<type>`. Raises `Unknown`."""
    file = FOLDER / f"{provider}.json"
    if not file.exists():
        raise Unknown(f"no table describes the provider {provider}: add hvn/rehearsal/tables/{provider}.json")
    content = json.loads(file.read_text(encoding="utf-8"))
    return {name: Table(entry["id"], entry["attributes"]) for name, entry in content["types"].items()}


def table(provider: str, name: str) -> Table:
    """The table of one type. Raises `Unknown`."""
    found = types(provider).get(name)
    if found is None:
        raise Unknown(f"no table describes {name}: add it to hvn/rehearsal/tables/{provider}.json")
    return found
