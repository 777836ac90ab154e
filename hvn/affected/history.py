"""Find the base of a branch, its topology file, and the changed code since the base."""

import pathlib
import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hvn import engine
from hvn.affected.locked import LOCKS, Package
from hvn.affected.locked import packages as changed_packages
from hvn.check import extra_files, load, own_rules
from hvn.commits import contents, fields, git, listed, loaded, no_repository, text
from hvn.diagnostics.printable import printable
from hvn.yamlfile import source

PROJECT = engine.PROJECT
# The code that generates Terraform from a topology, and its locked versions. Other code of `hvn` does not change the
# Terraform.
CODE = (
    *("main.py", "stacks", "cdktf.json"),
    *("hvn/topology", "hvn/kinds", "hvn/yamlfile", "hvn/check/load.py", "hvn/check/shape.py", "hvn/synthesis.py"),
    "hvn/check/extra_files.py",
    engine.FILE,
    *(posixpath.normpath(f"{engine.HOMES[engine.ENGINE]}/{name}") for name in ("Pipfile", "package.json", *LOCKS)),
)
# Files in these folders cannot affect the review. Other files, such as a Makefile or a `sitecustomize.py`, can affect
# the review.
NOT_REVIEW = ("docs/", "tests/")
NO_NETWORKS = ("examples/", "tests/")
"""Folders of the project with topology files that describe no network of the user."""
# Pipelines and approval rules in the topology's repository, outside the project.
PIPELINES = (
    ".github",
    ".gitlab",
    ".gitlab-ci.yml",
    "azure-pipelines.yml",
    ".azuredevops",
    "CODEOWNERS",
    "docs/CODEOWNERS",
)


class NoBase(Exception):
    """Git has no commit to compare with. The message is one line: the problem, the reason, the fix."""


@dataclass(frozen=True, slots=True)
class Base:
    """The commit that a branch is compared with, and its topology file.

    `file` and `loaded` are None if the commit has no topology file, or if the file cannot be identified: `unknown` is
    the reason. `code` lists the changed files that generate Terraform, or the project's folder if the base's code is
    unknown. `review` lists the other changed files that can affect the review. `locked` lists the changed packages in
    the locks.
    """

    commit: str
    file: str | None
    loaded: load.Loaded | None
    code: tuple[str, ...]
    unknown: str = ""
    review: tuple[str, ...] = ()
    locked: tuple[Package, ...] = ()


def base(ref: str, path: pathlib.Path) -> Base:
    """Return the merge base of a commit and HEAD, with the topology file of that commit. Raises `NoBase`."""
    file = path.resolve()
    top = git(file.parent, "rev-parse", "--show-toplevel")
    if top is None:
        reason = no_repository(file.parent)
        raise NoBase(f"{printable(str(path))} is not in a readable git repository, so it has no base: {reason}")
    root = pathlib.Path(text(top).strip("\n"))
    commit = _merge_base(root, ref)
    project = _project(root, commit)
    code = tuple(project.changed_below(CODE))
    review = tuple(
        dict.fromkeys(name for name in _review(root, commit, file, project) if name not in {*code, str(PROJECT)})
    )
    try:
        name, before = _topology_then(root, commit, file)
    except _Unclear as error:
        return Base(commit, None, None, code, str(error), review)
    return Base(commit, name, before, code, review=review, locked=tuple(_locked(project, code)))


def _merge_base(root: pathlib.Path, ref: str) -> str:
    commit = f"{ref}^{{commit}}"
    found = git(root, "merge-base", "--", "HEAD", commit)
    if found is not None:
        return text(found).strip()
    if git(root, "rev-parse", "--verify", "--quiet", commit) is None:
        raise NoBase(
            f"{printable(ref)} is not a commit in this repository: use a branch, tag or hash (in CI, fetch it first)"
        )
    raise NoBase(
        f"HEAD and {printable(ref)} have no common commit in this clone: fetch the history (actions/checkout with "
        "fetch-depth: 0)"
    )


class _Unclear(Exception):
    """The topology file of a commit cannot be identified. The message is the reason."""


def _topology_then(root: pathlib.Path, commit: str, file: pathlib.Path) -> tuple[str | None, load.Loaded | None]:
    """Return the topology file's name in the commit and the loaded file, even if the file was renamed later, or None
    twice if the topology is new. Raises `_Unclear`."""
    name = file.relative_to(root).as_posix()
    if before := loaded(root, commit, name):
        return name, before
    renamed = _name_before(root, commit, file)
    return renamed, loaded(root, commit, renamed) if renamed else None


def _name_before(root: pathlib.Path, commit: str, file: pathlib.Path) -> str | None:
    """Return the name in the commit of a topology file that was renamed later, or None if the topology is new.

    Raises `_Unclear`. Git's rename detection is not enough, because an edit may rename the file and remove most spokes.
    """
    name = file.relative_to(root).as_posix()
    own, others = _own(file), dict(_topologies(root, commit))
    removed = [other for other in others if not (root / other).exists()]
    same = [other for other, network in others.items() if network in (own, None)]
    for candidates in (removed, [other for other in removed if other in same]):
        if len(candidates) == 1:
            return candidates[0]
    if not removed and not same:
        return None
    names = ", ".join((removed or same)[:3])
    raise _Unclear(
        f"the base {commit[:12]} has no {name}, and it is unclear which of its files was renamed ({names}): rename "
        "the file in a separate change. The removed workspaces are unknown"
    )


def _own(file: pathlib.Path) -> object:
    data = source.read(file).data
    return data.get("name") if isinstance(data, dict) else None


def _topologies(root: pathlib.Path, commit: str) -> Iterator[tuple[str, object]]:
    """Yield the topology files of a commit, each with the value of `name`, which is None in an invalid file."""
    home = f"{PROJECT.relative_to(root).as_posix()}/".removeprefix("./") if PROJECT.is_relative_to(root) else ""
    # The sample and the tests of this project are no networks of the user.
    own = tuple(f"{home}{folder}" for folder in NO_NETWORKS)
    files = {
        name: hash_
        for name, hash_ in listed(root, commit).items()
        if name.endswith((".yaml", ".yml", ".json")) and not name.startswith(own)
    }
    for name, content in contents(root, files).items():
        if b"address_pools" in content:
            read = source.parse(text(content), name)
            data = read.data if isinstance(read.data, dict) else {}
            if not read.usable or "address_pools" in data:
                yield name, data.get("name")


def _review(root: pathlib.Path, commit: str, file: pathlib.Path, project: "_Project") -> Iterator[str]:
    """Yield the changed files that can affect the review: all files except the topology, its key files and extra
    blocks, docs and tests."""
    topology = {file, file.with_name("topology.schema.json")}
    for name in project.changed_below(()):
        path = project.home / name
        inner = path.relative_to(PROJECT).as_posix() if path.is_relative_to(PROJECT) else name
        inputs = path.parent == file.parent / "jwks" or path.is_relative_to(file.parent / extra_files.FOLDER)
        harmless = inner.startswith(NOT_REVIEW) or inner.endswith(".md") or inputs
        if path.name == "CODEOWNERS" or not (harmless or path in topology):
            yield name
    if root != PROJECT:
        own = str(file.parent.relative_to(root) / own_rules.FOLDER)
        yield from fields(git(root, "diff", "--name-only", "-z", commit, "--", *PIPELINES, own))
        yield from fields(git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", own))


def _locked(project: "_Project", code: Sequence[str]) -> Iterator[Package]:
    """Yield the packages that differ in the changed locks. With a new engine, compare the locks of both engines."""
    home, then = project.home, project.commit
    before = engine_of(home, then, code)
    for lock in LOCKS:
        now, old = (PROJECT / engine.HOMES[name] / lock for name in (engine.ENGINE, before))
        if then and (now != old or now.relative_to(home).as_posix() in code):
            content = git(home, "cat-file", "blob", f"{then}:{old.relative_to(home).as_posix()}")
            name = now.relative_to(PROJECT).as_posix()
            yield from changed_packages(name, content, now.read_bytes() if now.is_file() else None)


def engine_of(home: pathlib.Path, commit: str | None, code: Sequence[str]) -> str:
    """Return the engine of a commit of the project: the current engine, unless `config/engine` is in the changed
    code."""
    name = (PROJECT / engine.FILE).relative_to(home).as_posix()
    if name not in code:
        return engine.ENGINE
    word = text(git(home, "cat-file", "blob", f"{commit}:{name}") or b"").strip()
    return word if word in engine.HOMES else engine.DEFAULT


@dataclass(frozen=True, slots=True)
class _Project:
    """This project's files, compared with a commit of the project.

    `home` is the folder of the project's repository. `commit` is None if it is unknown. `tracked` lists the files in
    git's index, and `changed` the files that differ from the commit, including untracked files.
    """

    home: pathlib.Path
    commit: str | None
    tracked: Sequence[str] = ()
    changed: Sequence[str] = ()

    def changed_below(self, among: Sequence[str]) -> Iterator[str]:
        """Yield the changed files at or below these paths of the project [default: all files]. If the base's code is
        unknown, because the project is in a separate repository, yield the project's folder."""
        paths = {(PROJECT.relative_to(self.home) / path).as_posix() for path in among}
        folders = tuple(f"{path}/" for path in paths)

        def wanted(name: str) -> bool:
            return not among or name in paths or name.startswith(folders)

        if self.commit is None or not any(map(wanted, self.tracked)):
            yield str(PROJECT)
        else:
            yield from filter(wanted, self.changed)


def _project(root: pathlib.Path, commit: str) -> _Project:
    """Compare this project's files with a commit of the topology's repository.

    If the project is a submodule, compare with the submodule's commit that the topology's repository records.
    """
    top = git(PROJECT, "rev-parse", "--show-toplevel")
    home = pathlib.Path(text(top).strip("\n")) if top else PROJECT
    then = commit if home == root else _recorded(root, commit, home)
    if then is None:
        return _Project(home, None)
    place = PROJECT.relative_to(home).as_posix()
    # `-t` marks untracked files with a question mark.
    known = git(home, "ls-files", "-t", "-z", "--cached", "--others", "--exclude-standard", "--", place)
    # `--no-renames` also lists the old path of a renamed file.
    changed = git(home, "diff", "--name-only", "--no-renames", "-z", then, "--", place)
    if known is None or changed is None:
        # If this failure of git were ignored, the result would be "nothing changed".
        raise NoBase(f"git cannot compare the code with {then[:12]}: check that the checkout is complete")
    marked = fields(known)
    new = {entry[2:] for entry in marked if entry.startswith("?")}
    tracked = [entry[2:] for entry in marked if not entry.startswith("?")]
    return _Project(home, then, tracked, sorted({*fields(changed), *new}))


def _recorded(root: pathlib.Path, commit: str, submodule: pathlib.Path) -> str | None:
    """Return the commit that the repository's commit records for the submodule, or None if it records none."""
    if not submodule.is_relative_to(root):
        return None
    entry = git(root, "ls-tree", "-z", commit, "--", submodule.relative_to(root).as_posix())
    mode, _, rest = text(entry or b"").partition(" ")
    return rest.split()[1] if mode == "160000" else None
