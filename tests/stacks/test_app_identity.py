"""The managed identity of an app: its federated credential and its service account."""

from tests.conftest import Synth
from tests.stacks.resources import EVERYTHING


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
