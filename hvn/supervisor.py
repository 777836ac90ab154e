"""Run a command in a child process. Remove the command's temporary folder, even if a signal ends the command.

A signal can raise an exception between any two instructions, for example between the creation of a folder and the `try`
that removes it. The exception would skip the removal, and the folder would remain on disk. Therefore the command runs
in a child process, and the parent process only waits. After the command, the parent process ends all descendants of the
command, and removes the command's temporary folder (`hvn/scratch.py`).
"""

import contextlib
import ctypes
import os
import pathlib
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from hvn import scratch

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h
POLL = 0.1
"""The seconds between searches for descendants, because no signal reports that a process became a child of the
supervisor."""


@dataclass(frozen=True, slots=True)
class Manner:
    """The supervisor's reaction to a signal."""

    message: str
    """The line that the supervisor prints on standard error after a signal."""
    grace: float = 0
    """The seconds between the interrupt and the kill of the command's processes."""
    passes_on: bool = False
    """True if the supervisor passes the signal on and waits until the command ends. A terminal sends Ctrl-C to the
    command directly."""


def supervise(work: Callable[[], int], manner: Manner) -> int:
    """Run `work` in a child process. Return its exit code; after a signal, 128 plus the signal's number.

    The child process also returns from this function. Raises `OSError` if no temporary folder can be created.
    """
    signals = {number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    scratch.remove_abandoned()
    root = scratch.Root()
    adopts = _prctl(PR_SET_CHILD_SUBREAPER, 1)
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        for number in signals:
            signal.signal(number, lambda received, _: os._exit(128 + received))
        if not adopts and not manner.passes_on:
            os.setpgid(0, 0)
        _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
        if os.getppid() != parent:
            os._exit(2)
        scratch.share(root)
        if not manner.passes_on:
            scratch.redirect(root)
        return work()
    return _Supervisor(child, signals, manner, adopts).run(root)


@dataclass(slots=True)
class _Supervisor:
    child: int
    signals: set[signal.Signals]
    manner: Manner
    adopts: bool
    received: int = 0
    deadline: float | None = None
    status: int | None = None
    interrupted: set[int] = field(default_factory=set)

    def run(self, root: scratch.Root) -> int:
        """Wait for the command, end its descendants, remove the root folder, and return the exit code."""
        wake, woken = os.pipe()
        os.set_blocking(woken, False)
        signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
        for number in (*self.signals, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, self.signals)
        while self.status is None:
            self._reap()
            if self.status is None:
                self._wait(wake)
        while self._end_descendants():
            self._wait(wake)
        root.remove()
        return self._code()

    def _wait(self, wake: int) -> None:
        """Wait for a signal; after a first signal, or after the end of the command, wait at most POLL seconds. Handle
        the signal, and kill the command after the deadline."""
        waits = POLL if self.deadline is not None or self.status is not None else None
        if select.select([wake], [], [], waits)[0]:
            for number in os.read(wake, 512):
                if number in self.signals:
                    self._handle(number)
        if self.status is None and self.deadline is not None and time.monotonic() > self.deadline:
            os.kill(self.child, signal.SIGKILL)

    def _handle(self, number: int) -> None:
        if self.manner.passes_on:
            if number != signal.SIGINT and self.status is None:
                os.kill(self.child, number)
            return
        # After a second signal kill all processes at once.
        grace = 0 if self.received else self.manner.grace
        self.deadline = time.monotonic() + grace
        self.received = self.received or number
        if self.status is None:
            os.kill(self.child, number)

    def _reap(self) -> bool:
        """Collect the exit status of each ended child process. Return False if no child process is left."""
        try:
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] == self.child:
                    self.status = ended[1]
        except ChildProcessError:
            return False
        return True

    def _end_descendants(self) -> bool:
        """Kill the processes that the command left running. After a signal, interrupt them first, and kill them after
        the grace period. Return False if no child process is left. In this case, without a subreaper, kill the
        command's process group, unless the supervisor passes signals on."""
        if not self._reap():
            if not self.adopts and not self.manner.passes_on:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.child, signal.SIGKILL)
            return False
        in_time = self.received and self.deadline is not None and time.monotonic() < self.deadline
        for process in _children():
            if not in_time:
                _kill(process, signal.SIGKILL)
            elif process not in self.interrupted:
                self.interrupted.add(process)
                _kill(process, signal.SIGINT)
        return True

    def _code(self) -> int:
        if self.received:
            with contextlib.suppress(OSError):
                print(self.manner.message, file=sys.stderr, flush=True)
            return 128 + self.received
        if self.status is not None and os.WIFSIGNALED(self.status):
            number = os.WTERMSIG(self.status)
            if number not in (signal.SIGKILL, signal.SIGSTOP):
                signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        return os.waitstatus_to_exitcode(self.status or 0)


def _children() -> list[int]:
    """Return the process ids of this process's running children, from Linux' /proc."""
    children = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            # The process's name, in parentheses, may contain any character. The state and the parent's id follow the
            # last parenthesis.
            state, parent = stat.read_text(errors="replace").rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        if int(parent) == os.getpid() and state != "Z":
            children.append(int(stat.parent.name))
    return children


def _kill(process: int, number: signal.Signals) -> None:
    """Send a signal to a process, or to its whole process group if the process leads one."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.getpgid(process) == process:
            os.killpg(process, number)
        else:
            os.kill(process, number)


def _prctl(option: int, value: int) -> bool:
    """Set an attribute of this process with Linux's prctl. Return whether the call succeeded."""
    if not sys.platform.startswith("linux"):
        return False
    return bool(ctypes.CDLL(None).prctl(option, value, 0, 0, 0) == 0)
