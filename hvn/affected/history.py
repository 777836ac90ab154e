"""Where a branch began: the topology file as it was there, and what makes Terraform of it."""

import pathlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hvn.check import load
from hvn.commits import blobs, fields, git, loaded, no_repository, text
from hvn.diagnostics.printable import printable
from hvn.yamlfile import source

PROJECT = pathlib.Path(__file__).resolve().parents[2]
# What makes Terraform of a topology, and in which versions. The rest of `hvn` reads and reports.
CODE = (
    *("main.py", "stacks", "hvn/topology", "cdktf.json"),
    *("Pipfile", "Pipfile.lock", "package.json", "package-lock.json"),
)
# What writes the review of a change, beside that.
REVIEW = ("hvn", "bin", "examples/github", ".github/workflows")


class NoBase(Exception):
    """There is no commit to compare with. The message is one line: what, why, what to do."""


@dataclass(frozen=True, slots=True)
class Base:
    """The other side of the comparison. `file` and `loaded` are None if the commit has no topology file, or if nobody
    knows which it is: `unknown` says why.

    `code` names the files that make the Terraform and differ between that commit and the working tree; the project's
    folder where nobody knows what they were. `review` names those that write the review, and make no Terraform.
    """

    commit: str
    file: str | None
    loaded: load.Loaded | None
    code: tuple[str, ...]
    unknown: str = ""
    review: tuple[str, ...] = ()


def base(ref: str, path: pathlib.Path) -> Base:
    """The merge base of a commit and HEAD, with the topology file as it was there. Raises `NoBase`."""
    file = path.resolve()
    top = git(file.parent, "rev-parse", "--show-toplevel")
    if top is None:
        why = no_repository(file.parent)
        raise NoBase(f"{printable(str(path))} lies in no git repository that can be read, so there is no base: {why}")
    root = pathlib.Path(text(top).strip("\n"))
    tip = git(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    if tip is None:
        raise NoBase(f"{printable(ref)} is no commit here: name a branch, tag or hash (a CI checkout must fetch it)")
    found = git(root, "merge-base", "HEAD", text(tip).strip())
    if found is None:
        raise NoBase(
            f"HEAD and {printable(ref)} have no commit in common here: fetch the history (actions/checkout with "
            "fetch-depth: 0)"
        )
    commit = text(found).strip()
    code = tuple(_changed(root, commit, CODE))
    review = tuple(each for each in _changed(root, commit, REVIEW) if each not in {*code, str(PROJECT)})
    try:
        name = _name_then(root, commit, file)
    except _Unclear as error:
        return Base(commit, None, None, code, str(error), review)
    before = loaded(root, commit, name) if name else None
    return Base(commit, name if before else None, before, code, review=review)


class _Unclear(Exception):
    """Nobody knows which file of a commit is the topology's. The message says why."""


def _name_then(root: pathlib.Path, commit: str, file: pathlib.Path) -> str | None:
    """The file's name in the commit, also if it was renamed since; None if the network is new. Raises `_Unclear`.

    Not by how much two files are alike, as git has it: who renames a file may rewrite it, and take spokes out of it.
    """
    name = file.relative_to(root).as_posix()
    if git(root, "cat-file", "-e", f"{commit}:{name}") is not None:
        return name
    own, others = _own(file), dict(_topologies(root, commit))
    gone = [each for each in others if not (root / each).exists()]
    same = [each for each, network in others.items() if network in (own, None)]
    for found in (gone, [each for each in gone if each in same]):
        if len(found) == 1:
            return found[0]
    if not gone and not same:
        return None
    names = ", ".join((gone or same)[:3])
    raise _Unclear(
        f"the base {commit[:12]} has no {name}, and it is not clear which file it was there ({names}): rename it by a "
        "change of its own; which workspaces were removed is not known"
    )


def _own(file: pathlib.Path) -> object:
    data = source.read(file).data
    return data.get("name") if isinstance(data, dict) else None


def _topologies(root: pathlib.Path, commit: str) -> Iterator[tuple[str, object]]:
    """Topology files of a commit, each with its network's name: None where that cannot be read."""
    listed = fields(git(root, "ls-tree", "-r", "-z", "--name-only", commit))
    for name, content in blobs(root, commit, [each for each in listed if each.endswith((".yaml", ".yml", ".json"))]):
        if b"address_pools" in content:
            read = source.parse(text(content), name)
            data = read.data if isinstance(read.data, dict) else {}
            if not read.usable or "address_pools" in data:
                yield name, data.get("name")


def _changed(root: pathlib.Path, commit: str, among: Sequence[str]) -> Iterator[str]:
    """Files of this project that differ, of these and in these folders, those that git does not know yet among them.

    If it is a submodule of the topology's repository, from the commit of it that was recorded there; if nobody knows
    what was there, as in a repository of its own, the project's folder.
    """
    top = git(PROJECT, "rev-parse", "--show-toplevel")
    home = pathlib.Path(text(top).strip("\n")) if top else PROJECT
    paths = [(PROJECT.relative_to(home) / each).as_posix() for each in among]
    then = commit if home == root else _recorded(root, commit, home)
    known = git(home, "ls-files", "-z", "--", *paths)
    if then is None or known == b"":
        yield str(PROJECT)
        return
    changed = git(home, "diff", "--name-only", "-z", then, "--", *paths)
    new = git(home, "ls-files", "--others", "--exclude-standard", "-z", "--", *paths)
    if known is None or changed is None or new is None:
        # Silence would mean that nothing changed.
        raise NoBase(f"git cannot compare the code with {then[:12]}: is the checkout whole?")
    yield from sorted({*fields(changed), *fields(new)})


def _recorded(root: pathlib.Path, commit: str, submodule: pathlib.Path) -> str | None:
    """The commit of a submodule that a commit of the repository names."""
    if not submodule.is_relative_to(root):
        return None
    entry = git(root, "ls-tree", "-z", commit, "--", submodule.relative_to(root).as_posix())
    mode, _, rest = text(entry or b"").partition(" ")
    return rest.split()[1] if mode == "160000" else None
