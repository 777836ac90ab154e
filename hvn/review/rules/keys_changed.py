"""HVN909: whose tokens a mount takes changes."""

from collections.abc import Iterator

from hvn.review.markdown import code, codes
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Level, Rule
from hvn.topology.inputs import VaultAuthInputs

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
        parts = []
        if added := sorted({*after.keys} - {*before.keys}):
            parts.append(f"trusts {codes(added)} as well")
        if gone := sorted({*before.keys} - {*after.keys}):
            parts.append(f"no longer trusts {codes(gone)}: tokens signed by it are refused")
        if before.issuer != after.issuer:
            parts.append(f"issuer {code(before.issuer or 'by discovery')} → {code(after.issuer or 'by discovery')}")
        if bool(before.keys) != bool(after.keys):
            parts.append("keys come from the issuer now" if before.keys else "keys come from the repository now")
        yield Said(workspace=mount, text=f"{'; '.join(parts)}. Compare the new ones with the cluster's")


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
