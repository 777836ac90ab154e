"""Provide topologies, and their synthesized workspaces."""

import pathlib
from typing import Any

import pytest
import yaml

from tests.conftest import Synth, Synthesized
from tests.stacks.resources import ALL


@pytest.fixture(scope="session", params=ALL, ids=lambda file: file.stem)
def file(request: pytest.FixtureRequest) -> pathlib.Path:
    """Return one of the topology files in `ALL`. Tests with this fixture run once for each file."""
    path: pathlib.Path = request.param
    return path


@pytest.fixture(scope="session")
def built(file: pathlib.Path, synth: Synth) -> Synthesized:
    """Return the workspaces of the file, synthesized once for all modules."""
    return synth(file)


@pytest.fixture(scope="session")
def written(file: pathlib.Path) -> Any:
    """Return the content of the topology file as plain data."""
    return yaml.safe_load(file.read_text(encoding="utf-8"))
