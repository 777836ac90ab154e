"""The topology file as it was in earlier commits, with the public keys that were beside it then."""

import pathlib
import subprocess
import tempfile
from collections.abc import Iterator

from hvn.topology import load, source
from hvn.topology.printable import printable


def commits_with(path: pathlib.Path, spoke: str) -> Iterator[tuple[str, str, load.Checked]]:
    """Commits in whose topology the spoke is, the newest first: hash, subject and that topology.

    None outside of a repository. A link is followed to the file itself, and that through its renames.
    """
    file = path.resolve()
    # NULs between all, since a subject may hold what ends a line; a merge is a commit of its own, with what it changes.
    options = ("--follow", "--diff-merges=first-parent", "--name-only", "-z", "--format=%H%x00%s")
    parts = iter((_git(file.parent, "log", *options, file.name) or "").split("\0"))
    for sha in parts:
        subject, name = next(parts, ""), next(parts, "").removeprefix("\n")
        checked = _at(file.parent, sha, pathlib.PurePosixPath(name), spoke)
        if checked and spoke in checked.topology.spokes:
            yield sha, printable(subject), checked


def _at(folder: pathlib.Path, sha: str, name: pathlib.PurePosixPath, spoke: str) -> load.Checked | None:
    """The topology of a commit, and of the keys those of the spoke: they are deleted together with it."""
    text = _git(folder, "show", f"{sha}:{name}")
    if text is None:
        return None
    keys = _git(folder, "show", f"{sha}:{name.parent / 'jwks' / f'{spoke}.json'}")
    with tempfile.TemporaryDirectory() as made:
        if keys is not None:
            (pathlib.Path(made) / f"{spoke}.json").write_text(keys, encoding="utf-8")
        return load.check(source.parse(text, str(name)), pathlib.Path(made)).checked


def _git(folder: pathlib.Path, *arguments: str) -> str | None:
    """What git prints; None where it cannot, or is not there."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)  # noqa: S607
    except (OSError, subprocess.CalledProcessError, UnicodeDecodeError):
        return None
    return done.stdout
