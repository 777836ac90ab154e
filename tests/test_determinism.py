"""As a process, main.py writes the same bytes for the same topology in each run, folder and environment.

Each run uses a copy of the project with its own `cdktf.out`, and the virtualenv of the tests.
"""

import os
import pathlib
import shutil
import subprocess
import sys
from typing import Any

import pytest
import yaml

from tests.conftest import PROJECT, copy_project
from tests.strategies import dump

EVERYTHING = PROJECT / "tests" / "topologies" / "everything.yaml"
PARTS = ("main.py", "cdktf.json", "hvn", "stacks")

Files = dict[str, bytes]


def copy(folder: pathlib.Path, *, reverse: bool = False) -> None:
    """Copy the project, with EVERYTHING and its keys as the topology."""
    copy_project(folder, *PARTS)
    shutil.copytree(EVERYTHING.parent / "jwks", folder / "config" / "jwks")
    text = EVERYTHING.read_text(encoding="utf-8")
    if reverse:
        text = dump(reversed_keys(yaml.safe_load(text)))
    (folder / "config" / "topology.yaml").write_text(text, encoding="utf-8")


def reversed_keys(value: Any) -> Any:
    """Return a value with the keys of all mappings in reverse order. Lists keep their order."""
    if isinstance(value, dict):
        return {key: reversed_keys(inner) for key, inner in reversed(value.items())}
    return [reversed_keys(item) for item in value] if isinstance(value, list) else value


def run(project: pathlib.Path, cwd: pathlib.Path | None = None, **environment: str) -> Files:
    """Run main.py of a copy and return the files that it writes, by path."""
    prefixes = ("HVN_", "CDKTF_", "JSII_", "PYTHON", "NODE_")
    env = {key: value for key, value in os.environ.items() if not key.startswith(prefixes)}
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
    files = {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}
    assert "manifest.json" in files
    assert sum(path.endswith("cdk.tf.json") for path in files) > 10
    return files


def differing(one: Files, other: Files) -> list[str]:
    """Return the paths of files that differ."""
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


@pytest.mark.slow
def test_the_same_topology_gives_the_same_bytes(tmp_path: pathlib.Path) -> None:
    project, special, reverse = tmp_path / "project", tmp_path / "mein Netz für 東京", tmp_path / "reverse"
    copy(project)
    copy(special)
    copy(reverse, reverse=True)
    assert (reverse / "config" / "topology.yaml").read_text() != (project / "config" / "topology.yaml").read_text()
    (tmp_path / "caller").mkdir()

    first = run(project)
    assert differing(first, run(reverse, PYTHONHASHSEED="2")) == [], "keys in reverse order and another hash seed"
    variables = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "TZ": "Asia/Tokyo", "HOME": "/"}
    assert differing(first, run(special, tmp_path / "caller", **variables)) == [], "from another folder"
