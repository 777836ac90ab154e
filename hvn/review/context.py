"""All that a rule of the review may look at: the topology before and after, and the plans."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from hvn.affected.compare import Comparison
from hvn.diagnostics.finding import Rule
from hvn.kinds.inputs import Inputs
from hvn.kinds.vault.inputs import VaultInputs
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.kinds.workspace import Workspace
from hvn.review.access import Access
from hvn.review.plan import Action, Plan, ResourceChange
from hvn.review.reach_changes import Delta

Kind = TypeVar("Kind", bound=Inputs)
GONE = (Action.DELETE, Action.REPLACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """`before` and `after` are the workspaces by id; `before` is empty where nothing is known of the base.

    `wanted` has to be planned for the review to be complete.
    """

    comparison: Comparison
    before: Mapping[str, Workspace]
    after: Mapping[str, Workspace]
    plans: Mapping[str, Plan]
    wanted: tuple[str, ...]
    reach: tuple[Delta, ...]
    reach_complete: bool
    access_before: Access
    access_after: Access

    def pairs(self, kind: type[Kind]) -> Iterator[tuple[Workspace, Kind, Kind | None]]:
        """Workspaces of this kind that were there and differ: before, and after, which is None if it is gone."""
        for id_, each in self.before.items():
            now = self.after.get(id_)
            inputs = now.inputs if now else None
            if isinstance(each.inputs, kind) and each.inputs != inputs and (now is None or now.inputs):
                yield each, each.inputs, inputs if isinstance(inputs, kind) else None

    def gone(self, *types: str) -> dict[str, list[ResourceChange]]:
        """What the plans destroy or replace of these types, or of any: by workspace, in the order of the types."""
        found = {}
        for plan in self.plans.values():
            changes = [each for each in plan.changes if each.action in GONE and (not types or each.type in types)]
            if changes:
                found[plan.workspace] = sorted(changes, key=lambda each: types.index(each.type) if types else 0)
        return found

    def gone_outside(self, *types: str) -> dict[str, list[ResourceChange]]:
        """What somebody else has deleted of these types, or of any: by workspace."""
        found = {}
        for plan in self.plans.values():
            drift = [each for each in plan.drift if each.action is Action.DELETE]
            if changes := [each for each in drift if not types or each.type in types]:
                found[plan.workspace] = changes
        return found

    def spoke(self, workspace: str) -> str | None:
        """The spoke of a workspace that is there or was; None of a shared one, and of one that nobody knows."""
        found = self.after.get(workspace) or self.before.get(workspace)
        return found.spoke if found else None

    def of_place(self, place: str) -> str:
        """The workspace of a place that reach is asked of; empty for one that is nobody's own: the hub's, Vault."""
        id_ = f"network-{place}"
        return id_ if id_ in self.after or id_ in self.before else ""

    def of_mount(self, mount: str) -> str:
        """The workspace that has a login mount of Vault, or had it; empty if none has."""
        for each in (*self.after.values(), *self.before.values()):
            auth = each.inputs
            if isinstance(auth, VaultAuthInputs) and auth.mount == mount:
                return each.id
            if isinstance(auth, VaultInputs) and mount in {one.path for one in auth.ci}:
                return each.id
        return ""

    @property
    def out_of_sight(self) -> tuple[Workspace, ...]:
        """Workspaces that were built and are held back now: they are there, and nothing plans them."""
        return tuple(
            each for id_, each in self.after.items() if each.blocked and id_ in self.before and self.before[id_].inputs
        )

    @property
    def spokes(self) -> tuple[str, ...]:
        """The spokes that are there or were, in the order of their names."""
        return tuple(sorted({each.spoke for each in (*self.before.values(), *self.after.values()) if each.spoke}))

    def of_spoke(self, spoke: str | None, *kinds: str) -> tuple[str, ...]:
        """Workspaces of a spoke of these kinds, now or before, in the order of deployment."""
        ids = [f"{kind}-{spoke}" for kind in kinds]
        return tuple(id_ for id_ in ids if id_ in self.after or id_ in self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a rule says, as Markdown in which foreign text stands in code spans."""

    workspace: str
    text: str
    goes_with: tuple[str, ...] = ()
    by_hand: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a rule says, with the rule."""

    rule: Rule
    said: Said
