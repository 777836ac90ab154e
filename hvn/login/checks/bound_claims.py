"""Check the token's claims against the role's `bound_claims` (vault-plugin-auth-jwt, claims.go,
validateBoundClaims)."""

from typing import Any

from hvn.login import messages, values
from hvn.login.checks.claims import NO_ROLE, UNREADABLE
from hvn.login.gotext import quote, shown, wrong_verb
from hvn.login.login import Login, Outcome, Result, not_checked, passed
from hvn.login.messages import Message

Error = tuple[Message, str]


def bound_claims(login: Login) -> Outcome:
    """Check that every claim in the role's `bound_claims` has one of its bound values. Return the outcome.

    If several claims differ, Vault reports an error for only one of these claims.
    """
    if login.all_claims is None or login.role is None:
        return not_checked(UNREADABLE if login.role else NO_ROLE)
    bound = login.role.bound_claims or {}
    names = sorted(bound, key=str.encode)
    glob = login.role.bound_claims_type == "glob"
    errors = tuple(error for name in names if (error := _error(name, login.claim(name), bound[name], glob=glob)))
    expected = "; ".join(f"{name}: {shown(bound[name])}" for name in names)
    actual = "; ".join(f"{name}: {_present(login.claim(name))}" for name in names)
    if errors:
        return Outcome(Result.FAIL, expected, actual, errors)
    return passed(expected or "nothing: the role has no bound_claims", actual or "nothing")


def _present(value: Any) -> str:
    return "missing" if value is None else shown(value)


def _error(name: str, actual: Any, bound: Any, *, glob: bool) -> Error | None:
    """Return Vault's error for a claim, or None if the claim has one of its bound values."""
    if actual is None:
        return messages.CLAIM_MISSING, messages.CLAIM_MISSING.text.format(claim=quote(name))
    have, want = values.as_list(actual), values.as_list(bound)
    if have is None:
        return messages.CLAIM_TYPE, messages.CLAIM_TYPE.text.format(value=shown(actual))
    if want is None:
        return messages.BOUND_TYPE, messages.BOUND_TYPE.text.format(value=shown(bound))
    if glob and have:
        return _glob_error(name, have, want)
    try:
        if any(values.equal(one, other) for one in want for other in have):
            return None
    except values.Uncomparable:
        return messages.NO_ANSWER, messages.NO_ANSWER.text
    return messages.CLAIM_MISMATCH, messages.CLAIM_MISMATCH.text.format(claim=quote(name))


def _glob_error(name: str, have: list[Any], want: list[Any]) -> Error | None:
    """Return Vault's error for a claim, or None if a pattern matches the claim. A pattern that is not a string is an
    error."""
    for pattern in want:
        if type(pattern) is not str:
            return messages.NOT_A_GLOB, messages.NOT_A_GLOB.text.format(value=wrong_verb(pattern))
        if any(type(text) is str and _matches(pattern, text) for text in have):
            return None
    return messages.CLAIM_MISMATCH, messages.CLAIM_MISMATCH.text.format(claim=quote(name))


def _matches(pattern: str, text: str) -> bool:
    """Return whether a text matches a pattern. Only `*` is a special character in a pattern (ryanuber/go-glob
    v1.0.0)."""
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == text
    *middle, last = rest
    if not text.startswith(first):
        return False
    at = len(first)
    for part in middle:
        begin = text.find(part, at)
        if begin < 0:
            return False
        at = begin + len(part)
    return text.endswith(last, at)
