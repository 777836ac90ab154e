"""Read files that the user names on the command line."""

import errno
import os
import pathlib
import stat
import sys


def read_or_stdin(name: str, limit: int) -> bytes:
    """Return at most `limit` bytes of a file, or of standard input for `-`. Raises `ValueError` or `OSError` as
    `read` does."""
    return sys.stdin.buffer.read(limit) if name == "-" else read(pathlib.Path(name), limit)


def read(file: pathlib.Path, limit: int) -> bytes:
    """Return at most `limit` bytes of a file.

    Raises `ValueError` for an invalid name, and `OSError` if the file cannot be read. A named pipe is also an error,
    because a read would wait until another process writes. A pipe of the shell, `<(command)`, is read, because a
    process writes into the pipe.
    """
    # Open without waiting and check the opened file, because the file may be replaced between a check and an open.
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISDIR(mode):  # the error of `os.fdopen` would name the descriptor
        os.close(descriptor)
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
    with os.fdopen(descriptor, "rb") as opened:
        named = not (file.is_relative_to("/dev") or file.is_relative_to("/proc"))
        if named and stat.S_ISFIFO(mode):
            raise OSError(errno.EINVAL, "it is a named pipe", str(file))
        os.set_blocking(descriptor, True)
        return opened.read(limit)
