"""What Vault decides by: a JWT mount's configuration and a role, from the topology or as Vault prints them."""

import json
import pathlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hvn.kinds.vault_auth.inputs import AppRole, VaultAuthInputs
from hvn.login.values import Number

MAX_BYTES = 1024 * 1024
PAIRS = "jwks_pairs"
"""In place of one URL: several, of which Vault chooses by `kid`."""


class Unfit(Exception):
    """A file is not what `vault read -format=json` prints. One line: what, why, what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """`auth/<mount>/config`. Keys are either `pubkeys` (PEM), or come from `keys_from`, a URL that Vault asks."""

    pubkeys: tuple[str, ...] = ()
    keys_from: str = ""
    bound_issuer: str | None = ""
    """Empty: any. None: one that is not known here."""
    supported_algs: tuple[str, ...] = ()
    default_role: str = ""

    @classmethod
    def of_spoke(cls, inputs: VaultAuthInputs) -> "Mount":
        """What `vault-auth-<spoke>` writes."""
        if inputs.pubkeys:
            return cls(pubkeys=inputs.pubkeys, bound_issuer=inputs.bound_issuer or "")
        # The cluster says it when the workspace is applied.
        return cls(keys_from="the cluster's OIDC issuer", bound_issuer=None)

    @classmethod
    def of_vault(cls, data: Mapping[str, Any]) -> "Mount":
        """What `vault read -format=json auth/<mount>/config` prints. Raises `Unfit`."""
        pairs = PAIRS if data.get(PAIRS) else ""
        url = _text(data, "oidc_discovery_url") or _text(data, "jwks_url") or pairs
        return cls(
            pubkeys=_pems(data, "jwt_validation_pubkeys"),
            keys_from=url,
            bound_issuer=_text(data, "bound_issuer"),
            supported_algs=_texts(data, "jwt_supported_algs"),
            default_role=_text(data, "default_role"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """`auth/<mount>/role/<role>`; leeways in seconds, 0 for Vault's default, less than 0 for none."""

    role_type: str = "jwt"
    bound_audiences: tuple[str, ...] = ()
    bound_subject: str = ""
    bound_claims: Mapping[str, Any] | None = None
    bound_claims_type: str = "string"
    bound_cidrs: tuple[str, ...] = ()
    user_claim: str = "sub"
    user_claim_json_pointer: bool = False
    claim_mappings: Mapping[str, str] | None = None
    groups_claim: str = ""
    clock_skew_leeway: int = 0
    expiration_leeway: int = 0
    not_before_leeway: int = 0

    @classmethod
    def of_app(cls, role: AppRole) -> "Role":
        """What `vault-auth-<spoke>` writes for an app."""
        return cls(bound_audiences=(role.audience,), bound_subject=role.subject)

    @classmethod
    def of_vault(cls, data: Mapping[str, Any]) -> "Role":
        """What `vault read -format=json auth/<mount>/role/<role>` prints. Raises `Unfit`."""
        return cls(
            role_type=_text(data, "role_type"),
            bound_audiences=_texts(data, "bound_audiences"),
            bound_subject=_text(data, "bound_subject"),
            bound_claims=_mapping(data, "bound_claims"),
            bound_claims_type=_text(data, "bound_claims_type") or "string",
            bound_cidrs=_texts(data, "token_bound_cidrs"),
            user_claim=_text(data, "user_claim"),
            user_claim_json_pointer=data.get("user_claim_json_pointer") is True,
            claim_mappings=_mapping(data, "claim_mappings"),
            groups_claim=_text(data, "groups_claim"),
            clock_skew_leeway=_number(data, "clock_skew_leeway"),
            expiration_leeway=_number(data, "expiration_leeway"),
            not_before_leeway=_number(data, "not_before_leeway"),
        )


def read(file: pathlib.Path, marks: tuple[str, ...]) -> Mapping[str, Any]:
    """The `data` of what `vault read -format=json` printed, which has one of the keys `marks`. Raises `Unfit`."""
    shown = file.name
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unfit(f"{shown} cannot be read ({error.strerror}): name a file that you may read") from None
    again = f"it has to be what `vault read -format=json` prints of it, with {' or '.join(marks)}"
    if len(content) > MAX_BYTES:
        raise Unfit(f"{shown} is larger than 1 MiB: {again}")
    try:
        # Numbers keep their text: Vault compares bound claims by it.
        document = json.loads(content, parse_int=Number, parse_float=Number)
    except (ValueError, RecursionError):
        raise Unfit(f"{shown} is not JSON: {again}") from None
    data = document.get("data", document) if isinstance(document, dict) else None
    if not isinstance(data, dict) or not any(mark in data for mark in marks):
        raise Unfit(f"{shown} does not describe it: {again}")
    return data


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if value is None:
        return ""
    if isinstance(value, str) and not isinstance(value, Number):
        return value
    raise Unfit(f"`{key}` is not a text: name the file that `vault read -format=json` printed")


def _texts(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = data.get(key)
    if value is None:
        return ()
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    raise Unfit(f"`{key}` is not a list of texts: name the file that `vault read -format=json` printed")


def _pems(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    from hvn.login.signature import public_key

    found = _texts(data, key)
    try:
        for pem in found:
            public_key(pem)
    except ValueError:
        raise Unfit(f"`{key}` holds something that is no public key in PEM: name what `vault read` printed") from None
    return found


def _mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    if value is None or isinstance(value, dict):
        return value or {}
    raise Unfit(f"`{key}` is not a mapping: name the file that `vault read -format=json` printed")


def _number(data: Mapping[str, Any], key: str) -> int:
    value = data.get(key) or 0
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise Unfit(f"`{key}` is not a whole number: name the file that `vault read -format=json` printed") from None
