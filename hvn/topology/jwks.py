"""A cluster's public keys as committed: `jwks/<spoke>.json` beside the topology file, a JSON Web Key Set (RFC 7517).

Vault wants each key as PEM. They are stripped and sorted here: Vault keeps them stripped, and Terraform compares them
as a list, so that a trailing newline or another order would show as a change for ever (resource_jwt_auth_backend.go
of terraform-provider-vault v5.6.0).
"""

import json
import pathlib
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hvn.diagnostics.finding import Rule
from hvn.diagnostics.printable import printable

KEYS = Rule(
    id="HVN610",
    name="jwks",
    why="Vault checks every login of this cluster against these keys",
    see="https://developer.hashicorp.com/vault/docs/auth/jwt/oidc-providers/kubernetes",
)

MAX_BYTES = 256 * 1024
# Members that hold a private or a symmetric key (RFC 7518, section 6).
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
CURVES = {"P-256", "P-384", "P-521"}


@dataclass(frozen=True, slots=True)
class Jwks:
    """Public keys as stripped PEM, sorted; and the issuer of the tokens if the file says it (member `issuer`)."""

    pubkeys: tuple[str, ...]
    issuer: str | None


class Unfit(Exception):
    """The file is no set of public keys. `fix` says what to do; neither text quotes a key."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


def read(file: pathlib.Path) -> Jwks | None:
    """The keys of a file, None if there is no such file. Raises `Unfit`."""
    try:
        # Looked at first: to open a pipe waits for somebody who writes into it.
        if not stat.S_ISREG(file.stat().st_mode):
            raise Unfit("is not a file", "make it a file that you may read")
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unfit(f"cannot be read ({error.strerror})", "make it a file that you may read") from None
    if len(content) > MAX_BYTES:
        raise Unfit("is larger than 256 KiB", "is it the right file? A key set takes some kilobytes")
    return parse(content)


def parse(content: bytes) -> Jwks:
    """The keys of a JSON text. Raises `Unfit`."""
    again = "fetch it anew: bin/hvn keys pull, with --issuer or --kubeconfig"
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise Unfit("is not JSON", again) from None
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise Unfit("is not a key set: it has no list `keys`", again)
    if any(PRIVATE & key.keys() for key in keys):
        raise Unfit(
            "holds a private key",
            "take it out of the file and out of the repository's history, and replace that key wherever it is used",
        )
    if not keys:
        raise Unfit("holds no key", again)
    if twice := _twice(keys):
        raise Unfit(f"gives the key id {printable(twice, 40)} to two different keys", again)
    issuer = document.get("issuer")
    if issuer is not None and not (isinstance(issuer, str) and issuer.startswith("https://") and issuer.isprintable()):
        raise Unfit("has an `issuer` that is not an https URL", "write the issuer as the tokens have it in `iss`")
    if isinstance(issuer, str) and ("${" in issuer or "%{" in issuer):
        raise Unfit("has an `issuer` that Terraform would evaluate", "write the issuer as the tokens have it in `iss`")
    return Jwks(tuple(sorted({_pem(key, index) for index, key in enumerate(keys)})), issuer)


def _twice(keys: Sequence[Mapping[str, Any]]) -> str:
    """A `kid` that different keys have, or empty. Vault goes by the key, people and RFC 7517 by the id."""
    first: dict[str, Mapping[str, Any]] = {}
    for key in keys:
        kid = key.get("kid")
        if isinstance(kid, str) and first.setdefault(kid, key) != key:
            return kid
    return ""


def _pem(key: Mapping[str, Any], index: int) -> str:
    """One key as PEM `PUBLIC KEY` (PKIX), the only form besides certificates that Vault takes."""
    # Imported here: most commands never need it, and it takes as long as everything else they import.
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    try:
        public = _public_key(key)
    except (KeyError, TypeError, ValueError):
        raise Unfit(f"has a key that cannot be read (keys[{index}])", "fetch the file anew from the cluster") from None
    if public is None:
        kind = printable(f"{key.get('kty')} {key.get('crv', '')}".strip(), 40)
        raise Unfit(
            f"has a key of a kind that is not supported (keys[{index}]: {kind})",
            f"RSA of 2048 bits or more, and EC on {', '.join(sorted(CURVES))}, are",
        )
    pem: bytes = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode("ascii").strip()


def _public_key(key: Mapping[str, Any]) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    if key["kty"] == "RSA":
        numbers = rsa.RSAPublicNumbers(e=_number(key["e"]), n=_number(key["n"]))
        return numbers.public_key() if numbers.n.bit_length() >= 2048 else None
    if key["kty"] == "EC" and key["crv"] in CURVES:
        curve = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}[key["crv"]]
        return ec.EllipticCurvePublicNumbers(_number(key["x"]), _number(key["y"]), curve).public_key()
    return None


def _number(text: str) -> int:
    from base64 import urlsafe_b64decode

    # Else characters that do not belong there are passed over, and another number comes out.
    if not re.fullmatch(r"[A-Za-z0-9_-]+={0,2}", text):
        raise ValueError
    return int.from_bytes(urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")
