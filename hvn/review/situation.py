"""All that a rule of the review may look at: the topology before and after, and the plans."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from hvn.affected.compare import Comparison
from hvn.affected.waves import waves
from hvn.review.access import Access
from hvn.review.plan import Action, Change, Plan
from hvn.review.reaching import Delta
from hvn.topology.finding import Rule
from hvn.topology.inputs import Inputs
from hvn.topology.workspaces import Workspace

Kind = TypeVar("Kind", bound=Inputs)
GONE = (Action.DELETE, Action.REPLACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """`before` and `after` are the workspaces by id; `before` is empty where nothing is known of the base.

    `wave` counts from 1: its plans are those that are reviewed.
    """

    comparison: Comparison
    before: Mapping[str, Workspace]
    after: Mapping[str, Workspace]
    plans: Mapping[str, Plan]
    wave: int
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

    def gone(self, *types: str) -> Iterator[tuple[Plan, Change]]:
        """Resources of these types, or of any, that the plans destroy or replace."""
        for plan in self.plans.values():
            for change in plan.changes:
                if change.action in GONE and (not types or change.type in types):
                    yield plan, change

    def of_spoke(self, spoke: str | None, *kinds: str) -> tuple[str, ...]:
        """Workspaces of a spoke of these kinds, now or before, in the order of deployment."""
        ids = [f"{kind}-{spoke}" for kind in kinds]
        return tuple(id_ for id_ in ids if id_ in self.after or id_ in self.before)

    @property
    def wanted(self) -> tuple[str, ...]:
        """What has to be planned for this review to be complete."""
        groups = waves(self.comparison.affected)
        return tuple(each.workspace.id for wave in groups[self.wave - 1 : self.wave] for each in wave)


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
