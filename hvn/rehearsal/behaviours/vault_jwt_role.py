"""Vault refuses a JWT role without a bound claim, or with an invalid name, type, range, time or mapping.

Vault accepts a role with missing policies: logins with the role succeed, but their tokens have no permissions. The
rehearsal's second plan reports the missing policies.

The order of the errors comes from vault-plugin-auth-jwt path_role.go (pathRoleCreateUpdate); Vault sdk/helper/tokenutil
(ParseTokenFields), sdk/framework (GenericNameRegex, durations).
"""

import re
from collections.abc import Iterator

from hvn.login.ranges import is_writable
from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.cloud import Object

BUILT_IN = {"default", "root"}
BOUND = ("bound_audiences", "token_bound_cidrs", "bound_subject", "bound_claims")
DURATIONS = ("token_ttl", "token_max_ttl", "token_period", "token_explicit_max_ttl", "max_age")
TOKEN_TYPES = ("", "default", "service", "batch")
MAX_LEASE = 768 * 3600
"""The longest lease of a mount without a `tune` block, in seconds (Vault's default)."""
MAX_DURATION = 2**63 // 10**9
"""The largest number of seconds that fits into Go's duration."""
_NAME = re.compile(r"\w(?:[\w.-]*\w)?", re.ASCII)
_DURATION = re.compile(r"([0-9]+)([hms]?)")
_SECONDS = {"h": 3600, "m": 60, "s": 1, "": 1}


def write(change: Change) -> None:
    """Check a role as Vault does, and set Vault's default for `role_type`."""
    role = change.after
    mounts = change.cloud.find("vault_jwt_auth_backend", change.place, path=role["backend"])
    change.need(*(("vault_jwt_auth_backend", str(mount["id"])) for mount in mounts))
    if not mounts:
        raise _refused(change, 404, f'no handler for route "auth/{role["backend"]}/role/{role["role_name"]}"')
    if not _NAME.fullmatch(role["role_name"]):
        raise _refused(change, 404, "unsupported path")
    if error := next(_errors(role, _max_lease(mounts[0])), ""):
        raise _refused(change, 400, error)
    # The provider sends no `role_type` if the argument is unset, and Vault's default is oidc.
    role["role_type"] = role.get("role_type") or "oidc"


def _errors(role: Object, max_lease: int) -> Iterator[str]:
    """Yield Vault's errors for a role, in Vault's order."""
    for field in (*DURATIONS, "clock_skew_leeway", "expiration_leeway", "not_before_leeway"):
        seconds = role.get(field) or 0
        if seconds < 0 and field in DURATIONS:
            yield f"error converting input for field \"{field}\": cannot provide negative value '{seconds}'"
        if abs(seconds) > MAX_DURATION:
            yield (
                f'error converting input for field "{field}": multiplication of durations resulted in overflow, '
                "one operand may be too large"
            )
    role_type = role.get("role_type") or "oidc"
    if role_type not in ("jwt", "oidc"):
        yield f"invalid 'role_type': {role_type}"
    yield from _token_errors(role)
    period = role.get("token_period") or 0
    if period > max_lease:
        limit = f"'\"{_go_duration(max_lease)}\"'"
        yield f"'period' of '\"{_go_duration(period)}\"' is greater than the backend's maximum lease TTL of {limit}"
    if role.get("bound_claims_type") not in {None, "string", "glob"}:
        yield f"invalid 'bound_claims_type': {role['bound_claims_type']}"
    destinations = list((role.get("claim_mappings") or {}).values())
    if "role" in destinations:
        yield 'metadata key "role" is reserved and may not be a mapping destination'
    for key in destinations:
        if destinations.count(key) > 1:
            yield f'multiple keys are mapped to metadata key "{key}"'
    if not role.get("user_claim"):
        yield "a user claim must be defined on the role"
    if role_type == "oidc" and not role.get("allowed_redirect_uris"):
        yield "'allowed_redirect_uris' must be set if 'role_type' is 'oidc' or unspecified."
    if role_type == "jwt" and not any(role.get(field) for field in BOUND):
        yield "must have at least one bound constraint when creating/updating a role"


def _token_errors(role: Object) -> Iterator[str]:
    """Yield Vault's errors for the `token_*` fields of a role."""
    for text in (text.strip() for text in role.get("token_bound_cidrs") or ()):
        if not is_writable(text):
            reason = f'Unable to convert "{text}" to an IPv4 or IPv6 address, or a UNIX Socket'
            yield f'error parsing address "{text}": {reason}'
    token_type, uses = role.get("token_type") or "", role.get("token_num_uses") or 0
    if token_type not in TOKEN_TYPES:
        yield f"invalid 'token_type' value \"{token_type}\""
    if uses < 0:
        yield "'token_num_uses' cannot be negative"
    if token_type == "batch" and role.get("token_period"):  # noqa: S105 - a type, no secret
        yield "'token_type' cannot be 'batch' or 'default_batch' when set to generate periodic tokens"
    if token_type == "batch" and uses:  # noqa: S105
        yield "'token_type' cannot be 'batch' or 'default_batch' when set to generate tokens with limited use count"
    ttl, max_ttl = role.get("token_ttl") or 0, role.get("token_max_ttl") or 0
    if max_ttl and ttl > max_ttl:
        yield "'token_ttl' cannot be greater than 'token_max_ttl'"


def _max_lease(mount: Object) -> int:
    """Return the longest lease that a mount allows, in seconds."""
    tune = next(iter(mount.get("tune") or ()), None) or {}
    parts = _DURATION.findall(str(tune.get("max_lease_ttl") or ""))
    return sum(int(number) * _SECONDS[unit] for number, unit in parts) or MAX_LEASE


def _go_duration(seconds: int) -> str:
    """Return a number of seconds as Go prints a duration: `768h0m1s`."""
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{f'{hours}h' if hours else ''}{f'{minutes}m' if hours or minutes else ''}{rest}s"


def plan(change: Change) -> None:
    """Refuse a plan that leaves the role unchanged if the role names missing policies."""
    if not change.before or change.before != change.after:
        return
    policies = {policy["name"].lower() for policy in change.cloud.find("vault_policy", change.place)} | BUILT_IN
    missing = [name for name in change.after.get("token_policies") or () if name.lower() not in policies]
    if missing:
        raise Refusal(
            f"The role {change.after['role_name']} has missing policies",
            f"Vault has no policy {', '.join(missing)}. It reports no error: a login succeeds without any permission",
        )


def _refused(change: Change, status: int, message: str) -> Refusal:
    path = f"auth/{change.after['backend']}/role/{change.after['role_name']}"
    return Refusal(
        f'error writing JWT auth backend role "{path}": Error making API request.',
        f"Code: {status}. Errors:\n\n* {message}",
    )


PLAN = {"vault_jwt_auth_backend_role": plan}
CREATE = {"vault_jwt_auth_backend_role": write}
UPDATE = {"vault_jwt_auth_backend_role": write}
