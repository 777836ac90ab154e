"""bin/hvn as a process, with an invalid working folder, standard output or environment."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import PROJECT

HVN = PROJECT / "bin" / "hvn"


def shell(script: str, cwd: Path = PROJECT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script of sh, with `$HVN` for bin/hvn."""
    env = {**os.environ, "HVN": str(HVN), **environment}
    return subprocess.run(["/bin/sh", "-c", script], cwd=cwd, env=env, capture_output=True, text=True, check=False)


def test_from_a_removed_folder(tmp_path: Path) -> None:
    done = shell(f'cd "{tmp_path}" && rmdir "{tmp_path}" && exec "$HVN" check')
    assert (done.returncode, done.stdout) == (2, "")
    # The shell may print a line first.
    assert "no longer exists" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["check", "check --format json", "workspaces", "schema", "--help"])
def test_a_full_disk_is_exit_code_2(command: str) -> None:
    done = shell(f'exec "$HVN" {command} >/dev/full')
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "No space left on device" in done.stderr


@pytest.mark.parametrize("command", ["workspaces", "schema", "--help"])
def test_a_closed_pipe_ends_it_without_a_message(command: str) -> None:
    """By SIGPIPE, as other programs, because each exit code of hvn has another meaning."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([HVN, command], cwd=PROJECT, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (-13, b"")


@pytest.mark.parametrize("streams", [">&-", ">&- 2>&-"])
def test_the_exit_code_is_right_without_an_output(streams: str) -> None:
    assert shell(f'exec "$HVN" check {streams}').returncode == 0
    done = shell(f'exec "$HVN" check --topology tests/check/texts/other-line.yaml {streams}')
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")


@pytest.mark.parametrize("name", ["hvn", "cdktf"])
def test_pythonhome_is_ignored(name: str) -> None:
    done = shell(f'exec "{PROJECT}/bin/{name}" --version; "$HVN" --help', PYTHONHOME="/missing")
    assert "missing" not in done.stderr
    assert "Fatal Python error" not in done.stderr
