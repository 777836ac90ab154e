"""Define the types of a login and of the outcome of one check."""

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
    """A login: mount, role, time, and either a token or claims. If the login has only claims, the checks treat the
    claims as correctly signed."""

    mount: Mount | None
    """None if the mount exists, but has no configuration."""
    role_name: str
    """The name of the role that the client sends. If the name is empty, Vault uses the mount's `default_role`."""
    role: Role | None
    """None if the mount does not have the requested role."""
    token: str | None = None
    claims: Mapping[str, Any] | None = None
    now: float
    """The time of the login in seconds since 1970."""
    address: str | None = None
    """The client's address as Vault sees it, or None if the address is unknown."""
    is_first: bool = True
    """False if Vault already has an alias for this user: Vault checks metadata only when it creates an alias."""

    @property
    def requested_role(self) -> str:
        """Return the role name that Vault looks up: the client's name in lower case, or the mount's `default_role`."""
        return lower(self.role_name) or (self.mount.default_role if self.mount else "")

    @cached_property
    def parsed(self) -> jws.Jws | GoError | None:
        """Return the parsed token, or the parser's error, or None for a login without a token."""
        if not self.token:
            return None
        try:
            return jws.parse_token(self.token, by_issuer=bool(self.mount and not self.mount.pubkeys))
        except GoError as error:
            return error

    @cached_property
    def all_claims(self) -> Mapping[str, Any] | None:
        """Return the login's claims, even if no key verifies the token. None if the token is malformed, or if its
        payload is not a JSON object."""
        if not isinstance(self.parsed, jws.Jws):
            return self.claims if self.parsed is None else None
        try:
            payload = gojson.loads(self.parsed.payload)
        except GoError:
            return None
        # Go decodes JSON's `null` into an empty map without an error.
        return {} if payload is None else payload if isinstance(payload, dict) else None

    @cached_property
    def too_deep(self) -> str:
        """Return the first bracket in the claims that exceeds Go's nesting limit, or an empty text."""
        return nesting.too_deep(self.all_claims)

    def claim(self, name: str) -> Any:
        """Return the claim with this name or JSON pointer, or None if the claim is missing."""
        return None if self.all_claims is None else values.get(self.all_claims, name)

    def is_relative(self, name: str) -> bool:
        """Return whether Vault's storage refuses the role's name as a relative path (Vault,
        sdk/logical/storage_view.go)."""
        return ".." in name

    def depth_place(self) -> str:
        """Return the text before `exceeded max depth` in Vault's error for deeply nested claims (Go,
        encoding/json/scanner.go)."""
        return f"invalid character '{self.too_deep}' "


class Result(StrEnum):
    """The result of a check, in the words of the report and of the JSON."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a check: the expected and the actual value, and the errors that Vault may send.

    If a check has several errors, Vault sends one of them at random, because Go iterates over maps in random order.
    `note` is a hint about the cause, or the reason why the check was skipped.
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
    """Return the outcome of a failed check with one error."""
    return Outcome(Result.FAIL, expected, actual, ((message, message.text.format(**facts)),), note)


def not_checked(reason: str) -> Outcome:
    """Return the outcome of a skipped check, with the reason."""
    return Outcome(Result.NOT_CHECKED, note=reason)
