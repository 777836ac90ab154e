"""Check the environment of jsii's Node before jsii starts: in a wrong environment, jsii would print a stack trace or
wait forever. Install the handler that ends or repeats main.py after an error."""

import os
import subprocess
import sys
from types import TracebackType
from typing import NoReturn

from hvn.cdktf import CACHES, require_caches
from hvn.diagnostics.printable import printable
from hvn.options import stop
from stacks.bindings import PLAIN, plain_environment

NO_SPACE = ("ENOSPC", "EDQUOT", "EROFS", "EACCES")


def require(*, custom: bool) -> None:
    """Exit with 2 if jsii's cache is unwritable, or if Node does not start with the user's NODE_OPTIONS or JSII_NODE.

    After this call an `OSError`, such as a full disk during an import, also ends the process with one line. After
    another error, main.py runs again with plain bindings.
    """
    sys.excepthook = _handle
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


def _handle(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    plain = os.environ.get(PLAIN)
    # A broken pipe means that Node ended, perhaps because of a preload.
    no_repeat = isinstance(error, OSError) and (plain or not isinstance(error, BrokenPipeError))
    if no_repeat or any(code in str(error) for code in NO_SPACE):
        _end(str(error))
    if isinstance(error, Exception) and not plain:
        _repeat(error)
    sys.__excepthook__(kind, error, trace)


def _repeat(error: Exception) -> NoReturn:
    """Run main.py again without the measures of stacks/bindings.py. This run succeeds, or prints the plain error."""
    code = subprocess.call([sys.executable, *sys.orig_argv[1:]], env=plain_environment())
    if not code:
        reason = printable(str(error).splitlines()[0] if str(error) else type(error).__name__, 300)
        print(f"{PLAIN}=1 was necessary, which takes longer: {reason}", file=sys.stderr)
    sys.exit(code if code >= 0 else 128 - code)


def _end(message: str) -> NoReturn:
    print(f"the workspaces cannot be written: {printable(message.splitlines()[0], 500)}", file=sys.stderr, flush=True)
    # Exit without jsii's cleanup, which would fail again.
    os._exit(2)
