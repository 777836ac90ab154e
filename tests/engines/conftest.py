"""Provide the workspaces that the engines other than cdktf build."""

import json
import os
import pathlib
import subprocess
from collections.abc import Callable, Mapping, Sequence

import pytest

from hvn.engine import DEFAULT, HOMES
from tests.conftest import PROJECT, Synthesized

OTHERS = [engine for engine in HOMES if engine != DEFAULT]

SynthAll = Callable[[str, Sequence[pathlib.Path]], Mapping[pathlib.Path, Synthesized]]


@pytest.fixture(scope="session")
def synth_by(tmp_path_factory: pytest.TempPathFactory) -> SynthAll:
    """Return a function that synthesizes topology files with an engine. It skips the test if the engine is not
    installed, except in CI."""

    def run(engine: str, files: Sequence[pathlib.Path]) -> Mapping[pathlib.Path, Synthesized]:
        python = PROJECT / HOMES[engine] / ".venv" / "bin" / "python"
        if not python.exists() and not os.environ.get("CI"):
            pytest.skip(f"{engine} is not installed: HVN_ENGINE={engine} make setup")
        out = tmp_path_factory.mktemp(engine)
        script = PROJECT / "tests" / "engines" / "synthesize.py"
        subprocess.run([python, "-I", script, out, *files], check=True, cwd=PROJECT)
        return {
            file: {
                stack.parent.name: json.loads(stack.read_text(encoding="utf-8"))
                for stack in out.glob(f"{number}/stacks/*/cdk.tf.json")
            }
            for number, file in enumerate(files)
        }

    return run
