"""Where OpenBao answers otherwise than HashiCorp's Vault: `login explain` answers for Vault, and says where it matters.

1. cap 0.14, in OpenBao 2.7.2, refuses a claim that is a registered one but for the case of its letters; cap 0.13, in
   vault-plugin-auth-jwt v0.26.3, takes the last of them (cap, jwt/jwt.go, checkRegisteredClaimCollisions).
2. OpenBao makes a list of an `aud` that is a text, wherever it looks it up by name; the plugin leaves it a text
   (openbao internal/builtin/credential/jwt/claims.go, getClaim; vault-plugin-auth-jwt, claims.go). So an empty `aud`
   counts as an audience, and `aud` in claim_mappings, or as user_claim with a pointer flag, is no text.
"""

from dataclasses import fields
from typing import Any

from hvn.login.checks import IN_ORDER, Check
from hvn.login.explain import Answer, answer
from hvn.login.gojson import quote
from hvn.login.login import Login, Outcome, Result, not_checked, passed
from hvn.login.messages import Message

REGISTERED = ("iss", "sub", "aud", "exp", "nbf", "iat", "jti")
AMBIGUOUS = Message(
    "error validating token: ambiguous claim: key {key} collides with registered claim {name} under case folding",
    "a claim is written like a registered one but for the case of its letters",
    "find out who made the token: no cluster makes such",
)


class OpenBaoLogin(Login):
    """A login in which an `aud` that is a text is a list of one, wherever a role names it so."""

    def claim(self, name: str) -> Any:
        """A claim as roles name it."""
        value = super().claim(name)
        return [value] if name == "aud" and type(value) is str else value


def explain(login: Login) -> Answer:
    """Judge a login as OpenBao 2.7.2 does."""
    theirs = OpenBaoLogin(**{each.name: getattr(login, each.name) for each in fields(login)})
    found: list[tuple[Check, Outcome]] = []
    for check in IN_ORDER:
        if check.id == "algorithm":
            found.append((Check("ambiguous", "no claim is ambiguous", ambiguous), ambiguous(theirs)))
        found.append((check, check.ask(theirs)))
    return answer(tuple(found))


def ambiguous(login: Login) -> Outcome:
    """No claim differs from a registered one by the case of its letters alone."""
    if login.all_claims is None:
        return not_checked("the claims cannot be read")
    said = []
    for key in sorted(login.all_claims):
        name = key.replace("\u017f", "s").lower()
        if key != name and name in REGISTERED:
            said.append((AMBIGUOUS, AMBIGUOUS.text.format(key=quote(key), name=quote(name))))
    if said:
        return Outcome(Result.FAIL, "registered claims in lower case", "another case", tuple(said))
    return passed("registered claims in lower case", "")
