"""`make setup` and `bin/hvn` use the engine of HVN_ENGINE, or of config/engine."""

import shutil

import pytest

from tests.conftest import PROJECT
from tests.setup.checkout import STEPS, Checkout, error_line


@pytest.fixture
def both(checkout: Checkout) -> Checkout:
    """Return a checkout with the locks of cdktn."""
    shutil.copytree(PROJECT / "engines/cdktn", checkout.root / "engines/cdktn", ignore=_installed, symlinks=True)
    (checkout.root / "config").mkdir()
    return checkout


def _installed(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name in (".venv", "node_modules")]


def installed(checkout: Checkout) -> set[str]:
    """Return the folders with a complete setup."""
    stamps = checkout.root.rglob(".venv/ready")
    return {stamp.parents[1].relative_to(checkout.root).as_posix() for stamp in stamps}


def test_the_second_engine_is_installed_beside_the_first(both: Checkout) -> None:
    assert both.make().returncode == 0
    assert installed(both) == {"."}
    assert both.make(HVN_ENGINE="cdktn").returncode == 0
    assert installed(both) == {".", "engines/cdktn"}
    assert (both.root / "engines/cdktn/node_modules").is_dir()
    both.calls()
    for engine in ("cdktf", "cdktn"):
        assert both.make("setup", HVN_ENGINE=engine).stdout == ""
    assert both.calls() == []


def test_a_committed_word_selects_the_engine_and_the_variable_overrides_it(both: Checkout) -> None:
    (both.root / "config/engine").write_text("cdktn\n")
    assert "make HVN_ENGINE=cdktn setup" in both.hvn().stderr
    assert both.make().returncode == 0
    assert installed(both) == {"engines/cdktn"}
    assert both.calls()[2:] == STEPS
    both.environment["HVN_ENGINE"] = "cdktf"
    assert "run make setup" in both.hvn().stderr


@pytest.mark.parametrize("name", ["Pipfile.lock", "package-lock.json"])
def test_a_changed_lock_of_cdktn_starts_its_setup_again(both: Checkout, name: str) -> None:
    both.make(HVN_ENGINE="cdktn")
    both.calls()
    lock = both.root / "engines/cdktn" / name
    lock.write_text(lock.read_text() + "\n")
    assert both.make(HVN_ENGINE="cdktn").returncode == 0
    assert both.calls()[2:] == STEPS


def test_an_unknown_engine_is_an_error_of_one_line(both: Checkout) -> None:
    assert "'cdktq'" in error_line(both.make(HVN_ENGINE="cdktq"))
    both.environment["HVN_ENGINE"] = "cdktq"
    done = both.hvn()
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert installed(both) == set()
