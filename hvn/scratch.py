"""Create temporary folders for secrets, such as plans and states. The folders are removed when the process ends.

All temporary folders of a process are in one root folder, `hvn-run-…` in the folder for temporary files. The root has
mode 0700 and is locked while the process runs. `hvn/supervisor.py` removes the root after the process. If a process is
killed together with its supervisor, the lock on its root ends, and the next process removes the root.
"""

import contextlib
import fcntl
import os
import pathlib
import shutil
import tempfile
from collections.abc import Iterator

PREFIX = "hvn-run-"
MARK = ".hvn"
"""A file in every root. A folder without this file is never removed."""
LINKS = "outside"
"""The folder in a root that contains links to temporary folders outside the root (`beside`)."""
OUTSIDE = ".hvn-unfinished-"

_shared: list["Root"] = []


class Root:
    """A locked root folder. The lock on a root ends with the last process that inherited it by `fork`."""

    def __init__(self) -> None:
        self.path = pathlib.Path(tempfile.mkdtemp(prefix=PREFIX))
        self._lock = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            # Some network file systems have no locks. Continue without a lock: on such a file system, no process
            # removes the root of another process.
            with contextlib.suppress(OSError):
                fcntl.flock(self._lock, fcntl.LOCK_EX)
            (self.path / LINKS).mkdir()
            # Write the mark after the root is locked, because other processes ignore a root without the mark.
            (self.path / MARK).touch()
        except OSError:
            self.remove()
            raise

    def remove(self) -> None:
        """Remove the root and the folders behind its links."""
        _remove(self.path)
        os.close(self._lock)


def share(root: Root) -> None:
    """Create all later temporary folders of this process in this root, which another process removes."""
    _shared.append(root)


def redirect(root: Root) -> None:
    """Set TMPDIR, so that jsii, Terraform and other child processes create temporary files in the root."""
    made = root.path / "tmp"
    made.mkdir()
    os.environ["TMPDIR"] = str(made)


@contextlib.contextmanager
def _root() -> Iterator[Root]:
    """Yield the shared root. If no root is shared, yield a new root and remove it after the block."""
    if _shared:
        yield _shared[-1]
        return
    remove_abandoned()
    root = Root()
    try:
        yield root
    finally:
        root.remove()


@contextlib.contextmanager
def folder(purpose: str) -> Iterator[pathlib.Path]:
    """Yield a new temporary folder of mode 0700, and remove the folder after the block."""
    with _root() as root:
        made = pathlib.Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=root.path))
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)


@contextlib.contextmanager
def beside(output: pathlib.Path) -> Iterator[pathlib.Path]:
    """Yield a new temporary folder of mode 0700 in `output`, and remove the folder after the block.

    The caller writes a file in the yielded folder and renames the file into `output`. `output` therefore never contains
    an incomplete file. If a symbolic link has the same name, the rename replaces the link, not its target.
    """
    with _root() as root:
        link = pathlib.Path(tempfile.mkdtemp(dir=root.path / LINKS), "link")
        made = output.absolute() / f"{OUTSIDE}{link.parent.name}"
        link.symlink_to(made)
        made.mkdir(0o700)
        try:
            yield made
        finally:
            _remove_outside(link)


def remove_abandoned() -> None:
    """Remove the roots of processes that were killed together with their supervisor."""
    for path in pathlib.Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(lock).st_uid == os.getuid() and (path / MARK).is_file():
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    _remove(path)
            finally:
                os.close(lock)


def _remove(root: pathlib.Path) -> None:
    for link in (root / LINKS).glob("*/link"):
        _remove_outside(link)
    shutil.rmtree(root, ignore_errors=True)


def _remove_outside(link: pathlib.Path) -> None:
    with contextlib.suppress(OSError):
        made = link.readlink()
        if made.name.startswith(OUTSIDE):
            shutil.rmtree(made, ignore_errors=True)
    shutil.rmtree(link.parent, ignore_errors=True)
