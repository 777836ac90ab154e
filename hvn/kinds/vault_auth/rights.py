"""The rights that `vault-auth-<spoke>` needs, by Terraform type."""

from hvn.kinds.rights import VAULT_JWT_AUTH_BACKEND, VAULT_JWT_AUTH_BACKEND_ROLE, VAULT_POLICY, Grant, Needs, Rights

RIGHTS = Rights(
    {
        "vault_jwt_auth_backend": VAULT_JWT_AUTH_BACKEND,
        "vault_jwt_auth_backend_role": VAULT_JWT_AUTH_BACKEND_ROLE,
        "vault_policy": VAULT_POLICY,
        "data.azurerm_kubernetes_cluster": Needs((Grant("Azure", "Reader", "the cluster", "S", "azurerm-aks-data"),)),
    },
    paths={"mount": "jwt-<spoke>", "policies": "<name>_<spoke>_*"},
)
