"""Check the token's times (cap, jwt/jwt.go).

Only clock_skew_leeway extends the validity of a token. Vault uses the other leeways to compute a missing time. Both
bounds are inclusive: at exactly nbf or exp, the token is valid.
"""

from datetime import UTC, datetime

from hvn.login import messages
from hvn.login.checks.claims import NO_ROLE, UNREADABLE
from hvn.login.login import Login, Outcome, Result, failed, not_checked, passed
from hvn.login.registered import registered

SKEW = 60
MISSING = 150
# Go counts seconds from the year 1, so a very distant time overflows and wraps around.
_TO_YEAR_1 = 62135596800


def any_time(login: Login) -> Outcome:
    """Check that the token has iat, nbf or exp. Return the outcome."""
    if login.all_claims is None:
        return not_checked(UNREADABLE)
    times = registered(login.all_claims)
    if not (times.iat or times.nbf or times.exp):
        return failed(messages.NO_TIMES, "iat, nbf or exp", "none of them")
    present = ", ".join(name for name in ("iat", "nbf", "exp") if getattr(times, name))
    return passed("iat, nbf or exp", present)


def not_before(login: Login) -> Outcome:
    """Check that nbf, or the time that Vault computes for a missing nbf, has passed. Return the outcome."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    if any_time(login).result is Result.FAIL:
        return not_checked("the token has no time")
    _, nbf = _window(login)
    skew = leeway(login.role.clock_skew_leeway, SKEW)
    expected, actual = f"at or before {when(login.now + skew)}, with {skew} s of tolerance", when(nbf)
    if login.now + skew + _TO_YEAR_1 < _wrap(nbf + _TO_YEAR_1):
        return failed(messages.NOT_YET, expected, actual)
    return passed(expected, actual)


def expiration(login: Login) -> Outcome:
    """Check that exp, or the time that Vault computes for a missing exp, has not passed. Return the outcome."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    if any_time(login).result is Result.FAIL:
        return not_checked("the token has no time")
    exp, _ = _window(login)
    skew = leeway(login.role.clock_skew_leeway, SKEW)
    expected, actual = f"at or after {when(login.now - skew)}, with {skew} s of tolerance", when(exp)
    if login.now - skew + _TO_YEAR_1 > _wrap(exp + _TO_YEAR_1):
        note = ""
        if login.role.expiration_leeway and registered(login.all_claims).exp:
            note = "the role's expiration_leeway has no effect, because the token has exp"
        return failed(messages.EXPIRED, expected, actual, note)
    return passed(expected, actual)


def issued_at(login: Login) -> Outcome:
    """Check that iat is not in the future. Return the outcome."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    iat = registered(login.all_claims).iat
    skew = leeway(login.role.clock_skew_leeway, SKEW)
    expected, actual = f"at or before {when(login.now + skew)}, with {skew} s of tolerance", when(iat)
    if login.now + skew + _TO_YEAR_1 < _wrap(iat + _TO_YEAR_1):
        return failed(messages.FROM_THE_FUTURE, expected, actual)
    return passed(expected, actual)


def leeway(seconds: int, default: int) -> int:
    """Return the leeway in seconds that Vault uses: the default for 0, no leeway for a negative number."""
    return default if seconds == 0 else max(seconds, 0)


def when(seconds: float) -> str:
    """Return a time in UTC, or `missing` for 0."""
    if not seconds:
        return "missing"
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return f"{seconds} seconds since 1970"


def _window(login: Login) -> tuple[int, int]:
    """Return exp and nbf of the token. Vault computes a missing time from the other times."""
    times = registered(login.all_claims or {})
    role = login.role
    exp, nbf = times.exp, times.nbf
    if role is None or not (exp or nbf or times.iat):
        return exp, nbf
    exp = exp or _wrap(max(times.iat, nbf) + leeway(role.expiration_leeway, MISSING))
    nbf = nbf or times.iat or _wrap(exp - leeway(role.not_before_leeway, MISSING))
    return exp, nbf


def _wrap(number: int) -> int:
    """Return the number as a signed integer of 64 bits, which wraps around."""
    return (number + 2**63) % 2**64 - 2**63
