"""The public keys of a cluster, committed as `jwks/<spoke>.json` beside the topology file: a JWK set (RFC 7517).

Vault accepts keys only as PEM, so this module converts each JWK. This module strips and sorts the keys. Vault strips
keys, and Terraform compares the list: a trailing newline or a different order would cause a diff in every plan
(resource_jwt_auth_backend.go of terraform-provider-vault v5.6.0).
"""

import json
import pathlib
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hvn.diagnostics.finding import Message, Rule
from hvn.diagnostics.printable import printable
from hvn.yamlfile.texts import cdktf_token_in, template_in

KEYS = Rule(
    id="HVN610",
    name="jwks",
    reports=("A file `jwks/<spoke>.json` is not a set of supported public keys, or contains a private key."),
    why=(
        "Vault checks every login of this cluster with these keys; until the file is valid, this project synthesizes "
        "no workspace"
    ),
    fix="fetch the keys again: `bin/hvn keys pull`, with --issuer or --kubeconfig",
    example='config/jwks/payments.json: {"keys": []}',
    see="https://developer.hashicorp.com/vault/docs/auth/jwt/oidc-providers/kubernetes",
)

MAX_BYTES = 256 * 1024
# Members of private and symmetric keys (RFC 7518, section 6).
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
CURVES = {"P-256", "P-384", "P-521"}
LEAST_BITS, MOST_BITS = 2048, 16384
"""Bits of an RSA modulus. OpenSSL refuses a longer modulus (OPENSSL_RSA_MAX_MODULUS_BITS)."""
MAX_EXPONENT = 2**31 - 1
"""Largest exponent of an RSA key. Vault refuses larger exponents, because Go does (crypto/rsa, checkPub)."""

_FETCH_AGAIN = Message("fetch the file again: bin/hvn keys pull, with --issuer or --kubeconfig")
_LEAKED = Message("holds a private key")
_REPLACE = Message(
    "remove the key from the file and from the repository's history, and replace the key in every system that uses it"
)
_READABLE = Message("replace the path with a regular file that you can read")
_ISSUER = Message("copy the issuer from the `iss` of a token, character by character")


@dataclass(frozen=True, slots=True)
class Jwks:
    """Public keys as stripped PEM, sorted; and the issuer of the tokens if the file has a member `issuer`."""

    pubkeys: tuple[str, ...]
    issuer: str | None


class Unfit(Exception):
    """Raised if the file is not a set of public keys. The message continues a sentence that begins with `the file`.
    Message and fix do not quote keys."""

    def __init__(self, message: Message, fix: Message) -> None:
        super().__init__(str(message))
        self.message = message
        self.fix = fix


def read(file: pathlib.Path) -> Jwks | None:
    """Return the keys of a file, or None if the file does not exist. Raises `Unfit`."""
    try:
        # Check the kind of file first: opening a named pipe blocks until another process writes.
        if not stat.S_ISREG(file.stat().st_mode):
            raise Unfit(Message("is not a regular file"), _READABLE)
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unfit(Message("cannot be read ({reason})", reason=str(error.strerror)), _READABLE) from None
    if len(content) > MAX_BYTES:
        raise Unfit(
            Message("is larger than {limit} KiB", limit=MAX_BYTES // 1024),
            Message("check the file: a key set has a few kilobytes"),
        )
    return parse(content)


def parse(content: bytes) -> Jwks:
    """Return the keys of a JSON text. Raises `Unfit`."""
    try:
        document = json.loads(content, object_pairs_hook=_object)
    except DuplicateMember:
        raise Unfit(Message("has an object with a duplicate member"), _FETCH_AGAIN) from None
    except (ValueError, RecursionError):
        if b"PRIVATE KEY-----" in content:
            raise Unfit(_LEAKED, _REPLACE) from None
        raise Unfit(Message("is not JSON"), _FETCH_AGAIN) from None
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise Unfit(Message("is not a key set: the list `keys` is missing"), _FETCH_AGAIN)
    if any(PRIVATE & key.keys() for key in keys):
        raise Unfit(_LEAKED, _REPLACE)
    if not keys:
        raise Unfit(Message("holds no key"), _FETCH_AGAIN)
    if duplicate := _duplicate_id(keys):
        raise Unfit(Message("has the key id {id} for two different keys", id=duplicate), _FETCH_AGAIN)
    issuer = document.get("issuer")
    if issuer is not None and not (isinstance(issuer, str) and issuer.startswith("https://") and issuer.isprintable()):
        raise Unfit(Message("has an `issuer` that is not an https URL"), _ISSUER)
    if isinstance(issuer, str) and (template_in(issuer) or cdktf_token_in(issuer)):
        raise Unfit(Message("has an `issuer` that Terraform or cdktf would evaluate"), _ISSUER)
    return Jwks(tuple(sorted({_pem(key, index) for index, key in enumerate(keys)})), issuer)


class DuplicateMember(ValueError):
    """Raised if an object has a duplicate member. JSON readers use different values of a duplicate member, so a
    duplicate could hide a private key."""


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(members)
    if len(result) < len(members):
        raise DuplicateMember
    return result


def _duplicate_id(keys: Sequence[Mapping[str, Any]]) -> str:
    """Return a `kid` that different keys share, or an empty string.

    Vault ignores `kid`, but people identify keys by it, and RFC 7517 asks for distinct values.
    """
    first: dict[str, Mapping[str, Any]] = {}
    for key in keys:
        kid = key.get("kid")
        if isinstance(kid, str) and first.setdefault(kid, key) != key:
            return kid
    return ""


def _pem(key: Mapping[str, Any], index: int) -> str:
    """Return one key as PEM `PUBLIC KEY` (PKIX), the only form besides certificates that Vault accepts."""
    # Import the package here, because most commands do not need it, and the import takes as long as all other imports
    # together.
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    try:
        public = _public_key(key)
    except (KeyError, TypeError, ValueError):
        message = Message("has a key that cannot be read ({place})", place=f"keys[{index}]")
        raise Unfit(message, _FETCH_AGAIN) from None
    if public is None:
        kind = printable(f"{key.get('kty')} {key.get('crv', '')}".strip(), 40)
        raise Unfit(
            Message("has a key of an unsupported kind ({place}: {kind})", place=f"keys[{index}]", kind=kind),
            Message(
                "use RSA keys of {least} to {most} bits with an exponent below 2^31, or EC keys on {curves}",
                least=LEAST_BITS,
                most=MOST_BITS,
                curves=sorted(CURVES),
            ),
        )
    pem: bytes = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode("ascii").strip()


def _public_key(key: Mapping[str, Any]) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    if key["kty"] == "RSA":
        e, n = _number(key["e"]), _number(key["n"])
        usable = LEAST_BITS <= n.bit_length() <= MOST_BITS and e <= MAX_EXPONENT
        return rsa.RSAPublicNumbers(e, n).public_key() if usable else None
    if key["kty"] == "EC" and key["crv"] in CURVES:
        curve = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}[key["crv"]]
        return ec.EllipticCurvePublicNumbers(_number(key["x"]), _number(key["y"]), curve).public_key()
    return None


def _number(text: str) -> int:
    from base64 import urlsafe_b64decode

    # The decoder ignores characters outside its alphabet, and would then return a different number.
    if not re.fullmatch(r"[A-Za-z0-9_-]+={0,2}", text):
        raise ValueError
    return int.from_bytes(urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")
