"""Test properties of the Terraform of generated topologies, and of the files that contain every key.

Hypothesis' shrinking is off, because it takes minutes, and a failing example is small enough to read.
"""

import json
import pathlib
import re
import tempfile
from random import Random
from typing import Any

import yaml
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

import main
from hvn.check.load import require
from hvn.kinds.workspace import FINGERPRINT, Workspace, by_id
from tests.conftest import PROJECT, SAMPLE
from tests.strategies import Topology, changes, dump, peered_networks, topologies, with_spoke
from tests.strategies.examples import examples
from tests.topology.test_jwks import number

TERRAFORM = "cdk.tf.json"

few = settings(
    max_examples=examples(10),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)

Files = dict[str, bytes]


def read(file: pathlib.Path) -> Topology:
    topology: Topology = yaml.safe_load(file.read_text(encoding="utf-8"))
    return topology


SAMPLED = read(SAMPLE)
EVERYTHING = read(PROJECT / "tests" / "topologies" / "everything.yaml")
EXISTING = read(PROJECT / "tests" / "topologies" / "existing.yaml")


def with_changed(topology: Topology, name: str, **keys: Any) -> Topology:
    """Return a copy with other values of a spoke's keys; None removes a key."""
    changed = {**topology["spokes"][name], **keys}
    return with_spoke(topology, name, {key: value for key, value in changed.items() if value is not None})


def with_app(topology: Topology, spoke: str, name: str) -> Topology:
    """Return a copy with another name for one app."""
    cluster = topology["spokes"][spoke]["cluster"]
    apps = dict(cluster["apps"])
    apps[name] = apps.pop(next(iter(apps)))
    return with_changed(topology, spoke, cluster={**cluster, "apps": apps})


def key_of(spoke: str) -> dict[str, str]:
    """Return the public key of a cluster: a point on an elliptic curve, computed from the spoke's name."""
    private = ec.derive_private_key(int.from_bytes(spoke.encode()) or 1, ec.SECP256R1())
    numbers = private.public_key().public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": number(numbers.x), "y": number(numbers.y)}


def built(topology: Topology, order: Random | None = None) -> dict[str, Workspace]:
    """Return the workspaces of a topology in which all clusters have committed keys."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "topology.yaml")
        file.write_text(dump(topology, order), encoding="utf-8")
        (file.parent / "jwks").mkdir()
        for spoke in topology["spokes"]:
            (file.parent / "jwks" / f"{spoke}.json").write_text(json.dumps({"keys": [key_of(spoke)]}), encoding="utf-8")
        workspaces = require(file).workspaces()
    assert not any(workspace.blocked for workspace in workspaces)
    return by_id(workspaces)


def synthesized(*workspaces: Workspace) -> Files:
    """Synthesize these workspaces and return the files by path."""
    with tempfile.TemporaryDirectory() as output:
        main.synthesize(workspaces, output)
        files = [path for path in pathlib.Path(output).rglob("*") if path.is_file()]
        return {path.relative_to(output).as_posix(): path.read_bytes() for path in files}


def of(workspace: str) -> tuple[str, str]:
    """Return the paths of a workspace's files."""
    return f"stacks/{workspace}/{TERRAFORM}", f"stacks/{workspace}/{FINGERPRINT}"


def differing(one: Files, other: Files) -> list[str]:
    """Return the paths of files that differ."""
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


@few
@given(topologies(max_spokes=3), st.randoms(use_true_random=False))
@example(EVERYTHING, Random(1))
@example(EXISTING, Random(1))
def test_any_order_of_keys_gives_the_same_bytes(topology: Topology, order: Random) -> None:
    one, other = built(topology), built(topology, order)
    files = synthesized(*one.values())
    assert files.keys() == {"manifest.json", *(path for id_ in one for path in of(id_))}
    assert differing(files, synthesized(*other.values())) == []


@few
@given(changes(max_spokes=3))
@example((EVERYTHING, with_spoke(EVERYTHING, "payments", None), "payments"))
@example((EVERYTHING, with_spoke(EVERYTHING, "analytics", None), "analytics"))
@example((SAMPLED, with_changed(SAMPLED, "payments", cidr="10.79.0.0/16", cluster=None), "payments"))
@example((SAMPLED, with_changed(SAMPLED, "orders", vault_route="none", cluster=None), "orders"))
@example((EXISTING, with_spoke(EXISTING, sorted(EXISTING["spokes"])[0], None), sorted(EXISTING["spokes"])[0]))
def test_adding_changing_or_removing_a_spoke_changes_no_byte_of_other_workspaces(
    change: tuple[Topology, Topology, str],
) -> None:
    """The comparison has no direction, so a removed spoke also stands for an added spoke. The hub does not change
    either, because its firewall rules name only pools. The network of a peered spoke may change.
    """
    one, other, name = change
    before, after, peered = built(one), built(other), peered_networks(one, name)
    rest, rest_after = (
        {id_ for id_, workspace in workspaces.items() if workspace.spoke != name and id_ not in peered}
        for workspaces in (before, after)
    )
    assert rest == rest_after
    assert len(rest) < len(before)
    files, files_after = synthesized(*before.values()), synthesized(*after.values())
    assert [path for path in differing(files, files_after) if path in {path for id_ in rest for path in of(id_)}] == []
    assert all(files[path] for id_ in rest for path in of(id_))


@few
@given(topologies(max_spokes=3), st.randoms(use_true_random=False))
@example(EVERYTHING, Random(1))
@example(EVERYTHING, Random(2))
@example(SAMPLED, Random(3))
@example(EXISTING, Random(4))
def test_a_selection_gives_the_same_bytes_as_everything(topology: Topology, chance: Random) -> None:
    workspaces = built(topology)
    sample = chance.sample(sorted(workspaces), chance.randint(1, len(workspaces)))
    everything = synthesized(*workspaces.values())
    # Build a selection in deployment order, as main.py does, and a single workspace.
    for ids in ([id_ for id_ in workspaces if id_ in sample], sample[:1]):
        files = synthesized(*(workspaces[id_] for id_ in ids))
        del files["manifest.json"]  # the manifest lists the built stacks
        assert differing(files, {path: everything[path] for id_ in ids for path in of(id_)}) == []


@few
@given(topologies(max_spokes=3))
@example(with_app(EVERYTHING, "payments", "2fa"))
def test_each_name_is_valid_in_terraform(topology: Topology) -> None:
    """Terraform's names have letters, digits, `_` and `-`, and begin with a letter or `_`."""
    for path, content in synthesized(*built(topology).values()).items():
        if path.endswith(TERRAFORM):
            stack = json.loads(content)
            blocks = [stack.get("output", {}), *stack.get("resource", {}).values(), *stack.get("data", {}).values()]
            names = [name for block in blocks for name in block]
            assert names
            assert [name for name in names if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name)] == [], path
