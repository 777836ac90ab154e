"""HVN901: the HVN or the Vault cluster is destroyed, replaced or deleted."""

from collections.abc import Iterator, Sequence

from hvn.affected.replaced import other_vault
from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Words
from hvn.kinds.hcp.inputs import HcpInputs
from hvn.kinds.kind import Subject
from hvn.kinds.workspace import WorkspaceId
from hvn.review import backup
from hvn.review.commands import take_out_of_state
from hvn.review.context import Context
from hvn.review.losses import enforcement, with_plan
from hvn.review.plan import ResourceChange

RULE = Rule(
    id="HVN901",
    name="vault-lost",
    reports="The HVN or the Vault cluster is destroyed, replaced or deleted, or the topology names another Vault.",
    why="HCP cannot change an HVN's id, range or region, and a new Vault cluster is empty",
    fix="undo the edit, or plan a migration with a copy of all secrets",
    example="""\
hvn: {cidr: 172.25.32.0/20}
""",
    see="https://registry.terraform.io/providers/hashicorp/hcp/0.111.0/docs/resources/hvn",
)
LABEL = "hvn: destroys"
TYPES = ("hcp_hvn", "hcp_vault_cluster")
# The inputs that set a ForceNew argument of hcp_hvn (hvn/rehearsal/tables/hcp.json).
OF_THE_HVN = ("hvn_id", "cidr", "location", "project_id")
MIGRATE = Message(
    "undo the edit. Or plan a migration: create a second HVN and cluster, and copy all secrets before you destroy "
    "the old HVN and cluster"
)


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about HVNs and Vault clusters that the topology replaces or no longer creates, that a plan
    destroys, or that somebody deleted.
    """
    planned, _ = backup.split(context.destroyed(*TYPES))  # HVN976 reports the backup HVN
    reported = False
    for workspace, before, after in context.changed(HcpInputs):
        if after is None:
            yield _existing(context, workspace.id, before)
            continue
        hvn = list(_of_the_hvn(before, after))
        reasons = [*hvn, *_of_the_cluster(before, after)]
        if reasons:
            changes = planned.pop(workspace.id, [])
            kept = tuple(_called_existing(before, after))
            yield _lost(context, workspace.id, reasons, changes, hvn=bool(hvn) or _has_hvn(changes), existing=kept)
        reported = reported or bool(reasons)
    for id_, changes in planned.items():
        yield _lost(context, id_, [], changes, hvn=_has_hvn(changes))
    if not reported:
        yield from _other(context)
    deleted, _ = backup.split(context.deleted_outside(*TYPES))
    for id_, changes in deleted.items():
        yield Finding(
            rule=RULE,
            workspace=id_,
            message=Message(
                "somebody deleted {addresses} outside Terraform; the new cluster is empty",
                addresses=[change.address for change in changes],
            ),
            impact=tuple(_impact(context, hvn=_has_hvn(changes))),
            manual_steps=(
                Message(
                    "before Terraform creates a new cluster, find out who deleted the old cluster and whether "
                    "HCP has a snapshot"
                ),
            ),
        )


def _existing(context: Context, workspace: str, before: HcpInputs) -> Finding:
    return Finding(
        rule=RULE,
        workspace=workspace,
        message=Message(
            "the topology declares HVN and Vault cluster as existing, so this workspace is removed. The merge destroys "
            "neither, and Terraform no longer manages them. **Terraform refuses to destroy them** from the base "
            "(`prevent_destroy`)"
        ),
        impact=tuple(_impact(context, hvn=before.new_hvn)),
        manual_steps=(_take_out(workspace, base=context.base_commit),),
    )


def _take_out(workspace: str, addresses: Sequence[str] = (), *, base: str = "") -> Message:
    return Message(
        "{steps}. Then plan and review again. Or undo the edit",
        steps=take_out_of_state(workspace, addresses, base=base),
    )


def _other(context: Context) -> Iterator[Finding]:
    """Yield a finding if the topology names a different Vault cluster, which it does not create."""
    other = other_vault(context.before.values(), context.after.values())
    if not other:
        return
    changes = [
        Message("{what} {old} → {new}", what=Words(what), old=old, new=new) for what, (old, new) in other.items()
    ]
    clients = _clients(context)
    yield Finding(
        rule=RULE,
        workspace=WorkspaceId("vault"),
        message=Message(
            "the topology names another Vault: {changes}. No plan shows this: {variable} decides which Vault Terraform "
            "writes to, and the operators read from the new Vault after their workspaces are applied",
            changes=changes,
            variable="VAULT_ADDR",
        ),
        impact=(
            Message("**every secret** stays in the old Vault, with all mounts, roles and policies"),
            *([Message("every login and every synced secret of {workspaces}", workspaces=clients)] if clients else []),
        ),
        manual_steps=(
            Message(
                "copy all secrets to the new Vault first. Then set {variable} to the new Vault, also in the pipelines, "
                "before you plan a workspace that writes to Vault. With the old address these plans show no changes, "
                "and the new Vault gets no logins. Or undo the edit",
                variable="VAULT_ADDR",
            ),
        ),
    )


def _called_existing(before: HcpInputs, after: HcpInputs) -> Iterator[str]:
    """Yield the addresses of the resources that the topology now declares as existing."""
    if before.new_hvn and not after.new_hvn:
        yield "hcp_hvn.hvn"
    if before.new_backup and after.new_backup is None and not after.new_hvn:
        yield "hcp_hvn.backup_hvn"
    if before.new_vault and not after.new_vault:
        yield "hcp_vault_cluster.vault"


def _has_hvn(changes: Sequence[ResourceChange]) -> bool:
    return any(change.type == "hcp_hvn" for change in changes)


def _of_the_hvn(before: HcpInputs, after: HcpInputs) -> Iterator[Message]:
    for name in OF_THE_HVN:
        old, new = getattr(before, name), getattr(after, name)
        # If the edit adds or removes `hvn.project_id`, the project most likely stays the same.
        if old != new and None not in (old, new) and before.new_hvn:
            yield Message("the HVN's {name} changes from {old} to {new}", name=Words(name), old=str(old), new=str(new))
    if before.new_hvn and not after.new_hvn:
        yield Message("the topology no longer creates the HVN")


def _of_the_cluster(before: HcpInputs, after: HcpInputs) -> Iterator[Message]:
    if before.new_vault and after.new_vault is None:
        yield Message("the topology no longer creates the Vault cluster")
    elif before.new_vault and after.new_vault and before.new_vault.cluster_id != after.new_vault.cluster_id:
        yield Message(
            "the Vault cluster changes from {old} to {new}",
            old=before.new_vault.cluster_id,
            new=after.new_vault.cluster_id,
        )


def _lost(
    context: Context,
    workspace: str,
    reasons: Sequence[Message],
    changes: Sequence[ResourceChange],
    *,
    hvn: bool,
    existing: Sequence[str] = (),
) -> Finding:
    return Finding(
        rule=RULE,
        workspace=workspace,
        message=Message(
            "{reasons}. {enforcement}",
            reasons=with_plan(reasons, changes),
            enforcement=enforcement(context.plans.get(workspace), changes, protected=not existing),
        ),
        impact=tuple(_impact(context, hvn=hvn)),
        manual_steps=(_take_out(workspace, existing),) if existing else (MIGRATE,),
    )


def _clients(context: Context) -> tuple[WorkspaceId, ...]:
    """Return the spokes' workspaces that write to Vault or read from it."""
    return context.before_of(lambda kind, inputs: kind.per_spoke and Subject.VAULT in kind.follows(inputs))


def _impact(context: Context, *, hvn: bool) -> Iterator[Message]:
    if hvn:
        yield Message(
            "the HVN and its Vault cluster: **every secret in Vault is lost**, with all mounts, roles and policies"
        )
    else:
        yield Message("the Vault cluster: **every secret in Vault is lost**, with all mounts, roles and policies")
    peerings = context.before_of(lambda kind, inputs: Subject.HVN in kind.follows(inputs))
    if peerings and hvn:
        yield Message("every peering with the HVN and all its routes: {workspaces}", workspaces=peerings)
    if clients := _clients(context):
        yield Message("every login and every synced secret of {workspaces}", workspaces=clients)
