"""Apply the workspaces that configure Vault to a real server, without Terraform."""

import re
from collections.abc import Mapping
from typing import Any

from tests.login.server import Refused, Server

REFERENCE = re.compile(r"\$\{(\w+)\.([\w-]+)\.(\w+)\}")
# Arguments of the provider that Vault's API does not have.
META = frozenset({"//", "depends_on", "lifecycle", "provider", "namespace"})


def apply(server: Server, synthesized: Mapping[str, Any], keys: str = "") -> None:
    """Write every resource of a workspace's `cdk.tf.json`, in the namespace of its provider.

    `keys` is the PEM key that replaces an issuer, because the server cannot reach the issuer.
    """
    (provider,) = synthesized["provider"]["vault"]
    namespace = provider.get("namespace", "")
    resources = synthesized["resource"]

    def resolved(value: Any) -> Any:
        if isinstance(value, list):
            return [resolved(item) for item in value]
        if isinstance(value, str) and (reference := REFERENCE.fullmatch(value)):
            kind, name, attribute = reference.groups()
            return resources[kind][name][attribute]
        assert "${" not in str(value), value
        return value

    def inside(below: str | None) -> str:
        # A resource's own namespace is relative to the namespace of the provider.
        return f"{namespace}/{below}" if below else namespace

    def write(kind: str, body: Mapping[str, Any], below: str | None) -> None:
        if kind == "vault_namespace":
            make(server, f"sys/namespaces/{body['path']}", {}, namespace)
        elif kind == "vault_mount":
            seconds = body.get("max_lease_ttl_seconds")
            tuned = {"config": {"max_lease_ttl": f"{seconds}s"}} if seconds else {}
            make(server, f"sys/mounts/{body['path']}", {**body, **tuned}, inside(below))
        elif kind == "vault_jwt_auth_backend":
            make(server, f"sys/auth/{body['path']}", {"type": body["type"]}, namespace)
            config = {name: value for name, value in body.items() if name not in ("path", "type", "description")}
            if keys and config.pop("oidc_discovery_url", None):
                config["jwt_validation_pubkeys"] = [keys]
            server.write(f"auth/{body['path']}/config", config, namespace)
        elif kind == "vault_jwt_auth_backend_role":
            role = {name: value for name, value in body.items() if name not in ("backend", "role_name")}
            # The provider splits the texts at commas (resource_jwt_auth_backend_role.go).
            if "bound_claims" in role:
                role["bound_claims"] = {name: value.split(",") for name, value in role["bound_claims"].items()}
            server.write(f"auth/{body['backend']}/role/{body['role_name']}", role, namespace)
        elif kind == "vault_database_secret_backend_connection":
            # resource_database_secret_backend_connection.go, writeDatabaseSecretConfig
            options = {"plugin_name": "postgresql-database-plugin", "disable_escaping": False, **body["postgresql"]}
            roles = {"verify_connection": body["verify_connection"], "allowed_roles": ",".join(body["allowed_roles"])}
            server.write(f"{body['backend']}/config/{body['name']}", {**options, **roles}, inside(below))
        elif kind in ("vault_database_secret_backend_role", "vault_pki_secret_backend_role"):
            role = {name: value for name, value in body.items() if name not in ("backend", "name")}
            server.write(f"{body['backend']}/roles/{body['name']}", role, inside(below))
        elif kind == "vault_policy":
            server.write(f"sys/policies/acl/{body['name']}", {"policy": body["policy"]}, namespace)
        else:
            raise AssertionError(f"unknown resource type: {kind}")

    kinds = (
        *("vault_namespace", "vault_mount", "vault_policy", "vault_jwt_auth_backend", "vault_jwt_auth_backend_role"),
        *("vault_database_secret_backend_connection", "vault_database_secret_backend_role"),
        "vault_pki_secret_backend_role",
    )
    for kind in kinds:
        for resource in resources.get(kind, {}).values():
            body = {name: resolved(value) for name, value in resource.items() if name not in META}
            write(kind, body, resolved(resource.get("namespace")))
    assert resources.keys() <= {*kinds}


def make(server: Server, path: str, body: Mapping[str, Any], namespace: str) -> None:
    """Create a mount or a namespace, unless an earlier apply created it."""
    try:
        server.write(path, body, namespace)
    except Refused as refused:
        if "path is already in use" not in refused.error:
            raise
