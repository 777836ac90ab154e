"""Compute the fingerprint of the code that generates Terraform. A review refuses a plan with a different fingerprint,
because different code generated the plan's Terraform."""

import hashlib
import pathlib
from collections.abc import Iterator

from hvn.affected import history


def fingerprint() -> str:
    """Return a hash of the files in `history.CODE`. Equal files give an equal hash on every machine."""
    total = hashlib.sha256()
    for name, content in _files():
        total.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return total.hexdigest()


def _files() -> Iterator[tuple[str, bytes]]:
    root = history.PROJECT
    paths = [path for name in history.CODE for path in ([root / name] if (root / name).is_file() else _in(root / name))]
    for path in sorted(paths):
        yield path.relative_to(root).as_posix(), path.read_bytes()


def _in(folder: pathlib.Path) -> list[pathlib.Path]:
    paths = folder.rglob("*") if folder.is_dir() else ()
    return [path for path in paths if path.is_file() and "__pycache__" not in path.parts]
