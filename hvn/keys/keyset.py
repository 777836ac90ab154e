"""Parse public keys into a canonical form, in which RFC 7638 thumbprints identify the keys."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import ECKey, RSAKey

from hvn.topology import jwks

# Optional members of a JWK, which Vault does not use.
ABOUT = ("kid", "use", "alg")


@dataclass(frozen=True, slots=True)
class Key:
    """A public key: its thumbprint, and the members of its JWK in canonical order."""

    thumbprint: str
    members: Mapping[str, str]
    first_missing: str | None = None
    """The time at which `keys pull` first missed the key in the cluster (`2026-11-26T03:00:00Z`). None for a live key.
    """

    @property
    def kid(self) -> str:
        """Return the `kid` that the cluster assigned to the key; empty for a key without `kid`."""
        return self.members.get("kid", "")


@dataclass(frozen=True, slots=True)
class KeySet:
    """A key set: keys by thumbprint in the order of their kids, the issuer if known, and the source and time of the
    last change."""

    keys: Mapping[str, Key]
    issuer: str | None
    provenance: Mapping[str, str]


def parse(content: bytes) -> KeySet:
    """Return the key set in the content of a file. Raises `jwks.Unfit` if the content is not a key set, or has a
    private key."""
    issuer = jwks.parse(content).issuer
    document = json.loads(content)
    keys = sorted(map(_key, document["keys"]), key=lambda key: (key.kid, key.thumbprint))
    source = document.get("provenance")
    provenance = {str(name): str(value) for name, value in source.items()} if isinstance(source, dict) else {}
    return KeySet({key.thumbprint: key for key in keys}, issuer, provenance)


def _key(member: Mapping[str, Any]) -> Key:
    """Return the key with canonical numbers. Some key sets encode numbers with padding or leading zeros."""
    pem = jwks.parse(json.dumps({"keys": [member]}).encode()).pubkeys[0]
    public = (RSAKey if member["kty"] == "RSA" else ECKey).import_key(pem)
    numbers: Mapping[str, Any] = public.as_dict(private=False)
    about: dict[str, str] = {name: member[name] for name in ABOUT if isinstance(member.get(name), str)}
    inside: dict[str, str] = {
        name: str(numbers[name]) for name in ("kty", "crv", "n", "e", "x", "y") if name in numbers
    }
    missing = member.get("first_missing")
    return Key(public.thumbprint(), {**about, **inside}, missing if isinstance(missing, str) else None)
