"""How the clouds behave where it matters here. First the frame: what a plan, an apply, a destroy and a read may do."""

from typing import Any

from hvn.rehearsal.cloud import Cloud, Object


class Refusal(Exception):
    """The cloud says no: a summary, and the detail as the provider words it."""

    def __init__(self, summary: str, detail: str = "") -> None:
        super().__init__(summary)
        self.detail = detail


class Behaviours:
    """What the stand-ins do besides keeping what they are told."""

    def plan(self, name: str, cloud: Cloud, prior: Object | None, after: Object) -> Object:
        """Refuse or change a plan."""
        return after

    def apply(self, name: str, cloud: Cloud, prior: Object | None, state: Object) -> Object:
        """Refuse or change what is made."""
        return state

    def destroy(self, name: str, cloud: Cloud, prior: Object) -> None:
        """Refuse to take something away."""

    def read(self, name: str, cloud: Cloud, config: Object, warnings: list[Any]) -> Object:
        """Find what a data source asks for."""
        keys = {
            "azurerm_kubernetes_cluster": ("name", "resource_group_name"),
            "hcp_hvn": ("hvn_id",),
            "hcp_vault_cluster": ("cluster_id",),
            "hcp_azure_peering_connection": ("peering_id",),
        }
        found = next(cloud.find(name, **{key: config.get(key) for key in keys[name]}), None)
        if found is None:
            raise Refusal(f"{name} was not found", str({key: config.get(key) for key in keys[name]}))
        state = dict(found[1])
        if name == "hcp_azure_peering_connection":
            state["state"] = "ACTIVE"
        if name == "azurerm_kubernetes_cluster":
            state["kube_config"] = [
                {
                    "host": "https://x",
                    "cluster_ca_certificate": "eA==",
                    "client_certificate": "eA==",
                    "client_key": "eA==",
                    "username": "",
                    "password": "",
                }
            ]
        return state
