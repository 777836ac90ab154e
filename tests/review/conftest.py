"""Provide a sample that real Terraform deploys once against the fake providers, and plans of every edit."""

import json
import pathlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import pytest

from hvn import commits
from hvn.affected.compare import Change, compare
from hvn.affected.history import base
from hvn.affected.waves import waves
from hvn.check.load import load
from hvn.kinds.workspace import by_id
from hvn.plans.explained import marked
from hvn.plans.openings import Sides, sides, with_openings
from hvn.plans.redacted import labelled
from hvn.rehearsal import existing, overrides
from tests.affected.conftest import Repository, repository
from tests.conftest import SAMPLE, Synth, Synthesized
from tests.rehearsal.conftest import Shared, Stack, Stage, started
from tests.review.edits import EDITS
from tests.stacks.test_properties import key_of
from tests.topology.test_jwks import key_set

__all__ = ["repository"]


Code = Callable[[dict[str, dict[str, Any]]], None]


class NotInitialized(Exception):
    """`terraform init` failed. The message is Terraform's output."""


class Planner:
    """Plans an edit of the deployed sample without changing the sample."""

    def __init__(self, stage: Stage, synth: Synth) -> None:
        self.stage = stage
        self.synth = synth

    def plans(
        self,
        repository: Repository,
        into: pathlib.Path,
        code: Code | None = None,
        only: Collection[str] = (),
        texts: Mapping[str, str] | None = None,
    ) -> None:
        """Write the plans of the change's first wave, including failed plans. `code` changes the synthesized stacks, as
        a change of the project's code would do. `only` selects workspaces. `texts` has plans by workspace that replace
        Terraform's plans.
        """
        loaded = load(repository.file)
        assert loaded.checked, loaded.findings
        comparison = compare(base("main", repository.file), loaded, loaded.checked)
        current = by_id(loaded.checked.workspaces())
        wave = {one.workspace.id: one.change for one in waves(comparison.affected)[0]} if comparison.affected else {}
        wave = {id_: change for id_, change in wave.items() if not only or id_ in only}
        into.mkdir()
        old = [id_ for id_, change in wave.items() if change is Change.CHANGED or (code and change is Change.CODE)]
        before = self.before(repository, old)
        by_base = {id_: dict(stack) for id_, stack in (self.synth(repository.file, [*wave]) if wave else {}).items()}
        now = deepcopy(by_base)
        if code:
            code(now)
            compared = Sides(base=before, head=by_base)
        else:
            compared = sides(comparison, repository.folder, repository.file, before, by_base)
        for id_, stack in now.items():
            plan = texts[id_] if texts else self.plan(id_, stack)
            plan = marked(plan, before[id_], stack) if id_ in before else plan
            plan = labelled(plan, current[id_])
            (into / f"{id_}.json").write_text(with_openings(plan, id_, compared, stack))

    def before(self, repository: Repository, ids: Sequence[str]) -> Synthesized:
        folder = repository.folder.parent / "before"
        folder.mkdir()
        file = commits.take(repository.folder, "main", "config/topology.yaml", folder)
        assert file
        return self.synth(file, ids) if ids else {}

    @contextmanager
    def built(self, file: pathlib.Path) -> Iterator[None]:
        """Apply the workspaces that differ from the sample; at the end, apply the sample's workspaces again."""
        stacks, own = self.synth(file), self.stage.stacks
        checked = load(file).checked
        assert checked
        existing.put(self.stage.cloud, checked.workspaces())
        differ = [id_ for id_ in own if stacks[id_] != own[id_]]
        try:
            for id_ in differ:
                self.apply(id_, dict(stacks[id_]))
            yield
        finally:
            for id_ in reversed(differ):
                self.apply(id_, own[id_])

    def apply(self, workspace: str, stack: Stack) -> None:
        self.plan(workspace, stack)
        done = self.stage.slot.terraform.run(self.stage.folder / workspace, "apply", "-no-color", "edit.tfplan")
        assert done.status == 0, done.err

    def plan(self, workspace: str, stack: dict[str, object]) -> str:
        folder = self.stage.folder / workspace
        folder.mkdir(exist_ok=True)
        (folder / "cdk.tf.json").write_text(json.dumps(stack), encoding="utf-8")
        overrides.backend(folder, self.stage.folder / f"{workspace}.tfstate")
        run = self.stage.slot.terraform.run
        if (started := run(folder, "init", "-no-color")).status:
            raise NotInitialized(started.err)
        (folder / "edit.tfplan").unlink(missing_ok=True)
        run(folder, "plan", "-no-color", "-out=edit.tfplan")
        return run(folder, "show", "-json", "edit.tfplan").out


@pytest.fixture(scope="session")
def planner(tmp_path_factory: pytest.TempPathFactory, synth: Synth) -> Iterator[Planner]:
    """Deploy the sample once, and yield a planner for edits of the sample."""
    folder = tmp_path_factory.mktemp("review")
    with started(folder) as slot:
        stage = Shared(folder, slot).stage(folder, synth(SAMPLE), SAMPLE)
        built = stage.build(*stage.stacks)
        assert not built.failures, built.failures
        yield Planner(stage, synth)


def begin(repository: Repository, *replacements: tuple[str, str]) -> None:
    """Commit these edits on `main`."""
    if replacements:
        repository.git("switch", "-q", "main")
        repository.edit(*replacements)
        repository.commit()
        repository.git("switch", "-q", "-C", "change")


def edit(repository: Repository, name: str) -> None:
    """Make one of the edits of `EDITS` in the repository."""
    wanted = EDITS[name]
    repository.edit(*wanted.replaces)
    if wanted.unlinks:
        (repository.file.parent / "jwks" / f"{wanted.unlinks}.json").unlink()
    if wanted.keys:
        (repository.file.parent / "jwks" / f"{wanted.keys}.json").write_bytes(key_set(key_of(wanted.keys)))
