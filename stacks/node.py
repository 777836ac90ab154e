"""Check the environment of jsii's Node before jsii starts, because jsii would print a stack trace or wait forever."""

import os
import subprocess
import sys
from types import TracebackType
from typing import NoReturn

from hvn.cdktf import CACHES, require_caches
from hvn.diagnostics.printable import printable
from hvn.options import stop

NO_SPACE = ("ENOSPC", "EDQUOT", "EROFS", "EACCES")


def require(*, custom: bool) -> None:
    """Exit with 2 if jsii's cache is unwritable, or if Node does not start with the user's NODE_OPTIONS or JSII_NODE.

    After this call an `OSError`, such as a full disk during an import, also ends the process with one line.
    """
    sys.excepthook = _one_line
    require_caches(os.environ, CACHES[1:])
    node = os.environ.get("JSII_NODE", "node")
    shown = printable(node, 200)
    if not custom:
        return
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        stop(f"JSII_NODE: {shown} does not start ({error.strerror}): unset JSII_NODE")
    if done.returncode:
        reason = next(iter(done.stderr.splitlines()), f"exit code {done.returncode}")
        stop(f"{shown} does not start ({printable(reason, 300)}): check NODE_OPTIONS and JSII_NODE")
    if not done.stdout.startswith("v"):
        stop(f"JSII_NODE: {shown} is not Node: unset JSII_NODE")


def _one_line(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if isinstance(error, OSError) or any(code in str(error) for code in NO_SPACE):
        _end(str(error))
    sys.__excepthook__(kind, error, trace)


def _end(message: str) -> NoReturn:
    print(f"the workspaces cannot be written: {printable(message.splitlines()[0], 500)}", file=sys.stderr, flush=True)
    # Exit without jsii's cleanup, which would fail again.
    os._exit(2)
