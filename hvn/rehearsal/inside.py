"""Run a command inside a rehearsal: its Terraform finds the fake providers."""

import os
import pathlib
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence

from hvn.diagnostics.printable import printable
from hvn.kinds.workspace import Workspace
from hvn.rehearsal import existing, server, shim, tables, terraform
from hvn.rehearsal.cloud import Cloud
from hvn.rehearsal.faults import Injections
from hvn.rehearsal.schema import PROVIDERS


class NotStarted(Exception):
    """The command does not start. The text is one line."""


def run(command: Sequence[str], built: Iterable[Workspace]) -> int:
    """Run a command and its child processes against the fake providers. Return its exit status.

    Raises `NotStarted` and `terraform.NoTerraform`.
    """
    terraform.available()
    with tempfile.TemporaryDirectory(prefix="hvn-rehearsal-") as scratch:
        work = pathlib.Path(scratch)
        cloud = Cloud(work / "cloud.db")
        existing.put(cloud, built)
        schemas = server.schemas_of({provider: sorted(tables.types(provider)) for provider in PROVIDERS})
        with server.fake_providers(cloud, schemas, Injections()) as variables:
            try:
                process = subprocess.Popen(command, env=_environment(work, variables))
            except OSError as error:
                raise NotStarted(f"{printable(command[0], 200)} does not start: {error.strerror}") from None
            # Pass a signal on to the command. Ctrl-C reaches it by itself.
            for number in (signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, lambda received, _: process.send_signal(received))
            while True:
                try:
                    status = process.wait()
                except KeyboardInterrupt:
                    continue
                return status if status >= 0 else 128 - status


def _environment(work: pathlib.Path, variables: dict[str, str]) -> dict[str, str]:
    tools = work / "bin"
    tools.mkdir()
    program = tools / "terraform"
    python, root = shlex.quote(sys.executable), shlex.quote(str(pathlib.Path(__file__).parents[2]))
    program.write_text(f'#!/bin/sh\nPYTHONPATH={root} exec {python} -P -m hvn.rehearsal.shim "$@"\n')
    program.chmod(0o755)
    # A script that calls `tofu` must not write made-up resources into a real state.
    (tools / "tofu").symlink_to(program)
    return {
        **os.environ,
        **variables,
        shim.FOLDER: str(work),
        shim.PROGRAM: terraform.binary() or "",
        "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "TERRAFORM_BINARY_NAME": str(program),
        # The cache would hold the fake providers under the real version numbers.
        "CDKTF_DISABLE_PLUGIN_CACHE_ENV": "1",
        "CHECKPOINT_DISABLE": "1",
    }
