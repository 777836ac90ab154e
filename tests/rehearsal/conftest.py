"""Provide the parts to build single workspaces: fake providers, a cloud, and a real Terraform."""

import copy
import hashlib
import json
import pathlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from hvn.check.load import require
from hvn.rehearsal import existing, overrides, server, tables, terraform
from hvn.rehearsal.cloud import Cloud
from hvn.rehearsal.cycle import Failure, Result, Slot, Workspace
from hvn.rehearsal.faults import Injections
from hvn.rehearsal.schema import PROVIDERS
from tests.conftest import SAMPLE, Synthesized

Stack = dict[str, Any]

NETWORK = ("hub", "network-payments")
PEERED = ("hcp", *NETWORK)

try:
    NO_TERRAFORM = "" if terraform.available() else "?"
except terraform.NoTerraform as missing:
    NO_TERRAFORM = str(missing)


Rows = list[tuple[str, str, str, str]]
"""All rows of the SQLite file of a fake cloud."""

BUILT: dict[bytes, tuple[Rows, str]] = {}
"""The cloud and the state after a build, by a hash of the cloud before the build and of the built JSON. The tests of a
process share these results, because most tests first build the same networks.
"""


@dataclass
class Stage:
    """A fixture that builds and destroys workspaces one by one. The test modifies the JSON from `change(id)` to cause
    an error."""

    folder: pathlib.Path
    file: pathlib.Path
    """The cloud's file."""
    slot: Slot
    stacks: dict[str, Stack]
    ways: dict[str, Workspace] = field(default_factory=dict)
    copied: set[str] = field(default_factory=set)
    """The workspaces with a copied state, in which `terraform init` has not run yet."""

    @property
    def cloud(self) -> Cloud:
        """Return the fake cloud."""
        return self.slot.cloud

    def change(self, workspace: str) -> Any:
        """Return the workspace's `cdk.tf.json`, which the next build uses."""
        return self.stacks.setdefault(workspace, {})

    def build(self, *workspaces: str) -> Result:
        """Prepare all workspaces except the last, then build the last workspace and return its result."""
        self.prepare(*workspaces[:-1])
        return self._build(workspaces[-1])

    def prepare(self, *workspaces: str) -> None:
        """Build workspaces in this order, or copy the results of equal builds of another test. Fails if a build has an
        error.
        """
        for workspace in workspaces:
            way = self._way(workspace)
            before = hashlib.sha256(json.dumps([self._rows(), workspace, self.stacks[workspace]]).encode()).digest()
            if before in BUILT and not way.state.exists():
                rows, state = BUILT[before]
                self._restore(rows)
                way.state.write_text(state, encoding="utf-8")
                self.copied.add(workspace)
                continue
            new = not way.state.exists()
            result = self._build(workspace)
            assert not result.failures, result.failures
            if new:
                BUILT[before] = (self._rows(), way.state.read_text(encoding="utf-8"))

    def _way(self, workspace: str) -> Workspace:
        folder, state = self.folder / workspace, self.folder / f"{workspace}.tfstate"
        # Treat every workspace that the test built before as a dependency.
        new = Workspace(workspace, folder, state, Result(""), before=frozenset(self.stacks) - {workspace})
        way = self.ways.setdefault(workspace, new)
        way.folder.mkdir(exist_ok=True)
        (way.folder / "cdk.tf.json").write_text(json.dumps(self.stacks[workspace]), encoding="utf-8")
        return way

    def _build(self, workspace: str) -> Result:
        way = self._way(workspace)
        way.result = Result(workspace)
        way.build(self.slot)
        self.copied.discard(workspace)
        return way.result

    def _rows(self) -> Rows:
        with closing(sqlite3.connect(self.file)) as file:
            return file.execute("SELECT kind, place, id, value FROM objects ORDER BY kind, place, id").fetchall()

    def empty(self) -> None:
        """Remove all resources from the cloud, and clear the fault."""
        self._restore([])
        self.slot.faults.clear()

    def _restore(self, rows: Rows) -> None:
        with closing(sqlite3.connect(self.file)) as file, file:
            file.execute("DELETE FROM objects")
            file.executemany("INSERT INTO objects VALUES (?, ?, ?, ?)", rows)

    def _initialize(self, workspace: str) -> None:
        if workspace in self.copied:
            way = self.ways[workspace]
            overrides.backend(way.folder, way.state)
            assert self.slot.terraform.run(way.folder, "init").status == 0
            self.copied.discard(workspace)

    def destroy(self, workspace: str) -> Result:
        """Destroy a workspace and return its result."""
        self._initialize(workspace)
        self.ways[workspace].destroy(self.slot)
        return self.ways[workspace].result

    def terraform(self, workspace: str, *arguments: str) -> terraform.Outcome:
        """Run a command of Terraform in a built workspace, and return the outcome."""
        self._initialize(workspace)
        return self.slot.terraform.run(self.ways[workspace].folder, *arguments)

    def plan_of(self, workspace: str) -> Any:
        """Plan the workspace's JSON and return the output of `terraform show -json`."""
        folder = self.folder / workspace
        folder.mkdir(exist_ok=True)
        (folder / "cdk.tf.json").write_text(json.dumps(self.stacks[workspace]), encoding="utf-8")
        overrides.backend(folder, self.folder / f"{workspace}.tfstate")
        for arguments in (["init"], ["plan", "-out=test.tfplan"]):
            outcome = self.slot.terraform.run(folder, *arguments, "-no-color")
            assert outcome.status == 0, outcome.err
        return json.loads(self.slot.terraform.run(folder, "show", "-json", "test.tfplan").out)


def resource(stage: Stage, workspace: str, kind: str, name: str) -> Any:
    """Return the JSON of a resource, which the test can modify."""
    return stage.change(workspace)["resource"][kind][name]


def subnet(stage: Stage, workspace: str, name: str) -> Any:
    """Return the block of an inline subnet, which the test can modify."""
    blocks = resource(stage, workspace, "azurerm_virtual_network", "vnet")["subnet"]
    return next(block for block in blocks if block["name"] == name)


def messages(failures: list[Failure]) -> str:
    """Return all of Terraform's errors as one text."""
    return "\n".join(f"{failure.phase} {failure.address}: {failure.summary}\n{failure.detail}" for failure in failures)


@contextmanager
def started(folder: pathlib.Path) -> Iterator[Slot]:
    """Yield a Terraform with fake providers of all types, and an empty cloud in `cloud.db`."""
    if NO_TERRAFORM:
        pytest.skip(NO_TERRAFORM)
    cloud, faults = Cloud(folder / "cloud.db"), Injections()
    schemas = server.schemas_of({provider: sorted(tables.types(provider)) for provider in PROVIDERS})
    with server.fake_providers(cloud, schemas, faults) as variables:
        engine = terraform.start(terraform.environment(folder / "home", variables))
        try:
            yield Slot(engine, faults, cloud)
        finally:
            engine.close()
            cloud.close()


@dataclass(frozen=True)
class Shared:
    """One running Terraform for all tests of a pytest process, because its start takes as long as several commands."""

    folder: pathlib.Path
    slot: Slot

    def stage(self, folder: pathlib.Path, stacks: Synthesized, file: pathlib.Path | None = None) -> Stage:
        """Return a stage that has not built its workspaces yet. The cloud has only the existing resources of the
        topology file.
        """
        own = {id_: dict(copy.deepcopy(stack)) for id_, stack in stacks.items()}
        stage = Stage(folder, self.folder / "cloud.db", self.slot, own)
        stage.empty()
        if file:
            existing.put(stage.cloud, require(file).workspaces())
        return stage


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    folder = tmp_path_factory.mktemp("shared")
    with started(folder) as slot:
        yield Shared(folder, slot)


@pytest.fixture
def stage(tmp_path: pathlib.Path, shared: Shared, sample: Synthesized) -> Stage:
    """Return a stage with the sample's workspaces, before the first build."""
    return shared.stage(tmp_path, sample, SAMPLE)


Resources = Callable[..., Stack]


@pytest.fixture
def of() -> Resources:
    """Return a function that converts resources to the JSON of a workspace: `of(azurerm_subnet={"one": {...}})`."""

    def made(**resources: dict[str, Any]) -> Stack:
        providers = sorted({kind.partition("_")[0] for kind in resources})
        configured: dict[str, Any] = {provider: [{}] for provider in providers}
        if "azurerm" in configured:
            subscription = "22222222-2222-4222-8222-222222222222"
            configured["azurerm"] = [{"features": [{}], "subscription_id": subscription}]
        return {"provider": configured, "resource": resources}

    return made
