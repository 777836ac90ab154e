"""A network deployed with cdktf moves to every other engine and back, and the plans change no resource."""

import json
import pathlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from hvn.check.load import require
from hvn.engine import AZURERM_5, DEFAULT
from hvn.kinds.workspace import Workspace
from hvn.rehearsal import existing, overrides, server, tables, terraform
from hvn.rehearsal.cloud import Cloud
from hvn.rehearsal.faults import Injections
from hvn.rehearsal.schema import PROVIDERS
from hvn.review.plan_files import parse
from tests.conftest import PROJECT, SAMPLE, Synth, Synthesized
from tests.engines.conftest import SynthAll
from tests.rehearsal.conftest import NO_TERRAFORM

TOPOLOGIES = PROJECT / "tests" / "topologies"
EXISTING = TOPOLOGIES / "existing.yaml"
TYPES = {provider: sorted(tables.types(provider)) for provider in PROVIDERS}


class Network:
    """A rehearsed network. All engines use its cloud and its states."""

    def __init__(self, folder: pathlib.Path, workspaces: tuple[Workspace, ...]) -> None:
        self.folder = folder
        self.ids: list[str] = [workspace.id for workspace in workspaces]
        self.drift: list[tuple[str, str]] = []
        self.cloud = Cloud(folder / "cloud.db")
        existing.put(self.cloud, workspaces)

    @contextmanager
    def providers(self, engine: str) -> Iterator[terraform.Terraform]:
        """Serve the fake providers of an engine until the block ends. Yield a Terraform that uses the fake
        providers."""
        with server.fake_providers(self.cloud, server.schemas_of(TYPES, engine), Injections(), engine) as variables:
            started = terraform.start(terraform.environment(self.folder / engine, variables))
            try:
                yield started
            finally:
                started.close()

    def deploy(self, engine: str, stacks: Synthesized) -> Mapping[str, Mapping[str, list[str]]]:
        """Plan and apply every workspace. Return the actions of each plan by address, without no-op and read."""
        changes: dict[str, Mapping[str, list[str]]] = {}
        with self.providers(engine) as running:
            for id_ in self.ids:
                folder = self.folder / id_
                folder.mkdir(exist_ok=True)
                (folder / "cdk.tf.json").write_text(json.dumps(stacks[id_]), encoding="utf-8")
                overrides.backend(folder, self.folder / f"{id_}.tfstate")
                for command in (["init"], ["plan", "-out=plan"]):
                    self.run(running, folder, *command)
                shown = self.run(running, folder, "show", "-json", "plan")
                plan = json.loads(shown)
                self.drift += [(id_, change.address) for change in parse(id_, shown.encode()).drift]
                changes[id_] = {
                    one["address"]: one["change"]["actions"]
                    for one in plan.get("resource_changes", ())
                    if one["change"]["actions"] not in (["no-op"], ["read"])
                }
                self.run(running, folder, "apply", "plan")
                if engine != DEFAULT:
                    identify(self.folder / f"{id_}.tfstate")
        return changes

    @staticmethod
    def run(running: terraform.Terraform, folder: pathlib.Path, *arguments: str) -> str:
        """Run a command of Terraform, which must succeed, and return the output."""
        outcome = running.run(folder, *arguments)
        assert outcome.status == 0, outcome.err
        return outcome.out


def identify(file: pathlib.Path) -> None:
    """Add resource identities to a state, as azurerm 4.81 and 5.2 do. In azurerm 4.55, public IPs, VNet peerings, rule
    collection groups and federated credentials have no identity, so Terraform 1.12 and 1.13 cannot plan with cdktf."""
    state = json.loads(file.read_text(encoding="utf-8"))
    for resource in state["resources"]:
        if resource["mode"] == "managed" and resource["type"].startswith("azurerm_"):
            for instance in resource["instances"]:
                instance |= {"identity": {"name": instance["attributes"].get("name")}, "identity_schema_version": 0}
    file.write_text(json.dumps(state), encoding="utf-8")


MOVES = [("cdktn", SAMPLE), *((AZURERM_5, file) for file in (SAMPLE, TOPOLOGIES / "everything.yaml", EXISTING))]


@pytest.mark.whole
@pytest.mark.skipif(bool(NO_TERRAFORM), reason=NO_TERRAFORM)
@pytest.mark.parametrize(("other", "file"), MOVES, ids=[f"{other}-{file.stem}" for other, file in MOVES])
def test_another_engine_changes_no_resource_of_a_deployed_network(
    other: str, file: pathlib.Path, tmp_path: pathlib.Path, synth: Synth, synth_by: SynthAll
) -> None:
    workspaces = tuple(workspace for workspace in require(file).workspaces() if workspace.inputs)
    network = Network(tmp_path, workspaces)
    stacks: Mapping[str, Any] = {DEFAULT: synth(file), other: synth_by(other, [file])[file]}
    created = network.deploy(DEFAULT, stacks[DEFAULT])
    assert all(created.values())
    for engine in (other, DEFAULT):
        assert network.deploy(engine, stacks[engine]) == {id_: {} for id_ in network.ids}
    assert network.drift == []
