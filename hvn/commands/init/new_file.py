"""Write a new file, and never replace a file."""

import os
import pathlib

from hvn.diagnostics.printable import printable
from hvn.options import stop


def require_new(path: pathlib.Path) -> None:
    """Exit with 2 if the file exists or cannot be written. A person answers questions only for a file that can be
    written."""
    shown = printable(str(path), 200)
    if str(path) == "-":
        stop("init does not write to standard output: name a file")
    if path.is_dir():
        stop(f"{shown} is a directory: name a new file in it")
    if path.exists() or path.is_symlink():
        stop(f"{shown} exists: name another file, or move the existing file")
    folder = next(one for one in path.absolute().parents if one.exists())
    if not folder.is_dir():
        stop(f"{shown} cannot be written: {printable(str(folder), 200)} is not a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        stop(f"{shown} cannot be written: no permission to write to {printable(str(folder), 200)}")


def write(path: pathlib.Path, text: str, retry: str) -> None:
    """Write the new file, or exit with 2 and the text `retry`. A failed write leaves no part of the file."""
    created = False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as new:
            created = True
            new.write(text)
    except OSError as error:
        if created:
            path.unlink(missing_ok=True)
        stop(f"{printable(str(path), 200)} cannot be written: {error.strerror}{retry}")
