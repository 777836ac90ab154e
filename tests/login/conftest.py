"""One server for all tests of a worker, and a mount for each test that needs one."""

import itertools
import pathlib
from collections.abc import Iterator

import pytest

from tests.login.server import Server, openbao


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: pathlib.Path = tmp_path_factory.mktemp("openbao")
    with openbao(folder) as started:
        yield started


names = (f"mount-{number}" for number in itertools.count())


@pytest.fixture
def mount(server: Server) -> Iterator[str]:
    name = next(names)
    server.write(f"sys/auth/{name}", {"type": "jwt"})
    yield name
    server.ask("DELETE", f"sys/auth/{name}")
