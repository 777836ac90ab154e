"""Read the topology file and the key files of a commit with git."""

import os
import pathlib
import subprocess
from collections.abc import Iterator, Sequence

from hvn import scratch
from hvn.check import extra_files, load, own_rules
from hvn.diagnostics.printable import printable
from hvn.yamlfile import source

OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX")
"""Variables that git sets for its hooks. With these variables, git reads the hook's repository in every folder."""


def loaded(folder: pathlib.Path, commit: str, name: str) -> load.Loaded | None:
    """Load and check the topology file `name` of a commit. Return None if the commit does not contain the file.

    `folder` is any folder of the git repository.
    """
    with scratch.folder("commit") as made:
        file = take(folder, commit, name, made)
        if file is None:
            return None
        read = source.parse(text(file.read_bytes()), name)
        return load.check(read, file.with_name("jwks"), file.with_name("extra"))


def take(folder: pathlib.Path, commit: str, name: str, into: pathlib.Path) -> pathlib.Path | None:
    """Write the topology file of a commit as `topology.yaml`, and its key files and `extra`, into an empty folder.
    Return the path of the topology file, or None if the commit does not contain the file.

    The key files matter, because a missing key file changes or blocks workspaces.
    """
    content = git(folder, "cat-file", "blob", f"{commit}:{name}")
    if content is None:
        return None
    file = into / "topology.yaml"
    file.write_bytes(content)
    (into / "jwks").mkdir()
    for key_file, key_set in _beside(folder, commit, name, "jwks"):
        if key_file.endswith(".json"):
            (into / "jwks" / pathlib.PurePosixPath(key_file).name).write_bytes(key_set)
    for extra, content in _beside(folder, commit, name, extra_files.FOLDER, "-r"):
        written = into / pathlib.PurePosixPath(extra).relative_to(pathlib.PurePosixPath(name).parent)
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_bytes(content)
    return file


def rules(folder: pathlib.Path, commit: str, name: str) -> own_rules.OwnRules:
    """Import and return the user's own rules beside the topology file `name` of a commit."""
    return own_rules.imported(
        (file, content) for file, content in _beside(folder, commit, name, own_rules.FOLDER) if file.endswith(".py")
    )


def _beside(folder: pathlib.Path, commit: str, name: str, inner: str, *flags: str) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of the files in a folder beside a commit's topology file, in the order of the names.
    With the flag `-r`, also yield the files of inner folders."""
    place = f"{pathlib.PurePosixPath(name).parent / inner}/"
    listed = fields(git(folder, "ls-tree", "--full-tree", "-z", "--name-only", *flags, commit, place))
    yield from blobs(folder, commit, sorted(listed))


def blobs(folder: pathlib.Path, commit: str, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of these files of a commit, with one call of git. Skip names with a line break."""
    names = [name for name in names if "\n" not in name]
    request = "".join(f"{commit}:{name}\n" for name in names)
    out = git(folder, "cat-file", "--batch", stdin=request.encode("utf-8", "surrogateescape")) or b""
    for name in names:
        head, _, out = out.partition(b"\n")
        *_, kind, size = head.split(b" ")
        if kind == b"blob":
            yield name, out[: int(size)]
        out = out[int(size) + 1 :]


def fields(out: bytes | None) -> Sequence[str]:
    """Split output that git prints with `-z`, and return the fields."""
    return [field for field in text(out or b"").split("\0") if field]


def text(out: bytes) -> str:
    """Return the output of git as text, with surrogates for bytes that are not UTF-8."""
    return out.decode("utf-8", "surrogateescape")


def git(folder: pathlib.Path, *arguments: str, stdin: bytes | None = None) -> bytes | None:
    """Return the output of git, or None if git fails or is not installed."""
    try:
        return _git(folder, *arguments, stdin=stdin)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None


def no_repository(folder: pathlib.Path) -> str:
    """Return, as one line, the reason why git cannot find a repository in a folder. For example, another user owns the
    folder."""
    try:
        _git(folder, "rev-parse", "--show-toplevel")
    except subprocess.CalledProcessError as error:
        message: bytes = error.stderr
        return f"git reports: {printable(' '.join(text(message).split()), 500)}"
    except (OSError, ValueError) as error:
        return f"git cannot be run ({getattr(error, 'strerror', None) or error}): is it installed?"
    return "git reports nothing"


def _git(folder: pathlib.Path, *arguments: str, stdin: bytes | None = None) -> bytes:
    environment = {name: value for name, value in os.environ.items() if name not in OF_A_HOOK}
    command = ["git", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, input=stdin, capture_output=True, check=True).stdout
