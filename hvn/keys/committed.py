"""`jwks/<spoke>.json`: the keys that Vault is given, in a form that shows only real changes.

The topology reads `issuer` and `keys` of it (hvn/topology/jwks.py). `provenance` and each key's `first_missing` are for
people and for `keys check`.
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
"""How long AKS accepts tokens of the old key after a rotation (AKS, use-oidc-issuer)."""


def read(file: pathlib.Path) -> KeySet | None:
    """The committed keys; None if there is no file. Raises `jwks.Unfit`."""
    return parse(file.read_bytes()) if jwks.read(file) else None


def merge(before: KeySet | None, live: KeySet, *, issuer: str | None, way: str, now: datetime) -> KeySet:
    """What should be committed: the live keys, and those that went less than 24 hours ago.

    Tokens that an old key signed may still be around for that long. `provenance` changes only with something else, so
    that a pull that finds nothing new changes nothing.
    """
    # Whatever a file that was given says: these are there now.
    keys = {thumbprint: Key(thumbprint, key.members) for thumbprint, key in live.keys.items()}
    kids = {key.kid for key in live.keys.values()}
    for thumbprint, key in (before.keys if before else {}).items():
        gone = min(when(key.first_missing) or now, now)
        if thumbprint not in keys and now - gone < OVERLAP:
            # A kid may be used again: it names the key that the cluster has now.
            members = {name: value for name, value in key.members.items() if name != "kid" or value not in kids}
            keys[thumbprint] = Key(thumbprint, members, stamp(gone))
    ordered = dict(sorted(keys.items(), key=lambda item: (item[1].kid, item[0])))
    issuer = issuer or (before.issuer if before else None)
    if before and (dict(before.keys), before.issuer) == (ordered, issuer):
        return before
    return KeySet(ordered, issuer, {"from": way, "at": stamp(now)})


def to_json(keys: KeySet) -> str:
    """As text that ends in a newline."""
    document: dict[str, object] = {"issuer": keys.issuer} if keys.issuer else {}
    if keys.provenance:
        document["provenance"] = dict(sorted(keys.provenance.items()))
    document["keys"] = [
        {**key.members, **({"first_missing": key.first_missing} if key.first_missing else {})}
        for key in keys.keys.values()
    ]
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def write(file: pathlib.Path, keys: KeySet) -> None:
    """Write all of it or nothing; a link stays a link. Raises OSError."""
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
    """`2026-11-26T03:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def when(text: str | None) -> datetime | None:
    """A time that was written by `stamp`; None if it is none."""
    try:
        return datetime.strptime(text or "", "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
