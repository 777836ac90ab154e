"""Sort affected workspaces into waves: a wave can be planned after the previous wave is applied."""

from collections.abc import Iterator, Mapping, Sequence

from hvn.affected.compare import Affected, Change
from hvn.kinds.registry import kind_of

# https://docs.github.com/actions/reference/limits
MOST_JOBS = 256


def waves(affected: Sequence[Affected]) -> tuple[tuple[Affected, ...], ...]:
    """Return the affected workspaces in waves.

    A workspace is in the first wave in which all resources that its plan reads exist and will not be replaced. A
    workspace that destroys resources comes after the workspaces that use these resources.
    """
    awaited: set[str] = {one.workspace.id for one in affected if one.change is Change.CREATED or one.follows}
    awaited |= {one.follows for one in affected}
    number: dict[str, int] = {}
    for one in sorted(affected, key=lambda one: bool(one.waits_for)):
        reads = kind_of(one.workspace.id).reads_at_plan(one.workspace)
        earlier = [id_ for id_ in (*reads, one.follows) if id_ in awaited and id_ in number]
        number[one.workspace.id] = 1 + max((number[id_] for id_ in (*earlier, *one.waits_for)), default=-1)
    last = max(number.values(), default=-1)
    return tuple(tuple(one for one in affected if number[one.workspace.id] == wave) for wave in range(last + 1))


def matrix(wave: Sequence[Affected], most: int = MOST_JOBS) -> Mapping[str, Sequence[Mapping[str, str]]]:
    """Return a matrix for GitHub Actions with at most `most` jobs. With more workspaces, several workspaces share a
    job."""
    size = -(-len(wave) // most) or 1
    jobs = [wave[start : start + size] for start in range(0, len(wave), size)]
    return {"include": [dict(_job(job)) for job in jobs]}


def azure_devops(wave: Sequence[Affected], most: int = MOST_JOBS) -> Mapping[str, Mapping[str, str]]:
    """Return the jobs of `matrix` as a matrix for Azure DevOps.

    The job names of Azure DevOps can contain only letters, digits and underscores
    (https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/jobs-job-strategy). Workspace ids have no
    underscores, so different workspaces get different job names.
    """
    return {job["name"].replace("-", "_"): {"workspaces": job["workspaces"]} for job in matrix(wave, most)["include"]}


def _job(workspaces: Sequence[Affected]) -> Iterator[tuple[str, str]]:
    yield "name", workspaces[0].workspace.id
    yield "workspaces", " ".join(one.workspace.id for one in workspaces)
