"""What Vault checks, in its own order. Each check is one function: from a login to an outcome; the file says its part.

Every check speaks for itself alone, whatever those before it found: the first one that fails is Vault's answer.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hvn.login.checks import claims, identity, request, times, token
from hvn.login.login import Login, Outcome


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its id, what has to be so, and the function that looks."""

    id: str
    what: str
    ask: Callable[[Login], Outcome]


IN_ORDER = (
    Check("mount", "the mount is configured", request.mount),
    Check("role-name", "the login names a role", request.role_name),
    Check("role", "the role exists", request.role),
    Check("role-type", "the role is of type jwt", request.role_type),
    Check("token", "the login holds a token", request.token),
    Check("address", "it comes from an address that the role allows", request.address),
    Check("form", "the token is a signed one", token.form),
    Check("signature", "one of the mount's keys signed it", token.signature),
    Check("algorithm", "the mount allows its algorithm", token.algorithm),
    Check("types", "registered claims have values of the right kind", claims.types),
    Check("issuer", "iss is the mount's bound_issuer", claims.issuer),
    Check("subject", "sub is the role's bound_subject", claims.subject),
    Check("audience", "aud has one of the role's bound_audiences", claims.audience),
    Check("times", "there is iat, nbf or exp", times.any_time),
    Check("not-before", "nbf has come", times.not_before),
    Check("expiration", "exp has not passed", times.expiration),
    Check("issued-at", "iat is not in the future", times.issued_at),
    Check("unbound-audience", "a role without audiences gets a token without", claims.unbound_audience),
    Check("user-claim", "the role's user_claim is a text", identity.user_claim),
    Check("claim-mappings", "the claims of claim_mappings are texts", identity.claim_mappings),
    Check("groups", "the claim of groups_claim is a list of texts", identity.groups),
    Check("bound-claims", "all of the role's bound_claims match", claims.bound_claims),
    Check("alias", "the user's name is not empty", identity.alias),
)
