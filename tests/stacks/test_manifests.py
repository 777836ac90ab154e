"""VSO's manifests match VSO's CRDs, and the additional rules of VSO's controllers.

`tests/facts/vso-crds.json` has facts from the chart's CRDs. The additional rules come from the operator's source
(docs/reference/facts.md, "Vault Secrets Operator").
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.conftest import PROJECT, Synth

CRDS = json.loads((PROJECT / "tests" / "facts" / "vso-crds.json").read_text(encoding="utf-8"))["kinds"]
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "array": list,
    "object": dict,
}


@pytest.fixture(scope="module", params=["everything", "existing"])
def manifests(request: pytest.FixtureRequest, synth: Synth) -> list[dict[str, Any]]:
    """Return all manifests of a topology."""
    built = synth(PROJECT / "tests" / "topologies" / f"{request.param}.yaml", only=["secrets-payments"])
    resources = built["secrets-payments"]["resource"]["kubernetes_manifest"]
    return [resource["manifest"] for resource in resources.values()]


LOGINS = {
    ("jwt-payments", "webapp"),
    *(("aks-payments", f"payments-{app}") for app in ("webapp", "worker", "exporter")),
}
"""Mounts and roles of the topologies' apps."""


def walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield each inner value with its path in the CRD's notation: items of a list as `name[]`, values of a map as
    `name.*`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            name = "*" if path.endswith(".templates") else key
            yield f"{path}.{name}", inner
            yield from walk(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner, f"{path}[]")


def crd_errors(manifest: Mapping[str, Any]) -> list[str]:
    """Return the errors that the API server would report, and the unknown fields that it would silently remove."""
    crd = CRDS[manifest["kind"]]
    errors = [] if manifest["apiVersion"] == crd["apiVersion"] else ["apiVersion"]
    values = dict(walk(manifest["spec"], "spec"))
    for path, value in values.items():
        field = crd["fields"].get(path)
        if field is None:
            errors.append(f"{path} is no field")
        elif not isinstance(value, TYPES[field["type"]]):
            errors.append(f"{path} is no {field['type']}")
        elif "enum" in field and value not in field["enum"]:
            errors.append(f"{path} is none of {field['enum']}")
        elif "pattern" in field and not re.search(field["pattern"], str(value)):
            errors.append(f"{path} does not match")
        elif "maximum" in field and not field["minimum"] <= value <= field["maximum"]:
            errors.append(f"{path} is outside its limits")
    for path, field in crd["fields"].items():
        parent = path.rpartition(".")[0]
        if field["required"] and (parent == "spec" or parent in values) and path not in values:
            errors.append(f"{path} is missing")
    return errors


def test_the_api_server_accepts_each_manifest_unchanged(manifests: list[dict[str, Any]]) -> None:
    assert {manifest["kind"] for manifest in manifests} >= {"VaultAuth", "VaultStaticSecret"}
    assert [error for manifest in manifests for error in crd_errors(manifest)] == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"refreshAfter": "1h30m"}, "spec.refreshAfter does not match"),
        ({"type": "kv-v3"}, "spec.type is none of"),
        ({"destination": {"create": True}}, "spec.destination.name is missing"),
        ({"destinations": {}}, "spec.destinations is no field"),
        ({"hmacSecretData": "true"}, "spec.hmacSecretData is no boolean"),
    ],
)
def test_this_check_finds_errors_that_the_api_server_would_report(
    manifests: list[dict[str, Any]], change: dict[str, Any], message: str
) -> None:
    secret = next(manifest for manifest in manifests if manifest["kind"] == "VaultStaticSecret")
    assert any(message in error for error in crd_errors({**secret, "spec": {**secret["spec"], **change}}))


def test_the_operator_can_log_in_with_each_vaultauth(manifests: list[dict[str, Any]]) -> None:
    for manifest in manifests:
        if manifest["kind"] == "VaultAuth":
            spec = manifest["spec"]
            assert spec["method"] == "jwt"
            # everything.yaml sets other names of mounts and roles.
            assert (spec["mount"], spec["jwt"]["role"]) in LOGINS
            assert spec["namespace"].startswith("admin")
            assert spec["jwt"]["serviceAccount"]
            assert len(spec["jwt"]["audiences"]) == 1
            assert re.fullmatch(r"[^/]+/[^/]+", spec["vaultConnectionRef"])


def test_each_secret_is_created_and_refers_to_a_vaultauth_of_its_namespace(manifests: list[dict[str, Any]]) -> None:
    metadata = [manifest["metadata"] for manifest in manifests if manifest["kind"] == "VaultAuth"]
    logins = {(login["namespace"], login["name"]) for login in metadata}
    secrets = [manifest for manifest in manifests if manifest["kind"] != "VaultAuth"]
    assert secrets
    for secret in secrets:
        assert secret["spec"]["destination"]["create"] is True
        assert secret["spec"]["destination"]["transformation"]["excludeRaw"] is True
        assert not secret["spec"].get("path", "").startswith("data/")
        # The operator reads the VaultAuth and the service account in the secret's namespace.
        assert (secret["metadata"]["namespace"], secret["spec"]["vaultAuthRef"]) in logins


def test_dynamic_secrets_and_certificates(synth: Synth) -> None:
    built = synth(
        PROJECT / "tests" / "topologies" / "everything.yaml", only=["secrets-payments", "vault-auth-payments"]
    )
    manifests = {
        name: one["manifest"] for name, one in built["secrets-payments"]["resource"]["kubernetes_manifest"].items()
    }
    database = manifests["secret_app_webapp-database"]
    assert (database["kind"], database["spec"]["mount"], database["spec"]["path"]) == (
        "VaultDynamicSecret",
        "team/database",
        "creds/webapp",
    )
    assert (database["spec"]["renewalPercent"], database["spec"]["revoke"]) == (50, False)
    assert database["spec"]["destination"]["transformation"]["templates"] == {
        "DATABASE_URL": {
            "text": "postgresql://{{ .Secrets.username }}:{{ .Secrets.password | urlquery }}@db.example.com/app"
        }
    }
    assert manifests["secret_app_webapp-azure"]["spec"]["revoke"] is True
    static = manifests["secret_app_webapp-user"]["spec"]
    assert (static["path"], static["allowStaticCreds"]) == ("static-creds/webapp", True)
    assert not {"renewalPercent", "revoke"} & static.keys()
    certificate = manifests["secret_app_webapp-certificate"]
    assert certificate["kind"] == "VaultPKISecret"
    assert certificate["spec"]["destination"]["type"] == "kubernetes.io/tls"
    # A right to revoke would cover every certificate of the engine, so the app gets no such right.
    assert "revoke" not in certificate["spec"]
    policies = built["vault-auth-payments"]["resource"]["vault_policy"]
    rules = json.loads(policies["reader_webapp"]["policy"])["path"]
    leases = ["azure/creds/webapp/*", "orders-db/creds/webapp/*"]
    assert rules["sys/leases/revoke"]["allowed_parameters"] == {"lease_id": leases}


def test_secrets_logins_accounts_and_namespaces_are_destroyed_in_this_order(synth: Synth) -> None:
    built = synth(PROJECT / "tests" / "topologies" / "everything.yaml", only=["secrets-payments"])
    resources = built["secrets-payments"]["resource"]
    depends = {
        f"{kind}.{name}": resource.get("depends_on", [])
        for kind, named in resources.items()
        for name, resource in named.items()
    }
    assert depends["kubernetes_manifest.secret_app_webapp_config"] == ["kubernetes_manifest.login_webapp"]
    assert depends["kubernetes_manifest.login_worker"] == [
        "kubernetes_namespace_v1.namespace_app",
        "kubernetes_service_account_v1.service_account_app_worker",
    ]
    assert depends["kubernetes_service_account_v1.service_account_app_worker"] == [
        "kubernetes_namespace_v1.namespace_app"
    ]


def test_existing_namespaces_and_default_accounts_are_not_created(synth: Synth) -> None:
    built = synth(PROJECT / "tests" / "topologies" / "everything.yaml", only=["secrets-payments"])
    resources = built["secrets-payments"]["resource"]
    # Two apps share `app`, `monitoring` exists, and Kubernetes creates each `default` service account.
    assert set(resources["kubernetes_namespace_v1"]) == {"namespace_app"}
    accounts = [account["metadata"] for account in resources["kubernetes_service_account_v1"].values()]
    assert [(account["name"], account["namespace"]) for account in accounts] == [
        ("worker", "app"),
        ("exporter.payments", "monitoring"),
    ]
