"""Provide each test with its own copy of the topology."""

import pathlib
import shutil

import pytest

from hvn.check import key_files
from tests.conftest import SAMPLE


@pytest.fixture
def topology(tmp_path: pathlib.Path) -> pathlib.Path:
    """Return the sample topology without key files."""
    shutil.copy(SAMPLE, tmp_path)
    return tmp_path / "topology.yaml"


@pytest.fixture(autouse=True)
def own_issuer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accept the tests' issuers on loopback. Otherwise `keys pull` accepts only issuers of AKS."""
    monkeypatch.setattr(key_files, "foreign", lambda *_: ())
