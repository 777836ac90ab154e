"""Read and write `jwks/<spoke>.json`, the committed public keys of a cluster.

The topology reads `issuer` and `keys` (hvn/topology/jwks.py). Only people and `hvn keys` read `provenance` and the
`first_missing` of each key.
"""

import errno
import json
import os
import pathlib
import tempfile
from datetime import UTC, datetime, timedelta

from hvn.keys.keyset import Key, KeySet, parse
from hvn.topology import jwks

OVERLAP = timedelta(hours=24)
"""The time for which AKS accepts tokens of the old key after a rotation (AKS documentation, use-oidc-issuer)."""


def read(file: pathlib.Path) -> KeySet | None:
    """Return the committed keys, or None if the file does not exist. Raises `jwks.Unfit` for an invalid key file."""
    return parse(file.read_bytes()) if jwks.read(file) else None


def merge(before: KeySet | None, live: KeySet, *, issuer: str | None, way: str, now: datetime) -> KeySet:
    """Return the key set to commit: the cluster's live keys, and the committed keys that the cluster lost less than 24
    hours ago.

    AKS accepts tokens of an old key for 24 hours. `provenance` changes only together with a key or the issuer. `keys
    pull` therefore leaves the key file unchanged if the keys and the issuer are unchanged.
    """
    # Ignore `first_missing` in a key set passed with --file, because all keys of the set count as live.
    keys = {thumbprint: Key(thumbprint, key.members) for thumbprint, key in live.keys.items()}
    kids = {key.kid for key in live.keys.values()}
    for thumbprint, key in (before.keys if before else {}).items():
        missing_since = min(when(key.first_missing) or now, now)
        if thumbprint not in keys and now - missing_since < OVERLAP:
            # A cluster may use the `kid` of an old key again for a new key. A key set contains each `kid` only once, so
            # the live key replaces the missing key.
            members = {name: value for name, value in key.members.items() if name != "kid" or value not in kids}
            keys[thumbprint] = Key(thumbprint, members, stamp(missing_since))
    ordered = dict(sorted(keys.items(), key=lambda item: (item[1].kid, item[0])))
    issuer = issuer or (before.issuer if before else None)
    if before and (dict(before.keys), before.issuer) == (ordered, issuer):
        return before
    return KeySet(ordered, issuer, {"from": way, "at": stamp(now)})


def to_json(keys: KeySet) -> str:
    """Return the text of the key file, which ends with a newline."""
    document: dict[str, object] = {"issuer": keys.issuer} if keys.issuer else {}
    if keys.provenance:
        document["provenance"] = dict(sorted(keys.provenance.items()))
    document["keys"] = [
        {**key.members, **({"first_missing": key.first_missing} if key.first_missing else {})}
        for key in keys.keys.values()
    ]
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def write(file: pathlib.Path, keys: KeySet) -> None:
    """Write the key file atomically. If the key file is a symbolic link, write its target. Raises OSError if the file
    cannot be written."""
    file.parent.mkdir(parents=True, exist_ok=True)
    target = file.resolve()
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = pathlib.Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(to_json(keys))
        temporary.chmod(0o644)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def stamp(moment: datetime) -> str:
    """Return the time in UTC as text, such as `2026-11-26T03:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def when(text: str | None) -> datetime | None:
    """Return the time that a text of `stamp` represents, or None for any other text."""
    try:
        return datetime.strptime(text or "", "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
