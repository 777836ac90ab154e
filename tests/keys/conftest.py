"""A topology of its own for each test."""

import pathlib
import shutil

import pytest

from hvn.check import key_files
from tests.conftest import SAMPLE


@pytest.fixture
def topology(tmp_path: pathlib.Path) -> pathlib.Path:
    """The sample without keys."""
    shutil.copy(SAMPLE, tmp_path)
    return tmp_path / "topology.yaml"


@pytest.fixture(autouse=True)
def own_issuer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accept the issuers of the tests, which are on loopback: `keys pull` refuses the keys of foreign clusters."""
    monkeypatch.setattr(key_files, "foreign", lambda *_: ())
