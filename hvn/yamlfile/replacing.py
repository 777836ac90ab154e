"""Replaces a file atomically. A lock makes two processes that change the same file wait for each other."""

import contextlib
import fcntl
import os
import pathlib
import tempfile
from collections.abc import Iterator


@contextlib.contextmanager
def locked(file: pathlib.Path) -> Iterator[None]:
    """Hold the lock of the file's folder. The lock is on the folder itself, so no lock file remains.

    Raises `OSError` if the folder cannot be locked, for example on some network file systems.
    """
    folder = os.open(file.resolve().parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


class Changed(Exception):
    """Another process, which does not use the lock, has written the file."""


def replace(file: pathlib.Path, before: bytes, content: bytes) -> None:
    """Replace the content `before` of a file with new content. A symbolic link stays a link.

    Raises `Changed` if the file does not have the content `before`, or `OSError`; the file is unchanged then.
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
        with target.open("r+b") as current:  # for writing, so that a read-only file is not replaced
            if current.read() != before:
                raise Changed
        written.replace(target)
