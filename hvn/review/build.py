"""Puts together what the rules look at."""

from collections.abc import Mapping

from hvn.affected.compare import compare
from hvn.affected.history import Base
from hvn.review.access import access
from hvn.review.plan import Plan
from hvn.review.reaching import deltas
from hvn.review.situation import Situation
from hvn.topology.load import Checked, Loaded


def build(base: Base, loaded: Loaded, checked: Checked, plans: Mapping[str, Plan], wave: int) -> Situation:
    """The change from the base to the working tree, with its plans by workspace."""
    before = base.loaded.checked if base.loaded else None
    earlier = before.workspaces() if before else ()
    now = checked.workspaces()
    # Without a base everything would count as gained: a first commit, or a base that is told as not known.
    reach, complete = deltas(before.topology, checked.topology) if before else ((), True)
    return Situation(
        comparison=compare(base, loaded, checked),
        before={each.id: each for each in earlier},
        after={each.id: each for each in now},
        plans=dict(sorted(plans.items())),
        wave=wave,
        reach=reach,
        reach_complete=complete,
        access_before=access(earlier),
        access_after=access(now),
    )
