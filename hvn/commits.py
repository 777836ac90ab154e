"""The topology file and the keys beside it as they are in a commit, read out of git."""

import os
import pathlib
import subprocess
import tempfile
from collections.abc import Iterator, Sequence

from hvn.check import load
from hvn.diagnostics.printable import printable
from hvn.yamlfile import source

OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX")
"""What git tells its hooks. With them it looks there, whatever the folder that is asked for."""


def loaded(folder: pathlib.Path, commit: str, name: str) -> load.Loaded | None:
    """The file `name` of a commit, read and checked; None if it is not there. `folder` is any of the repository."""
    with tempfile.TemporaryDirectory(prefix="hvn-commit-") as made:
        file = take(folder, commit, name, pathlib.Path(made))
        if file is None:
            return None
        return load.check(source.parse(text(file.read_bytes()), name), file.with_name("jwks"))


def take(folder: pathlib.Path, commit: str, name: str, into: pathlib.Path) -> pathlib.Path | None:
    """Write the file and its keys into an empty folder, in which the file is `topology.yaml`; None if it is not there.

    All keys, not those of one spoke: without one of them the topology may be another, or not free of errors.
    """
    content = git(folder, "cat-file", "blob", f"{commit}:{name}")
    if content is None:
        return None
    file = into / "topology.yaml"
    file.write_bytes(content)
    (into / "jwks").mkdir()
    listed = fields(git(folder, "ls-tree", "--full-tree", "-z", "--name-only", commit, f"{_jwks(name)}/"))
    for key_file, key_set in blobs(folder, commit, [each for each in listed if each.endswith(".json")]):
        (into / "jwks" / pathlib.PurePosixPath(key_file).name).write_bytes(key_set)
    return file


def _jwks(name: str) -> pathlib.PurePosixPath:
    return pathlib.PurePosixPath(name).parent / "jwks"


def blobs(folder: pathlib.Path, commit: str, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Files of a commit with what is in them, all by one call of git; without those whose name has two lines."""
    names = [each for each in names if "\n" not in each]
    asked = "".join(f"{commit}:{each}\n" for each in names)
    out = git(folder, "cat-file", "--batch", given=asked.encode("utf-8", "surrogateescape")) or b""
    for each in names:
        head, _, out = out.partition(b"\n")
        *_, kind, size = head.split(b" ")
        if kind == b"blob":
            yield each, out[: int(size)]
        out = out[int(size) + 1 :]


def fields(out: bytes | None) -> Sequence[str]:
    """What git prints with `-z`."""
    return [each for each in text(out or b"").split("\0") if each]


def text(out: bytes) -> str:
    """What git prints, also where it is no UTF-8."""
    return out.decode("utf-8", "surrogateescape")


def git(folder: pathlib.Path, *arguments: str, given: bytes | None = None) -> bytes | None:
    """What git prints; None where it cannot, or is not there."""
    try:
        return _git(folder, *arguments, given=given)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None


def no_repository(folder: pathlib.Path) -> str:
    """Why git sees no repository in a folder, on one line: there may be one that belongs to somebody else."""
    try:
        _git(folder, "rev-parse", "--show-toplevel")
    except subprocess.CalledProcessError as error:
        said: bytes = error.stderr
        return f"git says: {printable(' '.join(text(said).split()), 500)}"
    except (OSError, ValueError) as error:
        return f"git cannot be run ({getattr(error, 'strerror', None) or error}): is it installed?"
    return "git says nothing"


def _git(folder: pathlib.Path, *arguments: str, given: bytes | None = None) -> bytes:
    environment = {name: value for name, value in os.environ.items() if name not in OF_A_HOOK}
    command = ["git", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, input=given, capture_output=True, check=True).stdout
