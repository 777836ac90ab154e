"""main.py as a process of its own: the same topology gives the same bytes, whenever, wherever and however it is run.

Every run is of a copy of the project that writes its own `cdktf.out`, with this virtualenv: the provider packages are
the machine's, the project's folder is the user's.
"""

import os
import pathlib
import shutil
import subprocess
import sys
from typing import Any

import pytest
import yaml

from tests.conftest import PROJECT, SAMPLE, copy_project
from tests.strategies import dump

EVERYTHING = PROJECT / "tests" / "topologies" / "everything.yaml"
PARTS = ("main.py", "cdktf.json", "hvn", "stacks")

Files = dict[str, bytes]


def copy_with_topology(folder: pathlib.Path, topology: pathlib.Path, *, upside_down: bool = False) -> None:
    """The project in another folder, with this topology and the keys beside it as its own."""
    copy_project(folder, *PARTS)
    shutil.copytree(topology.parent / "jwks", folder / "config" / "jwks")
    text = topology.read_text(encoding="utf-8")
    if upside_down:
        text = dump(turned(yaml.safe_load(text)))
    (folder / "config" / "topology.yaml").write_text(text, encoding="utf-8")


def turned(value: Any) -> Any:
    """The keys of every mapping in the opposite order; lists as they are."""
    if isinstance(value, dict):
        return {key: turned(inner) for key, inner in reversed(value.items())}
    return [turned(each) for each in value] if isinstance(value, list) else value


def run(project: pathlib.Path, cwd: pathlib.Path | None = None, **environment: str) -> Files:
    """Everything that main.py of this copy writes, by path."""
    ours = ("HVN_", "CDKTF_", "JSII_", "PYTHON", "NODE_")
    env = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    output = (cwd or project) / "cdktf.out"
    shutil.rmtree(output, ignore_errors=True)
    done = subprocess.run(
        [sys.executable, str(project / "main.py")],
        cwd=cwd or project,
        env=env | {"PYTHONHASHSEED": "1"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    written = {each.relative_to(output).as_posix(): each.read_bytes() for each in output.rglob("*") if each.is_file()}
    assert "manifest.json" in written
    assert sum(path.endswith("cdk.tf.json") for path in written) > 10
    return written


def differing(one: Files, other: Files) -> list[str]:
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


@pytest.mark.slow
@pytest.mark.parametrize("topology", [SAMPLE, EVERYTHING], ids=lambda file: file.parent.name)
def test_the_same_topology_gives_the_same_bytes(topology: pathlib.Path, tmp_path: pathlib.Path) -> None:
    here, elsewhere, turned_round = tmp_path / "project", tmp_path / "mein Netz für 東京", tmp_path / "turned"
    copy_with_topology(here, topology)
    copy_with_topology(elsewhere, topology)
    copy_with_topology(turned_round, topology, upside_down=True)
    assert (turned_round / "config" / "topology.yaml").read_text() != (here / "config" / "topology.yaml").read_text()
    (tmp_path / "caller").mkdir()

    first = run(here)
    assert differing(first, run(here, PYTHONHASHSEED="2")) == [], "run again, with another hash seed"
    assert differing(first, run(turned_round)) == [], "with the keys in the opposite order"
    surroundings = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "TZ": "Asia/Tokyo", "HOME": "/"}
    assert differing(first, run(elsewhere, tmp_path / "caller", **surroundings)) == [], "from another folder"
