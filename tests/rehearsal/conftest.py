"""A stage for single workspaces: stand-ins, a cloud, and a real Terraform, for as long as a test."""

import copy
import json
import pathlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from hvn.check.load import require
from hvn.rehearsal import existing, overrides, server, tables, terraform
from hvn.rehearsal.cloud import Cloud
from hvn.rehearsal.cycle import Problem, Result, Slot, Workspace
from hvn.rehearsal.faults import Injections
from hvn.rehearsal.schema import PROVIDERS
from tests.conftest import SAMPLE, Synthesized

Stack = dict[str, Any]

try:
    NO_TERRAFORM = "" if terraform.available() else "?"
except terraform.NoTerraform as missing:
    NO_TERRAFORM = str(missing)


@dataclass
class Stage:
    """Workspaces, built and destroyed one by one; `change(id)` gives a workspace's JSON to break."""

    folder: pathlib.Path
    cloud: Cloud
    slot: Slot
    stacks: dict[str, Stack]
    ways: dict[str, Workspace] = field(default_factory=dict)

    def change(self, workspace: str) -> Any:
        """The workspace's `cdk.tf.json`, which the next build uses."""
        return self.stacks.setdefault(workspace, {})

    def build(self, *workspaces: str) -> Result:
        """Build workspaces in this order, all but the last one without fail; what came of the last."""
        for each in workspaces:
            result = self._build(each)
            if each != workspaces[-1]:
                assert not result.problems, result.problems
        return result

    def _build(self, workspace: str) -> Result:
        folder, state = self.folder / workspace, self.folder / f"{workspace}.tfstate"
        # Whatever a test builds earlier may come first.
        new = Workspace(workspace, folder, state, Result(""), before=frozenset(self.stacks) - {workspace})
        way = self.ways.setdefault(workspace, new)
        way.result = Result(workspace)
        way.folder.mkdir(exist_ok=True)
        (way.folder / "cdk.tf.json").write_text(json.dumps(self.stacks[workspace]), encoding="utf-8")
        way.build(self.slot)
        return way.result

    def destroy(self, workspace: str) -> Result:
        """Destroy a workspace that was built."""
        self.ways[workspace].destroy(self.slot)
        return self.ways[workspace].result

    def terraform(self, workspace: str, *arguments: str) -> terraform.Outcome:
        """Any other command of Terraform in a workspace that was built."""
        return self.slot.terraform.run(self.ways[workspace].folder, *arguments)

    def plan_of(self, workspace: str) -> Any:
        """What the workspace's JSON would change, as `terraform show -json` has it."""
        folder = self.folder / workspace
        folder.mkdir(exist_ok=True)
        (folder / "cdk.tf.json").write_text(json.dumps(self.stacks[workspace]), encoding="utf-8")
        overrides.backend(folder, self.folder / f"{workspace}.tfstate")
        for arguments in (["init"], ["plan", "-out=test.tfplan"]):
            outcome = self.slot.terraform.run(folder, *arguments, "-no-color")
            assert outcome.status == 0, outcome.err
        return json.loads(self.slot.terraform.run(folder, "show", "-json", "test.tfplan").out)


def said(problems: list[Problem]) -> str:
    """All that Terraform said, for looking into."""
    return "\n".join(f"{each.phase} {each.address}: {each.summary}\n{each.detail}" for each in problems)


@pytest.fixture
def stage(tmp_path: pathlib.Path, sample: Synthesized) -> Iterator[Stage]:
    """The sample's workspaces, none of them built yet."""
    if NO_TERRAFORM:
        pytest.skip(NO_TERRAFORM)
    cloud = Cloud(tmp_path / "cloud.db")
    existing.put(cloud, require(SAMPLE).workspaces())
    schemas = server.schemas_of({each: sorted(tables.types(each)) for each in PROVIDERS})
    faults = Injections()
    with server.stand_ins(cloud, schemas, faults) as variables:
        started = terraform.start(terraform.environment(tmp_path / "home", variables))
        try:
            yield Stage(
                tmp_path,
                cloud,
                Slot(started, faults, cloud),
                {id_: dict(copy.deepcopy(each)) for id_, each in sample.items()},
            )
        finally:
            started.close()
            cloud.close()


Resources = Callable[..., Stack]


@pytest.fixture
def of() -> Resources:
    """A workspace with these resources: `of(azurerm_subnet={"one": {...}})`; their providers need no configuration."""

    def made(**resources: dict[str, Any]) -> Stack:
        providers = sorted({kind.partition("_")[0] for kind in resources})
        configured: dict[str, Any] = {each: [{}] for each in providers}
        if "azurerm" in configured:
            subscription = "22222222-2222-4222-8222-222222222222"
            configured["azurerm"] = [{"features": [{}], "subscription_id": subscription}]
        return {"provider": configured, "resource": resources}

    return made
