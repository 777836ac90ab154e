"""The managed identity of an app has a federated credential for the app's service account."""

import pathlib

import yaml

from tests.conftest import SAMPLE, Synth
from tests.stacks.resources import EVERYTHING
from tests.strategies import dump


def test_an_app_with_an_identity_logs_in_to_azure_by_its_service_account(synth: Synth) -> None:
    built = synth(EVERYTHING, only=["secrets-payments", "aks-payments"])
    resources = built["secrets-payments"]["resource"]
    assert resources["azurerm_user_assigned_identity"]["identity_worker"]["name"] == "id-payments-worker"
    (credential,) = resources["azurerm_federated_identity_credential"].values()
    assert credential["subject"] == "system:serviceaccount:app:worker"
    assert credential["audience"] == ["api://AzureADTokenExchange"]
    assert credential["issuer"] == "${data.azurerm_kubernetes_cluster.cluster.oidc_issuer_url}"
    accounts = [one["metadata"] for one in resources["kubernetes_service_account_v1"].values()]
    annotated = {one["name"]: one["annotations"] for one in accounts if "annotations" in one}
    client = "${azurerm_user_assigned_identity.identity_worker.client_id}"
    assert annotated == {"worker": {"azure.workload.identity/client-id": client}}
    (cluster,) = built["aks-payments"]["resource"]["azurerm_kubernetes_cluster"].values()
    assert cluster["workload_identity_enabled"] is True


def test_an_identity_is_in_the_spokes_subscription_beside_a_cluster_in_another(
    synth: Synth, tmp_path: pathlib.Path
) -> None:
    topology = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    cluster = "/subscriptions/99999999-9999-4999-8999-999999999999/resourceGroups/rg-aks/providers"
    app = {
        "namespace": "app",
        "service_account": "web",
        "workload_identity": "id-web",
        "secrets": [{"path": "web/config", "destination": "web"}],
    }
    topology["spokes"]["orders"]["subnets"] = {"nodes": "10.65.0.0/20"}
    topology["spokes"]["orders"]["cluster"] = {
        "existing": {
            "cluster_id": f"{cluster}/Microsoft.ContainerService/managedClusters/aks-shop",
            "node_cidrs": ["10.65.0.0/20"],
        },
        "vault_login": {"keys": "issuer"},
        "apps": {"web": app},
    }
    (tmp_path / "jwks").symlink_to(SAMPLE.parent / "jwks")
    file = tmp_path / "topology.yaml"
    file.write_text(dump(topology), encoding="utf-8")
    (stack,) = synth(file, only=["secrets-orders"]).values()
    providers = {one.get("alias"): one["subscription_id"] for one in stack["provider"]["azurerm"]}
    assert providers == {None: cluster.split("/")[2], "spoke": topology["azure"]["subscription_id"]}
    for kind in ("azurerm_user_assigned_identity", "azurerm_federated_identity_credential"):
        (resource,) = stack["resource"][kind].values()
        assert resource["provider"] == "azurerm.spoke"
