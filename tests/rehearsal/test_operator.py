"""Test the operator, its manifests and their namespaces (`operator_*`, `kubernetes_namespaces`, `aks_results`)."""

from typing import Any

import pytest

from tests.rehearsal.conftest import NETWORK, PEERED, Resources, Stage, messages, resource

OPERATOR = (*PEERED, "peering-payments", "aks-payments", "vso-payments")


def test_manifest_without_its_crd_fails_at_plan(stage: Stage) -> None:
    result = stage.build(*NETWORK, "aks-payments", "secrets-payments")
    assert "API did not recognize GroupVersionKind from manifest (CRD may not be installed)" in messages(
        result.failures
    )
    assert {failure.phase for failure in result.failures} == {"plan"}


def test_destroy_without_the_api_server_fails_and_keeps_the_release(stage: Stage) -> None:
    assert not stage.build(*OPERATOR).failures
    stage.slot.faults.set("api-server-unreachable", 1, stage.slot.terraform.interrupt)
    assert "i/o timeout" in messages(stage.destroy("vso-payments").failures)
    stage.slot.faults.clear()
    assert "helm_release.vso" in stage.terraform("vso-payments", "state", "list").out
    assert stage.destroy("vso-payments").destroyed


@pytest.mark.parametrize(("key", "value"), [("kind", "VaultAuht"), ("apiVersion", "secrets.hashicorp.com/v1")])
def test_kind_or_version_without_a_crd_fails_at_plan(stage: Stage, key: str, value: str) -> None:
    resource(stage, "secrets-payments", "kubernetes_manifest", "login_webapp")["manifest"][key] = value
    errors = messages(stage.build(*OPERATOR, "secrets-payments").failures)
    assert "API did not recognize GroupVersionKind from manifest" in errors


def alone(stage: Stage, of: Resources, name: str) -> Any:
    """Put one manifest of the sample in a workspace `small`. Return the manifest, which the test makes invalid."""
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
    problems = stage.build("small").failures
    assert "Manifest configuration incompatible with resource schema" in messages(problems)
    assert error in messages(problems)
    assert {failure.phase for failure in problems} == {"plan"}


@pytest.mark.parametrize(
    ("key", "value", "error"), [("namespace", "", "require a namespace"), ("lables", {}, "lables")]
)
def test_manifest_with_wrong_metadata_fails_at_plan(
    stage: Stage, of: Resources, key: str, value: object, error: str
) -> None:
    alone(stage, of, "login_webapp")["metadata"][key] = value
    problems = stage.build("small").failures
    assert error in messages(problems)
    assert {failure.phase for failure in problems} == {"plan"}


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
    problems = stage.build("small").failures
    assert error in messages(problems)
    assert {failure.phase for failure in problems} == {"apply"}


@pytest.mark.parametrize(("percent", "limit"), [(91, "less than or equal to 90"), (-1, "greater than or equal to 0")])
def test_renewal_outside_of_its_limits_is_refused_at_apply(
    stage: Stage, of: Resources, percent: int, limit: str
) -> None:
    manifest = alone(stage, of, "secret_app_webapp-config")
    manifest["kind"] = "VaultDynamicSecret"
    manifest["spec"] = {"mount": "database", "path": "creds/a", "destination": {"name": "a"}, "renewalPercent": percent}
    assert f"spec.renewalPercent in body should be {limit}" in messages(stage.build("small").failures)


def test_value_that_the_provider_converts_is_accepted(stage: Stage, of: Resources) -> None:
    spec = alone(stage, of, "login_webapp")["spec"]
    spec["jwt"]["tokenExpirationSeconds"] = "900"
    spec["headers"] = {"X-Attempts": 3}
    assert not stage.build("small").failures


def test_manifest_is_not_deleted_without_the_operator(stage: Stage) -> None:
    stage.prepare(*OPERATOR, "secrets-payments")
    assert stage.destroy("vso-payments").destroyed, "Helm does not check it"
    errors = messages(stage.destroy("secrets-payments").failures)
    assert "a finalizer that only the operator removes" in errors


def test_resource_in_a_missing_namespace_is_refused(stage: Stage) -> None:
    stack = stage.change("secrets-payments")
    del stack["resource"]["kubernetes_namespace_v1"]
    for kind in ("kubernetes_manifest", "kubernetes_service_account_v1"):
        for body in stack["resource"].get(kind, {}).values():
            body["depends_on"] = [name for name in body.get("depends_on", ()) if "namespace" not in name]
    assert 'namespaces "app" not found' in messages(stage.build(*OPERATOR, "secrets-payments").failures)


def test_chart_in_a_missing_namespace_is_refused(stage: Stage) -> None:
    resource(stage, "vso-payments", "helm_release", "vso")["create_namespace"] = False
    assert "failed to create: namespaces" in messages(stage.build(*OPERATOR).failures)


def test_cluster_without_credentials_permission_has_no_kubeconfig(stage: Stage) -> None:
    stage.prepare(*OPERATOR[:-1])
    (cluster,) = stage.cloud.find("azurerm_kubernetes_cluster")
    stage.cloud.put("azurerm_kubernetes_cluster", cluster["id"], cluster | {"kube_config": []})
    assert "This identity got no kubeconfig for the cluster" in messages(stage.build("vso-payments").failures)
