"""Each behaviour of the clouds catches a stack that was broken on purpose; the whole one passes elsewhere."""

import datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.rehearsal.conftest import Resources, Stage, said

NETWORK = ("hub", "network-payments")
PEERED = ("hcp", *NETWORK)


def resource(stage: Stage, workspace: str, kind: str, name: str) -> Any:
    return stage.change(workspace)["resource"][kind][name]


# --- a peering needs HCP's rights (peering_needs_rights, role_definitions, hvn_route_target, hvn_not_empty)

PRINCIPAL_BY_ID = "${azuread_service_principal.hcp.id}"
TWO_ACTIONS = [{"actions": ["Microsoft.Network/virtualNetworks/peer/action"]}]


@pytest.mark.parametrize(
    ("kind", "name", "argument", "value", "says"),
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
def test_a_peering_without_its_rights_never_becomes_active(
    stage: Stage, kind: str, name: str, argument: str, value: object, says: str
) -> None:
    resource(stage, "peering-payments", kind, name)[argument] = value
    found = said(stage.build(*PEERED, "peering-payments").problems)
    assert (
        "timeout while waiting for state to become 'ACTIVE' (last state: 'PENDING_ACCEPTANCE', timeout: 35m0s)" in found
    )
    assert says in found


def test_a_role_of_another_network_does_not_help(stage: Stage) -> None:
    role = resource(stage, "peering-payments", "azurerm_role_definition", "peer")
    role["assignable_scopes"] = [role["scope"].replace("payments", "hub")]
    assert "is not assignable at" in said(stage.build(*PEERED, "peering-payments").problems)


def test_an_assignment_of_another_network_does_not_help(stage: Stage) -> None:
    hub = resource(stage, "hub", "azurerm_virtual_network", "vnet")["name"]
    assignment = resource(stage, "peering-payments", "azurerm_role_assignment", "hcp_may_peer")
    assignment["scope"] = assignment["scope"].replace("payments", "hub")
    assert assignment["scope"].endswith(hub)
    role = resource(stage, "peering-payments", "azurerm_role_definition", "peer")
    role["assignable_scopes"] = [assignment["scope"]]
    assert "no role assignment" in said(stage.build(*PEERED, "peering-payments").problems)


def test_a_built_in_role_that_has_the_actions_will_do(stage: Stage) -> None:
    assignment = resource(stage, "peering-payments", "azurerm_role_assignment", "hcp_may_peer")
    del assignment["role_definition_id"]
    assignment["role_definition_name"] = "Network Contributor"
    assert not stage.build(*PEERED, "peering-payments").problems


def test_who_does_not_wait_sees_no_active_peering(stage: Stage) -> None:
    stack = stage.change("peering-payments")
    stack["data"]["hcp_azure_peering_connection"]["active"]["wait_for_active_state"] = False
    assert "The peering platform-payments is not ACTIVE" in said(stage.build(*PEERED, "peering-payments").problems)


@pytest.mark.parametrize(
    ("kind", "name"), [("hcp_azure_peering_connection", "peering"), ("hcp_vault_cluster", "vault")]
)
def test_nothing_is_made_in_an_hvn_that_is_not_there(stage: Stage, kind: str, name: str) -> None:
    workspace = "hcp" if kind == "hcp_vault_cluster" else "peering-payments"
    made = resource(stage, workspace, kind, name)
    made |= (
        {"hvn_id": "hvn-elsewhere"} if "hvn_id" in made else {"hvn_link": "/project/p/hashicorp.network.hvn/elsewhere"}
    )
    built = (workspace,) if workspace == "hcp" else (*PEERED, workspace)
    assert "elsewhere" in said(stage.build(*built).problems)


def test_an_hvn_with_a_peering_is_not_deleted(stage: Stage) -> None:
    stage.build(*PEERED, "peering-payments")
    found = said(stage.destroy("hcp").problems)
    assert "unable to delete HVN (hvn-japaneast)" in found
    assert "hashicorp.network.peering/platform-payments" in found


@pytest.mark.parametrize("state", ["FAILED", "EXPIRED", "REJECTED"])
def test_a_peering_that_ended_only_warns_and_the_postcondition_catches_it(stage: Stage, state: str) -> None:
    assert not stage.build(*PEERED, "peering-payments").problems
    (peering,) = stage.cloud.find("hcp_azure_peering_connection")
    stage.cloud.put("hcp_azure_peering_connection", peering["id"], peering | {"state": state})
    found = stage.build("peering-payments")
    assert found.warnings == [f'Peering is in an unexpected state, connections may fail: "{state}"']
    assert "The peering platform-payments is not ACTIVE" in said(found.problems)
    del stage.change("peering-payments")["data"]["hcp_azure_peering_connection"]["active"]["lifecycle"]
    assert not stage.build("peering-payments").problems, "without its postcondition nothing stops it"


def test_a_route_that_does_not_wait_for_the_peering_is_refused(stage: Stage) -> None:
    stack = stage.change("peering-payments")
    for route in stack["resource"]["hcp_hvn_route"].values():
        route["depends_on"] = []
    stack["data"]["hcp_azure_peering_connection"]["active"]["depends_on"].append("hcp_hvn_route.route_spoke")
    routes = list(stack["resource"]["hcp_hvn_route"])
    assert routes == ["route_spoke"]
    assert "the target peering is PENDING_ACCEPTANCE" in said(stage.build(*PEERED, "peering-payments").problems)


def test_a_role_name_is_taken_once_in_a_tenant(stage: Stage) -> None:
    for each in ("peering-payments", "peering-orders"):
        resource(stage, each, "azurerm_role_definition", "peer")["name"] = "hcp-hvn-peering-access"
    found = stage.build(*PEERED, "network-orders", "peering-payments", "peering-orders")
    assert "RoleDefinitionWithSameNameExists" in said(found.problems)


def test_a_role_is_not_deleted_while_it_is_assigned(stage: Stage) -> None:
    stage.build(*PEERED, "peering-payments")
    (role,) = stage.cloud.find("azurerm_role_definition")
    (assignment,) = stage.cloud.find("azurerm_role_assignment")
    # Somebody assigned it once more, by hand.
    stage.cloud.put("azurerm_role_assignment", f"{assignment['id']}x", assignment | {"id": f"{assignment['id']}x"})
    found = stage.destroy("peering-payments")
    assert "RoleDefinitionHasAssignments" in said(found.problems)
    assert role["name"] in said(found.problems)


# --- a cluster needs its surroundings (aks_needs_routes_and_rights, azure_references)


def test_a_cluster_without_a_route_table_is_refused(stage: Stage) -> None:
    del stage.change("network-payments")["resource"]["azurerm_subnet_route_table_association"]
    for kind in ("azurerm_virtual_network_peering", "azurerm_private_dns_zone_virtual_network_link"):
        for each in stage.change("network-payments")["resource"][kind].values():
            each["depends_on"] = []
    found = stage.build(*NETWORK, "aks-payments")
    assert "ExistingRouteTableNotAssociatedWithSubnet" in said(found.problems)


def test_a_default_route_that_leads_nowhere_is_refused(stage: Stage) -> None:
    table = resource(stage, "network-payments", "azurerm_route_table", "route_table")
    table["route"] = [
        {"name": "out", "address_prefix": "0.0.0.0/0", "next_hop_type": "Internet", "next_hop_in_ip_address": None}
    ]
    assert "RouteTableInvalidNextHop" in said(stage.build(*NETWORK, "aks-payments").problems)


@pytest.mark.parametrize(
    ("right", "says"),
    [
        ("may_write_zone", "CustomPrivateDNSZoneMissingPermissionError"),
        ("may_join_network", "may not join"),
        ("may_use_routes", "may not read"),
    ],
)
def test_a_cluster_whose_identity_lacks_a_right_is_refused(stage: Stage, right: str, says: str) -> None:
    stack = stage.change("aks-payments")
    del stack["resource"]["azurerm_role_assignment"][right]
    cluster = stack["resource"]["azurerm_kubernetes_cluster"]["cluster"]
    cluster["depends_on"].remove(f"azurerm_role_assignment.{right}")
    assert says in said(stage.build(*NETWORK, "aks-payments").problems)


def test_nothing_is_made_that_refers_to_what_is_not_there(stage: Stage) -> None:
    pool = resource(stage, "aks-payments", "azurerm_kubernetes_cluster", "cluster")["default_node_pool"]
    pool["vnet_subnet_id"] = pool["vnet_subnet_id"].replace("nodes", "pods")
    found = said(stage.build(*NETWORK, "aks-payments").problems)
    assert "ResourceNotFound" in found
    assert "subnets/pods was not found" in found


# --- networks (firewall_address, vnet_peering_in_sync, in_use, group_not_empty)


def test_another_firewall_address_than_the_topologys_is_caught(stage: Stage) -> None:
    name = resource(stage, "hub", "azurerm_firewall", "firewall")["name"]
    stage.cloud.put("hvn:firewall-address", name, {"address": "10.0.0.6"})
    assert "Azure gave the firewall another address than 10.0.0.4" in said(stage.build("hub").problems)


def new_range(stage: Stage) -> Any:
    stack = stage.change("network-payments")
    stack["resource"]["azurerm_virtual_network"]["vnet"]["address_space"].append("10.80.0.0/16")
    return stack["resource"]["azurerm_virtual_network_peering"]["from_hub"]


def test_a_new_range_that_the_peering_does_not_learn_of_is_caught(stage: Stage) -> None:
    stage.build(*NETWORK)
    new_range(stage)
    found = said(stage.build("network-payments").problems)
    assert "is not in sync with its remote VNet" in found
    assert "second plan" in found


def test_a_new_range_with_a_trigger_is_synced(stage: Stage) -> None:
    stage.build(*NETWORK)
    new_range(stage)["triggers"] = {"remote_address_space": "10.64.0.0/16,10.80.0.0/16"}
    assert not stage.build("network-payments").failed


def test_a_subnet_in_use_is_not_deleted(stage: Stage) -> None:
    stage.build(*NETWORK, "aks-payments")
    found = said(stage.destroy("network-payments").problems)
    assert "InUseSubnetCannotBeDeleted" in found
    assert "managedClusters" in found


def test_a_zone_with_links_is_not_deleted(stage: Stage) -> None:
    stage.build(*NETWORK)
    found = said(stage.destroy("hub").problems)
    assert "azurerm_private_dns_zone privatelink.japaneast.azmk8s.io" in found
    assert "CannotDeleteResource" in found


def test_a_group_with_something_of_somebody_elses_is_not_deleted(stage: Stage) -> None:
    stage.build(*NETWORK)
    (group,) = (each for each in stage.cloud.find("azurerm_resource_group") if "payments" in each["name"])
    machine = f"{group['id']}/providers/Microsoft.Compute/virtualMachines/jump"
    stage.cloud.put("azurerm_virtual_machine", machine, {"id": machine})
    found = said(stage.destroy("network-payments").problems)
    assert "the Resource Group still contains Resources" in found
    assert machine in found


def test_what_was_built_in_order_goes_in_the_opposite_order(stage: Stage) -> None:
    stage.build(*NETWORK, "aks-payments")
    for each in ("aks-payments", "network-payments", "hub"):
        assert stage.destroy(each).destroyed, each
    assert stage.cloud.count() == 0


def test_prevent_destroy_holds_unless_the_rehearsal_lifts_it(stage: Stage) -> None:
    stage.build("hcp")
    refused = stage.terraform("hcp", "destroy", "-auto-approve", "-no-color")
    assert refused.status == 1
    assert "prevent_destroy" in refused.err
    assert stage.destroy("hcp").destroyed


# --- Vault (vault_mounts, vault_jwt_mount, vault_jwt_role)

VAULT = ("vault", "vault-auth-payments")


def keys(stage: Stage) -> list[str]:
    found: list[str] = resource(stage, "vault-auth-payments", "vault_jwt_auth_backend", "jwt")["jwt_validation_pubkeys"]
    return found


def test_a_bundle_of_keys_in_one_entry_is_refused(stage: Stage) -> None:
    given = keys(stage)
    given[:] = ["\n".join(given * 2)]
    assert "unexpected trailing data after parsed PEM block" in said(stage.build(*VAULT).problems)


def test_what_is_no_key_is_refused(stage: Stage) -> None:
    keys(stage)[0] = "-----BEGIN PUBLIC KEY-----\nbm9uZQ==\n-----END PUBLIC KEY-----"
    assert "x509: malformed certificate" in said(stage.build(*VAULT).problems)


def test_a_key_with_folded_newlines_is_refused(stage: Stage) -> None:
    keys(stage)[0] = keys(stage)[0].replace("\n", " ")
    assert "does not contain any valid public keys" in said(stage.build(*VAULT).problems)


def test_a_certificate_will_do_for_its_key(stage: Stage) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuer")])
    day = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    unsigned = x509.CertificateBuilder(name, name, private.public_key(), 1, day, day + datetime.timedelta(days=1))
    keys(stage)[0] = unsigned.sign(private, SHA256()).public_bytes(Encoding.PEM).decode().strip()
    assert not stage.build(*VAULT).problems


def test_a_key_of_the_older_form_is_refused(stage: Stage) -> None:
    public = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    keys(stage)[0] = public.public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode().strip()
    assert "x509: malformed tbs certificate" in said(stage.build(*VAULT).problems)


def test_a_newline_behind_a_key_is_a_change_for_ever(stage: Stage) -> None:
    given = keys(stage)
    given[:] = [f"{each}\n" for each in given]
    found = stage.build(*VAULT)
    assert found.differs == ["vault_jwt_auth_backend.jwt: update"]


def test_a_mount_without_keys_or_issuer_is_refused_at_plan(stage: Stage) -> None:
    del resource(stage, "vault-auth-payments", "vault_jwt_auth_backend", "jwt")["jwt_validation_pubkeys"]
    found = stage.build(*VAULT)
    assert "exactly one of oidc_discovery_url" in said(found.problems)
    assert {each.phase for each in found.problems} == {"plan"}


@pytest.mark.parametrize("path", ["kvv2", "kvv2/payments", "/kvv2/"])
def test_a_path_in_use_is_not_mounted_upon(stage: Stage, of: Resources, path: str) -> None:
    stage.stacks["small"] = of(vault_mount={"one": {"path": path, "type": "kv"}})
    stage.stacks["small"]["provider"] = stage.change("vault")["provider"]
    found = said(stage.build("vault", "small").problems)
    assert "* path is already in use at kvv2/" in found


def test_a_mount_does_not_move_onto_another(stage: Stage, of: Resources) -> None:
    mounts = {"one": {"path": "one", "type": "kv"}, "other": {"path": "other", "type": "kv"}}
    stage.stacks["small"] = of(vault_mount=mounts)
    stage.build("small")
    mounts["one"]["path"] = "other/one"
    assert "* path is already in use at other/" in said(stage.build("small").problems)


def test_a_login_has_paths_of_its_own(stage: Stage) -> None:
    resource(stage, "vault-auth-payments", "vault_jwt_auth_backend", "jwt")["path"] = "kvv2"
    assert not stage.build(*VAULT).problems


@pytest.mark.parametrize(
    ("without", "says"),
    [
        (["role_type"], "'allowed_redirect_uris' must be set if 'role_type' is 'oidc' or unspecified."),
        (["bound_audiences", "bound_subject"], "must have at least one bound constraint"),
    ],
)
def test_a_role_that_vault_refuses(stage: Stage, without: list[str], says: str) -> None:
    role = resource(stage, "vault-auth-payments", "vault_jwt_auth_backend_role", "role_webapp")
    for each in without:
        del role[each]
    assert says in said(stage.build(*VAULT).problems)


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
    assert says in said(stage.build(*VAULT).problems)


def test_a_role_of_an_unknown_type_of_claims_is_refused(stage: Stage) -> None:
    resource(stage, "vault-auth-payments", "vault_jwt_auth_backend_role", "role_webapp")["bound_claims_type"] = "regex"
    assert "invalid 'bound_claims_type': regex" in said(stage.build(*VAULT).problems)


def test_a_role_whose_policy_is_not_there_is_caught(stage: Stage) -> None:
    resource(stage, "vault-auth-payments", "vault_jwt_auth_backend_role", "role_webapp")["token_policies"] = ["reader"]
    found = stage.build(*VAULT).problems
    assert "Vault has no reader" in said(found)
    assert {each.phase for each in found} == {"second plan"}, "Vault itself takes it"


def test_a_role_that_lives_longer_than_it_may_is_refused(stage: Stage) -> None:
    role = resource(stage, "vault-auth-payments", "vault_jwt_auth_backend_role", "role_webapp")
    role["token_ttl"] = 2 * role["token_max_ttl"]
    assert "'token_ttl' cannot be greater than 'token_max_ttl'" in said(stage.build(*VAULT).problems)


def test_a_role_of_no_mount_is_refused(stage: Stage) -> None:
    role = resource(stage, "vault-auth-payments", "vault_jwt_auth_backend_role", "role_webapp")
    role["backend"] = "jwt-nowhere"
    assert "no handler for route" in said(stage.build(*VAULT).problems)


# --- Kubernetes (operator_and_its_kinds, kubernetes_namespaces, aks_kubeconfig)

OPERATOR = (*PEERED, "peering-payments", "aks-payments", "vso-payments")


def test_a_manifest_before_its_crd_fails_at_plan(stage: Stage) -> None:
    found = stage.build(*NETWORK, "aks-payments", "secrets-payments")
    assert "API did not recognize GroupVersionKind from manifest (CRD may not be installed)" in said(found.problems)
    assert {each.phase for each in found.problems} == {"plan"}


@pytest.mark.parametrize(("key", "value"), [("kind", "VaultAuht"), ("apiVersion", "secrets.hashicorp.com/v1")])
def test_a_kind_or_version_that_the_chart_does_not_bring_fails_at_plan(stage: Stage, key: str, value: str) -> None:
    resource(stage, "secrets-payments", "kubernetes_manifest", "login_webapp")["manifest"][key] = value
    found = said(stage.build(*OPERATOR, "secrets-payments").problems)
    assert "API did not recognize GroupVersionKind from manifest" in found


def alone(stage: Stage, of: Resources, name: str) -> Any:
    """One manifest of the sample in a workspace of its own, `small`: its spec, to break it."""
    stage.cloud.put("hvn:crds", "secrets.hashicorp.com", {})
    stage.cloud.put("hvn:operator", "vso", {})
    stage.cloud.put("kubernetes_namespace_v1", "app", {"id": "app"})
    manifest = resource(stage, "secrets-payments", "kubernetes_manifest", name)["manifest"]
    stage.stacks["small"] = of(kubernetes_manifest={"one": {"manifest": manifest}})
    return manifest


SERVICE_ACCOUNT = {"role": "webapp", "serviceAcount": "webapp"}


@pytest.mark.parametrize(
    ("name", "part", "value", "says"),
    [
        ("login_webapp", "jwt", SERVICE_ACCOUNT, "unable to find schema type for attribute spec.jwt.serviceAcount"),
        ("login_webapp", "jwt", "webapp", "it is no object, at attribute spec.jwt"),
        ("login_webapp", "jwt", {"audiences": "vault"}, "it is no array, at attribute spec.jwt.audiences"),
        ("login_webapp", "allowedNamespaces", [{}], "it is no string, at attribute spec.allowedNamespaces[0]"),
        ("login_webapp", "headers", {"a": []}, "it is no string, at attribute spec.headers.a"),
        (
            "secret_app_webapp-config",
            "destination",
            {"name": "x", "create": "yes"},
            "no boolean, at attribute spec.dest",
        ),
    ],
)
def test_a_field_that_the_crd_does_not_have_fails_at_plan(
    stage: Stage, of: Resources, name: str, part: str, value: object, says: str
) -> None:
    alone(stage, of, name)["spec"][part] = value
    found = stage.build("small").problems
    assert "Manifest configuration incompatible with resource schema" in said(found)
    assert says in said(found)
    assert {each.phase for each in found} == {"plan"}


@pytest.mark.parametrize(("key", "value", "says"), [("namespace", "", "require a namespace"), ("lables", {}, "lables")])
def test_a_manifest_with_wrong_metadata_fails_at_plan(
    stage: Stage, of: Resources, key: str, value: object, says: str
) -> None:
    alone(stage, of, "login_webapp")["metadata"][key] = value
    found = stage.build("small").problems
    assert says in said(found)
    assert {each.phase for each in found} == {"plan"}


RESTART = [{"kind": "Deploymnt"}]
BOTH = "[spec.rolloutRestartTargets[0].name: Required value, spec.rolloutRestartTargets[0].kind: Unsupported value: "


@pytest.mark.parametrize(
    ("name", "part", "value", "says"),
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
def test_a_value_that_the_crd_does_not_allow_is_refused_at_apply(
    stage: Stage, of: Resources, name: str, part: str, value: object, says: str
) -> None:
    alone(stage, of, name)["spec"][part] = value
    found = stage.build("small").problems
    assert says in said(found)
    assert {each.phase for each in found} == {"apply"}


def test_what_the_provider_converts_is_no_mistake(stage: Stage, of: Resources) -> None:
    spec = alone(stage, of, "login_webapp")["spec"]
    spec["jwt"]["tokenExpirationSeconds"] = "900"
    spec["headers"] = {"X-Attempts": 3}
    assert not stage.build("small").problems


def test_secrets_outlive_no_operator(stage: Stage) -> None:
    stage.build(*OPERATOR, "secrets-payments")
    assert stage.destroy("vso-payments").destroyed, "Helm does not mind"
    found = said(stage.destroy("secrets-payments").problems)
    assert "a finalizer that only the operator takes off" in found


def test_nothing_goes_into_a_namespace_that_is_not_there(stage: Stage) -> None:
    stack = stage.change("secrets-payments")
    del stack["resource"]["kubernetes_namespace_v1"]
    for kind in ("kubernetes_manifest", "kubernetes_service_account_v1"):
        for each in stack["resource"].get(kind, {}).values():
            each["depends_on"] = [name for name in each.get("depends_on", ()) if "namespace" not in name]
    assert 'namespaces "app" not found' in said(stage.build(*OPERATOR, "secrets-payments").problems)


def test_a_chart_goes_into_no_namespace_that_is_not_there(stage: Stage) -> None:
    resource(stage, "vso-payments", "helm_release", "vso")["create_namespace"] = False
    assert "failed to create: namespaces" in said(stage.build(*OPERATOR).problems)


def test_without_the_right_to_its_credentials_a_cluster_has_no_kubeconfig(stage: Stage) -> None:
    stage.build(*OPERATOR[:-1])
    (cluster,) = stage.cloud.find("azurerm_kubernetes_cluster")
    stage.cloud.put("azurerm_kubernetes_cluster", cluster["id"], cluster | {"kube_config": []})
    assert "Azure gave no kubeconfig for the cluster" in said(stage.build("vso-payments").problems)


# --- the frame


def test_a_second_of_the_same_is_refused(stage: Stage) -> None:
    stage.build("hub")
    stage.stacks["again"] = stage.stacks["hub"]
    assert "already exists" in said(stage.build("again").problems)


def test_what_somebody_changed_by_hand_is_put_right(stage: Stage) -> None:
    stage.build("hub", "network-payments")
    (zone_link,) = (
        each
        for each in stage.cloud.find("azurerm_private_dns_zone_virtual_network_link")
        if "payments" in each["virtual_network_id"]
    )
    stage.cloud.remove("azurerm_private_dns_zone_virtual_network_link", zone_link["id"])
    assert not stage.build("network-payments").failed
    assert stage.cloud.get("azurerm_private_dns_zone_virtual_network_link", zone_link["id"])


def test_a_data_source_finds_only_what_is_there(stage: Stage) -> None:
    found = stage.build("vault-auth-orders")
    assert "azurerm_kubernetes_cluster was not found" in said(found.problems)
