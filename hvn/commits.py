"""Read the topology file and the key files of a commit with git."""

import os
import pathlib
import re
import subprocess
from collections.abc import Mapping, Sequence

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
    files = contents(folder, listed(folder, commit, name, _beside(name, "jwks"), _beside(name, extra_files.FOLDER)))
    content = files.pop(name, None)
    if content is None:
        return None
    file = into / "topology.yaml"
    file.write_bytes(content)
    (into / "jwks").mkdir()
    for other, content in files.items():
        inner = pathlib.PurePosixPath(other).relative_to(pathlib.PurePosixPath(name).parent)
        if inner.parts[0] == extra_files.FOLDER or (len(inner.parts) == 2 and inner.suffix == ".json"):
            (into / inner).parent.mkdir(parents=True, exist_ok=True)
            (into / inner).write_bytes(content)
    return file


def rules(folder: pathlib.Path, commit: str, name: str) -> own_rules.OwnRules:
    """Import and return the user's own rules beside the topology file `name` of a commit."""
    beside = _beside(name, own_rules.FOLDER)
    objects = listed(folder, commit, beside)
    direct = {file: hash_ for file, hash_ in objects.items() if re.fullmatch(r"[^/]+\.py", file.removeprefix(beside))}
    return own_rules.imported(contents(folder, direct).items())


def _beside(name: str, inner: str) -> str:
    """Return the path of a folder beside a topology file, with a slash at the end."""
    return f"{pathlib.PurePosixPath(name).parent / inner}/"


def listed(folder: pathlib.Path, commit: str, *paths: str) -> Mapping[str, str]:
    """Return the hashes of a commit's files at or below these paths, by the names of the files, in their order."""
    entries = fields(git(folder, "ls-tree", "--full-tree", "-r", "-z", commit, "--", *paths))
    pairs = (entry.partition("\t") for entry in entries)
    return {name: head.split()[2] for head, _, name in sorted(pairs, key=lambda pair: pair[2]) if " blob " in head}


def contents(folder: pathlib.Path, hashes: Mapping[str, str]) -> dict[str, bytes]:
    """Return the contents of the files with these hashes, by the names of the files, with one call of git."""
    if not hashes:
        return {}
    request = "".join(f"{hash_}\n" for hash_ in hashes.values())
    out = git(folder, "cat-file", "--batch", stdin=request.encode()) or b""
    found: dict[str, bytes] = {}
    for name in hashes:
        head, _, rest = out.partition(b"\n")
        kind, _, size = head.partition(b" ")[2].partition(b" ")
        out = rest
        if kind == b"blob":
            found[name], out = rest[: int(size)], rest[int(size) + 1 :]
    return found


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
