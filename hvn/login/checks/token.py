"""Check the token's form, signature and algorithm (cap, jwt/keyset.go; go-jose, jws.go and signing.go)."""

from hvn.login import hints, messages
from hvn.login.gojson import GoError
from hvn.login.jws import ALGORITHMS, Jws
from hvn.login.login import Login, Outcome, Result, failed, not_checked, passed
from hvn.login.mount import PAIRS
from hvn.login.signature import lengths, signed_by

NO_TOKEN = "only claims are known, no token"  # noqa: S105
UNREADABLE = "the token cannot be read"


def form(login: Login) -> Outcome:
    """Check that Vault can parse the token: three parts of base64url, separated by dots, or JSON (RFC 7515). Return the
    outcome."""
    expected = "a JSON Web Signature in three parts"
    if login.mount and login.mount.keys_from == PAIRS:
        return not_checked("the mount has jwks_pairs: this command cannot predict how Vault parses the token")
    if isinstance(login.parsed, GoError):
        note = hints.malformed(login.token or "")
        errors = tuple((messages.MALFORMED, messages.MALFORMED.text.format(error=text)) for text in login.parsed.texts)
        return Outcome(Result.FAIL, expected, "something else", errors, note)
    if login.parsed is None:
        return not_checked(NO_TOKEN)
    if not login.parsed.is_judged:
        return not_checked("the header's jwk has an x5u that Vault may refuse as a URL")
    return passed(expected, f"{login.parsed.alg or 'no algorithm'}, kid {login.parsed.kid or 'none'}")


def signature(login: Login) -> Outcome:
    """Check that one of the mount's keys verifies the signature. Vault tries each public key of the mount, and
    ignores `kid`. Return the outcome."""
    if not isinstance(login.parsed, Jws):
        return not_checked(NO_TOKEN if login.parsed is None else UNREADABLE)
    if login.mount is None:
        return not_checked("the mount is not configured")
    if not login.mount.pubkeys:
        return not_checked(f"Vault fetches the keys itself ({login.mount.keys_from}); this command runs offline")
    count = len(login.mount.pubkeys)
    expected = f"a signature by {'the one key' if count == 1 else f'one of {count} keys'} of the mount"
    index = signed_by(login.parsed, login.mount.pubkeys)
    if index is None or login.all_claims is None:
        length_hint = hints.wrong_length(login.parsed, lengths(login.parsed, login.mount.pubkeys))
        note = length_hint or hints.unknown_key(login.parsed, login.all_claims)
        alg = login.parsed.verified_alg or "missing"
        return failed(messages.UNKNOWN_KEY, expected, f"no key matches (alg {alg})", note)
    return passed(expected, f"key {index + 1} of {count}, {login.parsed.verified_alg}")


def algorithm(login: Login) -> Outcome:
    """Check that the mount allows the token's algorithm. A mount without jwt_supported_algs allows all asymmetric
    algorithms. Return the outcome."""
    if not isinstance(login.parsed, Jws):
        return not_checked(NO_TOKEN if login.parsed is None else UNREADABLE)
    allowed = (login.mount.supported_algs if login.mount else ()) or ALGORITHMS
    if login.parsed.alg not in allowed:
        return failed(messages.WRONG_ALGORITHM, ", ".join(allowed), login.parsed.alg or "none")
    return passed(", ".join(allowed), login.parsed.alg)
