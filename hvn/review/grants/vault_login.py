"""Find the tokens that Vault's JWT mounts and roles newly accept, and the new rights of accepted tokens."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hvn.review.differences import normal
from hvn.review.grants.opening import Opening, covers, new_values, number, texts

MOUNT, ROLE = "vault_jwt_auth_backend", "vault_jwt_auth_backend_role"
TYPES = (MOUNT, ROLE)
TIMES = ("token_ttl", "token_max_ttl", "token_explicit_max_ttl", "token_period")
LEEWAYS = ("clock_skew_leeway", "expiration_leeway", "not_before_leeway")
# Arguments of a mount that decide which signatures and servers it trusts.
TRUST = ("jwt_supported_algs", "jwks_ca_pem", "oidc_discovery_ca_pem", "provider_config", "tune")
KEYS = ("jwt_validation_pubkeys", "jwks_url", "oidc_discovery_url", "jwks_pairs")


def openings(type_: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[Opening]:
    """Yield the changes by which a mount or role accepts other tokens, or gives its tokens more rights."""
    if after is not None:
        yield from _mount(before, after) if type_ == MOUNT else _role(before, after)


def _mount(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Iterator[Opening]:
    name = f"login mount {after.get('path')}"
    old = before or {}
    for argument in KEYS:
        known = {_text(item) for item in _items(old.get(argument))}
        for item in _items(after.get(argument)):
            if _text(item) not in known:
                yield Opening(name, f"trusted source of keys ({argument})", _shown(item))
    if before and before.get("bound_issuer") and before.get("bound_issuer") != after.get("bound_issuer"):
        yield Opening(name, "issuer", after.get("bound_issuer") or "not compared")
    if after.get("default_role") and old.get("default_role") != after.get("default_role"):
        yield Opening(name, "default role", str(after["default_role"]))
    for argument in TRUST if before else ():
        if (new := normal(after.get(argument))) != normal(old.get(argument)) and new is not None:
            yield Opening(name, argument, _text(new))


def _role(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Iterator[Opening]:
    name = f"role {after.get('role_name')} at {after.get('backend')}"
    if before is None:
        yield Opening(name, "new role")
    accepted = _who(before) if before else {}
    for part, value in _who(after).items():
        if accepted.get(part) != value and not (before and _narrower(part, before, after)):
            yield Opening(name, f"accepted tokens by {part}", value)
    old = before or {}
    for policy in new_values(texts(old.get("token_policies")), texts(after.get("token_policies"))):
        yield Opening(name, "policy", policy)
    if before is None:
        return
    if before.get("token_no_default_policy") and not after.get("token_no_default_policy"):
        yield Opening(name, "policy", "default")
    uses, more = (number(side.get("token_num_uses")) for side in (before, after))
    if uses and (more > uses or not more):
        yield Opening(name, "uses of a token", str(more or "unlimited"))
    if after.get("token_type") == "batch" != before.get("token_type"):
        yield Opening(name, "tokens that cannot be revoked")
    for argument in (*TIMES, *LEEWAYS):
        # With 0 or null the mount's TTL applies, which may be longer.
        longer = number(after.get(argument)) > number(before.get(argument))
        if longer or (argument in TIMES[:3] and number(before.get(argument)) and not number(after.get(argument))):
            yield Opening(name, argument, str(after.get(argument)))
    ranges = texts(after.get("token_bound_cidrs"))
    if known := texts(before.get("token_bound_cidrs")):
        wider = [cidr for cidr in sorted(ranges) if not any(covers(one, cidr) for one in known)]
        for cidr in wider if ranges else ["every address"]:
            yield Opening(name, "client address", cidr)


def _who(values: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the role's requirements for a token, and its settings for claims, by name; `every …` without a
    requirement."""
    bound = {
        "audience": sorted(texts(values.get("bound_audiences"))),
        "subject": values.get("bound_subject"),
        "claims": values.get("bound_claims"),
        "claims_type": values.get("bound_claims_type"),
        "whole claims": values.get("disable_bound_claims_parsing"),
        "user_claim": values.get("user_claim"),
        "groups_claim": values.get("groups_claim"),
        "claim_mappings": values.get("claim_mappings"),
        "role_type": values.get("role_type"),
    }
    parts = {key: _text(value) for key, value in bound.items() if value and value != "string"}
    if not values.get("bound_subject") and not values.get("bound_claims"):
        parts["subject"] = "every subject"
    return {"audience": "every audience", **parts}


def _narrower(part: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Return whether a role accepts only audiences, or only values of claims, that it accepted before."""
    if part == "audience":
        return {*texts(after.get("bound_audiences"))} < {*texts(before.get("bound_audiences"))} and bool(
            texts(after.get("bound_audiences"))
        )
    old, new = before.get("bound_claims"), after.get("bound_claims")
    if part != "claims" or not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return False
    return all(_values(new[claim]) <= _values(value) for claim, value in old.items() if claim in new) and (
        old.keys() <= new.keys()
    )


def _values(value: Any) -> frozenset[str]:
    """Return the accepted values of a claim. The provider splits a text at commas."""
    return frozenset(one.strip() for text in texts(value) for one in text.split(","))


def _items(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _shown(value: Any) -> str:
    """Return a short form of a PEM key, with its last characters; any other value unchanged."""
    text = _text(value).strip()
    return f"public key …{text.splitlines()[-2][-12:]}" if text.startswith("-----BEGIN") and "\n" in text else text
