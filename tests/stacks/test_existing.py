"""Workspaces refer to existing clusters, HVN peerings and JWT mounts, and do not create them."""

from typing import Any

from tests.conftest import Synth
from tests.stacks.resources import EXISTING, one

SEARCH = ["peering-search", "vault-auth-search", "vso-search", "secrets-search"]


def types(stack: Any) -> set[str]:
    return set(stack["resource"])


def test_an_existing_peering_is_read_and_only_its_routes_are_created(synth: Synth) -> None:
    stack = synth(EXISTING, only=SEARCH)["peering-search"]
    assert types(stack) == {"hcp_hvn_route"}
    route, peering = one(stack, "hcp_hvn_route"), one(stack, "data.hcp_azure_peering_connection")
    assert peering["peering_id"] == "search-hvn"
    assert route.arguments["target_link"] == "${data.hcp_azure_peering_connection.active.self_link}"
    active, same = peering.arguments["lifecycle"]["postcondition"]
    assert '"ACTIVE"' in active["condition"]
    assert all(name in same["condition"] for name in ('"vnet-search"', '"rg-search"', "77777777"))
    assert "azurerm" not in stack["provider"]


def test_an_existing_mount_gets_roles_and_policies_only(synth: Synth) -> None:
    stack = synth(EXISTING, only=SEARCH)["vault-auth-search"]
    assert types(stack) == {"vault_jwt_auth_backend_role", "vault_policy"}
    assert one(stack, "vault_jwt_auth_backend_role").arguments["backend"] == "jwt-find"
    assert "azurerm" not in stack["provider"]


def test_the_operator_and_the_secrets_use_an_existing_cluster_by_its_id(synth: Synth) -> None:
    built = synth(EXISTING, only=SEARCH)
    for workspace in ("vso-search", "secrets-search"):
        stack = built[workspace]
        cluster = one(stack, "data.azurerm_kubernetes_cluster")
        assert (cluster["name"], cluster["resource_group_name"]) == ("aks-search", "rg-search")
        assert cluster.subscription == "77777777-7777-4777-8777-777777777777"
    (provider,) = built["secrets-search"]["provider"]["kubernetes"]
    assert provider["exec"][0]["command"] == "kubelogin"
