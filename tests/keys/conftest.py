"""A topology of its own for each test, and an issuer that is trusted."""

import os
import pathlib
import shutil
from collections.abc import Iterator

import pytest

from tests.conftest import SAMPLE
from tests.keys.issuer import Issuer, issuer


@pytest.fixture
def topology(tmp_path: pathlib.Path) -> pathlib.Path:
    """The sample without keys."""
    shutil.copy(SAMPLE, tmp_path)
    return tmp_path / "topology.yaml"


@pytest.fixture
def public(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    """A running issuer whose CA is trusted as people tell requests to."""
    folder = tmp_path_factory.mktemp("issuer")
    for name in os.environ:
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    with issuer(folder) as running:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(folder / "ca.pem"))
        yield running
