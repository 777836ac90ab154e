"""List Vault's checks of a login, in Vault's order. Each check is a function that gets a login and returns an outcome.

All checks run, even after a failed check. Vault's answer is the error of the first failed check.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hvn.login.checks import bound_claims, claims, identity, request, times, token
from hvn.login.login import Login, Outcome


@dataclass(frozen=True, slots=True)
class Check:
    """A check of a login: its id, the condition for a pass, and the function."""

    id: str
    what: str
    run: Callable[[Login], Outcome]


IN_ORDER = (
    Check("mount", "the mount is configured", request.mount),
    Check("role-name", "the login names a role", request.role_name),
    Check("role", "the role exists", request.role),
    Check("role-type", "the role's type is jwt", request.role_type),
    Check("token", "the login contains a token", request.token),
    Check("address", "the client's address is in the role's ranges", request.address),
    Check("form", "the token is a signed token", token.form),
    Check("signature", "one of the mount's keys signed the token", token.signature),
    Check("algorithm", "the mount allows the token's algorithm", token.algorithm),
    Check("nesting", "the claims are nested at most 10,000 levels deep", claims.nesting),
    Check("types", "registered claims have values of the right type", claims.types),
    Check("issuer", "iss is the mount's bound_issuer", claims.issuer),
    Check("subject", "sub is the role's bound_subject", claims.subject),
    Check("audience", "aud contains one of the role's bound_audiences", claims.audience),
    Check("times", "the token has iat, nbf or exp", times.any_time),
    Check("not-before", "nbf has passed", times.not_before),
    Check("expiration", "exp has not passed", times.expiration),
    Check("issued-at", "iat is not in the future", times.issued_at),
    Check("unbound-audience", "the role has bound_audiences, or the token has no aud", claims.unbound_audience),
    Check("user-claim", "the claim of user_claim is a string", identity.user_claim),
    Check("claim-mappings", "the claims of claim_mappings are strings", identity.claim_mappings),
    Check("groups", "the claim of groups_claim is a list of strings", identity.groups),
    Check("bound-claims", "all of the role's bound_claims match", bound_claims.bound_claims),
    Check("alias", "the user's name is not empty", identity.alias),
    Check("metadata", "Vault can save the claims of claim_mappings", identity.metadata),
    Check("policies", "the role has no policy that Vault refuses for logins", identity.policies),
)
