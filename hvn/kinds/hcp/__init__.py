"""`hcp`: the HVN and the private Vault cluster."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.message import Message
from hvn.kinds.hcp.inputs import HcpInputs, workspace
from hvn.kinds.kind import Kind, Reference, Row, Subject
from hvn.kinds.references import hvn, vault_cluster
from hvn.kinds.workspace import Workspace


def removal(_workspace: Workspace, _workspaces: Mapping[str, Workspace]) -> Message:
    """Return the resources that are lost with the HVN and the Vault cluster."""
    return Message("**every secret in Vault**, with all mounts, roles and policies, and every peering with the HVN")


def identifies(inputs: HcpInputs) -> Mapping[str, str | None]:
    """Return the properties that identify the HVN and the Vault cluster: range and region only for a new HVN."""
    return {
        Subject.HVN: inputs.hvn_id,
        "the HCP project": inputs.project_id,
        **({Subject.VAULT: inputs.new_vault.cluster_id} if inputs.new_vault else {}),
        # The other arguments of hcp_hvn with ForceNew.
        **({"the HVN's range": inputs.cidr, "the HVN's region": inputs.location} if inputs.new_hvn else {}),
    }


def destroys_after(before: HcpInputs, after: HcpInputs) -> tuple[str, ...]:
    """Return the peerings if the backup HVN is removed: HCP does not delete an HVN with a peering."""
    return ("peering-hub", "peering") if before.new_backup and not after.new_backup and after.new_hvn else ()


def creates(inputs: HcpInputs) -> Iterator[Reference]:
    """Yield the HVNs and the Vault cluster that the workspace creates."""
    if inputs.new_hvn:
        yield hvn(inputs.hvn_id, inputs.project_id, inputs.cidr)
    if inputs.new_backup:
        yield hvn(inputs.new_backup.hvn_id, inputs.project_id, inputs.new_backup.cidr)
    if inputs.new_vault:
        yield vault_cluster(inputs.new_vault.cluster_id, inputs.project_id)


def refers_to(inputs: HcpInputs) -> Iterator[Reference]:
    """Yield the existing HVN that contains the new Vault cluster, if any."""
    if not inputs.new_hvn:
        yield hvn(inputs.hvn_id, inputs.project_id, inputs.cidr)


KIND = Kind(
    name="hcp",
    per_spoke=False,
    section=("hvn",),
    stack="stacks.hcp",
    rights="hvn.kinds.hcp.rights",
    row=Row(
        holds="the HVN, the backup HVN and the private Vault cluster, all with `prevent_destroy`",
        when="for a new HVN or Vault cluster",
    ),
    derive=workspace,
    identifies=identifies,
    destroys_after=destroys_after,
    removal=removal,
    lives_on=lambda _workspace, _topology: True,
    creates=creates,
    refers_to=refers_to,
)
