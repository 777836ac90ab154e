"""A file replaced as a whole: nobody sees half of it, and two who change it at once wait for one another."""

import contextlib
import fcntl
import os
import pathlib
import tempfile
from collections.abc import Iterator


@contextlib.contextmanager
def locked(file: pathlib.Path) -> Iterator[None]:
    """Keep out others that use this lock. It is the folder's own, so that no lock file is left behind.

    Raises `OSError` if the folder cannot be locked, for example on some network file systems.
    """
    folder = os.open(file.resolve().parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


class Changed(Exception):
    """The file is no longer what it was: somebody who does not use the lock has written it."""


def replace(file: pathlib.Path, before: bytes, content: bytes) -> None:
    """Put new content in the place of a file that holds `before`; a link stays a link.

    Raises `Changed` or `OSError`, and then nothing has changed.
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
        with target.open("r+b") as there:  # to be written, so that a file that nobody may write stays as it is
            if there.read() != before:
                raise Changed
        written.replace(target)
