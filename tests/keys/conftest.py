"""A topology of its own for each test."""

import pathlib
import shutil

import pytest

from tests.conftest import SAMPLE


@pytest.fixture
def topology(tmp_path: pathlib.Path) -> pathlib.Path:
    """The sample without keys."""
    shutil.copy(SAMPLE, tmp_path)
    return tmp_path / "topology.yaml"
