"""Create the environment of a case: a repository with base and change, the deployed sample, and plans like those of
`hvn plans`.

The module caches the Terraform of each set of inputs, and the plan of each workspace in an unchanged cloud.
"""

import json
import pathlib
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from fnmatch import fnmatchcase
from typing import Any

import yaml

from hvn.affected.compare import Change, compare
from hvn.affected.history import base
from hvn.affected.waves import waves
from hvn.check.load import load
from hvn.kinds.workspace import Workspace, by_id
from hvn.plans.explained import marked
from hvn.plans.openings import Sides, with_openings
from hvn.plans.redacted import labelled, redacted
from tests import strategies
from tests.affected.conftest import Repository
from tests.conftest import PROJECT, SAMPLE
from tests.review.conftest import NotInitialized, Planner
from tests.review.verdicts import Case, merged, patched, source
from tests.review.verdicts.invalid_plans import INVALID
from tests.stacks.test_properties import key_of
from tests.topology.test_jwks import key_set

Stack = dict[str, Any]


class World:
    """The deployed sample. `plans` writes the plans of a case without changing the sample."""

    def __init__(self, planner: Planner, folder: pathlib.Path) -> None:
        self.planner, self.folder = planner, folder
        self.stacks: dict[tuple[str, str], Stack] = {}
        self.texts: dict[tuple[str, str], str] = {}

    def plans(self, case: Case, repository: Repository, folder: pathlib.Path) -> None:
        """Write the plans of the first wave. If Terraform cannot show a plan, the plan's file is missing."""
        loaded = load(repository.file)
        assert loaded.checked, [(one.rule.name, one.path, str(one.message)) for one in loaded.findings]
        comparison = compare(base("main", repository.file), loaded, loaded.checked)
        old = comparison.base.loaded.checked if comparison.base.loaded else None
        assert old
        workspaces, earlier = by_id(loaded.checked.workspaces()), by_id(old.workspaces())
        wave = {str(one.workspace.id): one for one in (waves(comparison.affected) or [()])[0]}
        ids = [*wave, *case.add]
        head = self.synthesized(workspaces[id_] for id_ in ids)
        before = self.synthesized(earlier[id_] for id_ in ids if id_ in earlier and earlier[id_].inputs)
        folder.mkdir()
        coded = source.synthesized(case.source, repository.file, ids, folder.parent / "source") if case.source else head
        with self._outside(case):
            for id_ in ids:
                now = self._coded(case, id_, coded[id_])
                if not (raw := self._plan(id_, now, again=bool(case.applied or case.cloud or case.state))):
                    continue
                text = raw
                if not case.raw:
                    text = labelled(redacted(raw), workspaces[id_])
                    if id_ in wave and wave[id_].change is Change.CHANGED and not wave[id_].follows:
                        text = marked(text, self._coded(case, id_, before[id_]), now)
                    text = with_openings(text, id_, Sides(base=before, head=head), now)
                (folder / f"{id_}.json").write_text(text, encoding="utf-8")

    def synthesized(self, workspaces: Iterable[Workspace]) -> dict[str, Stack]:
        """Return the Terraform of workspaces by id."""
        import main

        keyed = {one.id: ((str(one.id), one.inputs.fingerprint), one) for one in workspaces if one.inputs}
        if new := [one for key, one in keyed.values() if key not in self.stacks]:
            output = self.folder / str(len(self.stacks))
            main.synthesize(new, str(output))
            for one in new:
                file = output / "stacks" / one.id / "cdk.tf.json"
                self.stacks[keyed[one.id][0]] = json.loads(file.read_text(encoding="utf-8"))
        return {id_: self.stacks[key] for id_, (key, _) in keyed.items()}

    def _coded(self, case: Case, id_: str, stack: Stack) -> Stack:
        return patched(stack, case.code[id_]) if id_ in case.code else stack

    def _plan(self, id_: str, stack: Stack, *, again: bool) -> str:
        key = id_, json.dumps(stack, sort_keys=True)
        if again or key not in self.texts:
            try:
                self.texts[key] = self.planner.plan(id_, stack)
            except NotInitialized:
                self.texts[key] = ""
        return self.texts.pop(key) if again else self.texts[key]

    @contextmanager
    def _outside(self, case: Case) -> Iterator[None]:
        """Change the cloud and the states, and restore them at the end."""
        with ExitStack() as restored:
            if case.applied:
                file = self.folder / "applied.yaml"
                file.write_text(strategies.dump(_base(case)), encoding="utf-8")
                shutil.copytree(SAMPLE.parent / "jwks", self.folder / "jwks", dirs_exist_ok=True)
                restored.enter_context(self.planner.built(file))
            for type_, patches in case.cloud.items():
                self._cloud(type_, patches, restored)
            for id_, patch in case.state.items():
                file = self.planner.stage.folder / f"{id_}.tfstate"
                content = file.read_bytes()
                restored.callback(file.write_bytes, content)
                if isinstance(patch, str):
                    other = self.planner.stage.folder / f"{patch.removeprefix('of ')}.tfstate"
                    file.write_bytes(other.read_bytes())
                else:
                    file.write_text(json.dumps(patched(json.loads(content), patch)), encoding="utf-8")
            yield

    def _cloud(self, type_: str, patches: Mapping[str, Any], restored: ExitStack) -> None:
        cloud = self.planner.stage.cloud
        objects = [(place, one) for place in cloud.places(type_) for one in cloud.find(type_, place)]
        for name, patch in patches.items():
            chosen = [(place, one) for place, one in objects if fnmatchcase(one["id"], name)]
            assert chosen, f"no {type_} has an id like {name}: {[one['id'] for _, one in objects]}"
            for place, one in chosen:
                restored.callback(cloud.put, type_, one["id"], one, place)
                if patch is None:
                    cloud.remove(type_, one["id"], place)
                else:
                    cloud.put(type_, one["id"], patched(one, patch), place)


def _base(case: Case) -> Any:
    """Return the topology of the deployed base."""
    return merged(yaml.safe_load(SAMPLE.read_text(encoding="utf-8")), case.applied)


def prepare(case: Case, repository: Repository) -> None:
    """Commit the base on `main`, and make the change on the branch."""
    before = merged(_base(case), case.merged)
    repository.git("switch", "-q", "main")
    for name in case.source:
        (repository.folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, repository.folder / name)
    repository.file.write_text(strategies.dump(before), encoding="utf-8")
    repository.commit()
    repository.git("switch", "-q", "-C", "change")
    repository.file.write_text(strategies.dump(merged(before, case.patch)), encoding="utf-8")
    for spoke, key in case.keys.items():
        file = repository.file.parent / "jwks" / f"{spoke}.json"
        if key is None:
            file.unlink()
        else:
            file.write_bytes(key_set(key_of(key)))
    for name in case.source:
        (repository.folder / name).write_text(source.changed(name, case.source), encoding="utf-8")
    for name in (*(["main.py"] if case.code else []), *([case.review] if case.review else [])):
        file = repository.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("changed = True\n", encoding="utf-8")


def cheat(case: Case, folder: pathlib.Path) -> None:
    """Change the plan files."""
    for id_, patch in case.plans.items():
        file = folder / f"{id_}.json"
        if patch is None:
            file.unlink()
        elif isinstance(patch, Mapping):
            content = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
            # A careful forger marks a plan with changes as applyable.
            content |= {"applyable": True} if "applyable" in content else {}
            file.write_text(json.dumps(patched(content, patch)), encoding="utf-8")
        elif patch.startswith("of "):
            source = folder / f"{patch.removeprefix('of ')}.json"
            file.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
        else:
            file.write_text(INVALID[patch](file.read_text(encoding="utf-8")), encoding="utf-8")
