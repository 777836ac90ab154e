"""The token's form and signature (cap, jwt/keyset.go; go-jose, jws.go and signing.go)."""

from hvn.login import messages
from hvn.login.gojson import GoError
from hvn.login.hints import cut, malformed, wrong_key
from hvn.login.jws import ALGORITHMS, Jws
from hvn.login.login import Login, Outcome, failed, not_checked, passed
from hvn.login.mount import PAIRS
from hvn.login.signature import lengths, signed_by

NO_TOKEN = "there is no token, only its claims"  # noqa: S105


def form(login: Login) -> Outcome:
    """Three parts of base64url with dots between them, the first a JSON object."""
    expected = "a JSON Web Signature in three parts"
    if login.mount and login.mount.keys_from == PAIRS:
        return not_checked("the mount has jwks_pairs: what Vault says of a token's form there is not known here")
    if isinstance(login.parsed, GoError):
        note = malformed(login.token or "")
        return failed(messages.MALFORMED, expected, "something else", note, error=str(login.parsed))
    if login.parsed is None:
        return not_checked(NO_TOKEN)
    keys = {"jwk", "x5c"} & login.parsed.header.keys()
    if keys:
        return not_checked(
            f"the header holds {' and '.join(sorted(keys))}: Vault reads them, and this command does not"
        )
    return passed(expected, f"{login.parsed.alg or 'no algorithm'}, kid {login.parsed.kid or 'none'}")


def signature(login: Login) -> Outcome:
    """One of the keys signed it. With keys as text each is tried, and the `kid` is not looked at."""
    if not isinstance(login.parsed, Jws):
        return not_checked(NO_TOKEN if login.parsed is None else "the token cannot be read")
    if login.mount is None:
        return not_checked("there is no mount")
    if not login.mount.pubkeys:
        return not_checked(f"Vault fetches the keys itself ({login.mount.keys_from}), and this command asks nobody")
    count = len(login.mount.pubkeys)
    expected = f"a signature by {'the one key' if count == 1 else f'one of {count} keys'} of the mount"
    index = signed_by(login.parsed, login.mount.pubkeys)
    if index is None or login.all_claims is None:
        note = cut(login.parsed, lengths(login.parsed, login.mount.pubkeys)) or wrong_key(
            login.parsed, login.all_claims
        )
        return failed(messages.UNKNOWN_KEY, expected, f"none of them fits (alg {login.parsed.alg or 'missing'})", note)
    return passed(expected, f"key {index + 1} of {count}, {login.parsed.alg}")


def algorithm(login: Login) -> Outcome:
    """The algorithm is allowed; all asymmetric ones are unless the mount says which."""
    if not isinstance(login.parsed, Jws):
        return not_checked(NO_TOKEN if login.parsed is None else "the token cannot be read")
    allowed = (login.mount.supported_algs if login.mount else ()) or ALGORITHMS
    if login.parsed.alg not in allowed:
        return failed(messages.WRONG_ALGORITHM, ", ".join(allowed), login.parsed.alg or "none")
    return passed(", ".join(allowed), login.parsed.alg)
