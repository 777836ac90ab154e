"""One login to be judged, and what a check says of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from hvn.login import gojson, jws, values
from hvn.login.gojson import GoError
from hvn.login.messages import Message
from hvn.login.mount import Mount, Role


@dataclass(kw_only=True)
class Login:
    """Who logs in where, with what and when: either with a token, or with claims taken to be signed rightly."""

    mount: Mount | None
    """None: the mount was never configured."""
    role_name: str
    """As it is sent; empty for the mount's `default_role`."""
    role: Role | None
    """None: there is no role of that name."""
    token: str | None = None
    claims: Mapping[str, Any] | None = None
    now: float
    """Seconds since 1970."""
    address: str | None = None
    """Address that Vault sees, if it is known."""

    @property
    def role_asked(self) -> str:
        """The role's name as Vault looks it up."""
        return self.role_name.lower() or (self.mount.default_role if self.mount else "")

    @cached_property
    def parsed(self) -> jws.Jws | GoError | None:
        """The token taken apart, or the error; None without a token."""
        if not self.token:
            return None
        try:
            return jws.parse(self.token, by_issuer=bool(self.mount and not self.mount.pubkeys))
        except GoError as error:
            return error

    @cached_property
    def all_claims(self) -> Mapping[str, Any] | None:
        """The claims, verified or not; None if the payload is no JSON object."""
        if not isinstance(self.parsed, jws.Jws):
            return self.claims if self.parsed is None else None
        try:
            found = gojson.loads(self.parsed.payload)
        except GoError:
            return None
        # `null` is read into a mapping without an error.
        return {} if found is None else found if isinstance(found, dict) else None

    def claim(self, name: str) -> Any:
        """A claim as roles name it: on the first level, or by JSON pointer; None if it is not there."""
        return None if self.all_claims is None else values.get(self.all_claims, name)


class Result(StrEnum):
    """What a check found."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found: what was expected, what is there, and the errors that Vault may send.

    Of several errors Vault sends one by chance: it goes through mappings in no order. `note` speaks of a known trap.
    """

    result: Result
    expected: str = ""
    found: str = ""
    said: tuple[tuple[Message, str], ...] = ()
    note: str = ""


def passed(expected: str, found: str) -> Outcome:
    """It fits."""
    return Outcome(Result.PASS, expected, found)


def failed(message: Message, expected: str, found: str, note: str = "", **values: str) -> Outcome:
    """It does not fit, and Vault sends this."""
    return Outcome(Result.FAIL, expected, found, ((message, message.text.format(**values)),), note)


def not_checked(why: str) -> Outcome:
    """Something is missing to say it."""
    return Outcome(Result.NOT_CHECKED, note=why)
