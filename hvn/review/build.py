"""Puts together what the rules look at."""

from collections.abc import Mapping

from hvn.affected.compare import Comparison, compare
from hvn.affected.history import Base
from hvn.affected.waves import waves
from hvn.check.load import Checked, Loaded
from hvn.kinds.workspace import by_id
from hvn.review.access import access
from hvn.review.context import Situation
from hvn.review.plan import Plan
from hvn.review.reach_changes import deltas


class NoWave(Exception):
    """There are not so many. The message is one line."""


def build(base: Base, loaded: Loaded, checked: Checked, plans: Mapping[str, Plan], wave: int | None) -> Situation:
    """The change from the base to the working tree, with its plans by workspace.

    They are to be those of a wave, which counts from 1, or, without one, of every workspace. Raises `NoWave`.
    """
    before = base.loaded.checked if base.loaded else None
    earlier = before.workspaces() if before else ()
    now = checked.workspaces()
    was = by_id(earlier)
    comparison = compare(base, loaded, checked)
    # Without a base everything would count as gained: a first commit, or a base that is told as not known.
    reach, complete = deltas(before.topology, checked.topology) if before else ((), True)
    return Situation(
        comparison=comparison,
        before=was,
        after=by_id(now),
        plans=dict(sorted(plans.items())),
        wanted=_of_wave(comparison, wave) if wave else tuple(each.id for each in now),
        reach=reach,
        reach_complete=complete,
        access_before=access(earlier),
        # What is held back is not applied: Vault keeps what it has of it.
        access_after=access([was.get(each.id, each) if each.blocked else each for each in now]),
    )


def _of_wave(comparison: Comparison, wave: int) -> tuple[str, ...]:
    groups = waves(comparison.affected)
    if wave > max(len(groups), 1):
        raise NoWave(f"there is no wave {wave}: this change has {len(groups)}")
    return tuple(each.workspace.id for group in groups[wave - 1 : wave] for each in group)
