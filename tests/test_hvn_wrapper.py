"""bin/hvn as a process: what happens where the folder, the standard output or the environment is no use."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import PROJECT

HVN = PROJECT / "bin" / "hvn"


def shell(script: str, cwd: Path = PROJECT, **environment: str) -> subprocess.CompletedProcess[str]:
    """A script of sh, in which `$HVN` is bin/hvn."""
    env = {**os.environ, "HVN": str(HVN), **environment}
    return subprocess.run(["/bin/sh", "-c", script], cwd=cwd, env=env, capture_output=True, text=True, check=False)


def test_from_a_folder_that_is_gone(tmp_path: Path) -> None:
    done = shell(f'cd "{tmp_path}" && rmdir "{tmp_path}" && exec "$HVN" check')
    assert (done.returncode, done.stdout) == (2, "")
    # The shell may say a line of its own first.
    assert "no longer exists" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["check", "check --format json", "workspaces", "schema", "--help"])
def test_where_nothing_can_be_written_it_could_not_run(command: str) -> None:
    done = shell(f'exec "$HVN" {command} >/dev/full')
    assert (done.returncode, done.stderr) == (2, "hvn: No space left on device\n")


@pytest.mark.parametrize("command", ["workspaces", "schema", "--help"])
def test_a_reader_that_has_seen_enough_ends_it_in_silence(command: str) -> None:
    """As any other program: by SIGPIPE, and with no code that means something else here."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([HVN, command], cwd=PROJECT, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (-13, b"")


@pytest.mark.parametrize("streams", [">&-", ">&- 2>&-"])
def test_without_an_output_it_still_gives_its_code(streams: str) -> None:
    assert shell(f'exec "$HVN" check {streams}').returncode == 0
    done = shell(f'exec "$HVN" check --topology tests/check/texts/other-line.yaml {streams}')
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")


@pytest.mark.parametrize("name", ["hvn", "cdktf"])
def test_a_python_that_is_somebody_elses_is_not_taken(name: str) -> None:
    done = shell(f'exec "{PROJECT}/bin/{name}" --version; "$HVN" --help', PYTHONHOME="/nowhere")
    assert "nowhere" not in done.stderr
    assert "Fatal Python error" not in done.stderr
