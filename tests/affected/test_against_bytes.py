"""A workspace is affected if and only if its synthesized files differ in a byte."""

import json
import pathlib
import tempfile
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings

from hvn.affected.compare import Change, compare
from hvn.affected.history import Base
from hvn.check.load import Loaded, load
from tests.stacks.test_properties import EVERYTHING, SAMPLED, key_of, synthesized, with_changed
from tests.strategies import Topology, changes, dump, with_spoke


def written(topology: Topology, folder: pathlib.Path, order: Random | None = None) -> Loaded:
    """Write the topology file and the keys of all its clusters, and return the file."""
    (folder / "jwks").mkdir(parents=True)
    for spoke in topology["spokes"]:
        (folder / "jwks" / f"{spoke}.json").write_text(json.dumps({"keys": [key_of(spoke)]}), encoding="utf-8")
    (folder / "topology.yaml").write_text(dump(topology, order), encoding="utf-8")
    return load(folder / "topology.yaml")


def by_workspace(loaded: Loaded) -> dict[str, bytes]:
    assert loaded.checked
    files = synthesized(*loaded.checked.workspaces())
    found: dict[str, bytes] = {}
    for path in sorted(files):
        if path.startswith("stacks/") and path.endswith("cdk.tf.json"):
            found[path.split("/")[1]] = files[path]
    return found


@pytest.mark.slow
@settings(
    max_examples=5,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)
@given(changes(max_spokes=3))
@example((SAMPLED, {**SAMPLED, "azure": {**SAMPLED["azure"], "tags": {"owner": "other"}}}, ""))
@example((SAMPLED, {**SAMPLED, "vault": {**SAMPLED["vault"], "kv_mount": "kv"}}, ""))
@example((SAMPLED, {**SAMPLED, "hub": {**SAMPLED["hub"], "runners": {"cidr": "10.0.0.96/27"}}}, ""))
@example((EVERYTHING, with_spoke(EVERYTHING, "payments", None), "payments"))
@example((SAMPLED, with_changed(SAMPLED, "orders", vault_route="none", cluster=None), "orders"))
def test_the_affected_workspaces_are_those_with_different_bytes(change: tuple[Topology, Topology, str]) -> None:
    one, other, _ = change
    with tempfile.TemporaryDirectory() as made:
        before = written(one, pathlib.Path(made, "before"))
        after = written(other, pathlib.Path(made, "after"), Random(1))
    assert after.checked
    found = compare(Base("0" * 40, "topology.yaml", before, ()), after, after.checked)
    files, files_after = by_workspace(before), by_workspace(after)
    differ = [each for each in found.affected if each.change is not Change.FOLLOWS]
    assert {each.workspace.id for each in differ} == {
        id_ for id_, content in files_after.items() if files.get(id_) != content
    }
    assert {each.workspace.id for each in found.removed} == files.keys() - files_after.keys()
    for each in (*differ, *found.removed):
        assert each.lines, f"{each.workspace.id} changes, and no line is responsible"
