"""HVN917: the plan says yes, and the cloud will refuse it."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Rule
from hvn.kinds.aks.inputs import AksInputs
from hvn.kinds.hcp.inputs import HcpInputs
from hvn.review.context import Said, Situation
from hvn.review.markdown import code

RULE = Rule(
    id="HVN917",
    name="change-refused",
    why="the apply stops half-way, and what comes after it is not applied",
    see="https://registry.terraform.io/providers/hashicorp/hcp/0.111.0/docs/guides/vault-scaling",
)


def check(situation: Situation) -> Iterator[Said]:
    """A lower version of Kubernetes, and a Vault cluster that is scaled down to `dev`.

    AKS supports no downgrade (Azure/AKS#2997): `Downgrading Kubernetes version … is not allowed`
    (rancher/rancher#24071). HCP: the provider's guide `vault-scaling`.
    """
    for workspace, before, after in situation.pairs(AksInputs):
        if after and lower(before.kubernetes_version, after.kubernetes_version):
            yield Said(
                workspace=workspace.id,
                text=f"AKS takes no lower version of Kubernetes: {code(before.kubernetes_version)} → "
                f"{code(after.kubernetes_version)}",
                by_hand="take the version back, or build another cluster",
            )
    for workspace, old, new in situation.pairs(HcpInputs):
        if new and old.new_vault and new.new_vault and new.new_vault.tier == "dev" != old.new_vault.tier:
            yield Said(
                workspace=workspace.id,
                text=f"HCP scales no Vault cluster down to {code('dev')}: this one is {code(old.new_vault.tier)}",
                by_hand="take the tier back",
            )


def lower(old: str, new: str) -> bool:
    """Whether a version is certainly lower: without a patch it stands for the newest of its minor version."""
    known = min(old.count("."), new.count(".")) + 1
    first, second = ([int(each) for each in version.split(".")[:known]] for version in (old, new))
    return second < first
