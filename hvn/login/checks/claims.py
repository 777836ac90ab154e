"""Check the token's issuer, subject and audience (cap, jwt/jwt.go; vault-plugin-auth-jwt, path_login.go)."""

from hvn.login import hints, messages
from hvn.login.gotext import shown
from hvn.login.login import Login, Outcome, Result, failed, not_checked, passed
from hvn.login.registered import registered

UNREADABLE = "the claims cannot be read"
NO_ROLE = "the role does not exist"


def nesting(login: Login) -> Outcome:
    """Check that the nesting of the claims does not exceed the limit of Go's JSON package. Return the outcome."""
    if login.all_claims is None:
        return not_checked(UNREADABLE)
    if login.too_deep:
        return failed(messages.TOO_DEEP, "at most 10,000 levels", "more levels", place=login.depth_place())
    return passed("at most 10,000 levels", "")


def types(login: Login) -> Outcome:
    """Check the types of registered claims and return the outcome. iss and sub must be strings, aud a string or a list
    of strings, and times numbers."""
    if login.all_claims is None:
        return not_checked(UNREADABLE)
    expected = "strings, and numbers for times"
    if wrong := registered(login.all_claims).errors:
        errors = tuple((messages.WRONG_TYPE, messages.WRONG_TYPE.text.format(error=error)) for error in wrong)
        return Outcome(Result.FAIL, expected, "a value of another type", errors)
    return passed(expected, "")


def issuer(login: Login) -> Outcome:
    """Check that iss equals the mount's bound_issuer, character by character. Return the outcome."""
    if login.all_claims is None or login.mount is None:
        return not_checked(UNREADABLE if login.mount else "the mount is not configured")
    expected, actual = login.mount.bound_issuer, registered(login.all_claims).iss
    if expected is None:
        return not_checked(
            f"the mount binds the cluster's issuer, which is in --config FILE only; iss is {actual or 'missing'}"
        )
    if expected and actual != expected:
        return failed(messages.WRONG_ISSUER, expected, actual or "no iss", hints.issuer(expected, actual))
    return passed(expected or "any issuer: the mount has no bound_issuer", actual or "no iss")


def subject(login: Login) -> Outcome:
    """Check that sub equals the role's bound_subject, character by character. Return the outcome."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    expected, actual = login.role.bound_subject, registered(login.all_claims).sub
    if expected and actual != expected:
        return failed(messages.WRONG_SUBJECT, expected, actual or "no sub", hints.subject(expected, actual))
    return passed(expected or "any subject: the role has no bound_subject", actual or "no sub")


def audience(login: Login) -> Outcome:
    """Check that aud contains one of the role's bound_audiences. Return the outcome."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    expected, actual = login.role.bound_audiences, registered(login.all_claims).aud
    audiences = ", ".join(actual) or "no aud"
    if expected and not set(expected) & set(actual):
        return failed(messages.WRONG_AUDIENCE, ", ".join(expected), audiences, hints.audience(expected, actual))
    return passed(", ".join(expected) or "none: the role has no bound_audiences", audiences)


def unbound_audience(login: Login) -> Outcome:
    """Check that the token has no aud if the role has no bound_audiences. Vault runs this check after the checks of the
    token's times. Return the outcome."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    actual = login.claim("aud")
    if not login.role.bound_audiences and isinstance(actual, str | list) and actual:
        return failed(messages.UNBOUND_AUDIENCE, "a token without aud, or bound_audiences", shown(actual))
    return passed("bound_audiences, or a token without aud", "")
