"""The members of a token's header that Vault reads (go-jose v3.0.5, shared.go, rawHeader)."""

from collections.abc import Mapping
from dataclasses import dataclass

from hvn.login import jwk
from hvn.login.gojson import GoError, Node, parse, text_of, value_of
from hvn.login.gotext import quote_bytes

Members = Mapping[str, Node]
"""Header members as they are written, without null members."""

_TEXTS = {"kid": "key ID", "alg": "algorithm", "nonce": "nonce"}
NOT_PUBLIC = "go-jose/go-jose: invalid embedded jwk, must be public key"


@dataclass(frozen=True, slots=True)
class Header:
    """`alg` and `kid` are empty if missing. `critical` is false if `crit` names a member that go-jose does not know."""

    alg: str = ""
    kid: str = ""
    critical: bool = True
    is_judged: bool = True
    """False if Vault may refuse the header for a reason that is not checked here."""


def protected(text: bytes) -> Members:
    """Return the members of a protected header. Raises `GoError`."""
    return members(parse(text)) if text else {}


def members(node: Node) -> Members:
    """Return the members of an object, none for null. Raises `GoError` for another type and for a duplicate key."""
    if node.kind == "null":
        return {}
    if node.kind != "object":
        raise GoError(f"json: cannot unmarshal {node.kind} into Go value of type jose.rawHeader")
    return {name: item for name, item in list(node.members()) if item.kind != "null"}


def merged(first: Members, second: Members) -> Members:
    """Return the members of both headers. A member of `first` has priority unless it is an empty string."""
    return {**first, **{name: node for name, node in second.items() if name not in first or first[name].value == ""}}


def read(header: Members) -> Header:
    """Return the members that Vault uses. Raises `GoError` with an error for each member that cannot be read."""
    errors = []
    for name, node in header.items():
        try:
            _check(name, node)
        except GoError as error:
            what = _TEXTS.get(name, {"jwk": "JWK", "x5c": "x5c header"}.get(name, "value"))
            errors.append(f"failed to unmarshal {what}: {error}: {quote_bytes(node.raw)}")
    if errors:
        raise GoError(*errors)
    is_judged = "jwk" not in header or not jwk.has_unusual_url(header["jwk"])
    return Header(text(header, "alg"), text(header, "kid"), is_critical_known(header), is_judged)


def check_embedded_key(header: Members) -> None:
    """Check that a `jwk` holds a valid public key. Raises `GoError`."""
    if "jwk" in header and not jwk.is_public(header["jwk"]):
        raise GoError(NOT_PUBLIC)


def text(header: Members, name: str) -> str:
    """Return a string member, an empty text if it is missing or of another type."""
    return str(header[name].value) if name in header and header[name].kind == "string" else ""


def is_critical_known(header: Members) -> bool:
    """Return whether go-jose knows all members in `crit`: it knows only `b64`. `crit` may be missing, null or empty."""
    crit = header.get("crit")
    return crit is None or (crit.kind == "array" and all(item.value == "b64" for _, item in crit.items))


def _check(name: str, node: Node) -> None:
    if name == "jwk":
        jwk.is_public(node)
    elif name == "x5c":
        jwk.chain(jwk.texts(node))
    elif name in _TEXTS:
        text_of(node)
    else:
        value_of(node)
