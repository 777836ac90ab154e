"""What differs between the committed keys and those that the cluster has now, and what breaks when."""

import json
import pathlib
from collections.abc import Iterator
from datetime import datetime

from hvn.diagnostics.finding import Finding, Level, Rule, Span, finding
from hvn.diagnostics.printable import printable
from hvn.keys.committed import OVERLAP, stamp, when
from hvn.keys.keyset import Key, KeySet

SEE = "https://learn.microsoft.com/azure/aks/use-oidc-issuer"

NEW = Rule(
    id="HVN801",
    name="key-unknown-to-vault",
    why="the cluster signs tokens with it, or is about to: from then on every login fails with `no known key "
    "successfully validated the token signature`. Not now: apps that are logged in go on until their max_ttl, "
    "so it comes late and not for all at once",
    see=SEE,
)
GONE = Rule(
    id="HVN802",
    name="key-gone-from-cluster",
    why="Vault still takes tokens of a key that the cluster no longer has. Nothing breaks; if the key has leaked, "
    "whoever has it can still log in",
    see=SEE,
)
ISSUER = Rule(
    id="HVN803",
    name="issuer-changed",
    why="Vault compares iss character by character: every new login fails with `invalid issuer (iss) claim`",
    see=SEE,
)
NOT_COMMITTED = Rule(
    id="HVN804",
    name="keys-not-committed",
    why="without keys there is no mount in Vault: vault-auth and secrets of the spoke are held back",
    see=SEE,
)
WAITING = Rule(
    id="HVN805",
    name="key-waits-to-go",
    level=Level.WARNING,
    why="tokens of the old key may be around for 24 hours after a rotation",
    see=SEE,
)


def compare(
    spoke: str, file: pathlib.Path, committed: KeySet | None, live: KeySet, *, issuer: str | None, now: datetime
) -> Iterator[Finding]:
    """Every difference. Warnings are no drift: there is nothing to do yet."""
    pull = f"bin/hvn keys pull {spoke}, commit, and deploy vault-auth-{spoke}"
    lines = _lines(file)

    def found(rule: Rule, text: str, message: str, fix: str) -> Finding:
        line = next((number for number, each in enumerate(lines, 1) if text and text in each), 1)
        span = Span(line, 1, line, 1)
        return finding(rule, file=str(file), span=span, path=(), message=message, fix=fix)

    if committed is None:
        yield found(NOT_COMMITTED, "", f"there is no file, and the cluster of {spoke} has {len(live.keys)} keys", pull)
        return
    if issuer and committed.issuer and issuer != committed.issuer:
        message = f"the issuer is {printable(issuer, 200)}, and {printable(committed.issuer, 200)} is committed"
        yield found(ISSUER, '"issuer"', message, pull)
    for key in live.keys.values():
        if key.thumbprint not in committed.keys:
            yield found(NEW, "", f"the cluster has a key that is not committed: {_named(key)}", f"{pull}, at once")
    for key in committed.keys.values():
        if key.thumbprint in live.keys:
            continue
        since = when(key.first_missing)
        if since is None:
            yield found(GONE, _member(key), f"the cluster no longer has {_named(key)}", f"{pull}: it notes the time")
        elif now - since >= OVERLAP:
            yield found(GONE, _member(key), f"{_named(key)} is gone since {stamp(since)}, 24 hours or more", pull)
        else:
            message = f"the cluster no longer has {_named(key)}, since {stamp(since)}"
            yield found(WAITING, _member(key), message, f"nothing before {stamp(since + OVERLAP)}; then {pull}")


def _member(key: Key) -> str:
    """As `keys pull` writes its kid."""
    return f'"kid": {json.dumps(key.kid)}' if key.kid else ""


def _named(key: Key) -> str:
    return f"{printable(key.kid, 80) or 'a key without kid'} (thumbprint {key.thumbprint})"


def _lines(file: pathlib.Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return []
