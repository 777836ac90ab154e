"""Provide one server for all tests of a worker, and a mount for each test that needs a mount."""

import itertools
import pathlib
import shutil
from collections.abc import Iterator

import pytest

from tests.conftest import SAMPLE, Synth
from tests.login.chain import Chain, Cluster
from tests.login.server import Refused, Server, openbao


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


@pytest.fixture
def undeployed(server: Server, synth: Synth, tmp_path: pathlib.Path) -> Chain:
    """Return a chain of the sample topology without deployed workspaces."""
    shutil.copy(SAMPLE, tmp_path)
    try:
        server.ask("GET", "sys/namespaces/admin")
    except Refused:
        server.write("sys/namespaces/admin", {})
    return Chain(server, Cluster(), tmp_path / "topology.yaml", synth)


@pytest.fixture
def chain(undeployed: Chain) -> Chain:
    undeployed.pull_keys()
    undeployed.deploy()
    return undeployed
