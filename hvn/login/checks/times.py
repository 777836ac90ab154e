"""When the token is valid (cap, jwt/jwt.go).

Only clock_skew_leeway widens it; the other leeways stand in for a time that is missing. Comparisons are strict, so that
the very second still counts.
"""

from datetime import UTC, datetime

from hvn.login import messages
from hvn.login.checks.claims import NO_ROLE, UNREADABLE
from hvn.login.login import Login, Outcome, failed, not_checked, passed
from hvn.login.registered import registered

SKEW = 60
MISSING = 150
# Go counts from the year 1; a time too far off wraps round.
_TO_YEAR_1 = 62135596800


def any_time(login: Login) -> Outcome:
    """At least one of iat, nbf and exp is there."""
    if login.all_claims is None:
        return not_checked(UNREADABLE)
    found = registered(login.all_claims)
    if not (found.iat or found.nbf or found.exp):
        return failed(messages.NO_TIMES, "iat, nbf or exp", "none of them")
    there = ", ".join(name for name in ("iat", "nbf", "exp") if getattr(found, name))
    return passed("iat, nbf or exp", there)


def not_before(login: Login) -> Outcome:
    """nbf, or what stands in for it, has come."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    _, nbf = _window(login)
    skew = leeway(login.role.clock_skew_leeway, SKEW)
    expected, found = f"at or before {when(login.now + skew)}, with {skew} s of tolerance", when(nbf)
    if login.now + skew + _TO_YEAR_1 < _wrap(nbf + _TO_YEAR_1):
        return failed(messages.NOT_YET, expected, found)
    return passed(expected, found)


def expiration(login: Login) -> Outcome:
    """exp, or what stands in for it, has not passed."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    exp, _ = _window(login)
    skew = leeway(login.role.clock_skew_leeway, SKEW)
    expected, found = f"at or after {when(login.now - skew)}, with {skew} s of tolerance", when(exp)
    if login.now - skew + _TO_YEAR_1 > _wrap(exp + _TO_YEAR_1):
        note = ""
        if login.role.expiration_leeway and registered(login.all_claims).exp:
            note = "the role's expiration_leeway does not count: the token has an exp"
        return failed(messages.EXPIRED, expected, found, note)
    return passed(expected, found)


def issued_at(login: Login) -> Outcome:
    """iat is not in the future."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    iat = registered(login.all_claims).iat
    skew = leeway(login.role.clock_skew_leeway, SKEW)
    expected, found = f"at or before {when(login.now + skew)}, with {skew} s of tolerance", when(iat)
    if login.now + skew + _TO_YEAR_1 < _wrap(iat + _TO_YEAR_1):
        return failed(messages.FROM_THE_FUTURE, expected, found)
    return passed(expected, found)


def leeway(said: int, default: int) -> int:
    """Seconds: 0 stands for the default, and less than 0 for none."""
    return default if said == 0 else max(said, 0)


def when(seconds: float) -> str:
    """A time for people, in UTC; 0 is a claim that is missing."""
    if not seconds:
        return "missing"
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return f"{seconds} seconds since 1970"


def _window(login: Login) -> tuple[int, int]:
    """exp and nbf; what is missing is made up from the others."""
    found = registered(login.all_claims or {})
    role = login.role
    exp, nbf = found.exp, found.nbf
    if role is None or not (exp or nbf or found.iat):
        return exp, nbf
    exp = exp or _wrap(max(found.iat, nbf) + leeway(role.expiration_leeway, MISSING))
    nbf = nbf or found.iat or _wrap(exp - leeway(role.not_before_leeway, MISSING))
    return exp, nbf


def _wrap(number: int) -> int:
    """As a signed number of 64 bits."""
    return (number + 2**63) % 2**64 - 2**63
