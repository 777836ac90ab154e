"""Find the differences between a cluster's committed keys and its live keys."""

import json
import pathlib
from collections.abc import Iterator
from datetime import datetime

from hvn.diagnostics.finding import Finding, Level, Message, Rule, Span
from hvn.diagnostics.message import Command
from hvn.keys.committed import OVERLAP, stamp, when
from hvn.keys.keyset import Key, KeySet

SEE = "https://learn.microsoft.com/azure/aks/use-oidc-issuer"
PULL = "run bin/hvn keys pull SPOKE, commit the file, and deploy vault-auth-SPOKE"

NEW = Rule(
    id="HVN801",
    name="key-unknown-to-vault",
    reports="The cluster has a key that is not committed.",
    why=(
        "every login with a token that this key signed fails with `no known key successfully validated the token "
        "signature`. Existing client tokens remain valid until their max_ttl, so apps fail later, at different times"
    ),
    fix=f"{PULL}, immediately",
    example="$ az aks oidc-issuer rotate-signing-keys -g GROUP -n CLUSTER\n$ bin/hvn keys check SPOKE",
    see=SEE,
)
REMOVED = Rule(
    id="HVN802",
    name="key-removed-from-cluster",
    reports=("The cluster removed a committed key at least 24 hours ago, or at an unknown time."),
    why="Vault still accepts tokens of the key: if the key leaked, its holder can log in",
    fix=PULL,
    example="$ bin/hvn keys check SPOKE # 24 hours after a rotation",
    see=SEE,
)
ISSUER = Rule(
    id="HVN803",
    name="issuer-changed",
    reports="The issuer of the cluster differs from the committed issuer.",
    why=(
        "Vault compares the claim iss character by character: every new login fails with `invalid issuer (iss) claim`"
    ),
    fix=PULL,
    example="$ bin/hvn keys check SPOKE --issuer URL # the URL of a cluster that was recreated",
    see=SEE,
)
NOT_COMMITTED = Rule(
    id="HVN804",
    name="keys-not-committed",
    reports="The cluster has no committed keys.",
    why=("without keys Vault has no mount for the cluster: vault-auth-SPOKE and secrets-SPOKE are blocked"),
    fix=PULL,
    example="$ bin/hvn keys check SPOKE --issuer URL # without config/jwks/SPOKE.json",
    see=SEE,
)
WAITING = Rule(
    id="HVN805",
    name="key-removal-pending",
    level=Level.WARNING,
    reports="The cluster removed a committed key less than 24 hours ago.",
    why=("AKS accepts tokens of the old key for 24 hours after a rotation, so Vault must accept them too"),
    fix="wait until 24 hours have passed; then bin/hvn keys pull removes the key",
    example="$ bin/hvn keys pull SPOKE && bin/hvn keys check SPOKE # directly after a rotation",
    see=SEE,
)


def compare(
    spoke: str, file: pathlib.Path, committed: KeySet | None, live: KeySet, *, issuer: str | None, now: datetime
) -> Iterator[Finding]:
    """Yield a finding for each difference between committed and live keys, at its line of the key file."""
    lines = _lines(file)
    pull = Message(
        "run {command}, commit the file, and deploy {workspace}",
        command=Command(f"bin/hvn keys pull {spoke}"),
        workspace=f"vault-auth-{spoke}",
    )

    def finding(rule: Rule, member: str, message: Message, fix: Message) -> Finding:
        """Return a finding at the first line of the key file that contains this member, or at line 1 if the member is
        empty."""
        line = next((number for number, line in enumerate(lines, 1) if member and member in line), 1)
        workspace = f"vault-auth-{spoke}"
        return Finding(
            rule=rule, file=str(file), span=Span(line, 1, line, 1), message=message, fix=fix, workspace=workspace
        )

    if committed is None:
        message = Message(
            "the key file does not exist; the cluster of {spoke} has {count} keys", spoke=spoke, count=len(live.keys)
        )
        yield finding(NOT_COMMITTED, "", message, pull)
        return
    if issuer and committed.issuer and issuer != committed.issuer:
        message = Message(
            "the cluster's issuer is {issuer}; the committed issuer is {committed}",
            issuer=issuer,
            committed=committed.issuer,
        )
        yield finding(ISSUER, '"issuer"', message, pull)
    for key in live.keys.values():
        if key.thumbprint not in committed.keys:
            message = Message("the cluster has a key that is not committed: {key}", key=_named(key))
            yield finding(NEW, "", message, Message("{pull}, immediately", pull=pull))
    for key in committed.keys.values():
        if key.thumbprint not in live.keys:
            rule, message, fix = _gone(key, now, pull)
            yield finding(rule, _member(key), message, fix)


def _gone(key: Key, now: datetime, pull: Message) -> tuple[Rule, Message, Message]:
    """Return rule, message and fix for a committed key that the cluster no longer has."""
    since = when(key.first_missing)
    if since is None:
        message = Message("the cluster no longer has the key {key}", key=_named(key))
        return REMOVED, message, Message("{pull}; the pull records the time", pull=pull)
    message = Message("the cluster has not had the key {key} since {time}", key=_named(key), time=stamp(since))
    if now - since >= OVERLAP:
        return REMOVED, Message("{message}, for 24 hours or more", message=message), pull
    due = stamp(since + OVERLAP)
    return WAITING, message, Message("wait until {time}; then {pull}", time=due, pull=pull)


def _member(key: Key) -> str:
    """Return the member `kid` of the key in the JSON that `keys pull` writes, or an empty text for a key without
    `kid`."""
    return f'"kid": {json.dumps(key.kid)}' if key.kid else ""


def _named(key: Key) -> Message:
    """Return the key's kid and thumbprint. The text includes the thumbprint, because a cluster may use the same kid for
    another key later."""
    if not key.kid:
        return Message("without kid (thumbprint {thumbprint})", thumbprint=key.thumbprint)
    return Message("{kid} (thumbprint {thumbprint})", kid=key.kid, thumbprint=key.thumbprint)


def _lines(file: pathlib.Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return []
