"""List Vault's errors at a JWT login: text, cause and fix.

`{…}` stands for a value of the login, `<spoke>` for the spoke's name. The errors are in the order of Vault's checks.
`login explain` prints these texts, and docs/reference/login-errors.md contains them. Sources of the texts:
vault-plugin-auth-jwt v0.26.3 (path_login.go, claims.go), cap v0.13.0 (jwt/jwt.go, jwt/keyset.go), go-jose v3.0.5,
go-oidc (oidc/jwks.go), Vault (sdk/logical/storage_view.go, vault/request_handling.go, vault/identity_store_util.go).
"""

from dataclasses import dataclass

TOKEN = "error validating token: "  # noqa: S105 - a prefix, no secret
SIGNATURE = f"{TOKEN}error verifying token signature: "
CLAIMS = "error validating claims: "
NO_KEY = "key cannot be blank"


@dataclass(frozen=True, slots=True)
class Message:
    """One error: its text with `{…}` for values of the login, cause, fix and HTTP status."""

    text: str
    cause: str
    fix: str
    status: int = 400


NO_CONFIG = Message(
    "could not load configuration",
    "the mount exists, but its configuration was never written",
    "deploy `vault-auth-<spoke>`, which writes the configuration",
)
MISSING_ROLE = Message(
    "missing role",
    "the login does not name a role, and the mount has no `default_role`",
    "set `jwt.role` in the VaultAuth to the app's name",
)
RELATIVE_ROLE = Message(
    "relative paths not supported",
    "the role's name contains `..`, which Vault's storage refuses",
    "correct `jwt.role` in the VaultAuth",
)
NO_SUCH_ROLE = Message(
    "role {role} could not be found",
    "the mount has no role of this name. Vault converts role names to lower case",
    "compare `jwt.role` of the VaultAuth with the app's name in the topology, and deploy `vault-auth-<spoke>`",
)
OIDC_ROLE = Message(
    "role with oidc role_type is not allowed",
    "the role was written without `role_type`, so its type is `oidc`, for browsers",
    "write the role again with `role_type=jwt`, as `vault-auth-<spoke>` does",
)
MISSING_TOKEN = Message(
    "missing token",
    "the login contains no token",
    "send the service account's token as `jwt`",
)
BOUND_CIDR = Message(
    "permission denied",
    "the client's address, as Vault sees it, is outside the role's `token_bound_cidrs`. Vault returns the same error "
    "if the namespace or the mount does not exist: check both first",
    "deploy `vault-auth-<spoke>`: its roles have no ranges. Correct the ranges of a role that is managed outside this "
    "project",
    403,
)
NO_VALIDATOR = Message(
    "error configuring token validator: {reason}",
    (
        "the mount's configuration does not match its role, for example because of `oidc_client_id`. After "
        "a restart with `keys: issuer`, Vault may also fail to fetch the issuer's discovery document"
    ),
    "if the error names an address, HCP cannot reach the address: use `keys: pubkeys`. Otherwise deploy "
    "`vault-auth-<spoke>`, which writes the mount again",
)
MALFORMED = Message(
    f"{SIGNATURE}{{error}}",
    "the text is not a signed token: it is incomplete, in quotes, prefixed with `Bearer `, or not a JWT",
    "send the token alone: three parts with dots between them",
)
UNKNOWN_KEY = Message(
    f"{SIGNATURE}no known key successfully validated the token signature",
    "no public key of the mount verifies the signature: the cluster's keys rotated, the token is from another "
    "cluster, or somebody changed the token. Vault ignores `kid` and tries each key",
    "compare the keys with `bin/hvn keys check <spoke>`; then run `bin/hvn keys pull <spoke>`, commit the file, and "
    "deploy `vault-auth-<spoke>`",
)
NO_KEYS_FETCHED = Message(
    f"{SIGNATURE}fetching keys {{reason}}",
    "Vault does not know the token's key, and could not fetch the issuer's keys (`keys: issuer`)",
    "try again; if the error persists, HCP cannot reach the issuer: use `keys: pubkeys`",
)
NOT_VERIFIED = Message(
    f"{SIGNATURE}failed to verify id token signature",
    (
        "the issuer (`keys: issuer`) has no key with this `kid`, or its key did not sign the token. Vault "
        "fetched the keys again before its answer"
    ),
    "compare the token's `iss` with the mount's `oidc_discovery_url`: the token is from another cluster, or somebody "
    "changed the token",
)
WRONG_ALGORITHM = Message(
    f"{TOKEN}invalid algorithm (alg) header parameter: token signed with unexpected algorithm",
    "the signature is valid, but its algorithm is not in the mount's `jwt_supported_algs`",
    "add the algorithm to the mount, or remove the list: without the list Vault allows all ten asymmetric algorithms",
)
TOO_DEEP = Message(
    f"{TOKEN}{{place}}exceeded max depth",
    "the token's claims are nested deeper than 10,000 levels",
    "find out who issued the token: no cluster issues such tokens",
)
WRONG_TYPE = Message(
    f"{TOKEN}{{error}}",
    "a registered claim has a value of the wrong type, such as a number for `iss` or a string for `exp`",
    "find out who issued the token: no cluster issues such tokens",
)
WRONG_ISSUER = Message(
    f"{TOKEN}invalid issuer (iss) claim",
    "`iss` differs from the mount's `bound_issuer`, for example by a trailing slash",
    "run `bin/hvn keys pull <spoke>`, which writes the issuer into `config/jwks/<spoke>.json`. Enabling the OIDC "
    "issuer of AKS changes the issuer",
)
WRONG_SUBJECT = Message(
    f"{TOKEN}invalid subject (sub) claim",
    (
        "the token is from another service account or namespace. VSO uses the service account in the "
        "secret's namespace, not in the VaultAuth's namespace"
    ),
    "set `namespace` and `service_account` of the app, or use the app's service account",
)
WRONG_AUDIENCE = Message(
    f"{TOKEN}invalid audience (aud) claim: audience claim does not match any expected audience",
    "the role's `bound_audiences` contain none of the token's audiences. A TokenRequest without `audiences` gets the "
    "API server's own audience, which no role of this project accepts",
    "request the app's `audience`: `jwt.audiences` in the VaultAuth, `--audience` of `kubectl create token`",
)
NO_TIMES = Message(
    f"{TOKEN}no issued at (iat), not before (nbf), or expiration time (exp) claims in token",
    "the token is a legacy token from a Secret, without times",
    "use a token of the TokenRequest API: `serviceAccount` in the VaultAuth, not `secretRef`",
)
NOT_YET = Message(
    f"{TOKEN}invalid not before (nbf) claim: token not yet valid",
    "`nbf` is later than Vault's clock plus `clock_skew_leeway` (default: 60 seconds). A token with only `exp` "
    "becomes valid at `exp` minus `not_before_leeway`",
    "compare the clocks of the cluster and of Vault",
)
EXPIRED = Message(
    f"{TOKEN}invalid expiration time (exp) claim: token is expired",
    "`exp` is earlier than Vault's clock minus `clock_skew_leeway` (default: 60 seconds). Vault uses "
    "`expiration_leeway` only if `exp` is missing",
    "use a fresh token: VSO requests a token for each login. If a fresh token is expired, compare the clocks",
)
FROM_THE_FUTURE = Message(
    f"{TOKEN}invalid issued at (iat) claim: token issued in the future",
    "`iat` is later than Vault's clock plus `clock_skew_leeway` (default: 60 seconds)",
    "compare the clocks of the cluster and of Vault",
)
UNBOUND_AUDIENCE = Message(
    "audience claim found in JWT but no audiences bound to the role",
    "the token has an audience, and the role has no `bound_audiences`. Since 1.16.3 and 1.17 Vault refuses every token "
    "with an audience for such a role",
    "set `bound_audiences`, as `vault-auth-<spoke>` does with the app's `audience`",
)
NO_USER_CLAIM = Message(
    "claim {claim} not found in token",
    "the token lacks the role's `user_claim`. Vault reads a JSON pointer only with `user_claim_json_pointer`",
    "set `user_claim` to `sub`, as `vault-auth-<spoke>` does",
)
USER_CLAIM_TYPE = Message(
    "claim {claim} could not be converted to string",
    "the role's `user_claim` is not a string in the token",
    "set `user_claim` to `sub`, as `vault-auth-<spoke>` does",
)
MAPPED_TYPE = Message(
    "error converting claim '{claim}' to string",
    "a claim of the role's `claim_mappings` is not a string; Vault skips missing claims",
    "remove the claim from the role's `claim_mappings`",
)
NO_GROUPS = Message(
    "failed to fetch groups: {claim} claim not found in token",
    "the token lacks the role's `groups_claim`; tokens of service accounts have no groups",
    "remove `groups_claim` from the role",
)
GROUPS_TYPE = Message(
    "{claim} claim could not be converted to string list",
    "the role's `groups_claim` is neither a string nor a list in the token",
    "name a claim with a list of strings in `groups_claim`, or remove it",
)
GROUP_TYPE = Message(
    "value {value} in groups claim could not be parsed as string",
    "the token's list of groups contains a value that is not a string",
    "name a claim with a list of strings in `groups_claim`, or remove it",
)
CLAIM_MISSING = Message(
    f"{CLAIMS}claim {{claim}} is missing",
    "the token lacks a claim that the role binds. A name with a leading slash is a JSON pointer, for example "
    "`/kubernetes.io/namespace`",
    "correct the name in the role's `bound_claims`",
)
CLAIM_TYPE = Message(
    f"{CLAIMS}received claim is not a string, bool, int or list: {{value}}",
    "the claim that the role binds is an object in the token",
    "use a JSON pointer in `bound_claims` that points to a value inside the object",
)
BOUND_TYPE = Message(
    f"{CLAIMS}bound claim is not a string, bool, int or list: {{value}}",
    "the role binds a claim to an object or to null",
    "use a string, a number, true, false or a list in the role's `bound_claims`",
)
NOT_A_GLOB = Message(
    f"{CLAIMS}received claim is not a glob string: {{value}}xpVal",
    "`bound_claims_type` is `glob`, and the role binds a claim to a value that is not a string",
    "use strings in the role's `bound_claims`, or set `bound_claims_type` to `string`",
)
CLAIM_MISMATCH = Message(
    f"{CLAIMS}claim {{claim}} does not match any associated bound claim values",
    "the claim has none of the values that the role binds. Types must match: the string `1` is not the number 1. An "
    "asterisk is a wildcard only with `bound_claims_type=glob`",
    "correct the value in the role's `bound_claims`, and set `bound_claims_type` in every write: the default is "
    "`string`",
)
NO_ALIAS = Message(
    "missing name in alias",
    "all checks of the token pass, but the role's `user_claim` is an empty string in the token",
    "set `user_claim` to `sub`, as `vault-auth-<spoke>` does",
    500,
)
BAD_METADATA = Message(
    "invalid alias metadata: {reason}",
    (
        "the claims of `claim_mappings` exceed Vault's limits: 64 pairs, keys of 128 letters, digits and "
        "`=/+_-`, values of 512 bytes. Vault checks these limits at a user's first login"
    ),
    "correct the role's `claim_mappings`, or map a shorter claim",
    500,
)
ROOT_POLICY = Message(
    "auth methods cannot create root tokens",
    "the role has the policy `root`, which Vault never assigns to a login",
    "remove `root` from the role's `token_policies`",
)
INTERNAL_POLICY = Message(
    "cannot assign policy {policy}",
    "the role has a policy that is internal to Vault",
    "remove the policy from the role's `token_policies`",
)

ALL: tuple[Message, ...] = tuple(value for value in list(vars().values()) if isinstance(value, Message))

NO_ANSWER = Message(
    "EOF",
    "the role binds a claim to a list that contains a list or an object, and the claim in the token is such a list "
    "too. Vault's comparison panics, and Vault closes the connection",
    "use strings, numbers, true or false in the lists of the role's `bound_claims`",
    0,
)
"""The client's error after Vault closes the connection. `ALL` omits this error, because network failures cause it
more often."""
