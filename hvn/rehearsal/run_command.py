"""Run a command inside a rehearsal, so that the command's Terraform uses the fake providers."""

import os
import pathlib
import shlex
import signal
import subprocess
from collections.abc import Iterable, Mapping, Sequence

from hvn import scratch
from hvn.diagnostics.printable import printable
from hvn.isolation import python
from hvn.kinds.workspace import Workspace
from hvn.rehearsal import existing, extra, server, shim, tables, terraform
from hvn.rehearsal.cloud import Cloud
from hvn.rehearsal.faults import Injections
from hvn.rehearsal.schema import PROVIDERS


class NotStarted(Exception):
    """The command of `hvn rehearse -- COMMAND` does not start. The message is one line."""


def run(command: Sequence[str], built: Iterable[Workspace]) -> int:
    """Run a command, with its child processes, against the fake providers. Return the exit status of the command.

    Raises `NotStarted` if the command does not start, and `terraform.NoTerraform` if Terraform is not installed.
    """
    terraform.available()
    with scratch.folder("rehearsal") as work:
        cloud = Cloud(work / "cloud.db")
        built = list(built)
        existing.put(cloud, built)
        own = extra.own_types(built)
        served = {
            provider: sorted({*tables.types(provider), *(type_ for type_ in own if _provider(type_) == provider)})
            for provider in PROVIDERS
        }
        schemas = server.schemas_of(served, own=own)
        with server.fake_providers(cloud, schemas, Injections()) as variables:
            status = _wait(command, _environment(work, variables))
            return status if status >= 0 else 128 - status


def _provider(type_: str) -> str:
    return type_.removeprefix("data.").partition("_")[0]


def _wait(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the command and return its exit status. Pass SIGTERM and SIGHUP on to the command; a terminal sends Ctrl-C
    to both processes."""
    received: list[int] = []
    running: list[subprocess.Popen[bytes]] = []

    def pass_on(number: int, _frame: object) -> None:
        received.append(number)
        for process in running:
            process.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGTERM, signal.SIGHUP)}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        running.append(subprocess.Popen(command, env=environment))
        for number in tuple(received):
            running[0].send_signal(number)
        return running[0].wait()
    except OSError as error:
        raise NotStarted(f"{printable(command[0], 200)} does not start: {error.strerror}") from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _environment(work: pathlib.Path, variables: dict[str, str]) -> dict[str, str]:
    tools = work / "bin"
    tools.mkdir()
    program = tools / "terraform"
    program.write_text(f'#!/bin/sh\nexec {shlex.join(python("hvn.rehearsal.shim"))} "$@"\n')
    program.chmod(0o755)
    # Replace `tofu` too, so that a script that calls `tofu` does not write invented resources into a real state.
    (tools / "tofu").symlink_to(program)
    return {
        **os.environ,
        **variables,
        shim.FOLDER: str(work),
        shim.PROGRAM: terraform.binary() or "",
        "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "TERRAFORM_BINARY_NAME": str(program),
        # Turn off the plugin cache, which would store the fake providers under the version numbers of the real
        # providers.
        "CDKTF_DISABLE_PLUGIN_CACHE_ENV": "1",
        "CHECKPOINT_DISABLE": "1",
    }
