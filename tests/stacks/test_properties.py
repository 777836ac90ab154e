"""What holds for the Terraform of every topology: a few generated ones, and the files that have every key.

Nothing is shrunk: an example that fails is small enough to read, and a smaller one costs minutes.
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
from tests.strategies import Topology, changes, dump, topologies, with_spoke
from tests.topology.test_jwks import number

TERRAFORM = "cdk.tf.json"

few = settings(
    max_examples=10,
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
    return with_spoke(topology, name, {**topology["spokes"][name], **keys})


def with_app(topology: Topology, spoke: str, name: str) -> Topology:
    """A copy in which one app has another name."""
    cluster = topology["spokes"][spoke]["cluster"]
    apps = dict(cluster["apps"])
    apps[name] = apps.pop(next(iter(apps)))
    return with_changed(topology, spoke, cluster={**cluster, "apps": apps})


def key_of(spoke: str) -> dict[str, str]:
    """A public key of its own for each cluster, always the same: a point of a curve, by the spoke's name."""
    private = ec.derive_private_key(int.from_bytes(spoke.encode()) or 1, ec.SECP256R1())
    numbers = private.public_key().public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": number(numbers.x), "y": number(numbers.y)}


def built(topology: Topology, order: Random | None = None) -> dict[str, Workspace]:
    """The workspaces of a topology file beside which every cluster's keys are committed."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "topology.yaml")
        file.write_text(dump(topology, order), encoding="utf-8")
        (file.parent / "jwks").mkdir()
        for spoke in topology["spokes"]:
            (file.parent / "jwks" / f"{spoke}.json").write_text(json.dumps({"keys": [key_of(spoke)]}), encoding="utf-8")
        found = require(file).workspaces()
    assert not any(each.blocked for each in found)
    return by_id(found)


def synthesized(*wanted: Workspace) -> Files:
    """Everything that is written for these workspaces, by path."""
    with tempfile.TemporaryDirectory() as output:
        main.synthesize(wanted, output)
        files = [each for each in pathlib.Path(output).rglob("*") if each.is_file()]
        return {each.relative_to(output).as_posix(): each.read_bytes() for each in files}


def of(workspace: str) -> tuple[str, str]:
    """The files of a workspace."""
    return f"stacks/{workspace}/{TERRAFORM}", f"stacks/{workspace}/{FINGERPRINT}"


def differing(one: Files, other: Files) -> list[str]:
    """The paths that are in one only, or with other bytes; to be read where they ought to be none."""
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


@few
@given(topologies(max_spokes=3), st.randoms(use_true_random=False))
@example(EVERYTHING, Random(1))
@example(EXISTING, Random(1))
def test_any_order_of_keys_gives_the_same_bytes(topology: Topology, order: Random) -> None:
    one, other = (built(topology, each) for each in (None, order))
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
def test_a_spoke_that_comes_goes_or_changes_leaves_all_other_workspaces_the_same_to_the_byte(
    change: tuple[Topology, Topology, str],
) -> None:
    """Whichever of the two is the earlier one. The hub's workspaces are no exception: its rules know pools only."""
    one, other, name = change
    before, after = built(one), built(other)
    rest, rest_after = ({id_ for id_, each in found.items() if each.spoke != name} for found in (before, after))
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
    found = built(topology)
    chosen = chance.sample(sorted(found), chance.randint(1, len(found)))
    everything = synthesized(*found.values())
    # In the order of their deployment, as main.py hands them on; and one alone.
    for ids in ([id_ for id_ in found if id_ in chosen], chosen[:1]):
        files = synthesized(*(found[id_] for id_ in ids))
        del files["manifest.json"]  # it lists what is built
        assert differing(files, {path: everything[path] for id_ in ids for path in of(id_)}) == []


@few
@given(topologies(max_spokes=3))
@example(with_app(EVERYTHING, "payments", "2fa"))
def test_every_name_is_one_that_terraform_takes(topology: Topology) -> None:
    """Letters, digits, `_` and `-`, no digit or hyphen in front, wherever the name comes from."""
    for path, content in synthesized(*built(topology).values()).items():
        if path.endswith(TERRAFORM):
            stack = json.loads(content)
            blocks = [stack.get("output", {}), *stack.get("resource", {}).values(), *stack.get("data", {}).values()]
            names = [name for block in blocks for name in block]
            assert names
            assert [name for name in names if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name)] == [], path
