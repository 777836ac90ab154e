"""`vault`: the resources in Vault that all spokes share: secrets engines, teams' namespaces, and the logins of CI."""

from cdktf import TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_vault.jwt_auth_backend import JwtAuthBackend
from cdktf_cdktf_provider_vault.jwt_auth_backend_role import JwtAuthBackendRole
from cdktf_cdktf_provider_vault.mount import Mount
from cdktf_cdktf_provider_vault.namespace import Namespace
from cdktf_cdktf_provider_vault.policy import Policy

from hvn.kinds.vault.inputs import CiMount, CiRole, VaultInputs
from stacks.engines import database_engine, pki_engine
from stacks.vault_provider import vault

# The lifetime of a CI login, in seconds: longer than the lifetime of the vault provider's child token (20 minutes).
CI_TTL = 30 * 60


def build(stack: TerraformStack, inputs: VaultInputs) -> None:
    """Build the secrets engines, the teams' namespaces, and a JWT mount for each CI system."""
    vault(stack, inputs.namespace)
    Mount(
        stack,
        "kv",
        path=inputs.kv_mount,
        type="kv",
        options={"version": "2"},
        description="Secrets of the apps",
        lifecycle=TerraformResourceLifecycle(prevent_destroy=True),
    )
    namespaces = {name: _namespace(stack, name) for name in inputs.namespaces}
    for engine in inputs.more_kv:
        place = f"namespace_{engine.namespace}_" if engine.namespace else ""
        Mount(
            stack,
            f"{place}kv_{engine.path}",
            namespace=namespaces[engine.namespace].path if engine.namespace else None,
            path=engine.path,
            type="kv",
            options={"version": "2"},
            description="Secrets of the apps",
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True),
        )
    for database in inputs.database_engines:
        database_engine(stack, database, namespaces[database.namespace].path if database.namespace else None)
    for pki in inputs.pki_engines:
        pki_engine(stack, pki, namespaces[pki.namespace].path if pki.namespace else None)
    for ci in inputs.ci:
        _ci(stack, ci)


def _namespace(stack: TerraformStack, name: str) -> Namespace:
    return Namespace(stack, f"namespace_{name}", path=name, lifecycle=TerraformResourceLifecycle(prevent_destroy=True))


def _ci(stack: TerraformStack, ci: CiMount) -> None:
    # A JWT mount checks one issuer, so each CI system has its own mount.
    mount = JwtAuthBackend(
        stack,
        f"ci_{ci.name}",
        path=ci.path,
        type="jwt",
        oidc_discovery_url=ci.issuer,
        bound_issuer=ci.issuer,
        description=f"Login of the pipelines ({ci.name})",
    )
    for role in ci.roles:
        _ci_role(stack, ci.name, mount, role)


def _ci_role(stack: TerraformStack, ci: str, mount: JwtAuthBackend, role: CiRole) -> None:
    policy = Policy(
        stack,
        f"ci_{ci}_{role.name}_policy",
        # Each CI system has its own policy, because two resources with one name would overwrite each other.
        name=f"{role.policy.name}_{ci}",
        policy=role.policy.document,
    )
    JwtAuthBackendRole(
        stack,
        f"ci_{ci}_{role.name}",
        backend=mount.path,
        role_name=role.name,
        # The default role type of Vault is oidc, which requires redirect URIs.
        role_type="jwt",
        user_claim=role.user_claim,
        bound_audiences=[role.audience],
        bound_claims_type="glob" if role.glob else "string",
        # The provider splits this text at commas. A token's `sub` must match one of the parts.
        bound_claims={"sub": ",".join(role.subjects)},
        token_policies=[policy.name],
        token_ttl=CI_TTL,
        token_max_ttl=CI_TTL,
    )
