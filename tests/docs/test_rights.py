"""What a resource needs may hang on how it is used: the entry of the table that is taken."""

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
    found = rights.needs(kind_of(WorkspaceId(kind)), {"provider": {}, "resource": {type_: {"it": body}}})
    return [(grant.right, grant.scope) for when, _, grant in found if when == phase]


VNET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v"


def test_a_role_made_beside_its_assignment_is_in_no_condition(rights: Any) -> None:
    body = {"scope": VNET, "role_definition_id": "${azurerm_role_definition.peer.role_definition_resource_id}"}
    made = granted(rights, "peering", "apply", "azurerm_role_assignment", body)
    assert made == [("User Access Administrator", "the spoke's VNet")]
    body = {"scope": VNET, "role_definition_name": "Network Contributor"}
    ((right, scope),) = granted(rights, "aks", "apply", "azurerm_role_assignment", body)
    assert right.startswith("Role Based Access Control Administrator")
    assert "for write and for delete" in right
    assert scope == "the spoke's VNet"


def test_what_a_spoke_writes_in_the_hub_takes_no_network_contributor(rights: Any) -> None:
    for type_ in ("azurerm_private_dns_zone_virtual_network_link", "azurerm_virtual_network_peering"):
        made = granted(rights, "network", "apply", type_, {"provider": "azurerm.hub"})
        assert made
        assert "Network Contributor" not in {right for right, _ in made}
        assert "the hub's resource group" not in {scope for _, scope in made}
