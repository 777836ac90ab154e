"""Find the likely cause of a failed check of a login. Every function returns an empty text if it recognizes no
cause."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from hvn.login.jws import Jws

ACCOUNT = "system:serviceaccount:"


def malformed(token: str) -> str:
    """Return a hint about the text that the client sent instead of a token, such as JSON, a key or a token in
    quotes."""
    text = token.strip()
    if text.startswith("\ufeff"):
        return "the file begins with a byte order mark of an editor or PowerShell: save the file without the mark"
    if text.startswith("{"):
        return "the text is JSON: send only the token that it contains ('jq -r .status.token' of a TokenRequest)"
    if "-----BEGIN" in text:
        return "the text is a key or a certificate, not a token"
    if text[:7].lower() == "bearer ":
        return "the token has the prefix 'Bearer ': send the token alone"
    if text[:1] in ('"', "'"):
        return "the token is in quotes: send the token alone ('jq -r' prints without quotes)"
    if text.startswith("hvs."):
        return "the text is a Vault token, not a Kubernetes token"
    if text.count(".") == 1:
        return "the token has two of three parts: it is cut off"
    return ""


def wrong_length(jws: Jws, lengths: Collection[int]) -> str:
    """Return a hint that the token is too long or cut off, if no key of the mount makes signatures of this length.
    `lengths` are the possible lengths in bytes."""
    length = len(jws.signature)
    if not lengths or length in lengths:
        return ""
    how = "the token is cut off" if length < min(lengths) else "something was added to the token"
    wanted = " or ".join(map(str, sorted(lengths)))
    return f"the signature has {length} bytes; {jws.verified_alg} with these keys has {wanted}: {how}"


def unknown_key(jws: Jws, claims: Mapping[str, Any] | None) -> str:
    """Return why no key can verify this token, if the token alone shows the reason. `rotated` detects rotated keys."""
    if claims is None:
        return "the payload is not a JSON object, or has a duplicate key: Vault reports this as an unknown key"
    if jws.verified_alg in ("none", "", "HS256", "HS384", "HS512"):
        return f"alg is {jws.verified_alg or 'missing'}: Vault accepts only signatures by a private key"
    if not jws.critical:
        return "the header's crit has a value that Vault does not support"
    if jws.signatures > 1:
        return f"the token has {jws.signatures} signatures: Vault accepts only one"
    return f"Vault ignores kid {jws.kid}: it tries each key" if jws.kid else ""


def rotated(kid: str, committed: Sequence[str], *, same_issuer: bool) -> str:
    """Return the likely reason why no committed key signed a token with this `kid`. Vault itself ignores `kid`."""
    if not kid:
        return "the token does not name a key"
    if kid in committed:
        return f"kid {kid} is the id of a committed key that did not sign the token: the token was changed in transit"
    names = ", ".join(name for name in committed if name) or "none with a kid"
    if same_issuer:
        return f"iss is this cluster's, and kid {kid} is not committed ({names}): the cluster's keys have rotated"
    return f"iss is not this cluster's, and kid {kid} is not committed ({names}): the token is from another cluster"


def issuer(expected: str, actual: str) -> str:
    """Return the likely reason why the token's `iss` differs from the mount's `bound_issuer`."""
    if actual.rstrip("/") == expected.rstrip("/"):
        return "only the trailing slash differs: Vault compares the whole text"
    if actual.strip('"') == expected or '"' in actual:
        return "the token's issuer contains quotes, as in old AKS clusters: include the quotes in bound_issuer"
    if ".azmk8s.io" in actual:
        return "the cluster's OIDC issuer is disabled: enabling it changes iss"
    return ""


def subject(expected: str, actual: str) -> str:
    """Return the difference between the token's `sub` and the role's `bound_subject`, such as another namespace."""
    want, have = (text.removeprefix(ACCOUNT).split(":") for text in (expected, actual))
    if not (expected.startswith(ACCOUNT) and actual.startswith(ACCOUNT) and len(want) == len(have) == 2):
        return "Vault compares bound_subject exactly: an asterisk is not a wildcard" if "*" in expected else ""
    if want[1] == have[1]:
        return f"the service account is in namespace {have[0]}, not in {want[0]}"
    if want[0] == have[0]:
        return f"the namespace is correct, but the service account is {have[1]}, not {want[1]}"
    return ""


def audience(expected: Sequence[str], actual: Sequence[str]) -> str:
    """Return the likely reason why the token's `aud` contains none of the role's `bound_audiences`."""
    if not actual:
        return "the token has no audience"
    if any('"' in audience for audience in actual):
        return "the token's audience contains quotes, as in old AKS clusters: request your own audience"
    if any(one.rstrip("/") == other.rstrip("/") for one in expected for other in actual):
        return "only the trailing slash differs: Vault compares the whole text"
    if any("azmk8s.io" in audience or audience.startswith("https://kubernetes.default") for audience in actual):
        return "aud is the API server's own audience: the token was requested without audiences"
    return ""
