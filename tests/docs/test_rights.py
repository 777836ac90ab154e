"""The same resource type needs different rights for different uses."""

import importlib
from typing import Any

import pytest

from hvn.kinds.registry import kind_of
from hvn.kinds.workspace import WorkspaceId
from tests.docs.test_docs import PROJECT


@pytest.fixture
def rights(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(PROJECT / "tools")
    return importlib.import_module("rights")


def granted(rights: Any, kind: str, phase: str, type_: str, body: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the right and the scope of each grant that a resource needs."""
    grants = rights.needs(kind_of(WorkspaceId(kind)), {"provider": {}, "resource": {type_: {"it": body}}})
    return [(grant.right, grant.scope) for when, _, grant in grants if when == phase]


VNET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v"


def test_a_role_of_the_same_workspace_needs_an_assignment_without_condition(rights: Any) -> None:
    body = {"scope": VNET, "role_definition_id": "${azurerm_role_definition.peer.role_definition_resource_id}"}
    grants = granted(rights, "peering", "apply", "azurerm_role_assignment", body)
    assert grants == [("User Access Administrator", "the spoke's VNet")]
    body = {"scope": VNET, "role_definition_name": "Network Contributor"}
    ((right, scope),) = granted(rights, "aks", "apply", "azurerm_role_assignment", body)
    assert right.startswith("Role Based Access Control Administrator")
    assert "for write and for delete" in right
    assert scope == "the spoke's VNet"


def test_a_spokes_resources_in_the_hub_need_no_network_contributor(rights: Any) -> None:
    for type_ in ("azurerm_private_dns_zone_virtual_network_link", "azurerm_virtual_network_peering"):
        grants = granted(rights, "network", "apply", type_, {"provider": "azurerm.hub"})
        assert grants
        assert "Network Contributor" not in {right for right, _ in grants}
        assert "the hub's resource group" not in {scope for _, scope in grants}
