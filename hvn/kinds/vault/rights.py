"""The rights that `vault` needs, by Terraform type."""

from hvn.kinds.rights import VAULT_JWT_AUTH_BACKEND, VAULT_JWT_AUTH_BACKEND_ROLE, VAULT_POLICY, Needs, Rights, vault

ROLE = Needs(
    (vault("read", "<engine>/roles/*"),),
    (vault("create, update, delete", "<engine>/roles/*"),),
)
RIGHTS = Rights(
    {
        "vault_mount": Needs(
            (vault("read", "sys/mounts/{kv}"),),
            (vault("create, update, delete", "sys/mounts/{kv}", "I", "vault-mounts-api"),),
        ),
        "vault_namespace": Needs(
            (vault("read", "sys/namespaces/<namespace>"),),
            (vault("create, update, delete", "sys/namespaces/<namespace>", "I", "vault-namespaces-api"),),
        ),
        "vault_database_secret_backend_connection": Needs(
            (vault("read", "<engine>/config/main"),),
            (vault("create, update, delete", "<engine>/config/main"),),
        ),
        "vault_database_secret_backend_role": ROLE,
        "vault_pki_secret_backend_role": ROLE,
        "vault_jwt_auth_backend": VAULT_JWT_AUTH_BACKEND,
        "vault_jwt_auth_backend_role": VAULT_JWT_AUTH_BACKEND_ROLE,
        "vault_policy": VAULT_POLICY,
    },
    paths={"mount": "ci-*", "policies": "ci_<name>_*", "kv": "<engine>"},
)
