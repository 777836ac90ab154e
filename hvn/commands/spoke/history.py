"""The commits in whose topology a spoke is."""

import pathlib
from collections.abc import Iterator

from hvn.check import load
from hvn.commits import git, loaded, text
from hvn.diagnostics.printable import printable


def commits_with(path: pathlib.Path, spoke: str) -> Iterator[tuple[str, str, load.Checked]]:
    """Commits in whose topology the spoke is, the newest first: hash, subject and that topology.

    None outside of a repository. A link is followed to the file itself, and that through its renames.
    """
    file = path.resolve()
    # NULs between all, since a subject may hold what ends a line; a merge is a commit of its own, with what it changes.
    options = ("--follow", "--diff-merges=first-parent", "--name-only", "-z", "--format=%H%x00%s")
    parts = iter(text(git(file.parent, "log", *options, file.name) or b"").split("\0"))
    for sha in parts:
        subject, name = next(parts, ""), next(parts, "").removeprefix("\n")
        found = loaded(file.parent, sha, name)
        if found and found.checked and spoke in found.checked.topology.spokes:
            yield sha, printable(subject), found.checked
