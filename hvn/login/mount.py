"""Read the configuration of a JWT mount and of a role from the topology or from Vault's output."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hvn.kinds.vault_auth.inputs import AppRole, VaultAuthInputs
from hvn.login import vault_files
from hvn.login.pem import NotAKey, public_key
from hvn.login.vault_files import UnusableFile

PAIRS = "jwks_pairs"
"""The field of a mount with several JWKS URLs. Vault tries the keys of each URL until one verifies the token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """The configuration in `auth/<mount>/config`. Vault verifies tokens with the PEM keys in `pubkeys`, or with keys
    that it fetches from `keys_from`."""

    pubkeys: tuple[str, ...] = ()
    keys_from: str = ""
    bound_issuer: str | None = ""
    """The mount's `bound_issuer`: empty if the mount accepts any issuer, None if the issuer is unknown before the
    apply."""
    supported_algs: tuple[str, ...] = ()
    default_role: str = ""

    @classmethod
    def of_spoke(cls, inputs: VaultAuthInputs) -> "Mount":
        """Return the mount that `vault-auth-<spoke>` writes, or the existing mount with unknown keys."""
        if inputs.existing_mount:
            return cls(keys_from=f"the existing mount {inputs.mount}", bound_issuer=None)
        if inputs.pubkeys:
            return cls(pubkeys=inputs.pubkeys, bound_issuer=inputs.bound_issuer or "")
        return cls(keys_from="the cluster's OIDC issuer", bound_issuer=None)

    @classmethod
    def of_vault(cls, data: Mapping[str, Any]) -> "Mount":
        """Return the mount that `vault read -format=json auth/<mount>/config` prints. Raises `UnusableFile`."""
        pairs = PAIRS if data.get(PAIRS) else ""
        url = vault_files.text(data, "oidc_discovery_url") or vault_files.text(data, "jwks_url") or pairs
        return cls(
            pubkeys=_pems(data, "jwt_validation_pubkeys"),
            keys_from=url,
            bound_issuer=vault_files.text(data, "bound_issuer"),
            supported_algs=vault_files.texts(data, "jwt_supported_algs"),
            default_role=vault_files.text(data, "default_role"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """The role in `auth/<mount>/role/<role>`.

    Leeways are in seconds: 0 means Vault's default, and a negative number means no leeway.
    """

    role_type: str = "jwt"
    bound_audiences: tuple[str, ...] = ()
    bound_subject: str = ""
    bound_claims: Mapping[str, Any] | None = None
    bound_claims_type: str = "string"
    bound_cidrs: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    unknown_policies: tuple[str, ...] = ()
    """The policies in `policies` that are managed outside this project; empty if Vault returned the role."""
    user_claim: str = "sub"
    user_claim_json_pointer: bool = False
    claim_mappings: Mapping[str, str] | None = None
    groups_claim: str = ""
    clock_skew_leeway: int = 0
    expiration_leeway: int = 0
    not_before_leeway: int = 0

    @classmethod
    def of_app(cls, role: AppRole) -> "Role":
        """Return the role that `vault-auth-<spoke>` writes for an app."""
        return cls(
            bound_audiences=(role.audience,),
            bound_subject=role.subject,
            policies=(role.reader.name, *role.existing_policies),
            unknown_policies=role.existing_policies,
        )

    @classmethod
    def of_vault(cls, data: Mapping[str, Any]) -> "Role":
        """Return the role that `vault read -format=json auth/<mount>/role/<role>` prints. Raises `UnusableFile`."""
        return cls(
            role_type=vault_files.text(data, "role_type"),
            bound_audiences=vault_files.texts(data, "bound_audiences"),
            bound_subject=vault_files.text(data, "bound_subject"),
            bound_claims=vault_files.mapping(data, "bound_claims"),
            bound_claims_type=vault_files.text(data, "bound_claims_type") or "string",
            bound_cidrs=vault_files.texts(data, "token_bound_cidrs"),
            policies=vault_files.texts(data, "token_policies"),
            user_claim=vault_files.text(data, "user_claim"),
            user_claim_json_pointer=vault_files.flag(data, "user_claim_json_pointer"),
            claim_mappings=vault_files.mapping_of_texts(data, "claim_mappings"),
            groups_claim=vault_files.text(data, "groups_claim"),
            clock_skew_leeway=vault_files.number(data, "clock_skew_leeway"),
            expiration_leeway=vault_files.number(data, "expiration_leeway"),
            not_before_leeway=vault_files.number(data, "not_before_leeway"),
        )


def _pems(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    pems = vault_files.texts(data, key)
    try:
        for pem in pems:
            public_key(pem)
    except NotAKey:
        raise UnusableFile(f"'{key}' has a value that is not a PEM public key: {vault_files.USE_THE_FILE}") from None
    return pems
