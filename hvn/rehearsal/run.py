"""A whole rehearsal: every workspace in the order of its deployment, two at a time, and then all of it away again."""

import pathlib
import queue
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from hvn.kinds import workspace as model
from hvn.kinds.registry import kind_of, kinds
from hvn.rehearsal import existing, server, terraform
from hvn.rehearsal.cloud import Cloud
from hvn.rehearsal.cycle import Result, Slot, Workspace
from hvn.rehearsal.faults import Injections

AT_A_TIME = 2


class Watcher:
    """Is told how a rehearsal goes on; this one does not care."""

    def begins(self, workspace: str, doing: str) -> None:
        """A workspace is built or destroyed from now on."""

    def ended(self, result: Result, doing: str) -> None:
        """It is done."""


@dataclass(slots=True)
class Rehearsal:
    """What came of it, by workspace in the order of the deployment."""

    engine: str
    results: list[Result] = field(default_factory=list)
    left_over: int = 0
    """Resources that are in the cloud after the destroy and were not before: none, if it went well."""

    @property
    def failed(self) -> bool:
        """Whether anything did not go as it should."""
        return bool(self.left_over) or any(each.failed for each in self.results)


class NothingToStrike(Exception):
    """No workspace is of the kind that the fault strikes."""


def rehearse(
    synthesized: pathlib.Path,
    wanted: Sequence[model.Workspace],
    *,
    faults: Sequence[str] = (),
    keep: Callable[[str, str], None] | None = None,
    watcher: Watcher | None = None,
) -> Rehearsal:
    """Rehearse workspaces whose `cdk.tf.json` are in `synthesized/stacks`; that folder is changed.

    `wanted` has everything that one of them needs. `keep` is called with each plan as JSON, from several threads.
    Raises `terraform.NoTerraform`, `NothingToStrike`, and what `server.schemas_of` raises.
    """
    struck = _struck(wanted, faults)
    done = Rehearsal(terraform.available())
    stacks = synthesized / "stacks"
    used = server.types_in_use([stacks / each.id / "cdk.tf.json" for each in wanted])
    schemas = server.schemas_of(used)
    watcher = watcher or Watcher()
    with tempfile.TemporaryDirectory(prefix="hvn-rehearsal-") as scratch, ExitStack() as stack:
        work = pathlib.Path(scratch)
        cloud = Cloud(work / "cloud.db")
        stack.callback(cloud.close)
        existing.put(cloud, wanted)
        before = cloud.count()
        slots = [
            stack.enter_context(_slot(cloud, schemas, work / f"home-{number}"))
            for number in range(min(AT_A_TIME, len(wanted)))
        ]
        before_it = _before(wanted)
        ways: dict[str, Workspace] = {
            each.id: Workspace(
                each.id,
                stacks / each.id,
                work / f"{each.id}.tfstate",
                Result(each.id),
                fault=struck.get(each.id, ""),
                before=before_it[each.id],
                keep=keep,
            )
            for each in wanted
        }
        done.results = [each.result for each in ways.values()]
        after = _after(wanted)
        _walk(after, ways, slots, Workspace.build, "built", watcher)
        if not done.failed:
            _walk(_reversed(after), ways, slots, Workspace.destroy, "destroyed", watcher)
            done.left_over = 0 if done.failed else cloud.count() - before
    return done


def _struck(wanted: Iterable[model.Workspace], faults: Iterable[str]) -> dict[str, str]:
    """Which workspace each fault strikes: the first one of its kind that no other fault strikes."""
    found: dict[str, str] = {}
    for fault in faults:
        fit = [each.id for each in wanted if fault in kind_of(each.id).faults]
        free = [each for each in fit if each not in found]
        if not free:
            none = "none that no other fault strikes" if fit else "none"
            titles = [kind.title for kind in kinds() if fault in kind.faults]
            raise NothingToStrike(f"{fault} strikes {' or '.join(titles)}, and there is {none}")
        found[free[0]] = fault
    return found


@contextmanager
def _slot(cloud: Cloud, schemas: server.Schemas, home: pathlib.Path) -> Iterator[Slot]:
    faults = Injections()
    with server.stand_ins(cloud, schemas, faults) as variables:
        started = terraform.start(terraform.environment(home, variables))
        try:
            yield Slot(started, faults, cloud)
        finally:
            started.close()


def _after(wanted: Sequence[model.Workspace]) -> Mapping[str, set[str]]:
    """The workspaces that must be built before each, those among them that write to the same VNet."""
    found: dict[str, set[str]] = {each.id: set() for each in wanted}
    for earlier, later in model.edges(wanted):
        found[later].add(earlier)
    return found


def _before(wanted: Sequence[model.Workspace]) -> Mapping[str, frozenset[str]]:
    """All that comes before each by the model; not those that only write to the same VNet in one run."""
    found: dict[str, frozenset[str]] = {}
    for each in wanted:
        found[each.id] = frozenset(each.after).union(*(found.get(earlier, ()) for earlier in each.after))
    return found


def _reversed(after: Mapping[str, set[str]]) -> Mapping[str, set[str]]:
    return {id_: {later for later, needs in after.items() if id_ in needs} for id_ in after}


def _walk(
    after: Mapping[str, set[str]],
    ways: Mapping[str, Workspace],
    slots: Sequence[Slot],
    step: Callable[[Workspace, Slot], None],
    doing: str,
    watcher: Watcher,
) -> None:
    """Take each workspace a step, after those it waits for; what waits for one that failed is not reached."""

    def one(way: Workspace) -> None:
        failed = [each for each in sorted(after[way.id]) if ways[each].result.failed]
        if failed:
            way.result.not_reached = f"{', '.join(failed)} could not be {doing}"
            return
        slot = free.get()
        try:
            watcher.begins(way.id, doing)
            step(way, slot)
        finally:
            free.put(slot)
        watcher.ended(way.result, doing)

    free: queue.SimpleQueue[Slot] = queue.SimpleQueue()
    for slot in slots:
        free.put(slot)
    order = TopologicalSorter(after)
    order.prepare()
    pool = ThreadPoolExecutor(AT_A_TIME)
    try:
        running: dict[Future[None], str] = {}
        while order.is_active():
            # In the order of the deployment, which is what a reader expects to see.
            for id_ in sorted(order.get_ready(), key=list(ways).index):
                running[pool.submit(one, ways[id_])] = id_
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for each in finished:
                order.done(running.pop(each))
                each.result()
    except BaseException:
        # An interrupted rehearsal does not wait for a Terraform that may never end.
        for slot in slots:
            slot.terraform.close()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
