"""What can be planned now, and what only after the wave before was applied."""

from collections.abc import Iterator, Mapping, Sequence

from hvn.affected.compare import Affected, Change
from hvn.kinds.registry import kind_of

# https://docs.github.com/actions/reference/limits
MOST_JOBS = 256


def waves(affected: Sequence[Affected]) -> tuple[tuple[Affected, ...], ...]:
    """The affected workspaces, each in the first wave in which all that its plan asks is there and will stay."""
    awaited: set[str] = {each.workspace.id for each in affected if each.change is Change.CREATED or each.follows}
    awaited |= {each.follows for each in affected}
    number: dict[str, int] = {}
    for each in affected:
        asked = [
            id_
            for id_ in (*kind_of(each.workspace.id).reads_at_plan(each.workspace), each.follows)
            if id_ in awaited and id_ in number
        ]
        number[each.workspace.id] = 1 + max((number[id_] for id_ in asked), default=-1)
    most = max(number.values(), default=-1)
    return tuple(tuple(each for each in affected if number[each.workspace.id] == wave) for wave in range(most + 1))


def matrix(wave: Sequence[Affected], most: int = MOST_JOBS) -> Mapping[str, object]:
    """A matrix of GitHub Actions, a job for each workspace; of more than `most`, several in one job."""
    size = -(-len(wave) // most) or 1
    jobs = [wave[start : start + size] for start in range(0, len(wave), size)]
    return {"include": [dict(_job(each)) for each in jobs]}


def _job(workspaces: Sequence[Affected]) -> Iterator[tuple[str, str]]:
    yield "name", workspaces[0].workspace.id
    yield "workspaces", " ".join(each.workspace.id for each in workspaces)
