"""Who the token is of, who made it and for whom (cap, jwt/jwt.go; vault-plugin-auth-jwt, claims.go)."""

from typing import Any

from hvn.login import hints, messages, values
from hvn.login.gojson import quote
from hvn.login.login import Login, Outcome, Result, failed, not_checked, passed
from hvn.login.messages import Message
from hvn.login.registered import registered

UNREADABLE = "the claims cannot be read"
NO_ROLE = "there is no role"


def types(login: Login) -> Outcome:
    """iss and sub are texts, aud a text or a list of texts, the times are numbers."""
    if login.all_claims is None:
        return not_checked(UNREADABLE)
    errors = registered(login.all_claims).errors
    if errors:
        said = tuple((messages.WRONG_TYPE, messages.WRONG_TYPE.text.format(error=error)) for error in errors)
        return Outcome(Result.FAIL, "texts, and numbers for times", "a value of another kind", said)
    return passed("texts, and numbers for times", "")


def issuer(login: Login) -> Outcome:
    """iss is the mount's bound_issuer, exactly."""
    if login.all_claims is None or login.mount is None:
        return not_checked(UNREADABLE)
    expected, found = login.mount.bound_issuer, registered(login.all_claims).iss
    if expected is None:
        return not_checked(
            f"the mount binds the cluster's issuer, which --config FILE would say; iss is {found or 'missing'}"
        )
    if expected and found != expected:
        return failed(messages.WRONG_ISSUER, expected, found or "no iss", hints.issuer(expected, found))
    return passed(expected or "any issuer: the mount binds none", found or "no iss")


def subject(login: Login) -> Outcome:
    """sub is the role's bound_subject, exactly and without wildcards."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    expected, found = login.role.bound_subject, registered(login.all_claims).sub
    if expected and found != expected:
        return failed(messages.WRONG_SUBJECT, expected, found or "no sub", hints.subject(expected, found))
    return passed(expected or "any subject: the role binds none", found or "no sub")


def audience(login: Login) -> Outcome:
    """One of the token's audiences is one of the role's, exactly."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    expected, found = login.role.bound_audiences, registered(login.all_claims).aud
    shown = ", ".join(found) or "no aud"
    if expected and not set(expected) & set(found):
        return failed(messages.WRONG_AUDIENCE, ", ".join(expected), shown, hints.audience(expected, found))
    return passed(", ".join(expected) or "none: the role binds none", shown)


def unbound_audience(login: Login) -> Outcome:
    """A role without bound_audiences takes no token that has an audience. Asked after the times."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    found = login.claim("aud")
    if not login.role.bound_audiences and isinstance(found, str | list) and found:
        return failed(messages.UNBOUND_AUDIENCE, "a token without aud, or bound_audiences", values.shown(found))
    return passed("bound_audiences, or a token without aud", "")


def bound_claims(login: Login) -> Outcome:
    """Every claim that the role binds has one of its values. Of several that fail Vault reports one by chance."""
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    bound = login.role.bound_claims or {}
    said = []
    for name in sorted(bound, key=str.encode):
        actual = login.claim(name)
        if wrong := _mismatch(name, actual, bound[name], glob=login.role.bound_claims_type == "glob"):
            said.append(wrong)
    expected = "; ".join(f"{name}: {values.shown(bound[name])}" for name in sorted(bound, key=str.encode))
    found = "; ".join(f"{name}: {values.shown(login.claim(name))}" for name in sorted(bound, key=str.encode))
    if said:
        return Outcome(Result.FAIL, expected, found, tuple(said))
    return passed(expected or "nothing: the role binds none", found or "nothing")


def _mismatch(name: str, actual: Any, bound: Any, *, glob: bool) -> tuple[Message, str] | None:
    if actual is None:
        return messages.CLAIM_MISSING, messages.CLAIM_MISSING.text.format(claim=quote(name))
    have, want = values.as_list(actual), values.as_list(bound)
    if have is None:
        return messages.CLAIM_TYPE, messages.CLAIM_TYPE.text.format(value=values.shown(actual))
    if want is None:
        return messages.BOUND_TYPE, messages.BOUND_TYPE.text.format(value=values.shown(bound))
    if any(_matches(one, other, glob=glob) for one in want for other in have):
        return None
    return messages.CLAIM_MISMATCH, messages.CLAIM_MISMATCH.text.format(claim=quote(name))


def _matches(want: Any, have: Any, *, glob: bool) -> bool:
    if not glob:
        return values.equal(want, have)
    # Values that are no texts are passed over.
    return type(have) is str and _globs(str(want), have)


def _globs(pattern: str, text: str) -> bool:
    """Only `*` means anything: any text, even none (ryanuber/go-glob v1.0.0)."""
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == text
    *middle, last = rest
    if not text.startswith(first):
        return False
    at = len(first)
    for part in middle:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return text.endswith(last, at)
