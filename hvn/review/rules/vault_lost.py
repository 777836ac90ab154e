"""HVN901: the HVN or the Vault cluster is destroyed, replaced, or the plan to do so refused."""

from collections.abc import Iterator

from hvn.review.markdown import code, codes
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Rule
from hvn.topology.inputs import HcpInputs

RULE = Rule(
    id="HVN901",
    name="vault-lost",
    why="HVN and Vault cluster cannot be changed in these arguments, and a new cluster is an empty one",
    see="https://registry.terraform.io/providers/hashicorp/hcp/0.111.0/docs/resources/hvn",
)
# ForceNew of hcp_hvn and hcp_vault_cluster (hvn/rehearsal/tables/hcp.json), as the inputs name them.
OF_THE_HVN = ("hvn_id", "cidr", "location", "project_id")


def check(situation: Situation) -> Iterator[Said]:
    """By the topology; by the plan, if the topology does not show it."""
    told = False
    for workspace, before, after in situation.pairs(HcpInputs):
        reasons = [f"{workspace.id} is removed"] if after is None else list(_reasons(before, after))
        if reasons:
            told = True
            yield _said(situation, workspace.id, reasons)
    if not told:
        for plan, change in situation.gone("hcp_hvn", "hcp_vault_cluster"):
            reasons = [f"the plan of {plan.workspace} has {change.action} of {code(change.address)}"]
            yield _said(situation, plan.workspace, reasons)


def _reasons(before: HcpInputs, after: HcpInputs) -> Iterator[str]:
    for name in OF_THE_HVN:
        old, new = getattr(before, name), getattr(after, name)
        # A project id that was not written down before, or no longer is, is most likely the same project's.
        if old != new and None not in (old, new) and before.new_hvn:
            yield f"the HVN's {name} changes from {code(str(old))} to {code(str(new))}"
    if before.new_hvn and not after.new_hvn:
        yield "the HVN is no longer created here"
    if before.new_vault and (after.new_vault is None or before.new_vault.cluster_id != after.new_vault.cluster_id):
        yield "the Vault cluster is another one, or no longer created here"


def _said(situation: Situation, workspace: str, reasons: list[str]) -> Said:
    peerings = [id_ for id_ in situation.before if id_.startswith("peering-")]
    logins = [id_ for id_ in situation.before if id_.startswith(("vault-auth-", "secrets-"))]
    goes = [
        "the HVN and the Vault cluster in it: **every secret in Vault is lost**, with all mounts, roles and policies"
    ]
    if peerings:
        goes.append(f"every peering with the HVN and all of its routes: {codes(peerings)}")
    if logins:
        goes.append(f"every login and every secret that is synced from Vault: {codes(logins)}")
    return Said(
        workspace=workspace,
        text=f"{'; '.join(reasons)}. **Terraform refuses this** by `prevent_destroy`. If it is forced, this goes:",
        goes_with=tuple(goes),
        by_hand="take the edit back; or, if it is meant, plan a migration: a second HVN and cluster, and a copy of all "
        "secrets, before the first ones go",
    )
