"""HVN909: whose tokens a mount takes changes."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Level, Rule
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.review.access import Trust
from hvn.review.context import Said, Situation
from hvn.review.markdown import code, codes

RULE = Rule(
    id="HVN909",
    name="keys-changed",
    level=Level.WARNING,
    why="who has the private key of a key that Vault trusts can log in as any app of that spoke",
    see="docs/how-to/cluster-keys.md",
)


def check(situation: Situation) -> Iterator[Said]:
    """Mounts that were there, whose keys or issuer are others now; new ones that trust a cluster of before."""
    yield from _brought_along(situation)
    for mount, before in situation.access_before.trust.items():
        after = situation.access_after.trust.get(mount)
        if after is None or after == before:
            continue
        new = {*after.keys} - {*before.keys}
        others = [
            f"{codes(same)} of {code(each)}"
            for each, trust in situation.access_before.trust.items()
            if each != mount and (same := sorted(new & {*trust.keys}))
        ]
        compare = ". Compare the new ones with the cluster's" if new else ""
        if others:
            compare = f". **These are keys of another cluster**, whose pods can log in here: {', '.join(others)}"
        told = "; ".join((*_keys(before, after), *_issuer(before, after)))
        yield Said(workspace=situation.of_mount(mount), text=f"{code(mount)} {told}{compare}")


def _brought_along(situation: Situation) -> Iterator[Said]:
    """A key file that is renamed or copied with its spoke holds the keys of the cluster that it was pulled from."""
    before = situation.access_before.trust
    for each in situation.after.values():
        auth = each.inputs
        if not isinstance(auth, VaultAuthInputs) or auth.mount in before:
            continue
        keys = {*situation.access_after.trust[auth.mount].keys}
        for mount, trust in before.items():
            if same := sorted(keys & {*trust.keys}):
                yield Said(
                    workspace=each.id,
                    text=f"{code(auth.mount)} is new, and trusts {codes(same)}, keys that {code(mount)} has in the "
                    "base: who has them can log in, and the tokens of a new cluster are refused",
                    by_hand=f"when {code(f'aks-{each.spoke}')} is there, and before {code(each.id)} is applied: "
                    f"{code(f'bin/hvn keys pull {each.spoke} --issuer URL')}, and a commit",
                )


def _keys(before: Trust, after: Trust) -> Iterator[str]:
    added, gone = sorted({*after.keys} - {*before.keys}), sorted({*before.keys} - {*after.keys})
    if before.keys and not after.keys:
        yield f"trusts whatever keys the issuer publishes, no longer those of the repository ({codes(gone)})"
        return
    if added:
        kept = {*before.keys} & {*after.keys}
        instead = "instead" if before.keys else "instead of what the issuer publishes"
        yield f"trusts {codes(added)} {'as well' if kept else instead}"
    if gone:
        yield f"no longer trusts {codes(gone)}: tokens signed by it are refused"


def _issuer(before: Trust, after: Trust) -> Iterator[str]:
    """A mount with keys and without an issuer takes a token whatever its `iss` says.

    https://developer.hashicorp.com/vault/api-docs/auth/jwt#bound_issuer
    """
    old, new = _compared(before), _compared(after)
    if old and not new:
        yield f"**the issuer is no longer compared** (was {old}): a token is taken whatever issuer it names"
    elif new and not old:
        yield f"the issuer is compared now: {new}"
    elif old != new:
        yield f"issuer {old} → {new}"


def _compared(trust: Trust) -> str:
    """With what Vault compares a token's `iss`, as Markdown; nothing if it does not."""
    if trust.issuer:
        return code(trust.issuer, 200)
    return "" if trust.keys else "the cluster's own, by discovery"
