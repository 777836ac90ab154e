"""Provide a copy of the project for bin/cdktf, with the real cdktf-cli and a fake Terraform."""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT, copy_project

FAKE_TERRAFORM = PROJECT / "tests" / "cdktf" / "fake_terraform.py"


@pytest.fixture(autouse=True)
def no_variables_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("HVN_", "CDKTF_")):
            monkeypatch.delenv(name)


class Project:
    """A copy of the project in a folder with special characters, and a caller in another folder."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "the team's prójekt"
        self.caller = folder / "caller's folder"
        self.log = folder / "terraform.log"
        self.caller.mkdir()
        copy_project(self.root, "bin", "hvn", "stacks", "config", "main.py", "cdktf.json")
        for name in (".venv", "node_modules"):
            (self.root / name).symlink_to(PROJECT / name)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start bin/cdktf in the caller's folder and return the process."""
        env = {key: value for key, value in os.environ.items() if key != "NODE_OPTIONS"}
        env |= {"TERRAFORM_BINARY_NAME": str(FAKE_TERRAFORM), "FAKE_LOG": str(self.log), "LC_ALL": "C.UTF-8"}
        return subprocess.Popen(
            [self.root / "bin" / "cdktf", *arguments],
            cwd=self.caller,
            env=env | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, code: int = 0, **environment: str) -> str:
        """Run bin/cdktf, check its exit code, and return the output of both streams."""
        process = self.start(*arguments, **environment)
        try:
            output = process.communicate(timeout=120)[0]
        finally:
            process.kill()
        assert process.returncode == code, output
        return output

    def calls(self) -> list[dict[str, Any]]:
        """Return the entries of the fake Terraform's log."""
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def stacks(self, command: str) -> list[str]:
        """Return the stacks in which cdktf-cli called this Terraform command, in the order of the calls."""
        return [call["stack"] for call in self.calls() if call.get("arguments", [""])[0] == command]

    def wait_for(self, key: str, process: subprocess.Popen[str]) -> None:
        """Wait for an entry of the log with this key. Fails if the process ends before it logs such an entry."""
        for _ in range(600):
            ended = process.poll() is not None
            if any(key in call for call in self.calls()):
                return
            if ended:
                break
            time.sleep(0.1)
        pytest.fail(f"the log has no {key}: {self.calls()}")

    def files(self, folder: str) -> dict[str, tuple[int, bytes]]:
        """Return the modification time and the content of each file below a folder of the project."""
        paths = (path for path in (self.root / folder).rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)): (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}

    def states(self) -> list[str]:
        """Return the paths of all state files below the project's folder."""
        paths = (path for path in self.root.parent.rglob("*.tfstate*") if "node_modules" not in path.parts)
        return sorted(str(path.relative_to(self.root)) for path in paths)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def assert_one_line(output: str, *words: str) -> None:
    """Check that a message is one line that contains these words."""
    assert output.count("\n") == 1, output
    assert all(word in output for word in words), output
