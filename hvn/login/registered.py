"""The registered claims as Vault reads them from the token's claims (go-jose v3.0.5, jwt/claims.go).

Names are matched in any case, and the last in the order of bytes wins (encoding/json; cap before v0.14 lets that be).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hvn.login.gojson import kind
from hvn.login.values import int64

NUMERIC_DATE = "go-jose/go-jose/jwt: expected number value to unmarshal NumericDate"
AUDIENCE = "go-jose/go-jose/jwt: expected string or array value to unmarshal to Audience"


@dataclass(frozen=True, slots=True)
class Registered:
    """iss, sub and aud as texts; exp, nbf and iat in whole seconds, 0 if missing.

    `errors` are those of values of the wrong kind, Vault's first. Which of several is reported depends on the version
    of Go that Vault was built with.
    """

    iss: str = ""
    sub: str = ""
    aud: tuple[str, ...] = ()
    exp: int = 0
    nbf: int = 0
    iat: int = 0
    errors: tuple[str, ...] = ()


def registered(claims: Mapping[str, Any]) -> Registered:
    """Read the registered claims."""
    found: dict[str, Any] = {}
    at_once: list[str] = []
    kept: list[str] = []
    for key in sorted(claims, key=str.encode):
        # The long s is the one letter besides these that Go takes for one of theirs.
        name, value = key.replace("\u017f", "s").lower(), claims[key]
        if name in ("iss", "sub", "jti"):
            if value is None:
                continue
            if isinstance(value, str):
                found[name] = value
            else:
                kept.append(f"json: cannot unmarshal {kind(value)} into Go struct field Claims.{name} of type string")
        elif name in ("exp", "nbf", "iat"):
            if value is not None and not isinstance(value, float):
                at_once.append(NUMERIC_DATE)
            else:
                found[name] = int64(value) if value is not None else 0
        elif name == "aud":
            audience = [value] if isinstance(value, str) else value
            if isinstance(audience, list) and all(isinstance(each, str) for each in audience):
                found[name] = tuple(audience)
            else:
                at_once.append(AUDIENCE)
    found.pop("jti", None)
    return Registered(**found, errors=tuple(dict.fromkeys([*at_once, *kept])))
