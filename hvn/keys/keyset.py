"""Keys in one canonical form, told apart by their RFC 7638 thumbprints."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import ECKey, RSAKey

from hvn.topology import jwks

# Members that say something about a key to people; Vault looks at none of them.
ABOUT = ("kid", "use", "alg")


@dataclass(frozen=True, slots=True)
class Key:
    """A public key: its thumbprint, and its members in canonical order."""

    thumbprint: str
    members: Mapping[str, str]
    first_missing: str | None = None
    """When the cluster was first seen without it (`2026-11-26T03:00:00Z`); None while it has it."""

    @property
    def kid(self) -> str:
        """The key's name in the cluster; empty if it has none."""
        return self.members.get("kid", "")


@dataclass(frozen=True, slots=True)
class KeySet:
    """Keys by thumbprint, in the order of their kids; the issuer if it is known; where they are from and when."""

    keys: Mapping[str, Key]
    issuer: str | None
    provenance: Mapping[str, str]


def parse(content: bytes) -> KeySet:
    """Read a key set, private parts refused. Raises `jwks.Unfit`."""
    issuer = jwks.parse(content).issuer
    document = json.loads(content)
    keys = sorted(map(_key, document["keys"]), key=lambda key: (key.kid, key.thumbprint))
    said = document.get("provenance")
    provenance = {str(name): str(value) for name, value in said.items()} if isinstance(said, dict) else {}
    return KeySet({key.thumbprint: key for key in keys}, issuer, provenance)


def _key(given: Mapping[str, Any]) -> Key:
    """Its numbers are written anew: the same key may be given with padding or leading zeros."""
    pem = jwks.parse(json.dumps({"keys": [given]}).encode()).pubkeys[0]
    public = (RSAKey if given["kty"] == "RSA" else ECKey).import_key(pem)
    numbers: Mapping[str, Any] = public.as_dict(private=False)
    about: dict[str, str] = {name: given[name] for name in ABOUT if isinstance(given.get(name), str)}
    inside: dict[str, str] = {
        name: str(numbers[name]) for name in ("kty", "crv", "n", "e", "x", "y") if name in numbers
    }
    missing = given.get("first_missing")
    return Key(public.thumbprint(), {**about, **inside}, missing if isinstance(missing, str) else None)
