"""HVN924: who is administrator of a cluster changes."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Level, Rule
from hvn.kinds.aks.inputs import AksInputs
from hvn.review.context import Said, Situation
from hvn.review.markdown import code, codes

RULE = Rule(
    id="HVN924",
    name="cluster-admins",
    level=Level.WARNING,
    why="an administrator reads every secret in the cluster and can log in to Vault as any of its apps",
    see="https://learn.microsoft.com/azure/aks/manage-local-accounts-managed-azure-ad",
)


def check(situation: Situation) -> Iterator[Said]:
    """Groups that are new; and the first or last group, which turns the cluster's local accounts off or on."""
    for workspace, before, after in situation.pairs(AksInputs):
        if after is None:
            continue
        told, by_hand = [], ""
        if more := sorted({*after.admin_groups} - {*before.admin_groups}):
            told.append(f"administrators now, too: everybody in {codes(more)}")
        if after.admin_groups and not before.admin_groups:
            told.append("local accounts are turned off: nobody is given a certificate any more")
            by_hand = (
                f"rotate the certificates of {code(after.cluster)}: those that were given out stay valid until then"
            )
        if before.admin_groups and not after.admin_groups:
            told.append(
                "local accounts are turned on: whoever may list the cluster's credentials in Azure is administrator"
            )
        if told:
            yield Said(workspace=workspace.id, text="; ".join(told), by_hand=by_hand)
