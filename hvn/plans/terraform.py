"""Run Terraform in the output folders of cdktf: `init`, `plan -out`, `show -json`.

cdktf-cli cannot save a plan: with `cloud` and `remote` backends it runs `terraform plan` without `-out`.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from hvn import scratch
from hvn.plans.redacted import redacted

# Two processes must not write Terraform's plugin cache at the same time (developer.hashicorp.com/terraform/cli/config).
INIT = threading.Lock()
GRACE = 60
"""The seconds between an interrupt and a kill of Terraform."""


PRIVATE = 0o077
"""The umask of a command that writes a plan file, because the file contains every value in clear text."""


class NoTerraform(Exception):
    """Terraform is not installed. The message is one line."""


@dataclass(frozen=True, slots=True)
class Made:
    """The result of planning one workspace: the redacted JSON of the plan, the reason of a failure, and the log.

    `plan` is empty if Terraform wrote no plan, and `why` is empty if Terraform did not fail.
    """

    workspace: str
    plan: str
    why: str
    log: str
    timed_out: bool = False


def program() -> str:
    """Return the path of the Terraform that cdktf uses. Raises `NoTerraform`."""
    name = os.environ.get("TERRAFORM_BINARY_NAME") or "terraform"
    path = shutil.which(name)
    if path is None:
        raise NoTerraform(
            f"`{name}` is not in the PATH: install Terraform 1.6 or newer, or set TERRAFORM_BINARY_NAME to its path"
        )
    return path


def plan(
    terraform: str, workspace: str, folder: pathlib.Path, seconds: float, keep: pathlib.Path | None = None
) -> Made:
    """Plan a synthesized workspace. Return the plan; for a failed run, the incomplete plan and the reason.

    Delete the plan file at the end, because it contains every value in clear text. With `keep`, first copy a complete
    plan file into the folder `keep` as `<workspace>.tfplan`.
    """
    log: list[str] = []
    with scratch.folder("plan") as work:
        saved = work / "tfplan"
        try:
            why = _make(terraform, folder, saved, seconds, log)
        except subprocess.TimeoutExpired:
            return Made(workspace, "", f"did not end within {seconds / 60:g} minutes", "".join(log), timed_out=True)
        except OSError as error:
            return Made(workspace, "", f"Terraform does not start ({error.strerror})", "")
        shown = _show(terraform, folder, saved) if saved.exists() else ""
        if keep and shown and not why:
            with scratch.beside(keep) as unfinished:
                copy = shutil.copyfile(saved, unfinished / "tfplan")
                copy.chmod(0o600)
                copy.replace(keep / f"{workspace}.tfplan")
    return Made(workspace, shown, why or ("" if shown else "terraform show did not print the plan"), "".join(log))


def _make(terraform: str, folder: pathlib.Path, saved: pathlib.Path, seconds: float, log: list[str]) -> str:
    """Run `terraform init` and `terraform plan`. Return the reason for a failure, or an empty text."""
    with INIT:
        if _run([terraform, "init", "-input=false", "-no-color"], folder, seconds, log):
            return "init failed"
    # Plan without a state lock, so that the identity for plans needs no write access to the state. An apply that runs
    # at the same time can only make the plan outdated.
    command = [terraform, "plan", "-input=false", "-no-color", "-lock=false", f"-out={saved}"]
    return "the plan failed" if _run(command, folder, seconds, log, PRIVATE) else ""


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


def _run(command: list[str], folder: pathlib.Path, seconds: float, log: list[str], umask: int = -1) -> int:
    """Run a command and return its exit code. After a timeout, interrupt the command so that Terraform can release its
    locks.

    Append the output to the log. Raises `subprocess.TimeoutExpired` after a timeout.
    """
    process = subprocess.Popen(
        command, cwd=folder, env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace", umask=umask,
        start_new_session=True,
    )  # fmt: skip
    try:
        out, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGINT)
        try:
            out, _ = process.communicate(timeout=GRACE)
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGKILL)
            out, _ = process.communicate()
        log.append(out)
        raise
    log.append(out)
    return process.returncode


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """Send a signal to the process group, because the program may be a script that starts Terraform."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _environment() -> Mapping[str, str]:
    return {**os.environ, "TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
