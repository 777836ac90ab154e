"""Run a program with closed standard streams, with files on a full disk, or with a pipe without a reader."""

import contextlib
import errno
import fcntl
import os
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

CLOSED = "standard output is closed"


def guard(program: str, work: Callable[[], int]) -> int:
    """Run `work` and return its exit code. For an error of the operating system, print one line and return 2.

    If the reader closed the pipe, SIGPIPE ends this process. Errors count as well for output that is still in a buffer:
    at exit, Python would report them with exit code 120.
    """
    _open_closed()
    try:
        try:
            return work()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
    except BrokenPipeError:
        _end_by_pipe()
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        reason = CLOSED if error.errno == errno.EBADF and not place else error.strerror or error
        with contextlib.suppress(OSError):
            print(f"{program}: {place}{reason}", file=sys.stderr, flush=True)
        _discard()
        return 2


def require_output() -> None:
    """Raise `OSError` if standard output is closed or cannot be written, for a program that replaces this process."""
    if fcntl.fcntl(1, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
        raise OSError(errno.EBADF, CLOSED)


def _open_closed() -> None:
    """Open the null device in place of a closed stream, because the next file would get its number.

    The null device of standard output is read-only: a write fails, as on a full disk. Messages for a closed standard
    error are discarded.
    """
    if sys.stdout is None:
        _open(1, os.O_RDONLY)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - until the end of the process
    if sys.stderr is None:
        _open(2, os.O_WRONLY)
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - until the end of the process


def _discard() -> None:
    """Discard the output in the buffers that cannot be written, because Python would try again at exit."""
    for number, stream in ((1, sys.stdout), (2, sys.stderr)):
        try:
            stream.flush()
        except OSError:
            _open(number, os.O_WRONLY)


def _open(number: int, mode: int) -> None:
    """Open the null device as this file descriptor, also for child processes."""
    opened = os.open(os.devnull, mode)
    if opened == number:
        os.set_inheritable(number, True)
    else:
        os.dup2(opened, number)
        os.close(opened)


def _end_by_pipe() -> NoReturn:
    """End this process by SIGPIPE, as other programs do if the reader closes the pipe."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.raise_signal(signal.SIGPIPE)
    raise AssertionError
