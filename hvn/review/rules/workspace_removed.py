"""HVN906: workspaces are gone from the topology, and what they hold would stay behind."""

from collections import defaultdict
from collections.abc import Iterator

from hvn.diagnostics.finding import Rule
from hvn.kinds.secrets.inputs import SecretsInputs
from hvn.review.context import Said, Situation
from hvn.review.markdown import codes
from hvn.review.peering_impact import cut_off
from hvn.review.rebuild_steps import destroyed_first
from hvn.review.state_removal import out_of_the_state

RULE = Rule(
    id="HVN906",
    name="workspace-removed",
    why="a workspace that is gone from the topology can no longer be destroyed by it: it stays, and costs",
    see="docs/how-to/remove-a-spoke.md",
)
WHAT_GOES = {
    "secrets": "{namespaces}",
    "vso": "the operator: no app's secret is synced or renewed",
    "aks": "the cluster and everything that runs in it",
    "vault-auth": "every login of its apps; the secrets themselves stay in Vault",
    "peering": "the way to Vault of {cut_off}",
    "network": "the VNet, unless it was there before",
}
# With the cluster they need no word of their own.
IN_THE_CLUSTER = ("secrets", "vso")


def check(situation: Situation) -> Iterator[Said]:
    """One for each spoke: in the order of destruction, from the base. A hub that is called existing is to live on."""
    groups: dict[str, list[str]] = defaultdict(list)
    for each in situation.comparison.removed:
        if not each.lives_on:
            groups[each.workspace.spoke or ""].append(each.workspace.id)
    base = situation.comparison.base.commit[:12]
    for spoke, ids in groups.items():
        goes = [
            what.format(cut_off=cut_off(situation, id_), namespaces=_namespaces(situation, id_))
            for kind, what in WHAT_GOES.items()
            for id_ in ids
            if id_.startswith(f"{kind}-") and not (kind in IN_THE_CLUSTER and f"aks-{spoke}" in ids)
        ]
        by_hand = (
            f"before this is merged, destroy from the base: `git switch --detach {base}`, then "
            f"`bin/cdktf destroy {' '.join(reversed(ids))}`, which goes in the order {codes(ids)}"
        )
        told_there = {*ids} <= {*destroyed_first(situation, spoke)}
        yield Said(
            workspace=ids[0],
            text=f"no longer in the topology: {codes(ids)}. The merge destroys none of it: it stays behind, and costs, "
            f"unless it is destroyed before{'. Then with it goes:' if goes else ''}",
            goes_with=tuple(goes),
            by_hand="" if told_there else by_hand,
        )
    yield from _hub(situation)


def _hub(situation: Situation) -> Iterator[Said]:
    """Of a hub that is called existing; of `hcp` HVN901 says it."""
    if not any(each.workspace.id == "hub" and each.lives_on for each in situation.comparison.removed):
        return
    spokes = codes(situation.spokes)
    yield Said(
        workspace="hub",
        text="no longer in the topology, which calls the hub existing. The merge destroys none of it, and Terraform no "
        "longer looks after it. **Nothing refuses to destroy it**: whoever does, from the base, destroys:",
        goes_with=(
            f"the firewall: the way out, and to one another, of the runners and of {spokes or 'every spoke'}",
            "the runners' subnet and the VNet, with the hub's half of every peering, the HVN's among them",
            "the private DNS zone: no API server of a cluster is found by its name",
        ),
        by_hand=f"{out_of_the_state('hub', base=situation.comparison.base.commit[:12])}; or take the edit back",
    )


def _namespaces(situation: Situation, id_: str) -> str:
    """What goes with the Kubernetes side of the apps: their namespaces take along what others made in them, too."""
    inputs = situation.before[id_].inputs if id_ in situation.before else None
    if isinstance(inputs, SecretsInputs) and inputs.namespaces:
        return f"**everything in the namespaces** {codes(inputs.namespaces)}: pods, volumes, secrets, whoever made them"
    return "the secrets that are synced from Vault"
