"""`make setup` and `bin/hvn` use the engine of HVN_ENGINE, or of config/engine."""

import shutil

import pytest

from hvn.engine import DEFAULT, HOMES
from tests.conftest import PROJECT
from tests.setup.checkout import STEPS, Checkout, error_line

OTHERS = pytest.mark.parametrize("other", [engine for engine in HOMES if engine != DEFAULT])


@pytest.fixture
def engines(checkout: Checkout) -> Checkout:
    """Return a checkout with the locks of all engines."""
    shutil.copytree(PROJECT / "engines", checkout.root / "engines", ignore=_installed, symlinks=True)
    (checkout.root / "config").mkdir()
    return checkout


def _installed(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name in (".venv", "node_modules")]


def installed(checkout: Checkout) -> set[str]:
    """Return the folders that contain a complete setup."""
    stamps = checkout.root.rglob(".venv/ready")
    return {stamp.parents[1].relative_to(checkout.root).as_posix() for stamp in stamps}


@OTHERS
def test_another_engine_is_installed_beside_the_default(engines: Checkout, other: str) -> None:
    assert engines.make().returncode == 0
    assert installed(engines) == {"."}
    assert engines.make(HVN_ENGINE=other).returncode == 0
    assert installed(engines) == {".", f"engines/{other}"}
    assert (engines.root / f"engines/{other}/node_modules").is_dir()
    engines.calls()
    for engine in ("cdktf", other):
        assert engines.make("setup", HVN_ENGINE=engine).stdout == ""
    assert engines.calls() == []


@OTHERS
def test_a_committed_word_selects_the_engine_and_the_variable_overrides_it(engines: Checkout, other: str) -> None:
    (engines.root / "config/engine").write_text(f"{other}\n")
    assert f"make HVN_ENGINE={other} setup" in engines.hvn().stderr
    assert engines.make().returncode == 0
    assert installed(engines) == {f"engines/{other}"}
    assert engines.calls()[2:] == STEPS
    engines.environment["HVN_ENGINE"] = "cdktf"
    assert "run make setup" in engines.hvn().stderr


@pytest.mark.parametrize("name", ["Pipfile.lock", "package-lock.json"])
def test_a_changed_lock_of_cdktn_starts_its_setup_again(engines: Checkout, name: str) -> None:
    engines.make(HVN_ENGINE="cdktn")
    engines.calls()
    lock = engines.root / "engines/cdktn" / name
    lock.write_text(lock.read_text() + "\n")
    assert engines.make(HVN_ENGINE="cdktn").returncode == 0
    assert engines.calls()[2:] == STEPS


def test_an_unknown_engine_is_an_error_of_one_line(engines: Checkout) -> None:
    assert "'cdktq'" in error_line(engines.make(HVN_ENGINE="cdktq"))
    engines.environment["HVN_ENGINE"] = "cdktq"
    done = engines.hvn()
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert installed(engines) == set()
