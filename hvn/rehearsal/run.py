"""Run a rehearsal: build the workspaces in the order of deployment, two at a time, then destroy all workspaces."""

import pathlib
import queue
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from hvn import scratch
from hvn.kinds import workspace as model
from hvn.kinds.kind import Subject
from hvn.kinds.registry import kind_of, kinds
from hvn.rehearsal import existing, extra, failover, server, terraform
from hvn.rehearsal.cloud import Cloud
from hvn.rehearsal.cycle import Failure, Result, Slot, Workspace
from hvn.rehearsal.failover import Failover
from hvn.rehearsal.faults import Injections

AT_A_TIME = 2


class Watcher:
    """The object that a rehearsal notifies of its progress. This base class ignores all notifications."""

    def begins(self, workspace: str, doing: str) -> None:
        """Report that the build or destruction of a workspace begins."""

    def ended(self, result: Result, doing: str) -> None:
        """Report that the build or destruction of a workspace ended or failed."""


@dataclass(slots=True)
class Rehearsal:
    """The result of a rehearsal: the results of the workspaces, in the order of deployment."""

    engine: str
    results: list[Result] = field(default_factory=list)
    left_over: int = 0
    """The number of resources that are left after the destroy."""
    failover: Failover | None = None
    """The failover to the backup HVN; None without a backup HVN."""

    @property
    def failed(self) -> bool:
        """Return whether a workspace failed or resources are left after the destroy."""
        return bool(self.left_over) or any(result.failed for result in self.results)


class NoWorkspaceForFault(Exception):
    """No rehearsed workspace is available for the fault: the fault cannot affect the workspace, or the workspace
    already has another fault."""


def rehearse(
    synthesized: pathlib.Path,
    workspaces: Sequence[model.Workspace],
    *,
    faults: Sequence[str] = (),
    save: Callable[[str, str], None] | None = None,
    watcher: Watcher | None = None,
) -> Rehearsal:
    """Rehearse the workspaces and return their results. The `cdk.tf.json` files of the workspaces are in
    `synthesized/stacks`; the rehearsal changes this folder.

    `workspaces` must include every dependency of its workspaces. `save` is called with each first plan as JSON, from
    several threads. Raises `terraform.NoTerraform`, `NoWorkspaceForFault`, `schemas.MissingSchema` and
    `tables.Unknown`.
    """
    affected = _affected(workspaces, faults)
    done = Rehearsal(terraform.available())
    stacks = synthesized / "stacks"
    left_out = extra.leave_out(stacks, workspaces)
    used = server.types_in_use([stacks / workspace.id / "cdk.tf.json" for workspace in workspaces])
    schemas = server.schemas_of(used, own=extra.own_types(workspaces))
    watcher = watcher or Watcher()
    with scratch.folder("rehearsal") as work, ExitStack() as stack:
        cloud = Cloud(work / "cloud.db")
        stack.callback(cloud.close)
        existing.put(cloud, workspaces)
        before = cloud.count()
        slots = [
            stack.enter_context(_slot(cloud, schemas, work / f"home-{number}"))
            for number in range(min(AT_A_TIME, len(workspaces)))
        ]
        after = _after(workspaces)
        before_each, earlier = _before(workspaces), _indirect(after)
        rehearsed: dict[str, Workspace] = {
            workspace.id: Workspace(
                workspace.id,
                stacks / workspace.id,
                work / f"{workspace.id}.tfstate",
                Result(workspace.id, warnings=[left_out[workspace.id]] if workspace.id in left_out else []),
                fault=affected.get(workspace.id, ""),
                before=before_each[workspace.id],
                earlier=earlier[workspace.id],
                save=save,
            )
            for workspace in workspaces
        }
        done.results = [workspace.result for workspace in rehearsed.values()]
        _walk(after, rehearsed, slots, Workspace.build, "built", watcher)
        if not done.failed:
            done.failover = _fail_over(cloud, workspaces, rehearsed, slots)
        if not done.failed:
            _walk(_reversed(after), rehearsed, slots, Workspace.destroy, "destroyed", watcher)
            done.left_over = 0 if done.failed else cloud.count() - before
    return done


def _fail_over(
    cloud: Cloud, workspaces: Sequence[model.Workspace], rehearsed: Mapping[str, Workspace], slots: Sequence[Slot]
) -> Failover | None:
    """Fail over to the backup HVN, plan the workspaces that use Vault, and fail back. Add the failures to the results
    of the workspaces. Return None without a backup HVN."""
    done = failover.fail_over(cloud, workspaces)
    if done is None:
        return None
    for lost in done.cut_off:
        failures = rehearsed[lost.workspace].result.failures
        vault = f"Vault in {done.hvn}"
        who = f"{vault} does not reach {lost.subnet}" if lost.from_vault else f"{lost.subnet} does not reach {vault}"
        failures.append(Failure("failover", who, lost.why))
    users: Mapping[str, set[str]] = {
        workspace.id: set()
        for workspace in workspaces
        if workspace.inputs and Subject.VAULT in kind_of(workspace.id).follows(workspace.inputs)
    }
    _walk(users, rehearsed, slots, Workspace.plan_after_failover, "planned", Watcher())
    failover.fail_back(cloud)
    return done


def can_have(workspace: model.Workspace, fault: str) -> bool:
    """Return whether a fault can affect a workspace: its kind has the fault, and it creates its main resource."""
    kind = kind_of(workspace.id)
    return fault in kind.faults and not kind.without_faults(workspace.inputs)


def _affected(workspaces: Iterable[model.Workspace], faults: Iterable[str]) -> dict[str, str]:
    """Return each fault by the id of the workspace that it affects. A fault affects the first workspace that can have
    the fault and has no other fault."""
    affected: dict[str, str] = {}
    for fault in faults:
        possible = [workspace.id for workspace in workspaces if can_have(workspace, fault)]
        free = [id_ for id_ in possible if id_ not in affected]
        if not free:
            names = " or ".join(kind.title for kind in kinds() if fault in kind.faults)
            why = "another fault already affects it" if possible else "the rehearsal creates none of them"
            raise NoWorkspaceForFault(f"{fault} affects {names}: {why}")
        affected[free[0]] = fault
    return affected


@contextmanager
def _slot(cloud: Cloud, schemas: server.Schemas, home: pathlib.Path) -> Iterator[Slot]:
    faults = Injections()
    with server.fake_providers(cloud, schemas, faults) as variables:
        started = terraform.start(terraform.environment(home, variables))
        try:
            yield Slot(started, faults, cloud)
        finally:
            started.close()


def _after(workspaces: Sequence[model.Workspace]) -> Mapping[str, set[str]]:
    """Return the workspaces to build before each workspace, including workspaces that write to the same VNet."""
    earlier_ones: dict[str, set[str]] = {workspace.id: set() for workspace in workspaces}
    for earlier, later in model.edges(workspaces):
        earlier_ones[later].add(earlier)
    return earlier_ones


def _indirect(after: Mapping[str, set[str]]) -> Mapping[str, frozenset[str]]:
    """Return the direct and indirect predecessors of each workspace in build order."""
    earlier: dict[str, frozenset[str]] = {}
    for id_, direct in after.items():
        earlier[id_] = frozenset(direct).union(*(earlier[one] for one in direct))
    return earlier


def _before(workspaces: Sequence[model.Workspace]) -> Mapping[str, frozenset[str]]:
    """Return the direct and indirect dependencies of each workspace. Workspaces that only write to the same VNet are
    not dependencies."""
    before: dict[str, frozenset[str]] = {}
    for workspace in workspaces:
        indirect = (before.get(earlier, ()) for earlier in workspace.after)
        before[workspace.id] = frozenset(workspace.after).union(*indirect)
    return before


def _reversed(after: Mapping[str, set[str]]) -> Mapping[str, set[str]]:
    return {id_: {later for later, needs in after.items() if id_ in needs} for id_ in after}


def _walk(
    after: Mapping[str, set[str]],
    workspaces: Mapping[str, Workspace],
    slots: Sequence[Slot],
    step: Callable[[Workspace, Slot], None],
    doing: str,
    watcher: Watcher,
) -> None:
    """Run a step for each workspace. The step waits for the same step of the workspaces in `after`. If one of these
    steps failed, the function skips the workspace."""

    def one(workspace: Workspace) -> None:
        failed = [id_ for id_ in sorted(after[workspace.id]) if workspaces[id_].result.failed]
        if failed:
            workspace.result.not_reached = f"{', '.join(failed)} could not be {doing}"
            return
        slot = free.get()
        try:
            watcher.begins(workspace.id, doing)
            step(workspace, slot)
        finally:
            free.put(slot)
        watcher.ended(workspace.result, doing)

    free: queue.SimpleQueue[Slot] = queue.SimpleQueue()
    for slot in slots:
        free.put(slot)
    order = TopologicalSorter(after)
    order.prepare()
    pool = ThreadPoolExecutor(AT_A_TIME)
    try:
        running: dict[Future[None], str] = {}
        while order.is_active():
            # Start ready workspaces in the order of deployment, so that the progress is easy to read.
            for id_ in sorted(order.get_ready(), key=list(workspaces).index):
                running[pool.submit(one, workspaces[id_])] = id_
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                order.done(running.pop(future))
                future.result()
    except BaseException:
        # Close Terraform, so that an interrupted rehearsal does not wait for a Terraform that hangs.
        for slot in slots:
            slot.terraform.close()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
