"""Fixtures: the Python of cdktn, and the workspaces that cdktn builds."""

import json
import os
import pathlib
import subprocess
from collections.abc import Callable, Mapping, Sequence

import pytest

from hvn.engine import HOMES
from tests.conftest import PROJECT, Synthesized

CDKTN = PROJECT / HOMES["cdktn"] / ".venv" / "bin" / "python"

SynthAll = Callable[[Sequence[pathlib.Path]], Mapping[pathlib.Path, Synthesized]]


@pytest.fixture(scope="session")
def cdktn() -> pathlib.Path:
    """Return the Python of cdktn. Skip the test without cdktn, except in CI."""
    if not CDKTN.exists() and not os.environ.get("CI"):
        pytest.skip("cdktn is not installed: HVN_ENGINE=cdktn make setup")
    return CDKTN


@pytest.fixture(scope="session")
def by_cdktn(cdktn: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> SynthAll:
    """Return a function that synthesizes topology files with cdktn."""

    def run(files: Sequence[pathlib.Path]) -> Mapping[pathlib.Path, Synthesized]:
        out = tmp_path_factory.mktemp("cdktn")
        script = PROJECT / "tests" / "engines" / "synthesize.py"
        subprocess.run([cdktn, "-I", script, out, *files], check=True, cwd=PROJECT)
        return {
            file: {
                stack.parent.name: json.loads(stack.read_text(encoding="utf-8"))
                for stack in out.glob(f"{number}/stacks/*/cdk.tf.json")
            }
            for number, file in enumerate(files)
        }

    return run
