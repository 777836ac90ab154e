"""Each behaviour of the clouds refuses a stack that a test breaks on purpose."""

import datetime
from typing import Any, cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.rehearsal.conftest import Resources, Stage, messages

NETWORK = ("hub", "network-payments")
PEERED = ("hcp", *NETWORK)


def resource(stage: Stage, workspace: str, kind: str, name: str) -> Any:
    return stage.change(workspace)["resource"][kind][name]


# --- a peering needs HCP's permissions (peering_permissions, role_definitions, hvn_route_target, hvn_not_empty)

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
    errors = messages(stage.build(*PEERED, "peering-payments").problems)
    assert (
        "timeout while waiting for state to become 'ACTIVE' (last state: 'PENDING_ACCEPTANCE', timeout: 35m0s)"
        in errors
    )
    assert error in errors


def test_role_of_another_network_is_refused(stage: Stage) -> None:
    role = resource(stage, "peering-payments", "azurerm_role_definition", "peer")
    role["assignable_scopes"] = [role["scope"].replace("payments", "hub")]
    assert "is not assignable at" in messages(stage.build(*PEERED, "peering-payments").problems)


def test_assignment_on_another_network_is_not_enough(stage: Stage) -> None:
    hub = resource(stage, "hub", "azurerm_virtual_network", "vnet")["name"]
    assignment = resource(stage, "peering-payments", "azurerm_role_assignment", "hcp_may_peer")
    assignment["scope"] = assignment["scope"].replace("payments", "hub")
    assert assignment["scope"].endswith(hub)
    role = resource(stage, "peering-payments", "azurerm_role_definition", "peer")
    role["assignable_scopes"] = [assignment["scope"]]
    assert "no role assignment" in messages(stage.build(*PEERED, "peering-payments").problems)


def test_built_in_role_with_the_actions_is_accepted(stage: Stage) -> None:
    assignment = resource(stage, "peering-payments", "azurerm_role_assignment", "hcp_may_peer")
    del assignment["role_definition_id"]
    assignment["role_definition_name"] = "Network Contributor"
    assert not stage.build(*PEERED, "peering-payments").problems


def test_data_source_that_does_not_wait_returns_a_pending_peering(stage: Stage) -> None:
    stack = stage.change("peering-payments")
    stack["data"]["hcp_azure_peering_connection"]["active"]["wait_for_active_state"] = False
    assert "The peering platform-payments is not ACTIVE" in messages(stage.build(*PEERED, "peering-payments").problems)


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
    assert "elsewhere" in messages(stage.build(*built).problems)


def test_hvn_with_a_peering_is_not_deleted(stage: Stage) -> None:
    stage.build(*PEERED, "peering-payments")
    errors = messages(stage.destroy("hcp").problems)
    assert "unable to delete HVN (hvn-japaneast)" in errors
    assert "hashicorp.network.peering/platform-payments" in errors


@pytest.mark.parametrize("state", ["FAILED", "EXPIRED", "REJECTED"])
def test_failed_peering_only_warns_and_the_postcondition_fails(stage: Stage, state: str) -> None:
    assert not stage.build(*PEERED, "peering-payments").problems
    (peering,) = stage.cloud.find("hcp_azure_peering_connection")
    stage.cloud.put("hcp_azure_peering_connection", peering["id"], peering | {"state": state})
    result = stage.build("peering-payments")
    assert result.warnings == [f'Peering is in an unexpected state, connections may fail: "{state}"']
    assert "The peering platform-payments is not ACTIVE" in messages(result.problems)
    del stage.change("peering-payments")["data"]["hcp_azure_peering_connection"]["active"]["lifecycle"]
    assert not stage.build("peering-payments").problems, "only the postcondition fails"


def test_route_that_does_not_wait_for_the_peering_is_refused(stage: Stage) -> None:
    stack = stage.change("peering-payments")
    for route in stack["resource"]["hcp_hvn_route"].values():
        route["depends_on"] = []
    stack["data"]["hcp_azure_peering_connection"]["active"]["depends_on"].append("hcp_hvn_route.route_spoke")
    routes = list(stack["resource"]["hcp_hvn_route"])
    assert routes == ["route_spoke"]
    assert "the target peering is PENDING_ACCEPTANCE" in messages(stage.build(*PEERED, "peering-payments").problems)


def test_second_role_of_the_same_name_is_refused(stage: Stage) -> None:
    for workspace in ("peering-payments", "peering-orders"):
        resource(stage, workspace, "azurerm_role_definition", "peer")["name"] = "hcp-hvn-peering-access"
    result = stage.build(*PEERED, "network-orders", "peering-payments", "peering-orders")
    assert "RoleDefinitionWithSameNameExists" in messages(result.problems)


def test_assigned_role_is_not_deleted(stage: Stage) -> None:
    stage.build(*PEERED, "peering-payments")
    (role,) = stage.cloud.find("azurerm_role_definition")
    (assignment,) = stage.cloud.find("azurerm_role_assignment")
    # A second assignment, made manually.
    stage.cloud.put("azurerm_role_assignment", f"{assignment['id']}x", assignment | {"id": f"{assignment['id']}x"})
    errors = messages(stage.destroy("peering-payments").problems)
    assert "RoleDefinitionHasAssignments" in errors
    assert role["name"] in errors


# --- prerequisites of a cluster (aks_prerequisites, azure_references)


def test_cluster_without_a_route_table_is_refused(stage: Stage) -> None:
    del stage.change("network-payments")["resource"]["azurerm_subnet_route_table_association"]
    for kind in ("azurerm_virtual_network_peering", "azurerm_private_dns_zone_virtual_network_link"):
        for body in stage.change("network-payments")["resource"][kind].values():
            body["depends_on"] = []
    result = stage.build(*NETWORK, "aks-payments")
    assert "ExistingRouteTableNotAssociatedWithSubnet" in messages(result.problems)


def test_default_route_without_an_appliance_is_refused(stage: Stage) -> None:
    table = resource(stage, "network-payments", "azurerm_route_table", "route_table")
    table["route"] = [
        {"name": "out", "address_prefix": "0.0.0.0/0", "next_hop_type": "Internet", "next_hop_in_ip_address": None}
    ]
    assert "RouteTableInvalidNextHop" in messages(stage.build(*NETWORK, "aks-payments").problems)


@pytest.mark.parametrize(
    ("right", "error"),
    [
        ("may_write_zone", "CustomPrivateDNSZoneMissingPermissionError"),
        ("may_join_network", "may not join"),
        ("may_use_routes", "may not read"),
    ],
)
def test_cluster_without_a_role_of_its_identity_is_refused(stage: Stage, right: str, error: str) -> None:
    stack = stage.change("aks-payments")
    del stack["resource"]["azurerm_role_assignment"][right]
    cluster = stack["resource"]["azurerm_kubernetes_cluster"]["cluster"]
    cluster["depends_on"].remove(f"azurerm_role_assignment.{right}")
    assert error in messages(stage.build(*NETWORK, "aks-payments").problems)


def test_reference_to_a_missing_resource_is_refused(stage: Stage) -> None:
    pool = resource(stage, "aks-payments", "azurerm_kubernetes_cluster", "cluster")["default_node_pool"]
    pool["vnet_subnet_id"] = pool["vnet_subnet_id"].replace("nodes", "pods")
    errors = messages(stage.build(*NETWORK, "aks-payments").problems)
    assert "ResourceNotFound" in errors
    assert "subnets/pods was not found" in errors


# --- networks (firewall_address, vnet_peering_in_sync, in_use, group_not_empty)


def test_unexpected_firewall_address_fails(stage: Stage) -> None:
    name = resource(stage, "hub", "azurerm_firewall", "firewall")["name"]
    stage.cloud.put("hvn:firewall-address", name, {"address": "10.0.0.6"})
    assert "Azure gave the firewall another address than 10.0.0.4" in messages(stage.build("hub").problems)


def new_range(stage: Stage) -> Any:
    stack = stage.change("network-payments")
    stack["resource"]["azurerm_virtual_network"]["vnet"]["address_space"].append("10.80.0.0/16")
    return stack["resource"]["azurerm_virtual_network_peering"]["from_hub"]


def test_new_range_without_a_sync_of_the_peering_fails(stage: Stage) -> None:
    stage.build(*NETWORK)
    new_range(stage)
    errors = messages(stage.build("network-payments").problems)
    assert "is not in sync with its remote VNet" in errors
    assert "second plan" in errors


def test_new_range_with_a_trigger_is_synced(stage: Stage) -> None:
    stage.build(*NETWORK)
    new_range(stage)["triggers"] = {"remote_address_space": "10.64.0.0/16,10.80.0.0/16"}
    assert not stage.build("network-payments").failed


def test_subnet_in_use_is_not_deleted(stage: Stage) -> None:
    stage.build(*NETWORK, "aks-payments")
    errors = messages(stage.destroy("network-payments").problems)
    assert "InUseSubnetCannotBeDeleted" in errors
    assert "managedClusters" in errors


def test_zone_with_links_is_not_deleted(stage: Stage) -> None:
    stage.build(*NETWORK)
    errors = messages(stage.destroy("hub").problems)
    assert "azurerm_private_dns_zone privatelink.japaneast.azmk8s.io" in errors
    assert "CannotDeleteResource" in errors


def test_group_with_an_unmanaged_resource_is_not_deleted(stage: Stage) -> None:
    stage.build(*NETWORK)
    (group,) = (group for group in stage.cloud.find("azurerm_resource_group") if "payments" in group["name"])
    machine = f"{group['id']}/providers/Microsoft.Compute/virtualMachines/jump"
    stage.cloud.put("azurerm_virtual_machine", machine, {"id": machine})
    errors = messages(stage.destroy("network-payments").problems)
    assert "the Resource Group still contains Resources" in errors
    assert machine in errors


def test_workspaces_are_destroyed_in_reverse_order(stage: Stage) -> None:
    stage.build(*NETWORK, "aks-payments")
    for workspace in ("aks-payments", "network-payments", "hub"):
        assert stage.destroy(workspace).destroyed, workspace
    assert stage.cloud.count() == 0


def test_only_the_rehearsal_lifts_prevent_destroy(stage: Stage) -> None:
    stage.build("hcp")
    refused = stage.terraform("hcp", "destroy", "-auto-approve", "-no-color")
    assert refused.status == 1
    assert "prevent_destroy" in refused.err
    assert stage.destroy("hcp").destroyed


# --- Vault (vault_mounts, vault_jwt_mount, vault_jwt_role)

VAULT = ("vault", "vault-auth-payments")


def keys(stage: Stage) -> list[str]:
    mount = resource(stage, "vault-auth-payments", "vault_jwt_auth_backend", "jwt")
    return cast(list[str], mount["jwt_validation_pubkeys"])


def test_several_keys_in_one_entry_are_refused(stage: Stage) -> None:
    configured = keys(stage)
    configured[:] = ["\n".join(configured * 2)]
    assert "unexpected trailing data after parsed PEM block" in messages(stage.build(*VAULT).problems)


def test_invalid_key_is_refused(stage: Stage) -> None:
    keys(stage)[0] = "-----BEGIN PUBLIC KEY-----\nbm9uZQ==\n-----END PUBLIC KEY-----"
    assert "x509: malformed certificate" in messages(stage.build(*VAULT).problems)


def test_a_key_with_folded_newlines_is_refused(stage: Stage) -> None:
    keys(stage)[0] = keys(stage)[0].replace("\n", " ")
    assert "does not contain any valid public keys" in messages(stage.build(*VAULT).problems)


def test_certificate_is_accepted_as_a_key(stage: Stage) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuer")])
    day = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    unsigned = x509.CertificateBuilder(name, name, private.public_key(), 1, day, day + datetime.timedelta(days=1))
    keys(stage)[0] = unsigned.sign(private, SHA256()).public_bytes(Encoding.PEM).decode().strip()
    assert not stage.build(*VAULT).problems


def test_pkcs1_key_is_refused(stage: Stage) -> None:
    public = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    keys(stage)[0] = public.public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode().strip()
    assert "x509: malformed tbs certificate" in messages(stage.build(*VAULT).problems)


def test_newline_after_a_key_changes_in_every_plan(stage: Stage) -> None:
    configured = keys(stage)
    configured[:] = [f"{key}\n" for key in configured]
    result = stage.build(*VAULT)
    assert result.differs == ["vault_jwt_auth_backend.jwt: update"]


def test_mount_without_keys_or_issuer_is_refused_at_plan(stage: Stage) -> None:
    del resource(stage, "vault-auth-payments", "vault_jwt_auth_backend", "jwt")["jwt_validation_pubkeys"]
    result = stage.build(*VAULT)
    assert "exactly one of oidc_discovery_url" in messages(result.problems)
    assert {problem.phase for problem in result.problems} == {"plan"}


@pytest.mark.parametrize("path", ["kvv2", "kvv2/payments", "/kvv2/"])
def test_mount_on_a_path_in_use_is_refused(stage: Stage, of: Resources, path: str) -> None:
    stage.stacks["small"] = of(vault_mount={"one": {"path": path, "type": "kv"}})
    stage.stacks["small"]["provider"] = stage.change("vault")["provider"]
    errors = messages(stage.build("vault", "small").problems)
    assert "* path is already in use at kvv2/" in errors


def test_mount_cannot_move_to_a_path_in_use(stage: Stage, of: Resources) -> None:
    mounts = {"one": {"path": "one", "type": "kv"}, "other": {"path": "other", "type": "kv"}}
    stage.stacks["small"] = of(vault_mount=mounts)
    stage.build("small")
    mounts["one"]["path"] = "other/one"
    assert "* path is already in use at other/" in messages(stage.build("small").problems)


def test_auth_method_and_secrets_engine_may_share_a_path(stage: Stage) -> None:
    resource(stage, "vault-auth-payments", "vault_jwt_auth_backend", "jwt")["path"] = "kvv2"
    assert not stage.build(*VAULT).problems


@pytest.mark.parametrize(
    ("without", "error"),
    [
        (["role_type"], "'allowed_redirect_uris' must be set if 'role_type' is 'oidc' or unspecified."),
        (["bound_audiences", "bound_subject"], "must have at least one bound constraint"),
    ],
)
def test_role_without_required_arguments_is_refused(stage: Stage, without: list[str], error: str) -> None:
    role = resource(stage, "vault-auth-payments", "vault_jwt_auth_backend_role", "role_webapp")
    for argument in without:
        del role[argument]
    assert error in messages(stage.build(*VAULT).problems)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("role_name", "web app", "unsupported path"),
        ("token_type", "default-batch", "invalid 'token_type' value"),
        ("token_bound_cidrs", ["10.0.0.0-10.0.0.9"], "error parsing address"),
        ("claim_mappings", {"email": "role"}, 'metadata key "role" is reserved'),
        ("token_period", 2764801, "greater than the backend's maximum lease TTL"),
    ],
)
def test_a_role_with_a_wrong_field_is_refused(stage: Stage, field: str, value: object, says: str) -> None:
    resource(stage, "vault-auth-payments", "vault_jwt_auth_backend_role", "role_webapp")[field] = value
    assert says in messages(stage.build(*VAULT).problems)


def test_a_role_of_an_unknown_type_of_claims_is_refused(stage: Stage) -> None:
    resource(stage, "vault-auth-payments", "vault_jwt_auth_backend_role", "role_webapp")["bound_claims_type"] = "regex"
    assert "invalid 'bound_claims_type': regex" in messages(stage.build(*VAULT).problems)


def test_role_with_a_missing_policy_fails_at_the_second_plan(stage: Stage) -> None:
    resource(stage, "vault-auth-payments", "vault_jwt_auth_backend_role", "role_webapp")["token_policies"] = ["reader"]
    problems = stage.build(*VAULT).problems
    assert "Vault has no policy reader" in messages(problems)
    assert {problem.phase for problem in problems} == {"second plan"}, "Vault itself accepts it"


def test_role_with_ttl_above_max_ttl_is_refused(stage: Stage) -> None:
    role = resource(stage, "vault-auth-payments", "vault_jwt_auth_backend_role", "role_webapp")
    role["token_ttl"] = 2 * role["token_max_ttl"]
    assert "'token_ttl' cannot be greater than 'token_max_ttl'" in messages(stage.build(*VAULT).problems)


def test_role_of_a_missing_mount_is_refused(stage: Stage) -> None:
    role = resource(stage, "vault-auth-payments", "vault_jwt_auth_backend_role", "role_webapp")
    role["backend"] = "jwt-nowhere"
    assert "no handler for route" in messages(stage.build(*VAULT).problems)


# --- Kubernetes (operator_crds, kubernetes_namespaces, aks_kubeconfig)

OPERATOR = (*PEERED, "peering-payments", "aks-payments", "vso-payments")


def test_manifest_without_its_crd_fails_at_plan(stage: Stage) -> None:
    result = stage.build(*NETWORK, "aks-payments", "secrets-payments")
    assert "API did not recognize GroupVersionKind from manifest (CRD may not be installed)" in messages(
        result.problems
    )
    assert {problem.phase for problem in result.problems} == {"plan"}


@pytest.mark.parametrize(("key", "value"), [("kind", "VaultAuht"), ("apiVersion", "secrets.hashicorp.com/v1")])
def test_kind_or_version_without_a_crd_fails_at_plan(stage: Stage, key: str, value: str) -> None:
    resource(stage, "secrets-payments", "kubernetes_manifest", "login_webapp")["manifest"][key] = value
    errors = messages(stage.build(*OPERATOR, "secrets-payments").problems)
    assert "API did not recognize GroupVersionKind from manifest" in errors


def alone(stage: Stage, of: Resources, name: str) -> Any:
    """Put one manifest of the sample in a workspace `small`. Return the manifest, to be broken."""
    stage.cloud.put("hvn:crds", "secrets.hashicorp.com", {})
    stage.cloud.put("hvn:operator", "vso", {})
    stage.cloud.put("kubernetes_namespace_v1", "app", {"id": "app"})
    manifest = resource(stage, "secrets-payments", "kubernetes_manifest", name)["manifest"]
    stage.stacks["small"] = of(kubernetes_manifest={"one": {"manifest": manifest}})
    return manifest


SERVICE_ACCOUNT = {"role": "webapp", "serviceAcount": "webapp"}


@pytest.mark.parametrize(
    ("name", "part", "value", "error"),
    [
        ("login_webapp", "jwt", SERVICE_ACCOUNT, "unable to find schema type for attribute spec.jwt.serviceAcount"),
        ("login_webapp", "jwt", "webapp", "expected type object, at attribute spec.jwt"),
        ("login_webapp", "jwt", {"audiences": "vault"}, "expected type array, at attribute spec.jwt.audiences"),
        ("login_webapp", "allowedNamespaces", [{}], "expected type string, at attribute spec.allowedNamespaces[0]"),
        ("login_webapp", "headers", {"a": []}, "expected type string, at attribute spec.headers.a"),
        (
            "secret_app_webapp-config",
            "destination",
            {"name": "x", "create": "yes"},
            "type boolean, at attribute spec.dest",
        ),
    ],
)
def test_field_that_the_crd_does_not_have_fails_at_plan(
    stage: Stage, of: Resources, name: str, part: str, value: object, error: str
) -> None:
    alone(stage, of, name)["spec"][part] = value
    problems = stage.build("small").problems
    assert "Manifest configuration incompatible with resource schema" in messages(problems)
    assert error in messages(problems)
    assert {problem.phase for problem in problems} == {"plan"}


@pytest.mark.parametrize(
    ("key", "value", "error"), [("namespace", "", "require a namespace"), ("lables", {}, "lables")]
)
def test_manifest_with_wrong_metadata_fails_at_plan(
    stage: Stage, of: Resources, key: str, value: object, error: str
) -> None:
    alone(stage, of, "login_webapp")["metadata"][key] = value
    problems = stage.build("small").problems
    assert error in messages(problems)
    assert {problem.phase for problem in problems} == {"plan"}


RESTART = [{"kind": "Deploymnt"}]
BOTH = "[spec.rolloutRestartTargets[0].name: Required value, spec.rolloutRestartTargets[0].kind: Unsupported value: "


@pytest.mark.parametrize(
    ("name", "part", "value", "error"),
    [
        (
            "login_webapp",
            "method",
            "jtw",
            'spec.method: Unsupported value: "jtw": supported values: "kubernetes", "jwt"',
        ),
        (
            "login_webapp",
            "jwt",
            {"tokenExpirationSeconds": 60},
            "spec.jwt.tokenExpirationSeconds in body should be greater than or equal to 600",
        ),
        (
            "secret_app_webapp-config",
            "refreshAfter",
            "1d",
            'spec.refreshAfter: Invalid value: "1d": spec.refreshAfter in',
        ),
        ("secret_app_webapp-config", "path", None, "spec.path: Required value"),
        ("secret_app_webapp-config", "rolloutRestartTargets", RESTART, BOTH),
    ],
)
def test_value_that_the_crd_does_not_allow_is_refused_at_apply(
    stage: Stage, of: Resources, name: str, part: str, value: object, error: str
) -> None:
    alone(stage, of, name)["spec"][part] = value
    problems = stage.build("small").problems
    assert error in messages(problems)
    assert {problem.phase for problem in problems} == {"apply"}


def test_value_that_the_provider_converts_is_accepted(stage: Stage, of: Resources) -> None:
    spec = alone(stage, of, "login_webapp")["spec"]
    spec["jwt"]["tokenExpirationSeconds"] = "900"
    spec["headers"] = {"X-Attempts": 3}
    assert not stage.build("small").problems


def test_manifest_is_not_deleted_without_the_operator(stage: Stage) -> None:
    stage.build(*OPERATOR, "secrets-payments")
    assert stage.destroy("vso-payments").destroyed, "Helm does not check it"
    errors = messages(stage.destroy("secrets-payments").problems)
    assert "a finalizer that only the operator removes" in errors


def test_resource_in_a_missing_namespace_is_refused(stage: Stage) -> None:
    stack = stage.change("secrets-payments")
    del stack["resource"]["kubernetes_namespace_v1"]
    for kind in ("kubernetes_manifest", "kubernetes_service_account_v1"):
        for body in stack["resource"].get(kind, {}).values():
            body["depends_on"] = [name for name in body.get("depends_on", ()) if "namespace" not in name]
    assert 'namespaces "app" not found' in messages(stage.build(*OPERATOR, "secrets-payments").problems)


def test_chart_in_a_missing_namespace_is_refused(stage: Stage) -> None:
    resource(stage, "vso-payments", "helm_release", "vso")["create_namespace"] = False
    assert "failed to create: namespaces" in messages(stage.build(*OPERATOR).problems)


def test_cluster_without_credentials_permission_has_no_kubeconfig(stage: Stage) -> None:
    stage.build(*OPERATOR[:-1])
    (cluster,) = stage.cloud.find("azurerm_kubernetes_cluster")
    stage.cloud.put("azurerm_kubernetes_cluster", cluster["id"], cluster | {"kube_config": []})
    assert "Azure gave no kubeconfig for the cluster" in messages(stage.build("vso-payments").problems)


# --- the fake provider itself


def test_duplicate_resource_is_refused(stage: Stage) -> None:
    stage.build("hub")
    stage.stacks["again"] = stage.stacks["hub"]
    assert "already exists" in messages(stage.build("again").problems)


def test_manual_deletion_is_repaired(stage: Stage) -> None:
    stage.build("hub", "network-payments")
    (zone_link,) = (
        link
        for link in stage.cloud.find("azurerm_private_dns_zone_virtual_network_link")
        if "payments" in link["virtual_network_id"]
    )
    stage.cloud.remove("azurerm_private_dns_zone_virtual_network_link", zone_link["id"])
    assert not stage.build("network-payments").failed
    assert stage.cloud.get("azurerm_private_dns_zone_virtual_network_link", zone_link["id"])


def test_data_source_of_a_missing_resource_fails(stage: Stage) -> None:
    result = stage.build("vault-auth-orders")
    assert "azurerm_kubernetes_cluster was not found" in messages(result.problems)
