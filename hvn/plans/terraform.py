"""Terraform in the folders that cdktf would run it in: `init`, `plan -out`, `show -json`.

Not by cdktf-cli: with `cloud` and `remote` backends that plans without `-out`, so there is nothing to show.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from hvn.plans.redacted import redacted

# Terraform's plugin cache must not be written by two at a time (developer.hashicorp.com/terraform/cli/config).
INIT = threading.Lock()
GRACE = 60
"""Seconds that an interrupted Terraform has to end."""


class NoTerraform(Exception):
    """There is none. The message is one line."""


@dataclass(frozen=True, slots=True)
class Made:
    """What came of one workspace: the redacted JSON if there is any, why it failed if it did, and all it said."""

    workspace: str
    plan: str
    why: str
    log: str


def program() -> str:
    """The Terraform that cdktf would take. Raises `NoTerraform`."""
    name = os.environ.get("TERRAFORM_BINARY_NAME") or "terraform"
    found = shutil.which(name)
    if found is None:
        raise NoTerraform(
            f"there is no `{name}` on the PATH: install Terraform 1.6 or newer, or say where it is with "
            "TERRAFORM_BINARY_NAME"
        )
    return found


def plan(
    terraform: str, workspace: str, folder: pathlib.Path, seconds: float, keep: pathlib.Path | None = None
) -> Made:
    """Plan one synthesized workspace; a plan that fails is kept as far as Terraform wrote it.

    A plan file holds every value in clear text, so it goes; with `keep`, a whole one stays there: `<workspace>.tfplan`.
    """
    log: list[str] = []
    with tempfile.TemporaryDirectory(prefix="hvn-plan-") as scratch:
        saved = pathlib.Path(scratch, "tfplan")
        try:
            why = _make(terraform, folder, saved, seconds, log)
        except subprocess.TimeoutExpired:
            return Made(workspace, "", f"did not end within {seconds / 60:g} minutes", "".join(log))
        except OSError as error:
            return Made(workspace, "", f"Terraform does not start ({error.strerror})", "")
        shown = _show(terraform, folder, saved) if saved.exists() else ""
        if keep and shown and not why:
            shutil.copyfile(saved, keep / f"{workspace}.tfplan")
            (keep / f"{workspace}.tfplan").chmod(0o600)
    return Made(workspace, shown, why or ("" if shown else "the plan could not be shown"), "".join(log))


def _make(terraform: str, folder: pathlib.Path, saved: pathlib.Path, seconds: float, log: list[str]) -> str:
    """Why it failed, or nothing."""
    with INIT:
        if _run([terraform, "init", "-input=false", "-no-color"], folder, seconds, log):
            return "init failed"
    # Without a lock: who only plans need not be able to write the state, and no apply runs beside it.
    command = [terraform, "plan", "-input=false", "-no-color", "-lock=false", f"-out={saved}"]
    return "the plan failed" if _run(command, folder, seconds, log) else ""


def _show(terraform: str, folder: pathlib.Path, saved: pathlib.Path) -> str:
    done = subprocess.run(
        [terraform, "show", "-json", str(saved)],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    try:
        return "" if done.returncode else redacted(done.stdout)
    except (ValueError, RecursionError):
        return ""


def _run(command: list[str], folder: pathlib.Path, seconds: float, log: list[str]) -> int:
    """Run to the end, or interrupt it as Ctrl-C does, so that it can let go of what it holds."""
    process = subprocess.Popen(
        command, cwd=folder, env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace",
    )  # fmt: skip
    try:
        out, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        try:
            out, _ = process.communicate(timeout=GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            out, _ = process.communicate()
        log.append(out)
        raise
    log.append(out)
    return process.returncode


def _environment() -> Mapping[str, str]:
    return {**os.environ, "TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
