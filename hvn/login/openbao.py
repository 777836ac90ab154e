"""OpenBao's answers differ from Vault's in four points. `login explain` prints Vault's answer, and OpenBao's answer if
it differs.

1. cap 0.14, in OpenBao 2.7.2, refuses a claim that differs from a registered claim only in letter case. cap 0.13, in
   vault-plugin-auth-jwt v0.26.3, uses the last such claim (cap, jwt/jwt.go, checkRegisteredClaimCollisions).
2. OpenBao converts a string in `aud` to a list wherever it looks up `aud` by name; the plugin keeps the string (openbao
   internal/builtin/credential/jwt/claims.go, getClaim; the plugin's claims.go). In OpenBao an empty string in `aud`
   therefore counts as an audience. In claim_mappings, or as user_claim with user_claim_json_pointer, `aud` is a list,
   not a string.
3. OpenBao refuses `.` and `..` as a segment of a role's name; Vault refuses `..` anywhere in the name (sdk/logical,
   IsRelativePath and storage_view.go).
4. For claims nested deeper than 10,000 levels OpenBao's error does not name the bracket, because OpenBao is built with
   Go's newer JSON package.
"""

import re
from dataclasses import fields
from typing import Any

from hvn.login.checks import IN_ORDER, Check
from hvn.login.explain import Answer, answer
from hvn.login.gotext import quote
from hvn.login.login import Login, Outcome, Result, not_checked, passed
from hvn.login.messages import Message
from hvn.login.registered import NAMES, folded

AMBIGUOUS = Message(
    "error validating token: ambiguous claim: key {key} collides with registered claim {name} under case folding",
    "the name of a claim differs from a registered claim only in upper or lower case",
    "find out who issued the token: no cluster issues such tokens",
)
_RELATIVE = re.compile(r"(?:^|/)\.\.?(?:/|$)")


class OpenBaoLogin(Login):
    """A login as OpenBao reads it."""

    def claim(self, name: str) -> Any:
        """Return the claim with this name or JSON pointer. OpenBao reads a string in `aud` as a list with one item."""
        value = super().claim(name)
        return [value] if name == "aud" and type(value) is str else value

    def is_relative(self, name: str) -> bool:
        """Return whether OpenBao refuses the role's name, because a segment is `.` or `..`."""
        return bool(_RELATIVE.search(name))

    def depth_place(self) -> str:
        """Return an empty text, because OpenBao's error does not name the bracket."""
        return ""


def explain(login: Login) -> Answer:
    """Return the answer of OpenBao 2.7.2 to a login."""
    as_openbao = OpenBaoLogin(**{field.name: getattr(login, field.name) for field in fields(login)})
    outcomes: list[tuple[Check, Outcome]] = []
    for check in IN_ORDER:
        if check.id == "algorithm":
            outcomes.append((Check("ambiguous", "no claim is ambiguous", ambiguous), ambiguous(as_openbao)))
        outcomes.append((check, check.run(as_openbao)))
    return answer(tuple(outcomes))


def ambiguous(login: Login) -> Outcome:
    """Return a failed outcome if the name of a claim differs from a registered claim only in upper or lower case."""
    if login.all_claims is None:
        return not_checked("the claims cannot be read")
    errors = tuple(
        (AMBIGUOUS, AMBIGUOUS.text.format(key=quote(key), name=quote(folded(key))))
        for key in sorted(login.all_claims)
        if key not in NAMES and folded(key) in NAMES
    )
    if errors:
        return Outcome(Result.FAIL, "registered claims in lower case", "another case", errors)
    return passed("registered claims in lower case", "")
