"""What can be planned now, and what only after the wave before was applied."""

from collections.abc import Iterator, Mapping, Sequence

from hvn.affected.compare import Affected, Change
from hvn.kinds.inputs import PeeringInputs
from hvn.kinds.workspaces import Workspace

# https://docs.github.com/actions/reference/limits
MOST_JOBS = 256
# They ask a cluster or Vault when they plan; all others compute what they need (docs/reference/workspaces.md).
ASK_AT_PLAN = ("vault", "vault-auth-", "vso-", "secrets-")


def waves(affected: Sequence[Affected]) -> tuple[tuple[Affected, ...], ...]:
    """The affected workspaces, each in the first wave in which all that its plan asks is there and will stay."""
    awaited = {each.workspace.id for each in affected if each.change is Change.CREATED or each.follows}
    awaited |= {each.follows for each in affected}
    number: dict[str, int] = {}
    for each in affected:
        asked = [id_ for id_ in (*asks(each.workspace), each.follows) if id_ in awaited and id_ in number]
        number[each.workspace.id] = 1 + max((number[id_] for id_ in asked), default=-1)
    most = max(number.values(), default=-1)
    return tuple(tuple(each for each in affected if number[each.workspace.id] == wave) for wave in range(most + 1))


def asks(workspace: Workspace) -> tuple[str, ...]:
    """The workspaces whose resources must be there before this one can be planned."""
    inputs = workspace.inputs
    if isinstance(inputs, PeeringInputs):
        # Without the project id the HVN's link has to be looked up.
        return () if inputs.hvn.project_id else tuple(each for each in workspace.after if each == "hcp")
    return workspace.after if workspace.id.startswith(ASK_AT_PLAN) else ()


def matrix(wave: Sequence[Affected], most: int = MOST_JOBS) -> Mapping[str, object]:
    """A matrix of GitHub Actions, a job for each workspace; of more than `most`, several in one job."""
    size = -(-len(wave) // most) or 1
    jobs = [wave[start : start + size] for start in range(0, len(wave), size)]
    return {"include": [dict(_job(each)) for each in jobs]}


def _job(workspaces: Sequence[Affected]) -> Iterator[tuple[str, str]]:
    yield "name", workspaces[0].workspace.id
    yield "workspaces", " ".join(each.workspace.id for each in workspaces)
