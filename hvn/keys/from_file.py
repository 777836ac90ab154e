"""Read a cluster's public keys from a file or standard input."""

import json

from hvn import files
from hvn.diagnostics.printable import printable
from hvn.keys.source import Fetched, Unavailable
from hvn.topology.jwks import MAX_BYTES


def fetch(name: str) -> Fetched:
    """Return the key set in a file, or on standard input for `-`. Raises `Unavailable` if the file cannot be read."""
    shown = "standard input" if name == "-" else printable(name, 200)
    try:
        content = files.read_or_stdin(name, MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "invalid file name"
        raise Unavailable(f"{shown} cannot be read ({reason}): name a file, or - for standard input") from None
    if len(content) > MAX_BYTES:
        raise Unavailable(f"{shown} is larger than 256 KiB: check that the file is a key set")
    return Fetched(content, _issuer(content), "file")


def _issuer(content: bytes) -> str | None:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    issuer = document.get("issuer") if isinstance(document, dict) else None
    return issuer if isinstance(issuer, str) else None
