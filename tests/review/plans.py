"""Build the JSON of plans for tests: plans like Terraform's, and hostile plans."""

import json
from typing import Any


def resource(address: str = "azurerm_route_table.one", *, actions: Any = ("update",), **change: Any) -> dict[str, Any]:
    return {"address": address, "type": address.split(".")[0], "change": {"actions": list(actions), **change}}


def plan(*resources: Any, **more: Any) -> bytes:
    return json.dumps({"format_version": "1.2", "resource_changes": list(resources), **more}).encode()
