"""Any command in the middle of a rehearsal: its Terraform finds the stand-ins instead of clouds."""

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
    """The command cannot be started. The text is one line."""


def run(command: Sequence[str], built: Iterable[Workspace]) -> int:
    """Run a command, and whatever it starts, against the stand-ins; returns its exit status.

    Raises `NotStarted` and `terraform.NoTerraform`.
    """
    terraform.available()
    with tempfile.TemporaryDirectory(prefix="hvn-rehearsal-") as scratch:
        work = pathlib.Path(scratch)
        cloud = Cloud(work / "cloud.db")
        existing.put(cloud, built)
        schemas = server.schemas_of({each: sorted(tables.types(each)) for each in PROVIDERS})
        with server.stand_ins(cloud, schemas, Injections()) as variables:
            try:
                process = subprocess.Popen(command, env=_environment(work, variables))
            except OSError as error:
                raise NotStarted(f"{printable(command[0], 200)} does not start: {error.strerror}") from None
            # Who ends the rehearsal means the command; of Ctrl-C it hears itself.
            for each in (signal.SIGTERM, signal.SIGHUP):
                signal.signal(each, lambda number, _: process.send_signal(number))
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
    # A script's own `terraform` would write what the stand-ins made up into the real state.
    (tools / "tofu").symlink_to(program)
    return {
        **os.environ,
        **variables,
        shim.FOLDER: str(work),
        shim.PROGRAM: terraform.binary() or "",
        "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "TERRAFORM_BINARY_NAME": str(program),
        # It would put the stand-ins where a later real init takes them for the providers.
        "CDKTF_DISABLE_PLUGIN_CACHE_ENV": "1",
        "CHECKPOINT_DISABLE": "1",
    }
