"""Find the commits with a spoke in their topology."""

import pathlib
from collections.abc import Iterator

from hvn.check import load
from hvn.commits import git, loaded, text
from hvn.diagnostics.printable import printable


def commits_with(path: pathlib.Path, spoke: str) -> Iterator[tuple[str, str, load.Checked]]:
    """Yield the hash, subject and topology of each commit with the spoke, the newest commit first.

    Yields nothing outside a git repository. The search resolves a symbolic link to its file, and follows renames of the
    file.
    """
    file = path.resolve()
    # The fields end with NUL, because a subject can contain line ends. With `first-parent`, `git log` also lists the
    # files that a merge changes.
    options = ("--follow", "--diff-merges=first-parent", "--name-only", "-z", "--format=%H%x00%s")
    parts = iter(text(git(file.parent, "log", *options, file.name) or b"").split("\0"))
    for sha in parts:
        subject, name = next(parts, ""), next(parts, "").removeprefix("\n")
        commit = loaded(file.parent, sha, name)
        if commit and commit.checked and spoke in commit.checked.topology.spokes:
            yield sha, printable(subject), commit.checked
