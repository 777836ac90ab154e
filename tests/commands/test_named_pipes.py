"""A command refuses a named pipe, because opening the pipe would block until another process writes."""

import os
import pathlib
import subprocess

import pytest

from hvn import files
from tests.conftest import PROJECT, SAMPLE

CLAIMS = '{"aud": "vault"}'


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("review --base HEAD pipe", 1),
        ("review --verify pipe", 2),
        ("login explain payments webapp --token pipe", 2),
        ("login explain payments webapp --claims pipe", 2),
        ("login explain payments webapp --config pipe", 2),
        ("login explain payments webapp --role pipe", 2),
        ("keys pull payments --file pipe", 2),
        ("keys pull payments --kubeconfig pipe", 2),
        ("check --topology pipe", 2),
    ],
)
def test_named_pipe_is_refused(arguments: str, code: int, tmp_path: pathlib.Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    words = [str(pipe) if word == "pipe" else word for word in arguments.split()]
    command = [str(PROJECT / "bin" / "hvn"), *words]
    env = os.environ | {"HVN_TOPOLOGY": str(SAMPLE)}
    done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert "pipe" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_pipe_of_the_shell_is_read() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"content")
    os.close(writer)
    assert files.read(pathlib.Path(f"/dev/fd/{reader}"), 100) == b"content"
    os.close(reader)
