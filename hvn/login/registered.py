"""Read the registered claims of a token as Vault does (go-jose v3.0.5, jwt/claims.go).

Vault matches the names of registered claims without regard to case. If several names match, Vault uses the last name in
byte order (Go, encoding/json; cap v0.13 does not check for duplicates).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hvn.login.gojson import kind
from hvn.login.values import int64

NAMES = ("iss", "sub", "aud", "exp", "nbf", "iat", "jti")
NUMERIC_DATE = "go-jose/go-jose/jwt: expected number value to unmarshal NumericDate"
AUDIENCE = "go-jose/go-jose/jwt: expected string or array value to unmarshal to Audience"


@dataclass(frozen=True, slots=True)
class Registered:
    """The registered claims: `iss` and `sub` as strings, `aud` as a tuple of strings; `exp`, `nbf` and `iat` in whole
    seconds, 0 if missing.

    `errors` has an error for each claim of the wrong type. The error that Vault reports depends on the version of Go
    that built Vault.
    """

    iss: str = ""
    sub: str = ""
    aud: tuple[str, ...] = ()
    exp: int = 0
    nbf: int = 0
    iat: int = 0
    errors: tuple[str, ...] = ()


def folded(key: str) -> str:
    """Return a claim's name as Go compares it with registered names: in lower case, with the long s as `s`."""
    return key.replace("\u017f", "s").lower()


def registered(claims: Mapping[str, Any]) -> Registered:
    """Return the registered claims of a token with these claims."""
    fields: dict[str, Any] = {}
    stopping: list[str] = []
    later: list[str] = []
    for key in sorted(claims, key=str.encode):
        name, value = folded(key), claims[key]
        if name in ("iss", "sub", "jti"):
            if value is None:
                continue
            if isinstance(value, str):
                fields[name] = value
            else:
                later.append(f"json: cannot unmarshal {kind(value)} into Go struct field Claims.{name} of type string")
        elif name in ("exp", "nbf", "iat"):
            if value is not None and not isinstance(value, float):
                stopping.append(NUMERIC_DATE)
            else:
                fields[name] = int64(value) if value is not None else 0
        elif name == "aud":
            audience = [value] if isinstance(value, str) else value
            if isinstance(audience, list) and all(isinstance(item, str) for item in audience):
                fields[name] = tuple(audience)
            else:
                stopping.append(AUDIENCE)
    fields.pop("jti", None)
    return Registered(**fields, errors=tuple(dict.fromkeys([*stopping, *later])))
