"""One server for all tests of a worker."""

import pathlib
from collections.abc import Iterator

import pytest

from tests.login.server import Server, openbao


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: pathlib.Path = tmp_path_factory.mktemp("openbao")
    with openbao(folder) as started:
        yield started
