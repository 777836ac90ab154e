"""`secrets-<spoke>`: the namespaces, service accounts, managed identities and VSO manifests of a spoke's apps.

The workspace is separate from `vso-<spoke>`, because a plan of a manifest needs the CRDs that `vso-<spoke>` installs. A
destroy removes secrets, logins, service accounts and namespaces, in this order. `vso-<spoke>` is destroyed later,
because the operator removes the finalizers (docs/reference/facts.md, "Vault Secrets Operator").
"""

from collections.abc import Iterator, Mapping
from typing import Any

from cdktf import ITerraformDependable, TerraformStack
from cdktf_cdktf_provider_kubernetes.manifest import Manifest
from cdktf_cdktf_provider_kubernetes.namespace_v1 import NamespaceV1, NamespaceV1Metadata
from cdktf_cdktf_provider_kubernetes.service_account_v1 import ServiceAccountV1, ServiceAccountV1Metadata

from hvn.kinds.secrets.inputs import IssuedCertificate, LeasedSecret, SecretsApp, SecretsInputs, SyncedSecret
from stacks import workspace
from stacks.app_identity import CLIENT_ID, app_identity
from stacks.cluster import cluster_access
from stacks.kubernetes_provider import kubernetes

API_VERSION = "secrets.hashicorp.com/v1beta1"


def build(stack: TerraformStack, inputs: SecretsInputs) -> None:
    """Build namespaces and identities, then service accounts, then for each app its login and its secrets."""
    workspace.azurerm(stack, inputs, inputs.cluster.cluster.group.subscription_id)
    access = cluster_access(stack, inputs.cluster)
    kubernetes(stack, access)
    namespaces: dict[str, ITerraformDependable] = {
        name: NamespaceV1(stack, identifier("namespace", name), metadata=NamespaceV1Metadata(name=name))
        for name in inputs.namespaces
    }
    clients = _identities(stack, inputs, access.issuer)
    accounts: dict[tuple[str, str], ITerraformDependable] = {}
    for namespace, name in inputs.service_accounts:
        accounts[namespace, name] = ServiceAccountV1(
            stack,
            identifier("service_account", namespace, name),
            metadata=ServiceAccountV1Metadata(
                name=name, namespace=namespace, annotations=clients.get((namespace, name))
            ),
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
        for manifest in secrets(app):
            # The resource address names the Kubernetes Secret, not the manifest's kind. After a change of the kind,
            # Terraform therefore deletes the old manifest before it creates the new one.
            Manifest(
                stack,
                identifier("secret", app.namespace, manifest["metadata"]["name"]),
                manifest=manifest,
                depends_on=[login],
            )


def _identities(stack: TerraformStack, inputs: SecretsInputs, issuer: str) -> Mapping[tuple[str, str], dict[str, str]]:
    """Build the apps' identities, and return the annotations of their service accounts by namespace and name.

    The identities are in the spoke's resource group. An existing cluster may be in another subscription.
    """
    subscriptions = {app.identity.group.subscription_id for app in inputs.apps if app.identity}
    others = sorted(subscriptions - {inputs.cluster.cluster.group.subscription_id})
    provider = workspace.azurerm(stack, inputs, others[0], alias="spoke") if others else None
    return {
        (app.namespace, app.service_account): {
            CLIENT_ID: app_identity(
                stack,
                identifier(app.name),
                app.identity,
                issuer,
                f"system:serviceaccount:{app.namespace}:{app.service_account}",
                provider=provider,
            )
        }
        for app in inputs.apps
        if app.identity
    }


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


def secrets(app: SecretsApp) -> Iterator[dict[str, Any]]:
    """Yield the manifests of an app's secrets, each with the name of its Kubernetes Secret."""
    yield from (vault_static_secret(app, secret) for secret in app.secrets)
    yield from (vault_dynamic_secret(app, secret) for secret in app.dynamic_secrets)
    yield from (vault_pki_secret(app, certificate) for certificate in app.certificates)


def vault_static_secret(app: SecretsApp, secret: SyncedSecret) -> dict[str, Any]:
    """Return the VaultStaticSecret of a secret: the path in Vault, and the Kubernetes Secret to which VSO copies the
    values."""
    spec = {
        "mount": secret.mount,
        "type": "kv-v2",
        "path": secret.path,
        "refreshAfter": secret.refresh_after,
        "destination": destination(secret.destination, secret.templates),
    }
    return _synced("VaultStaticSecret", app, spec, secret.restart)


def vault_dynamic_secret(app: SecretsApp, secret: LeasedSecret) -> dict[str, Any]:
    """Return the VaultDynamicSecret of credentials: VSO gets a lease, renews it, and revokes it at the end.
    The credentials of a static role have no lease."""
    lease = {
        "renewalPercent": secret.renewal_percent,
        # VSO 1.4.1 does not read this value: it always tries to revoke, and needs the right in the app's policy.
        "revoke": secret.revoke,
    }
    spec = {
        "mount": secret.mount,
        "path": secret.path,
        # VSO reads the credentials again after Vault's next rotation.
        **({"allowStaticCreds": True} if secret.static else lease),
        "destination": destination(secret.destination, secret.templates),
    }
    return _synced("VaultDynamicSecret", app, spec, secret.restart)


def vault_pki_secret(app: SecretsApp, certificate: IssuedCertificate) -> dict[str, Any]:
    """Return the VaultPKISecret of a certificate. With the type of the Secret VSO adds `tls.crt` and `tls.key`."""
    spec = {
        "mount": certificate.mount,
        "role": certificate.role,
        "commonName": certificate.common_name,
        **({"altNames": list(certificate.alt_names)} if certificate.alt_names else {}),
        "ttl": certificate.ttl,
        "expiryOffset": certificate.expiry_offset,
        "destination": {**destination(certificate.destination), "type": "kubernetes.io/tls"},
    }
    return _synced("VaultPKISecret", app, spec, certificate.restart)


def _synced(
    kind: str, app: SecretsApp, spec: Mapping[str, Any], restart: tuple[tuple[str, str], ...]
) -> dict[str, Any]:
    # Without this field VSO reads in the namespace of the login.
    place = {"namespace": app.vault_namespace} if app.vault_namespace else {}
    targets = [{"kind": target, "name": name} for target, name in restart]
    return {
        "apiVersion": API_VERSION,
        "kind": kind,
        "metadata": {"name": spec["destination"]["name"], "namespace": app.namespace},
        "spec": {"vaultAuthRef": app.name, **place, **spec, **({"rolloutRestartTargets": targets} if targets else {})},
    }


def destination(name: str, templates: tuple[tuple[str, str], ...] = ()) -> dict[str, object]:
    """Return the Kubernetes Secret to create. By default VSO creates no Secret, and reports no event."""
    # Without `excludeRaw` the Secret also has the key `_raw`: Vault's whole answer, with every value a second time.
    transformation: dict[str, object] = {"excludeRaw": True}
    if templates:
        transformation["templates"] = {key: {"text": text} for key, text in templates}
    return {"name": name, "create": True, "transformation": transformation}


def identifier(*parts: str) -> str:
    """Return a construct id from Kubernetes names, without dots. cdktf drops dots, so `a.b` and `ab` would get the
    same id."""
    return "_".join(parts).replace(".", "_")


def _present(*dependencies: ITerraformDependable | None) -> list[ITerraformDependable]:
    return [dependency for dependency in dependencies if dependency is not None]
