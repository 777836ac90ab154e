"""Define the data that the rules of the review read: the topology before and after the change, and the plans."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from hvn.affected.compare import Comparison
from hvn.check.load import Loaded
from hvn.kinds.inputs import Inputs
from hvn.kinds.kind import Kind
from hvn.kinds.registry import kind_of, kinds
from hvn.kinds.vault.inputs import VaultInputs
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.kinds.workspace import Workspace, WorkspaceId
from hvn.review.access import Access
from hvn.review.plan import Action, Plan, ResourceChange
from hvn.review.reach_changes import Delta
from hvn.topology.model import Topology

AnyInputs = TypeVar("AnyInputs", bound=Inputs)
DESTROYS = (Action.DELETE, Action.REPLACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The data of one review. `before` and `after` are the workspaces by id; `before` is empty if the base is unknown.

    `loaded` is the topology file of the working tree; `comparison` has the file of the base.

    A complete review needs the plans of all workspaces in `wanted`. The keys of `plans` come from the names of the plan
    files, so a key may differ from every workspace id. `access_before` has the new names of renamed mounts, roles and
    kv paths, so that a rename is not reported as new access.
    """

    comparison: Comparison
    loaded: Loaded
    before: Mapping[str, Workspace]
    after: Mapping[str, Workspace]
    plans: Mapping[str, Plan]
    wanted: tuple[WorkspaceId, ...]
    reach: tuple[Delta, ...]
    reach_complete: bool
    access_before: Access
    access_after: Access

    @property
    def topologies(self) -> tuple[Topology | None, Topology | None]:
        """Return the topologies of the base and of the working tree. A topology with errors, or an unknown topology, is
        None."""
        sides = self.comparison.base.loaded, self.loaded
        before, after = (side.checked.topology if side and side.checked else None for side in sides)
        return before, after

    def changed(self, of: type[AnyInputs]) -> Iterator[tuple[Workspace, AnyInputs, AnyInputs | None]]:
        """For each workspace with changed inputs of this type, yield the workspace, the old inputs and the new inputs.

        The new inputs are None if the workspace is removed. Blocked workspaces are omitted.
        """
        for id_, workspace in self.before.items():
            now = self.after.get(id_)
            inputs = now.inputs if now else None
            if isinstance(workspace.inputs, of) and workspace.inputs != inputs and (now is None or now.inputs):
                yield workspace, workspace.inputs, inputs if isinstance(inputs, of) else None

    def built(self, of: type[AnyInputs]) -> Iterator[tuple[Workspace, AnyInputs | None, AnyInputs]]:
        """For each workspace with inputs of this type, yield the workspace, the old inputs and the new inputs.

        The old inputs are None if the base does not have the workspace, or if the workspace is blocked in the base.
        """
        for id_, workspace in self.after.items():
            earlier = self.before.get(id_)
            before = earlier.inputs if earlier else None
            if isinstance(workspace.inputs, of):
                yield workspace, before if isinstance(before, of) else None, workspace.inputs

    def destroyed(self, *types: str) -> dict[str, list[ResourceChange]]:
        """Return the resources of these types (default: all) that the plans destroy or replace, by workspace.

        The resources of a workspace are in the order of the types.
        """
        by_workspace = {}
        for plan in self.plans.values():
            changes = [
                change for change in plan.changes if change.action in DESTROYS and (not types or change.type in types)
            ]
            if changes:
                by_workspace[plan.workspace] = sorted(
                    changes, key=lambda change: types.index(change.type) if types else 0
                )
        return by_workspace

    def deleted_outside(self, *types: str) -> dict[str, list[ResourceChange]]:
        """Return the resources of these types (default: all) that somebody deleted, by workspace."""
        by_workspace = {}
        for plan in self.plans.values():
            deleted = [change for change in plan.drift if change.action is Action.DELETE]
            if changes := [change for change in deleted if not types or change.type in types]:
                by_workspace[plan.workspace] = changes
        return by_workspace

    def workspace(self, name: str) -> Workspace | None:
        """Return the workspace of the topology, otherwise of the base; None if neither has it."""
        return self.after.get(name) or self.before.get(name)

    def spoke(self, name: str) -> str | None:
        """Return the spoke of a workspace; None for a shared or an unknown workspace."""
        workspace = self.workspace(name)
        return workspace.spoke if workspace else None

    def inputs(self, name: str) -> Inputs | None:
        """Return a workspace's inputs in the base, otherwise in the topology; None if neither has the workspace."""
        for side in (self.before, self.after):
            if name in side and side[name].inputs:
                return side[name].inputs
        return None

    def network_of(self, place: str) -> str:
        """Return the network workspace of a place or subnet in `hvn reach`; empty for the hub, the runners, the HVN and
        Vault."""
        workspace = self.workspace(WorkspaceId("network", place.partition("/")[0]))
        return workspace.id if workspace else ""

    def owner_of(self, mount: str, role: str = "") -> str:
        """Return the workspace that has or had a login mount of Vault; empty if no workspace has it.

        Several workspaces can use an existing mount; the result is then the workspace that has or had `role`.
        """
        for workspace in (*self.after.values(), *self.before.values()):
            inputs = workspace.inputs
            if isinstance(inputs, VaultAuthInputs) and inputs.mount == mount:
                others = inputs.existing_mount and role and role not in {one.name for one in inputs.roles}
                if not others:
                    return workspace.id
            if isinstance(inputs, VaultInputs) and mount in {login.path for login in inputs.ci}:
                return workspace.id
        return ""

    @property
    def newly_blocked(self) -> tuple[Workspace, ...]:
        """Return the workspaces that the base builds and that are now blocked: their resources exist but have no
        plan."""
        return tuple(
            workspace
            for id_, workspace in self.after.items()
            if workspace.blocked and id_ in self.before and self.before[id_].inputs
        )

    @property
    def spokes(self) -> tuple[str, ...]:
        """Return the spokes of the topology and of the base, in the order of their names."""
        return tuple(
            sorted({workspace.spoke for workspace in (*self.before.values(), *self.after.values()) if workspace.spoke})
        )

    def of_spoke(self, spoke: str | None, wanted: Callable[[Kind], bool]) -> tuple[WorkspaceId, ...]:
        """Return the spoke's workspaces of the wanted kinds in topology or base, in the order of deployment."""
        ids = [WorkspaceId(kind.name, spoke) for kind in kinds() if spoke and kind.per_spoke and wanted(kind)]
        return tuple(id_ for id_ in ids if self.workspace(id_))

    def before_of(self, wanted: Callable[[Kind, Inputs], bool]) -> tuple[WorkspaceId, ...]:
        """Return the workspaces that the base builds, of the wanted kinds and inputs, in the order of deployment."""
        return tuple(
            workspace.id
            for workspace in self.before.values()
            if workspace.inputs and wanted(kind_of(workspace.id), workspace.inputs)
        )

    @property
    def base_commit(self) -> str:
        """Return the first twelve hex digits of the base's commit."""
        return self.comparison.base.commit[:12]
