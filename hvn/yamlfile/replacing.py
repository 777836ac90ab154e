"""Replace a file atomically, and lock its folder so that only one process at a time changes the file."""

import contextlib
import fcntl
import os
import pathlib
import tempfile
from collections.abc import Iterator


@contextlib.contextmanager
def locked(file: pathlib.Path) -> Iterator[None]:
    """Hold a lock on the file's folder while the block runs. The lock leaves no lock file behind, because the folder
    itself is locked.

    Raises `OSError` if the folder cannot be locked, for example on some network file systems.
    """
    folder = os.open(file.resolve().parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


class Changed(Exception):
    """Another process changed the file without holding the lock."""


def replace(file: pathlib.Path, before: bytes, content: bytes) -> None:
    """Replace the file's content `before` with new content. A symbolic link stays a link.

    Raises `Changed` if the file's content is not `before`, and `OSError` if the file cannot be written; both leave the
    file unchanged.
    """
    target = file.resolve()
    with contextlib.ExitStack() as stack:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        written = pathlib.Path(name)
        stack.callback(written.unlink, missing_ok=True)
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        written.chmod(target.stat().st_mode & 0o7777)
        # Open the file for writing, so that a read-only file causes an error and is not replaced.
        with target.open("r+b") as current:
            if current.read() != before:
                raise Changed
        written.replace(target)
