"""`vault-auth-<spoke>`: the JWT mount of a spoke's cluster, and for each app a role with its policies.

Vault checks the tokens of service accounts with the cluster's public keys, and never calls the private API server
(docs/decisions/0003-jwt-not-kubernetes-auth.md).
"""

from cdktf import TerraformStack
from cdktf_cdktf_provider_vault.jwt_auth_backend import JwtAuthBackend
from cdktf_cdktf_provider_vault.jwt_auth_backend_role import JwtAuthBackendRole
from cdktf_cdktf_provider_vault.policy import Policy

from hvn.kinds.vault_auth.inputs import AppRole, VaultAuthInputs
from stacks import workspace
from stacks.cluster import cluster_issuer
from stacks.vault_provider import vault


def build(stack: TerraformStack, inputs: VaultAuthInputs) -> None:
    """Build the JWT mount, and for each app a role, the role's read policy, and a write policy for the
    authors of static secrets."""
    vault(stack, inputs.namespace)
    mount = inputs.mount if inputs.existing_mount else _mount(stack, inputs).path
    for role in inputs.roles:
        _role(stack, mount, role)


def _mount(stack: TerraformStack, inputs: VaultAuthInputs) -> JwtAuthBackend:
    return _by_keys(stack, inputs) if inputs.pubkeys else _by_issuer(stack, inputs)


def _by_keys(stack: TerraformStack, inputs: VaultAuthInputs) -> JwtAuthBackend:
    return JwtAuthBackend(
        stack,
        "jwt",
        path=inputs.mount,
        type="jwt",
        # Each entry of jwt_validation_pubkeys has one key, because Vault refuses several keys in one string.
        jwt_validation_pubkeys=list(inputs.pubkeys),
        bound_issuer=inputs.bound_issuer,
        description=f"Service accounts of {inputs.cluster.cluster.name}",
    )


def _by_issuer(stack: TerraformStack, inputs: VaultAuthInputs) -> JwtAuthBackend:
    workspace.azurerm(stack, inputs, inputs.cluster.cluster.group.subscription_id)
    issuer = cluster_issuer(stack, inputs.cluster)
    return JwtAuthBackend(
        stack,
        "jwt",
        path=inputs.mount,
        type="jwt",
        # Both arguments keep the issuer's trailing slash, because Vault compares the issuer with `iss` character by
        # character.
        oidc_discovery_url=issuer,
        bound_issuer=issuer,
        description=f"Service accounts of {inputs.cluster.cluster.name}",
    )


def _role(stack: TerraformStack, mount: str, role: AppRole) -> None:
    reader = Policy(stack, f"reader_{role.app}", name=role.reader.name, policy=role.reader.document)
    if role.writer:
        Policy(stack, f"writer_{role.app}", name=role.writer.name, policy=role.writer.document)
    JwtAuthBackendRole(
        stack,
        f"role_{role.app}",
        backend=mount,
        role_name=role.name,
        # The default role type of Vault is oidc, which requires redirect URIs.
        role_type="jwt",
        bound_audiences=[role.audience],
        bound_subject=role.subject,
        user_claim="sub",
        token_policies=[reader.name, *role.existing_policies],
        token_ttl=role.ttl,
        token_max_ttl=role.max_ttl,
    )
