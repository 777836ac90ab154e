"""HVN909: a login mount trusts different keys or a different issuer."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Text, joined
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.kinds.workspace import WorkspaceId
from hvn.review.access import Trust
from hvn.review.ci_logins import ci_logins
from hvn.review.commands import pull_keys
from hvn.review.context import Context

RULE = Rule(
    id="HVN909",
    name="keys-changed",
    level=Level.WARNING,
    reports="The public keys of a login mount change, or its issuer changes or is removed.",
    why=("everybody with the private key for one of the trusted public keys can log in as any app of the spoke"),
    fix="compare the new keys with the cluster's keys: `bin/hvn keys check`",
    example="an edit of config/jwks/payments.json",
    see="docs/how-to/cluster-keys.md",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about mounts with changed keys or a changed issuer, and about new mounts that trust keys of a
    cluster in the base.

    HVN933 reports a changed issuer of a CI mount.
    """
    yield from _copied(context)
    ci = {login.mount.path for login in ci_logins(context.after).values()}
    auths = [one.inputs for one in context.after.values() if isinstance(one.inputs, VaultAuthInputs)]
    existing = {auth.mount for auth in auths if auth.existing_mount}
    for mount, before in context.access_before.trust.items():
        after = context.access_after.trust.get(mount)
        if after is None or after == before or mount in ci:
            continue
        if mount in existing:
            text = Message(
                "the topology now declares the mount {mount} as existing: this project no longer sets the mount's keys "
                "and issuer",
                mount=mount,
            )
            yield Finding(rule=RULE, workspace=context.owner_of(mount), message=text)
            continue
        new = {*after.keys} - {*before.keys}
        foreign = [
            Message("{keys} of {mount}", keys=same, mount=other)
            for other, trust in context.access_before.trust.items()
            if other != mount and (same := sorted(new & {*trust.keys}))
        ]
        changes = [*_keys(before, after), *_issuer(before, after)]
        if foreign:
            changes.append(
                Message(
                    "**these are keys of another cluster**. The pods of that cluster can log in at this mount: {keys}",
                    keys=foreign,
                )
            )
        elif new:
            changes.append(Message("compare the new keys with the keys of the cluster"))
        yield Finding(
            rule=RULE,
            workspace=context.owner_of(mount),
            message=Message("{mount} {changes}", mount=mount, changes=joined(changes)),
        )


def _copied(context: Context) -> Iterator[Finding]:
    """Yield new mounts with keys of a cluster in the base: the key file was renamed or copied with its spoke."""
    before = context.access_before.trust
    for workspace in context.after.values():
        auth = workspace.inputs
        if not isinstance(auth, VaultAuthInputs) or auth.mount in before:
            continue
        keys = {*context.access_after.trust[auth.mount].keys}
        for mount, trust in before.items():
            if same := sorted(keys & {*trust.keys}):
                spoke = workspace.spoke or ""
                yield Finding(
                    rule=RULE,
                    workspace=workspace.id,
                    message=Message(
                        "the new mount {new} trusts {keys}, which are keys of {mount} in the base. Pods of that "
                        "cluster can log in, and Vault refuses tokens of a new cluster",
                        new=auth.mount,
                        keys=same,
                        mount=mount,
                    ),
                    manual_steps=(
                        Message(
                            "when {cluster} exists, and before you apply {workspace}: run {pull} and commit the keys",
                            cluster=WorkspaceId("aks", spoke),
                            workspace=workspace.id,
                            pull=pull_keys(spoke),
                        ),
                    ),
                )


def _keys(before: Trust, after: Trust) -> Iterator[Message]:
    added, removed = sorted({*after.keys} - {*before.keys}), sorted({*before.keys} - {*after.keys})
    if before.keys and not after.keys:
        yield Message(
            "trusts all keys that the issuer publishes, and no longer the keys of the repository: {keys}", keys=removed
        )
        return
    if added and not before.keys:
        yield Message("trusts {keys}, and no longer the keys that the issuer publishes", keys=added)
    elif added:
        yield Message("trusts the new keys {keys}", keys=added)
    if removed:
        yield Message("no longer trusts {keys}: Vault refuses tokens that these keys signed", keys=removed)


def _issuer(before: Trust, after: Trust) -> Iterator[Message]:
    """Yield a message about the changed issuer. A mount with keys and without an issuer accepts any `iss`.

    https://developer.hashicorp.com/vault/api-docs/auth/jwt#bound_issuer
    """
    old, new = _compared(before), _compared(after)
    if old and not new:
        template = (
            "**no longer checks `iss`** (bound_issuer was {old}): Vault accepts every token that a trusted key signed"
        )
        yield Message(template, old=old)
    elif new and not old:
        yield Message("compares the issuer with {new}", new=new)
    elif old != new:
        yield Message("changes the issuer: {old} → {new}", old=old, new=new)


def _compared(trust: Trust) -> Message:
    """Return the issuer that Vault compares with a token's `iss`; empty if Vault does not compare it."""
    if trust.issuer:
        return Message("{issuer}", issuer=Text(trust.issuer))
    return Message("" if trust.keys else "the cluster's issuer, by OIDC discovery")
