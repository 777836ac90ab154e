"""The commits with a spoke in their topology."""

import pathlib
from collections.abc import Iterator

from hvn.check import load
from hvn.commits import git, loaded, text
from hvn.diagnostics.printable import printable


def commits_with(path: pathlib.Path, spoke: str) -> Iterator[tuple[str, str, load.Checked]]:
    """Yield the commits with the spoke in their topology, the newest first: hash, subject and topology.

    Yields nothing outside a repository. A symbolic link is resolved to its file; renames of the file are followed.
    """
    file = path.resolve()
    # Fields end in NUL, because a subject can contain line ends. A merge counts as a commit with its own changes.
    options = ("--follow", "--diff-merges=first-parent", "--name-only", "-z", "--format=%H%x00%s")
    parts = iter(text(git(file.parent, "log", *options, file.name) or b"").split("\0"))
    for sha in parts:
        subject, name = next(parts, ""), next(parts, "").removeprefix("\n")
        commit = loaded(file.parent, sha, name)
        if commit and commit.checked and spoke in commit.checked.topology.spokes:
            yield sha, printable(subject), commit.checked
