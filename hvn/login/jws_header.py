"""Read the members of a token's header that Vault uses (go-jose v3.0.5, shared.go, rawHeader)."""

from collections.abc import Mapping
from dataclasses import dataclass

from hvn.login import jwk
from hvn.login.gojson import GoError, Node, parse, text_of, value_of
from hvn.login.gotext import quote_bytes

Members = Mapping[str, Node]
"""The members of a header as unparsed JSON; null members are omitted."""

_TEXTS = {"kid": "key ID", "alg": "algorithm", "nonce": "nonce"}
NOT_PUBLIC = "go-jose/go-jose: invalid embedded jwk, must be public key"


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a token: `alg` and `kid` are empty if missing. `critical` is false if `crit` names a member that
    go-jose does not know."""

    alg: str = ""
    kid: str = ""
    critical: bool = True
    is_judged: bool = True
    """False if Vault may refuse the header for a reason that this module does not check."""


def protected(text: bytes) -> Members:
    """Return the members of a protected header. Raises `GoError` for malformed JSON."""
    return members(parse(text)) if text else {}


def members(node: Node) -> Members:
    """Return the members of a JSON object; for null, return an empty mapping. Raises `GoError` for a value of another
    type, and for a duplicate key."""
    if node.kind == "null":
        return {}
    if node.kind != "object":
        raise GoError(f"json: cannot unmarshal {node.kind} into Go value of type jose.rawHeader")
    return {name: item for name, item in list(node.members()) if item.kind != "null"}


def merged(first: Members, second: Members) -> Members:
    """Return the members of two headers. A member of `first` has priority over the same member of `second`, unless the
    member of `first` is an empty string."""
    return {**first, **{name: node for name, node in second.items() if name not in first or first[name].value == ""}}


def read(header: Members) -> Header:
    """Return the header members that Vault uses. Raises `GoError` with one text for each malformed member."""
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
    """Raise `GoError` if the header's `jwk` is not a valid public key."""
    if "jwk" in header and not jwk.is_public(header["jwk"]):
        raise GoError(NOT_PUBLIC)


def text(header: Members, name: str) -> str:
    """Return the text of a header member, or an empty text if the member is missing or not a string."""
    return str(header[name].value) if name in header and header[name].kind == "string" else ""


def is_critical_known(header: Members) -> bool:
    """Return whether `crit` is missing, null or empty, or lists only `b64`, the only member that go-jose knows."""
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
