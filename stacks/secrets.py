"""`secrets-<spoke>`: the Kubernetes resources of a spoke's apps: namespaces, service accounts, VSO's manifests.

The workspace is separate from `vso-<spoke>`, because a plan of a manifest needs the CRDs that `vso-<spoke>` installs. A
destroy removes secrets, logins, service accounts and namespaces, in this order. `vso-<spoke>` is destroyed later,
because the operator removes the finalizers (docs/reference/facts.md, "Vault Secrets Operator").
"""

from cdktf import ITerraformDependable, TerraformStack
from cdktf_cdktf_provider_kubernetes.manifest import Manifest
from cdktf_cdktf_provider_kubernetes.namespace_v1 import NamespaceV1, NamespaceV1Metadata
from cdktf_cdktf_provider_kubernetes.service_account_v1 import ServiceAccountV1, ServiceAccountV1Metadata

from hvn.kinds.secrets.inputs import SecretsApp, SecretsInputs, SyncedSecret
from stacks import workspace
from stacks.cluster import cluster_access
from stacks.kubernetes_provider import kubernetes

API_VERSION = "secrets.hashicorp.com/v1beta1"


def build(stack: TerraformStack, inputs: SecretsInputs) -> None:
    """Build namespaces, then service accounts, then for each app its login and its secrets."""
    workspace.azurerm(stack, inputs, inputs.cluster.cluster.group.subscription_id)
    kubernetes(stack, cluster_access(stack, inputs.cluster))
    namespaces: dict[str, ITerraformDependable] = {
        name: NamespaceV1(stack, identifier("namespace", name), metadata=NamespaceV1Metadata(name=name))
        for name in inputs.namespaces
    }
    accounts: dict[tuple[str, str], ITerraformDependable] = {}
    for namespace, name in inputs.service_accounts:
        accounts[namespace, name] = ServiceAccountV1(
            stack,
            identifier("service_account", namespace, name),
            metadata=ServiceAccountV1Metadata(name=name, namespace=namespace),
            depends_on=_present(namespaces.get(namespace)),
        )
    for app in inputs.apps:
        account = accounts.get((app.namespace, app.service_account))
        login = Manifest(
            stack,
            identifier("login", app.name),
            manifest=vault_auth(inputs, app),
            depends_on=_present(namespaces.get(app.namespace), account),
        )
        for secret in app.secrets:
            Manifest(
                stack,
                identifier("secret", app.namespace, secret.destination),
                manifest=vault_static_secret(inputs, app, secret),
                depends_on=[login],
            )


def vault_auth(inputs: SecretsInputs, app: SecretsApp) -> dict[str, object]:
    """Return the VaultAuth of an app: VSO logs in with a token of the app's service account, for the app's audience
    only."""
    return {
        "apiVersion": API_VERSION,
        "kind": "VaultAuth",
        "metadata": {"name": app.name, "namespace": app.namespace},
        "spec": {
            "vaultConnectionRef": inputs.vault_connection,
            "method": "jwt",
            "mount": inputs.mount,
            "namespace": inputs.vault_namespace,
            "jwt": {
                "role": app.role,
                "serviceAccount": app.service_account,
                # Without audiences the API server issues a token for its own audience, which the role does not accept.
                "audiences": [app.audience],
            },
        },
    }


def vault_static_secret(inputs: SecretsInputs, app: SecretsApp, secret: SyncedSecret) -> dict[str, object]:
    """Return the VaultStaticSecret of a secret: the path in Vault, and the Kubernetes Secret to which VSO copies the
    values."""
    spec: dict[str, object] = {
        "vaultAuthRef": app.name,
        "mount": inputs.kv_mount,
        "type": "kv-v2",
        "path": secret.path,
        "refreshAfter": secret.refresh_after,
        "destination": destination(secret.destination),
    }
    if secret.restart:
        spec["rolloutRestartTargets"] = [{"kind": kind, "name": name} for kind, name in secret.restart]
    return {
        "apiVersion": API_VERSION,
        "kind": "VaultStaticSecret",
        "metadata": {"name": secret.destination, "namespace": app.namespace},
        "spec": spec,
    }


def destination(name: str) -> dict[str, object]:
    """Return the Kubernetes Secret to create. By default VSO creates no Secret, and reports no event."""
    # Without `excludeRaw` the Secret also has the key `_raw`: Vault's whole answer, with every value a second time.
    return {"name": name, "create": True, "transformation": {"excludeRaw": True}}


def identifier(*parts: str) -> str:
    """Return a construct id from Kubernetes names, without dots. cdktf drops dots, so `a.b` and `ab` would get the
    same id."""
    return "_".join(parts).replace(".", "_")


def _present(*dependencies: ITerraformDependable | None) -> list[ITerraformDependable]:
    return [dependency for dependency in dependencies if dependency is not None]
