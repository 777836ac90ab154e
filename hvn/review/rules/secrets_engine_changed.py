"""HVN902: the kv engine with the apps' secrets moves, or is destroyed, replaced or deleted."""

from collections.abc import Iterator, Sequence

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Command
from hvn.kinds.vault.inputs import KvEngine, VaultInputs
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.review.commands import command, switch_to
from hvn.review.context import Context
from hvn.review.engines import without_engines
from hvn.review.losses import enforcement, with_plan
from hvn.review.namespaces import moved
from hvn.review.plan import ResourceChange
from hvn.topology.policies import below

RULE = Rule(
    id="HVN902",
    name="secrets-engine-changed",
    reports="The kv engine gets a new path or namespace, or is destroyed, replaced or deleted.",
    why="disabling a kv engine deletes all its secrets, and a new engine is empty",
    fix="undo the edit, or copy the secrets first",
    example="""\
vault: {kv_mount: kv}
""",
    see="https://developer.hashicorp.com/vault/docs/commands/secrets/disable",
)
LABEL = "hvn: destroys"
TYPES = ("vault_mount", "vault_namespace")
LOST = Message("the kv engine: **every secret in it is lost**")


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about kv engines with a new path (Vault moves the engine) or namespace (a new engine), and about
    lost engines.

    The provider finds no mount in the new namespace. It removes the old mount from the state and creates a new one.
    `prevent_destroy` does not prevent the removal (hashicorp/terraform-provider-vault#2997, about a different mount).
    """
    planned = without_engines(context, context.destroyed(*TYPES))
    for workspace, before, after in context.changed(VaultInputs):
        if after and (removed := [engine for engine in before.more_kv if engine not in after.more_kv]):
            yield _removed(workspace.id, removed, planned.pop(workspace.id, []))
        if after is None or (before.namespace, before.kv_mount) == (after.namespace, after.kv_mount):
            continue
        changes = planned.pop(workspace.id, [])
        if before.namespace != after.namespace:
            yield _other_namespace(context, workspace.id, before, after, changes)
        elif changes:
            reason = Message(
                "the path of the kv engine changes from {old} to {new}", old=before.kv_mount, new=after.kv_mount
            )
            yield _destroyed(context, workspace.id, [reason], changes)
        else:
            message = Message(
                "the path of the kv engine changes from {old} to {new}. Vault moves the secrets. An app cannot read "
                "its secrets until its vault-auth and secrets workspaces are applied",
                old=before.kv_mount,
                new=after.kv_mount,
            )
            yield Finding(rule=RULE, workspace=workspace.id, message=message)
    for id_, changes in planned.items():
        yield _destroyed(context, id_, [], changes)
    for id_, changes in without_engines(context, context.deleted_outside(*TYPES)).items():
        if id_ not in moved(context):
            yield _deleted(id_, changes)


def _removed(workspace: str, engines: Sequence[KvEngine], changes: Sequence[ResourceChange]) -> Finding:
    paths = [f"{below(engine.namespace)}{engine.path}" for engine in engines]
    reason = Message("the topology removes the kv engines {paths} together with their `prevent_destroy`", paths=paths)
    return Finding(
        rule=RULE,
        workspace=workspace,
        message=with_plan([reason], changes),
        impact=(LOST,),
        manual_steps=(Message("copy the secrets first, or undo the edit"),),
    )


def _deleted(workspace: str, changes: Sequence[ResourceChange]) -> Finding:
    return Finding(
        rule=RULE,
        workspace=workspace,
        message=Message(
            "somebody deleted {addresses} outside Terraform, or Terraform reads a different Vault; the new engine "
            "is empty",
            addresses=[change.address for change in changes],
        ),
        impact=(LOST,),
        manual_steps=(
            Message(
                "before you create an engine, find out who deleted the old engine and whether a snapshot of Vault "
                "contains it"
            ),
        ),
    )


def _other_namespace(
    context: Context, workspace: str, before: VaultInputs, after: VaultInputs, changes: Sequence[ResourceChange]
) -> Finding:
    old, new = str(before.namespace), str(after.namespace)
    known = workspace in moved(context)
    reason = Message("the namespace changes from {old} to {new}", old=old, new=new)
    mounts = [*(mount for _, mount in _logins(context)), *(login.path for login in before.ci)]
    behind = Message(
        "the mounts {mounts} in {old} with their roles and policies are no longer in any state. **Their clients can "
        "still log in** and read the secrets there",
        old=old,
        mounts=mounts,
    )
    copy = Message("copy the secrets to the new namespace first, or undo the edit")
    return Finding(
        rule=RULE,
        workspace=workspace,
        message=Message(
            "{reasons}. Terraform does not move secrets between namespaces: Terraform creates an empty kv engine in "
            "{new}",
            reasons=with_plan([reason], changes),
            new=new,
        ),
        impact=(
            Message("**all secrets** of the kv engine in {old}: the apps can no longer read them", old=old),
            *([LOST] if changes else []),
            *([behind] if known and mounts else []),
        ),
        manual_steps=tuple(_before_the_move(context, before)) if known else (copy,),
    )


def _logins(context: Context) -> list[tuple[str, str]]:
    """Return the id and the login mount of each vault-auth workspace that the base builds."""
    sides = ((id_, workspace.inputs) for id_, workspace in context.before.items())
    return [(id_, inputs.mount) for id_, inputs in sides if isinstance(inputs, VaultAuthInputs)]


def _before_the_move(context: Context, before: VaultInputs) -> Iterator[Message]:
    yield Message("copy the secrets to the new namespace first, or undo the edit")
    if logins := [id_ for id_, _ in _logins(context)]:
        yield Message(
            "before the merge, destroy the login mounts in the old namespace with the code of the base: {switch}, then "
            "{destroy}. After the destroy, no app can log in until this change is applied. Plan and review again",
            switch=switch_to(context.base_commit),
            destroy=command("bin/cdktf", "destroy", *logins, "--ignore-missing-stack-dependencies"),
        )
    disable = [Command(f"vault auth disable -namespace={before.namespace} {login.path}") for login in before.ci]
    if disable:
        yield Message("when the pipelines log in to the new namespace: {disable}", disable=disable)


def _destroyed(
    context: Context, workspace: str, reasons: Sequence[Message], changes: Sequence[ResourceChange]
) -> Finding:
    return Finding(
        rule=RULE,
        workspace=workspace,
        message=Message(
            "{reasons}. {enforcement}",
            reasons=with_plan(reasons, changes),
            enforcement=enforcement(context.plans.get(workspace), changes),
        ),
        impact=(LOST,),
        manual_steps=(Message("copy the secrets first, or undo the edit"),),
    )
