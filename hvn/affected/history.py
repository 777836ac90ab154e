"""Where a branch began: the topology file as it was there, and what makes Terraform of it."""

import pathlib
from collections.abc import Iterator
from dataclasses import dataclass

from hvn.commits import fields, git, loaded, text
from hvn.topology import load
from hvn.topology.printable import printable

PROJECT = pathlib.Path(__file__).resolve().parents[2]
# What makes Terraform of a topology, and in which versions. The rest of `hvn` reads and reports.
CODE = (
    *("main.py", "stacks", "hvn/topology", "cdktf.json"),
    *("Pipfile", "Pipfile.lock", "package.json", "package-lock.json"),
)


class NoBase(Exception):
    """There is no commit to compare with. The message is one line: what, why, what to do."""


@dataclass(frozen=True, slots=True)
class Base:
    """The other side of the comparison. `file` and `loaded` are None if the commit has no topology file.

    `code` names the files that make the Terraform and differ between that commit and the working tree.
    """

    commit: str
    file: str | None
    loaded: load.Loaded | None
    code: tuple[str, ...]


def base(ref: str, path: pathlib.Path) -> Base:
    """The merge base of a commit and HEAD, with the topology file as it was there. Raises `NoBase`."""
    file = path.resolve()
    top = git(file.parent, "rev-parse", "--show-toplevel")
    if top is None:
        raise NoBase(f"{printable(str(path))} lies in no git repository, or git is not installed: there is no base")
    root = pathlib.Path(text(top).strip("\n"))
    tip = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if tip is None:
        raise NoBase(f"{printable(ref)} is no commit here: name a branch, tag or hash (a CI checkout must fetch it)")
    found = git(root, "merge-base", "HEAD", text(tip).strip())
    if found is None:
        raise NoBase(
            f"HEAD and {printable(ref)} have no commit in common here: fetch the history (actions/checkout with "
            "fetch-depth: 0)"
        )
    commit = text(found).strip()
    name = _name_then(root, commit, file.relative_to(root).as_posix())
    before = loaded(root, commit, name) if name else None
    return Base(commit, name if before else None, before, tuple(_changed_code(root, commit)))


def _name_then(root: pathlib.Path, commit: str, name: str) -> str | None:
    """The file's name in the commit, also if it was renamed since."""
    if git(root, "cat-file", "-e", f"{commit}:{name}") is not None:
        return name
    renamed = fields(git(root, "diff", "--name-status", "-z", "-M", "--diff-filter=R", commit))
    return next((old for _, old, new in zip(*[iter(renamed)] * 3, strict=False) if new == name), None)


def _changed_code(root: pathlib.Path, commit: str) -> Iterator[str]:
    """Files of this project that differ, those that git does not know yet among them; none if it lies elsewhere."""
    if not PROJECT.is_relative_to(root):
        return
    paths = [(PROJECT.relative_to(root) / each).as_posix() for each in CODE]
    changed = git(root, "diff", "--name-only", "-z", commit, "--", *paths)
    new = git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", *paths)
    if changed is None or new is None:
        # Silence would mean that nothing changed.
        raise NoBase(f"git cannot compare the code with {commit[:12]}: is the checkout whole?")
    yield from sorted({*fields(changed), *fields(new)})
