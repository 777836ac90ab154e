"""Inputs of `vso-<spoke>` and `secrets-<spoke>`."""

from hvn.kinds.derive import common
from hvn.kinds.inputs import SecretsApp, SecretsInputs, SyncedSecret, VsoInputs
from hvn.topology import naming
from hvn.topology.model import App, Cluster, Spoke, Topology
from hvn.topology.naming import VSO_NAMESPACE

VSO_REPOSITORY = "https://helm.releases.hashicorp.com"
VSO_RELEASE = "vault-secrets-operator"

# Kubernetes makes this service account in every namespace; creating it again is refused.
DEFAULT_SERVICE_ACCOUNT = "default"


def vso(topology: Topology, name: str, spoke: Spoke, cluster: Cluster) -> VsoInputs:
    """Vault Secrets Operator in a spoke's cluster."""
    mirror = cluster.vso.image_registry
    return VsoInputs(
        **common.common(topology, f"vso-{name}"),
        cluster=common.cluster_ref(topology, name, spoke, cluster),
        vault_cluster_id=topology.vault.cluster_id,
        project_id=topology.hvn.project_id,
        release=VSO_RELEASE,
        namespace=VSO_NAMESPACE,
        repository=VSO_REPOSITORY,
        chart_version=cluster.vso.version,
        # As in the chart's values, apart from the registry.
        operator_image=f"{mirror or 'docker.io'}/hashicorp/vault-secrets-operator",
        proxy_image=f"{mirror or 'quay.io'}/brancz/kube-rbac-proxy",
    )


def secrets(topology: Topology, name: str, spoke: Spoke, cluster: Cluster) -> SecretsInputs:
    """What the apps of a spoke have in Kubernetes. Apps may share a namespace."""
    apps = [(app, cluster.apps[app]) for app in sorted(cluster.apps)]
    ours = {app.namespace for _, app in apps} - set(cluster.existing_namespaces)
    accounts = {(app.namespace, app.service_account) for _, app in apps}
    return SecretsInputs(
        **common.common(topology, f"secrets-{name}"),
        cluster=common.cluster_ref(topology, name, spoke, cluster),
        # The chart's default connection, as VSO reads references: namespace/name.
        vault_connection=f"{VSO_NAMESPACE}/default",
        vault_namespace=topology.vault.namespace,
        mount=naming.jwt_mount(name),
        kv_mount=topology.vault.kv_mount,
        namespaces=tuple(sorted(ours)),
        service_accounts=tuple(sorted(each for each in accounts if each[1] != DEFAULT_SERVICE_ACCOUNT)),
        apps=tuple(_app(app, value) for app, value in apps),
    )


def _app(name: str, app: App) -> SecretsApp:
    return SecretsApp(
        name=name,
        namespace=app.namespace,
        service_account=app.service_account,
        role=name,
        audience=app.audience,
        secrets=tuple(
            SyncedSecret(
                secret.path,
                secret.destination,
                secret.refresh_after,
                tuple(sorted({(target.kind, target.name) for target in secret.restart})),
            )
            for secret in sorted(app.secrets, key=lambda each: each.destination)
        ),
    )
