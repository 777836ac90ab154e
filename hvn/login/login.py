"""One login, and the outcome of one check of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from hvn.login import gojson, jws, nesting, values
from hvn.login.gojson import GoError
from hvn.login.gotext import lower
from hvn.login.messages import Message
from hvn.login.mount import Mount, Role


@dataclass(kw_only=True)
class Login:
    """A login: mount, role, time, and either a token or claims that are treated as correctly signed."""

    mount: Mount | None
    """None if the mount was never configured."""
    role_name: str
    """The role that the client sends; empty for the mount's `default_role`."""
    role: Role | None
    """None if the mount has no role of this name."""
    token: str | None = None
    claims: Mapping[str, Any] | None = None
    now: float
    """Seconds since 1970."""
    address: str | None = None
    """The client's address as Vault sees it, None if unknown."""
    is_first: bool = True
    """False if Vault already has an alias for this user: it checks metadata only when it creates one."""

    @property
    def requested_role(self) -> str:
        """The role's name as Vault looks it up."""
        return lower(self.role_name) or (self.mount.default_role if self.mount else "")

    @cached_property
    def parsed(self) -> jws.Jws | GoError | None:
        """The parsed token, or the error; None without a token."""
        if not self.token:
            return None
        try:
            return jws.parse_token(self.token, by_issuer=bool(self.mount and not self.mount.pubkeys))
        except GoError as error:
            return error

    @cached_property
    def all_claims(self) -> Mapping[str, Any] | None:
        """The claims, verified or not; None if they are unknown or the payload is not a JSON object."""
        if not isinstance(self.parsed, jws.Jws):
            return self.claims if self.parsed is None else None
        try:
            payload = gojson.loads(self.parsed.payload)
        except GoError:
            return None
        # Go reads `null` into a map without an error.
        return {} if payload is None else payload if isinstance(payload, dict) else None

    @cached_property
    def too_deep(self) -> str:
        """The first bracket beyond the nesting that Go accepts, or an empty text."""
        return nesting.too_deep(self.all_claims)

    def claim(self, name: str) -> Any:
        """Return a claim as roles name it: on the first level, or by JSON pointer; None if it is missing."""
        return None if self.all_claims is None else values.get(self.all_claims, name)

    def is_relative(self, name: str) -> bool:
        """Return whether Vault's storage refuses a name as a path (Vault, sdk/logical/storage_view.go)."""
        return ".." in name

    def depth_place(self) -> str:
        """Return the text before `exceeded max depth` in Vault's error (Go, encoding/json/scanner.go)."""
        return f"invalid character '{self.too_deep}' "


class Result(StrEnum):
    """The result of a check."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The expected and the actual value of a check, and the errors that Vault may send.

    Of several errors Vault sends one at random: Go iterates over maps in random order. `note` is a hint to the cause.
    """

    result: Result
    expected: str = ""
    actual: str = ""
    errors: tuple[tuple[Message, str], ...] = ()
    note: str = ""


def passed(expected: str, actual: str) -> Outcome:
    """Return the outcome of a check that passes."""
    return Outcome(Result.PASS, expected, actual)


def failed(message: Message, expected: str, actual: str, note: str = "", **facts: str) -> Outcome:
    """Return the outcome of a check that fails with one error."""
    return Outcome(Result.FAIL, expected, actual, ((message, message.text.format(**facts)),), note)


def not_checked(reason: str) -> Outcome:
    """Return the outcome of a check that cannot be made for this reason."""
    return Outcome(Result.NOT_CHECKED, note=reason)
