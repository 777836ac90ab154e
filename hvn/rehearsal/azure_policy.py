"""Simulate the changes that Azure Policy makes outside Terraform after an apply."""

import json
import pathlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hvn.rehearsal.cloud import Cloud, Object

GROUP = "/subscriptions/00000000-0000-4000-8000-000000000005/resourceGroups/rg-policy/providers"
WORKSPACE = f"{GROUP}/Microsoft.OperationalInsights/workspaces/log-policy"

# The policies Enable-DDoS-VNET, Deploy-MDFC-Config and the policies for AKS add-ons make these changes.
WRITTEN: dict[str, Object] = {
    "azurerm_kubernetes_cluster": {
        "azure_policy_enabled": True,
        "microsoft_defender": [{"log_analytics_workspace_id": WORKSPACE}],
    },
    "azurerm_virtual_network": {
        "ddos_protection_plan": [{"id": f"{GROUP}/Microsoft.Network/ddosProtectionPlans/ddos-policy", "enable": True}],
    },
}
TAG = {"cost-center": "inherited"}


@contextmanager
def azure_policy(cloud: Cloud, state: pathlib.Path) -> Iterator[None]:
    """Change the resources of a state as Azure Policy does, and revert the changes at the end of the `with` block."""
    before = [(kind, id_, value) for kind, id_ in _managed(state) if (value := cloud.get(kind, id_))]
    for kind, id_, value in before:
        tags = {"tags": {**(value["tags"] or {}), **TAG}} if "tags" in value else {}
        cloud.put(kind, id_, {**value, **WRITTEN.get(kind, {}), **tags})
    try:
        yield
    finally:
        for kind, id_, value in before:
            cloud.put(kind, id_, value)


def _managed(state: pathlib.Path) -> Iterator[tuple[str, str]]:
    """Yield the type and the id of each azurerm resource in a state."""
    content: Any = json.loads(state.read_text(encoding="utf-8"))
    for resource in content["resources"]:
        if resource["mode"] == "managed" and resource["type"].startswith("azurerm_"):
            yield from ((resource["type"], instance["attributes"]["id"]) for instance in resource["instances"])
