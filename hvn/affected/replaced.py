"""Find the workspaces to apply again with equal inputs, because they depend on a rebuilt cluster or firewall policy,
or on another HVN or Vault."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from hvn.kinds.hcp.inputs import HcpInputs
from hvn.kinds.kind import Subject, applied_to
from hvn.kinds.registry import kind_of
from hvn.kinds.workspace import Workspace, WorkspaceId

OTHER_VAULT = WorkspaceId("vault")
"""The id to follow if the topology names another Vault and does not create it."""


def follow(built: Sequence[Workspace], earlier: Mapping[str, Workspace]) -> Iterator[tuple[str, str]]:
    """Yield the id of each workspace to apply again, with the id of the workspace that it depends on.

    A rebuilt cluster affects the workspaces that write to the cluster. A rebuilt firewall policy affects the workspaces
    with rules in the policy. Another Vault cluster affects the workspaces that write to Vault or read from Vault;
    another HVN affects the HVN's peerings. All these workspaces follow `hcp`, or `vault` if this topology does not
    create the Vault cluster.
    """
    rebuilt = {(workspace.spoke, subject): workspace.id for workspace, subject in _rebuilt(built, earlier)}
    other = other_vault(earlier.values(), built)
    creator = next((workspace.id for workspace in built if workspace.id.kind == "hcp"), None)
    replaced = {Subject.VAULT} if other else set()
    if creator and ({*other} - {Subject.VAULT} or _replaces_backup(built, earlier)):
        replaced.add(Subject.HVN)
    for workspace in built:
        subjects = applied_to(workspace.inputs, kind_of(workspace.id))
        keys = [(owner, subject) for subject in sorted(subjects) for owner in (workspace.spoke, None)]
        provider = next((rebuilt[key] for key in keys if key in rebuilt), None)
        if provider and provider != workspace.id:
            yield workspace.id, provider
        elif subjects & replaced:
            yield workspace.id, creator or OTHER_VAULT


def _replaces_backup(built: Iterable[Workspace], earlier: Mapping[str, Workspace]) -> bool:
    """Return whether Terraform replaces the backup HVN. The replacement destroys the peerings and routes of the backup
    HVN, even if the inputs of a peering are equal because the HVN's id stays."""
    for workspace in built:
        before = earlier.get(workspace.id)
        sides = [side.inputs for side in (before, workspace) if side and isinstance(side.inputs, HcpInputs)]
        backups = [inputs.new_backup for inputs in sides if inputs.new_backup]
        if len(backups) > 1 and backups[0] != backups[1]:
            return True
    return False


def _rebuilt(built: Iterable[Workspace], earlier: Mapping[str, Workspace]) -> Iterator[tuple[Workspace, Subject]]:
    """Yield the workspaces with resources that Terraform replaces, or that a person must destroy before their
    network can change."""
    for workspace in built:
        before, kind = earlier.get(workspace.id), kind_of(workspace.id)
        if kind.provides and before and before.inputs and workspace.inputs:
            inputs = before.inputs, workspace.inputs
            if kind.replaced_by(*inputs) or kind.emptied_by(*inputs):
                yield workspace, kind.provides


def other_vault(earlier: Iterable[Workspace], built: Iterable[Workspace]) -> dict[str, tuple[str, str]]:
    """Return the changed properties of the HVN and of Vault by name, each with the old and the new value.

    The result is empty if the HVN and Vault are unchanged. An added or removed project id does not count, because the
    HVN and Vault most likely stay in the same project.
    """
    before, after = _identity(earlier), _identity(built)
    return {name: (old, after[name]) for name, old in before.items() if after.get(name, old) != old}


def _identity(workspaces: Iterable[Workspace]) -> dict[str, str]:
    """Return the properties of the HVN and of Vault by name.

    The inputs of a workspace contain some properties of the HVN and of Vault. All workspaces have the same values of
    these properties.
    """
    properties: dict[str, str | None] = {}
    for workspace in workspaces:
        if workspace.inputs:
            properties |= kind_of(workspace.id).identifies(workspace.inputs)
    return {name: value for name, value in properties.items() if value}
