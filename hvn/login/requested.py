"""The token that VSO would ask the cluster for, by the manifests of `secrets-<spoke>`."""

from collections.abc import Mapping
from typing import Any

from hvn.kinds.secrets.inputs import SecretsApp

# jwt.tokenExpirationSeconds of VaultAuth: the CRD's default, which the manifests leave as it is.
LIFETIME = 600.0


def claims(app: SecretsApp, issuer: str, now: float) -> Mapping[str, Any]:
    """The claims of a TokenRequest for the app's service account and audience (Kubernetes, TokenRequest API).

    `issuer` is what the cluster writes into `iss`; empty if it is not known, and then it is left out.
    """
    made: dict[str, Any] = {
        "aud": [app.audience],
        "exp": float(int(now)) + LIFETIME,
        "iat": float(int(now)),
        "kubernetes.io": {"namespace": app.namespace, "serviceaccount": {"name": app.service_account}},
        "nbf": float(int(now)),
        "sub": f"system:serviceaccount:{app.namespace}:{app.service_account}",
    }
    return {**made, "iss": issuer} if issuer else made
