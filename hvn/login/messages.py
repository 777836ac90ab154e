"""Every error that Vault answers a JWT login with: its text, what causes it, what to do.

`{…}` stands for what differs from login to login. The order is that in which Vault comes to them. `login explain` takes
its answers from here, and docs/reference/login-errors.md is made from here. Texts: vault-plugin-auth-jwt v0.26.3
(path_login.go, claims.go), cap v0.13.0 (jwt/jwt.go, jwt/keyset.go), go-jose v3.0.5, go-oidc (oidc/jwks.go).
"""

from dataclasses import dataclass

TOKEN = "error validating token: "  # noqa: S105 - a prefix, no secret
SIGNATURE = f"{TOKEN}error verifying token signature: "
CLAIMS = "error validating claims: "


@dataclass(frozen=True, slots=True)
class Message:
    """One error: its text with `{…}` for what differs, the HTTP status, cause and fix."""

    text: str
    cause: str
    fix: str
    status: int = 400


NO_CONFIG = Message(
    "could not load configuration",
    "the mount is there, but its configuration was never written",
    "apply `vault-auth-<spoke>`, which writes it",
)
MISSING_ROLE = Message(
    "missing role",
    "the login names no role, and the mount has no `default_role`",
    "set `jwt.role` in the VaultAuth to the app's name",
)
NO_SUCH_ROLE = Message(
    "role {role} could not be found",
    "the mount has no role of this name. Vault turns names into lower case when it writes and when it reads them",
    "compare `jwt.role` of the VaultAuth with the app's name in the topology, and apply `vault-auth-<spoke>`",
)
OIDC_ROLE = Message(
    "role with oidc role_type is not allowed",
    "the role was written without `role_type`, which makes it one for browsers",
    "write the role anew with `role_type=jwt`, as `vault-auth-<spoke>` does",
)
MISSING_TOKEN = Message(
    "missing token",
    "the login holds no token",
    "send the service account's token as `jwt`",
)
BOUND_CIDR = Message(
    "permission denied",
    "the same answer comes from a namespace or a mount that does not exist: look there first. Else the role has "
    "`token_bound_cidrs`, and the address that Vault sees is in none of them. A range that is none, such as "
    "10.0.0.0/33, refuses everybody",
    "deploy `vault-auth-<spoke>`, whose roles have no ranges; correct those of a role that somebody else made",
    403,
)
NO_VALIDATOR = Message(
    "error configuring token validator: {reason}",
    "the mount's configuration is of another kind than its role, as after `oidc_client_id`, or with `keys: issuer` "
    "Vault could not fetch the issuer's discovery document, which it does anew after a restart",
    "if it names an address: HCP does not reach it, so use `keys: pubkeys`; else deploy `vault-auth-<spoke>`, which "
    "writes the mount anew",
)
MALFORMED = Message(
    f"{SIGNATURE}{{error}}",
    "what was sent is no signed token: cut off, in quotes, with `Bearer ` before it, or something else",
    "send the token alone: three parts with dots between them",
)
UNKNOWN_KEY = Message(
    f"{SIGNATURE}no known key successfully validated the token signature",
    "none of the mount's public keys signed this token: the cluster's keys rotated, the token is of another cluster, "
    "or it was changed on its way. `kid` does not matter: each key is tried",
    "`bin/hvn keys check <spoke>` compares the keys; `bin/hvn keys pull <spoke>`, commit, and deploy "
    "`vault-auth-<spoke>`",
)
NO_KEYS_FETCHED = Message(
    f"{SIGNATURE}fetching keys {{reason}}",
    "with `keys: issuer`: Vault does not know the token's key, and could not fetch the issuer's keys",
    "try again; if it stays, HCP does not reach the issuer, so use `keys: pubkeys`",
)
NOT_VERIFIED = Message(
    f"{SIGNATURE}failed to verify id token signature",
    "with `keys: issuer`: the issuer has no key of this `kid`, or its key did not sign the token. Vault fetched the "
    "keys anew before it said so",
    "compare the token's `iss` with the mount's `oidc_discovery_url`: the token is of another cluster, or was changed",
)
WRONG_ALGORITHM = Message(
    f"{TOKEN}invalid algorithm (alg) header parameter: token signed with unexpected algorithm",
    "the signature is right, and its algorithm is not among the mount's `jwt_supported_algs`",
    "add the algorithm to the mount, or take the list out: all ten asymmetric ones are allowed without it",
)
WRONG_TYPE = Message(
    f"{TOKEN}{{error}}",
    "a registered claim has a value of the wrong kind, such as a number for `iss` or a text for `exp`",
    "no cluster makes such tokens: find out who made it",
)
WRONG_ISSUER = Message(
    f"{TOKEN}invalid issuer (iss) claim",
    "`iss` is not the mount's `bound_issuer`, character by character; a slash at the end counts",
    "write the issuer into `config/jwks/<spoke>.json` as the tokens have it; `bin/hvn keys pull` does. Turning the "
    "OIDC issuer of AKS on changes it",
)
WRONG_SUBJECT = Message(
    f"{TOKEN}invalid subject (sub) claim",
    "the token is of another service account, or of one in another namespace. VSO takes the service account of the "
    "namespace in which the secret is, not the VaultAuth",
    "set `namespace` and `service_account` of the app, or use the service account that the app has",
)
WRONG_AUDIENCE = Message(
    f"{TOKEN}invalid audience (aud) claim: audience claim does not match any expected audience",
    "none of the token's audiences is one of the role's `bound_audiences`. A TokenRequest without `audiences` gets the "
    "API server's own, and a token may have none",
    "ask for the app's `audience`: `jwt.audiences` in the VaultAuth, `--audience` of `kubectl create token`",
)
NO_TIMES = Message(
    f"{TOKEN}no issued at (iat), not before (nbf), or expiration time (exp) claims in token",
    "a token without any time: the old kind that lies in a Secret",
    "use a token of the TokenRequest API: `serviceAccount` in the VaultAuth, not `secretRef`",
)
NOT_YET = Message(
    f"{TOKEN}invalid not before (nbf) claim: token not yet valid",
    "`nbf` is later than Vault's clock and `clock_skew_leeway`, 60 seconds unless said. A token with `exp` alone is "
    "valid from `not_before_leeway` before that",
    "compare the clocks of the cluster and of Vault",
)
EXPIRED = Message(
    f"{TOKEN}invalid expiration time (exp) claim: token is expired",
    "`exp` is earlier than Vault's clock less `clock_skew_leeway`, 60 seconds unless said. `expiration_leeway` does "
    "not help: it only stands in for an `exp` that is missing",
    "get a fresh token: VSO asks for a new one at each login. If a fresh one is expired, compare the clocks",
)
FROM_THE_FUTURE = Message(
    f"{TOKEN}invalid issued at (iat) claim: token issued in the future",
    "`iat` is later than Vault's clock and `clock_skew_leeway`, 60 seconds unless said",
    "compare the clocks of the cluster and of Vault",
)
UNBOUND_AUDIENCE = Message(
    "audience claim found in JWT but no audiences bound to the role",
    "the token has an audience, and the role has no `bound_audiences`. Such a role can be written, but refuses every "
    "such token since Vault 1.16.3 and 1.17",
    "set `bound_audiences`, as `vault-auth-<spoke>` does with the app's `audience`",
)
NO_USER_CLAIM = Message(
    "claim {claim} not found in token",
    "the claim that the role names as `user_claim` is not in the token. A JSON pointer works only with "
    "`user_claim_json_pointer`",
    "set `user_claim` to `sub`, as `vault-auth-<spoke>` does",
)
USER_CLAIM_TYPE = Message(
    "claim {claim} could not be converted to string",
    "the claim that the role names as `user_claim` is no text",
    "set `user_claim` to `sub`, as `vault-auth-<spoke>` does",
)
MAPPED_TYPE = Message(
    "error converting claim '{claim}' to string",
    "a claim of `claim_mappings` is no text. One that is missing is passed over",
    "take the claim out of the role's `claim_mappings`",
)
NO_GROUPS = Message(
    "failed to fetch groups: {claim} claim not found in token",
    "the role has a `groups_claim` that the token does not have; tokens of service accounts have no groups",
    "take `groups_claim` out of the role",
)
GROUPS_TYPE = Message(
    "{claim} claim could not be converted to string list",
    "the claim of the role's `groups_claim` is neither a text nor a list",
    "set `groups_claim` to a list of texts, or take it out of the role",
)
GROUP_TYPE = Message(
    "value {value} in groups claim could not be parsed as string",
    "the list in the claim of the role's `groups_claim` holds something that is no text",
    "set `groups_claim` to a list of texts, or take it out of the role",
)
CLAIM_MISSING = Message(
    f"{CLAIMS}claim {{claim}} is missing",
    "the token does not have a claim that the role binds. A name without a slash before it means a claim on the first "
    "level, with one it is a JSON pointer: `/kubernetes.io/namespace`",
    "correct the name in the role's `bound_claims`",
)
CLAIM_TYPE = Message(
    f"{CLAIMS}received claim is not a string, bool, int or list: {{value}}",
    "the claim that the role binds is an object in the token",
    "let the JSON pointer in `bound_claims` lead to a value inside of it",
)
BOUND_TYPE = Message(
    f"{CLAIMS}bound claim is not a string, bool, int or list: {{value}}",
    "the role binds a claim to an object or to null",
    "write a text, a number, true, false or a list in the role's `bound_claims`",
)
CLAIM_MISMATCH = Message(
    f"{CLAIMS}claim {{claim}} does not match any associated bound claim values",
    "the token's value is none of those that the role binds. Types count: the text `1` is not the number 1. Without "
    "`bound_claims_type=glob` a `*` is a star",
    "correct the value in the role's `bound_claims`; write bound_claims_type each time: a write without it resets it",
)
NO_ALIAS = Message(
    "missing name in alias",
    "everything fits, and the claim of `user_claim` is an empty text",
    "set `user_claim` to `sub`, as `vault-auth-<spoke>` does",
    500,
)

ALL: tuple[Message, ...] = tuple(value for value in list(vars().values()) if isinstance(value, Message))
