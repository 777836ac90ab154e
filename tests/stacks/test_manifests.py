"""VSO's manifests against its CRDs, and against what its controllers ask for beyond them.

`tests/facts/vso-crds.json` is taken from the chart's CRDs; the run-time rules from the operator's source
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
    """All manifests of a topology."""
    built = synth(PROJECT / "tests" / "topologies" / f"{request.param}.yaml", only=["secrets-payments"])
    found = built["secrets-payments"]["resource"]["kubernetes_manifest"]
    return [resource["manifest"] for resource in found.values()]


def walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every value below, with its path in the CRD's words: items of a list as `name[]`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{path}.{key}", inner
            yield from walk(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner, f"{path}[]")


def breaks_crd(manifest: Mapping[str, Any]) -> list[str]:
    """What the API server would refuse, or silently drop (unknown fields are pruned)."""
    crd = CRDS[manifest["kind"]]
    wrong = [] if manifest["apiVersion"] == crd["apiVersion"] else ["apiVersion"]
    given = dict(walk(manifest["spec"], "spec"))
    for path, value in given.items():
        field = crd["fields"].get(path)
        if field is None:
            wrong.append(f"{path} is no field")
        elif not isinstance(value, TYPES[field["type"]]):
            wrong.append(f"{path} is no {field['type']}")
        elif "enum" in field and value not in field["enum"]:
            wrong.append(f"{path} is none of {field['enum']}")
        elif "pattern" in field and not re.search(field["pattern"], str(value)):
            wrong.append(f"{path} does not match")
    for path, field in crd["fields"].items():
        parent = path.rpartition(".")[0]
        if field["required"] and (parent == "spec" or parent in given) and path not in given:
            wrong.append(f"{path} is missing")
    return wrong


def test_the_api_server_takes_every_manifest_as_it_is(manifests: list[dict[str, Any]]) -> None:
    assert {each["kind"] for each in manifests} == {"VaultAuth", "VaultStaticSecret"}
    assert [wrong for each in manifests for wrong in breaks_crd(each)] == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"refreshAfter": "1h30m"}, "spec.refreshAfter does not match"),
        ({"type": "kv-v3"}, "spec.type is none of"),
        ({"destination": {"create": True}}, "spec.destination.name is missing"),
        ({"destinations": {}}, "spec.destinations is no field"),
        ({"hmacSecretData": "true"}, "spec.hmacSecretData is no boolean"),
    ],
)
def test_this_check_finds_what_the_api_server_would_refuse(
    manifests: list[dict[str, Any]], change: dict[str, Any], says: str
) -> None:
    secret = next(each for each in manifests if each["kind"] == "VaultStaticSecret")
    assert any(says in wrong for wrong in breaks_crd({**secret, "spec": {**secret["spec"], **change}}))


def test_the_operator_can_log_in_with_every_login(manifests: list[dict[str, Any]]) -> None:
    for each in manifests:
        if each["kind"] == "VaultAuth":
            spec = each["spec"]
            assert spec["method"] == "jwt"
            assert spec["mount"] == "jwt-payments"
            assert spec["namespace"].startswith("admin")
            assert spec["jwt"]["role"]
            assert spec["jwt"]["serviceAccount"]
            assert len(spec["jwt"]["audiences"]) == 1
            assert re.fullmatch(r"[^/]+/[^/]+", spec["vaultConnectionRef"])


def test_every_secret_appears_and_refers_to_a_login_beside_it(manifests: list[dict[str, Any]]) -> None:
    logins = {
        (each["metadata"]["namespace"], each["metadata"]["name"]) for each in manifests if each["kind"] == "VaultAuth"
    }
    secrets = [each for each in manifests if each["kind"] == "VaultStaticSecret"]
    assert secrets
    for each in secrets:
        assert each["spec"]["destination"]["create"] is True
        assert not each["spec"]["path"].startswith("data/")
        # The operator looks the service account up in the secret's namespace, and the login where the secret is.
        assert (each["metadata"]["namespace"], each["spec"]["vaultAuthRef"]) in logins


def test_removal_takes_secrets_then_logins_then_accounts_then_namespaces(synth: Synth) -> None:
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


def test_namespaces_and_accounts_are_those_that_nobody_else_makes(synth: Synth) -> None:
    built = synth(PROJECT / "tests" / "topologies" / "everything.yaml", only=["secrets-payments"])
    resources = built["secrets-payments"]["resource"]
    # Two apps share `app`; `monitoring` exists; Kubernetes makes every `default` service account.
    assert set(resources["kubernetes_namespace_v1"]) == {"namespace_app"}
    accounts = [each["metadata"] for each in resources["kubernetes_service_account_v1"].values()]
    assert accounts == [
        {"name": "worker", "namespace": "app"},
        {"name": "exporter.payments", "namespace": "monitoring"},
    ]
