"""Test the permissions, states and routes of a peering with the HVN (`hvn_*`, `peering_permissions`,
`role_definitions`)."""

import pytest

from tests.rehearsal.conftest import PEERED, Stage, messages, resource

PRINCIPAL_BY_ID = "${azuread_service_principal.hcp.id}"
TWO_ACTIONS = [{"actions": ["Microsoft.Network/virtualNetworks/peer/action"]}]


@pytest.mark.parametrize(
    ("kind", "name", "argument", "value", "error"),
    [
        ("azurerm_role_assignment", "hcp_may_peer", "principal_id", PRINCIPAL_BY_ID, "no role assignment for"),
        ("azurerm_role_definition", "peer", "permissions", TWO_ACTIONS, "the assigned role lacks"),
        (
            "hcp_azure_peering_connection",
            "peering",
            "peer_vnet_name",
            "vnet-elsewhere",
            "no VNet",
        ),
        (
            "azuread_service_principal",
            "hcp",
            "client_id",
            "33333333-3333-4333-8333-333333333333",
            "no service principal",
        ),
    ],
)
def test_peering_without_permissions_never_becomes_active(
    stage: Stage, kind: str, name: str, argument: str, value: object, error: str
) -> None:
    resource(stage, "peering-payments", kind, name)[argument] = value
    errors = messages(stage.build(*PEERED, "peering-payments").failures)
    assert (
        "timeout while waiting for state to become 'ACTIVE' (last state: 'PENDING_ACCEPTANCE', timeout: 35m0s)"
        in errors
    )
    assert error in errors


def test_role_of_another_network_is_refused(stage: Stage) -> None:
    role = resource(stage, "peering-payments", "azurerm_role_definition", "peer")
    role["assignable_scopes"] = [role["scope"].replace("payments", "hub")]
    assert "is not assignable at" in messages(stage.build(*PEERED, "peering-payments").failures)


def test_assignment_on_another_network_is_not_enough(stage: Stage) -> None:
    hub = resource(stage, "hub", "azurerm_virtual_network", "vnet")["name"]
    assignment = resource(stage, "peering-payments", "azurerm_role_assignment", "hcp_may_peer")
    assignment["scope"] = assignment["scope"].replace("payments", "hub")
    assert assignment["scope"].endswith(hub)
    role = resource(stage, "peering-payments", "azurerm_role_definition", "peer")
    role["assignable_scopes"] = [assignment["scope"]]
    assert "no role assignment" in messages(stage.build(*PEERED, "peering-payments").failures)


def test_built_in_role_with_the_actions_is_accepted(stage: Stage) -> None:
    assignment = resource(stage, "peering-payments", "azurerm_role_assignment", "hcp_may_peer")
    del assignment["role_definition_id"]
    assignment["role_definition_name"] = "Network Contributor"
    assert not stage.build(*PEERED, "peering-payments").failures


def test_data_source_that_does_not_wait_returns_a_pending_peering(stage: Stage) -> None:
    stack = stage.change("peering-payments")
    stack["data"]["hcp_azure_peering_connection"]["active"]["wait_for_active_state"] = False
    assert "The peering platform-payments is not ACTIVE" in messages(stage.build(*PEERED, "peering-payments").failures)


@pytest.mark.parametrize(
    ("kind", "name"), [("hcp_azure_peering_connection", "peering"), ("hcp_vault_cluster", "vault")]
)
def test_resource_of_a_missing_hvn_is_refused(stage: Stage, kind: str, name: str) -> None:
    workspace = "hcp" if kind == "hcp_vault_cluster" else "peering-payments"
    made = resource(stage, workspace, kind, name)
    made |= (
        {"hvn_id": "hvn-elsewhere"} if "hvn_id" in made else {"hvn_link": "/project/p/hashicorp.network.hvn/elsewhere"}
    )
    built = (workspace,) if workspace == "hcp" else (*PEERED, workspace)
    assert "elsewhere" in messages(stage.build(*built).failures)


def test_hvn_with_a_peering_is_not_deleted(stage: Stage) -> None:
    stage.prepare(*PEERED, "peering-payments")
    errors = messages(stage.destroy("hcp").failures)
    assert "unable to delete HVN (hvn-japaneast)" in errors
    assert "hashicorp.network.peering/platform-payments" in errors


def test_a_peering_outside_this_project_does_not_keep_the_hvn(stage: Stage) -> None:
    """The owner of the existing peering deletes it first, so the last step of a rehearsal does not fail."""
    stage.prepare("hcp")
    (hvn,) = stage.cloud.find("hcp_hvn")
    peering = f"{hvn['self_link']}/hashicorp.network.peering/existing"
    stage.cloud.put("hcp_azure_peering_connection", peering, {"id": peering, "hvn_link": hvn["self_link"]})
    assert not stage.destroy("hcp").failures


@pytest.mark.parametrize("state", ["FAILED", "EXPIRED", "REJECTED"])
def test_failed_peering_only_warns_and_the_postcondition_fails(stage: Stage, state: str) -> None:
    assert not stage.build(*PEERED, "peering-payments").failures
    (peering,) = stage.cloud.find("hcp_azure_peering_connection")
    stage.cloud.put("hcp_azure_peering_connection", peering["id"], peering | {"state": state})
    result = stage.build("peering-payments")
    assert result.warnings == [f'Peering is in an unexpected state, connections may fail: "{state}"']
    assert "The peering platform-payments is not ACTIVE" in messages(result.failures)
    del stage.change("peering-payments")["data"]["hcp_azure_peering_connection"]["active"]["lifecycle"]
    assert not stage.build("peering-payments").failures, "only the postcondition fails"


def test_route_that_does_not_wait_for_the_peering_is_refused(stage: Stage) -> None:
    stack = stage.change("peering-payments")
    for route in stack["resource"]["hcp_hvn_route"].values():
        route["depends_on"] = []
    stack["data"]["hcp_azure_peering_connection"]["active"]["depends_on"].append("hcp_hvn_route.route_spoke")
    routes = list(stack["resource"]["hcp_hvn_route"])
    assert routes == ["route_spoke"]
    assert "the target peering is PENDING_ACCEPTANCE" in messages(stage.build(*PEERED, "peering-payments").failures)


def test_second_role_of_the_same_name_is_refused(stage: Stage) -> None:
    for workspace in ("peering-payments", "peering-orders"):
        resource(stage, workspace, "azurerm_role_definition", "peer")["name"] = "hcp-hvn-peering-access"
    result = stage.build(*PEERED, "network-orders", "peering-payments", "peering-orders")
    assert "RoleDefinitionWithSameNameExists" in messages(result.failures)


def test_assigned_role_is_not_deleted(stage: Stage) -> None:
    stage.prepare(*PEERED, "peering-payments")
    (role,) = stage.cloud.find("azurerm_role_definition")
    (assignment,) = stage.cloud.find("azurerm_role_assignment")
    # Somebody assigns the role again outside Terraform.
    stage.cloud.put("azurerm_role_assignment", f"{assignment['id']}x", assignment | {"id": f"{assignment['id']}x"})
    errors = messages(stage.destroy("peering-payments").failures)
    assert "RoleDefinitionHasAssignments" in errors
    assert role["name"] in errors
