"""Known traps: a sentence for somebody whose token fails in a way that has a name. Empty where none is known."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from hvn.login.jws import Jws

ACCOUNT = "system:serviceaccount:"


def malformed(token: str) -> str:
    """What was probably sent instead of a token."""
    text = token.strip()
    if text.startswith("\ufeff"):
        return "it begins with a byte order mark, as some editors and PowerShell write it: save it without one"
    if text.startswith("{"):
        return "it is JSON: send the token in it alone (`jq -r .status.token` of a TokenRequest)"
    if "-----BEGIN" in text:
        return "this is a key or a certificate, not a token"
    if text[:7].lower() == "bearer ":
        return "it begins with `Bearer `: send the token alone"
    if text[:1] in ('"', "'"):
        return "it stands in quotes: send the token alone (`jq -r` prints without them)"
    if text.startswith("hvs."):
        return "this is a token of Vault, not one of Kubernetes"
    if text.count(".") == 1:
        return "it has two parts of three: it was cut off"
    return ""


def cut(jws: Jws, lengths: Collection[int]) -> str:
    """A signature that no key can have made, by its length alone; `lengths` in bytes."""
    found = len(jws.signature)
    if not lengths or found in lengths:
        return ""
    how = "cut off" if found < min(lengths) else "something was added"
    wanted = " or ".join(map(str, sorted(lengths)))
    return f"its signature has {found} bytes where {jws.alg} with these keys has {wanted}: {how} on its way"


def wrong_key(jws: Jws, claims: Mapping[str, Any] | None) -> str:
    """What else than a rotation makes every key fail."""
    if claims is None:
        return "the payload is no JSON object, or has a key twice: Vault reports that as an unknown key"
    if jws.alg in ("none", "", "HS256", "HS384", "HS512"):
        return f"alg {jws.alg or 'is missing'}: Vault takes only signatures by a private key"
    if not jws.critical:
        return "the header has `crit` with a member that Vault does not know"
    return f"kid {jws.kid} is not looked at: Vault tries each key" if jws.kid else ""


def rotated(kid: str, committed: Sequence[str], *, same_issuer: bool) -> str:
    """What the key's id says of a token that no committed key signed. Vault does not look at it, but people may."""
    if not kid:
        return "the token names no key"
    if kid in committed:
        return f"its kid {kid} is that of a committed key, which did not sign it: the token was changed on its way"
    names = ", ".join(each for each in committed if each) or "none with a kid"
    if same_issuer:
        return (
            f"its iss is this cluster's and its kid {kid} is not committed ({names}): the cluster's keys have rotated"
        )
    return f"iss is not this cluster's, and kid {kid} is not committed ({names}): it is a token of another cluster"


def issuer(expected: str, found: str) -> str:
    """Two issuers that look the same."""
    if found.rstrip("/") == expected.rstrip("/"):
        return "only the slash at the end differs: it counts"
    if found.strip('"') == expected or '"' in found:
        return "the token's issuer has quotes in it, as old AKS clusters write it: bind it with the quotes"
    if ".azmk8s.io" in found:
        return "this is the issuer of a cluster whose OIDC issuer is off: turning that on changes iss"
    return ""


def subject(expected: str, found: str) -> str:
    """Which part of the service account differs."""
    want, have = (text.removeprefix(ACCOUNT).split(":") for text in (expected, found))
    if not (expected.startswith(ACCOUNT) and found.startswith(ACCOUNT) and len(want) == len(have) == 2):
        return "Vault compares it exactly: a `*` in bound_subject is a star" if "*" in expected else ""
    if want[1] == have[1]:
        return f"the service account is in namespace {have[0]}, not in {want[0]}"
    if want[0] == have[0]:
        return f"the namespace is right, the service account is {have[1]}, not {want[1]}"
    return ""


def audience(expected: Sequence[str], found: Sequence[str]) -> str:
    """Where another audience may come from."""
    if not found:
        return "the token has no audience"
    if any('"' in each for each in found):
        return "the token's audience has quotes in it, as old AKS clusters write it: ask for an audience of your own"
    if any(one.rstrip("/") == other.rstrip("/") for one in expected for other in found):
        return "only the slash at the end differs: it counts"
    if any("azmk8s.io" in each or each.startswith("https://kubernetes.default") for each in found):
        return "this is the API server's own audience: the token was requested without audiences"
    return ""
