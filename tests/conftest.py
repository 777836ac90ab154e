"""Provide the fixtures that several test folders use: the sample topology, its synthesis in this process, and an OIDC
issuer."""

import functools
import gc
import json
import os
import pathlib
import shutil
import signal
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from tests.keys.issuer import Issuer

PROJECT = pathlib.Path(__file__).parent.parent
SAMPLE = PROJECT / "examples" / "sample" / "topology.yaml"

Synthesized = Mapping[str, Mapping[str, Any]]
"""`cdk.tf.json` of each workspace, by the workspace's id."""

Synth = Callable[..., Synthesized]

# libyaml reads the topologies of the tests in a tenth of the time.
for load, load_fast in (("safe_load", yaml.load), ("safe_load_all", yaml.load_all)):
    vars(yaml)[load] = functools.partial(load_fast, Loader=yaml.CSafeLoader)


def pytest_configure() -> None:
    """Restore SIGINT: background jobs of a shell ignore the signal, and the tests' child processes would ignore it
    too."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Turn off Python's garbage collection during pytest's collection, and exclude the collected tests from later
    garbage collections. A full garbage collection would visit all tests and free nothing. It would take a tenth of the
    time of many tests.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add options for the number and the seed of logins in tests/login/test_differential.py."""
    parser.addoption("--login-cases", type=int, default=2000, help="logins compared with a real server")
    parser.addoption("--login-seed", type=int, default=1, help="seed of these logins")


def copy_project(root: pathlib.Path, *parts: str) -> None:
    """Copy files and folders of the project, with the sample in `config`, for programs that write into their folder."""
    root.mkdir(parents=True, exist_ok=True)
    for part in parts:
        if (PROJECT / part).is_dir():
            # Copy compiled modules too, because they save seconds. Python renames `x.pyc.123` while other tests run.
            shutil.copytree(PROJECT / part, root / part, ignore=shutil.ignore_patterns("*.pyc.*"))
            if part == "config":
                shutil.copytree(SAMPLE.parent, root / part, dirs_exist_ok=True)
        else:
            shutil.copy(PROJECT / part, root / part)


@pytest.fixture(scope="session")
def synth(tmp_path_factory: pytest.TempPathFactory) -> Synth:
    """Return a function that synthesizes a topology file, or some of its workspaces, as main.py does."""

    def run(file: pathlib.Path, only: Sequence[str] = ()) -> Synthesized:
        import main
        from hvn.check.load import require

        output = tmp_path_factory.mktemp("out")
        workspaces = [one for one in require(file).workspaces() if one.inputs and (not only or one.id in only)]
        main.synthesize(workspaces, str(output))
        return {
            one.id: json.loads((output / "stacks" / one.id / "cdk.tf.json").read_text(encoding="utf-8"))
            for one in workspaces
        }

    return run


@pytest.fixture(scope="session")
def sample(synth: Synth) -> Synthesized:
    """Return all workspaces of the sample topology."""
    return synth(SAMPLE)


@pytest.fixture
def public(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator["Issuer"]:
    """Yield a running OIDC issuer. REQUESTS_CA_BUNDLE is the path of the CA's certificate."""
    from tests.keys.issuer import issuer

    folder = tmp_path_factory.mktemp("issuer")
    for name in os.environ:
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    with issuer(folder) as running:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(folder / "ca.pem"))
        monkeypatch.setattr("hvn.keys.from_issuer.BACKOFF", 0.01)
        yield running
