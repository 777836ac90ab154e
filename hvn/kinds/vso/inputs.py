"""The inputs of `vso-<spoke>`."""

from dataclasses import dataclass

from hvn.kinds.inputs import ClusterRef, Inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class VsoInputs(Inputs):
    """`vso-<spoke>`: Vault Secrets Operator and its connection to Vault's private endpoint."""

    cluster: ClusterRef
    vault_cluster_id: str
    project_id: str | None
    release: str
    namespace: str
    repository: str
    chart_version: str
    operator_image: str
    proxy_image: str
