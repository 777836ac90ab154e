"""The topology file and its keys as they were where a branch began, read out of git."""

import pathlib
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hvn.topology import load, source
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
    top = _git(file.parent, "rev-parse", "--show-toplevel")
    if top is None:
        raise NoBase(f"{printable(str(path))} lies in no git repository, or git is not installed: there is no base")
    root = pathlib.Path(_text(top).strip("\n"))
    tip = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if tip is None:
        raise NoBase(f"{printable(ref)} is no commit here: name a branch, tag or hash (a CI checkout must fetch it)")
    found = _git(root, "merge-base", "HEAD", _text(tip).strip())
    if found is None:
        raise NoBase(
            f"HEAD and {printable(ref)} have no commit in common here: fetch the history (actions/checkout with "
            "fetch-depth: 0)"
        )
    commit = _text(found).strip()
    name = _name_then(root, commit, file.relative_to(root).as_posix())
    loaded = _load(root, commit, name) if name else None
    return Base(commit, name, loaded, tuple(_changed_code(root, commit)))


def _name_then(root: pathlib.Path, commit: str, name: str) -> str | None:
    """The file's name in the commit, also if it was renamed since."""
    if _git(root, "cat-file", "-e", f"{commit}:{name}") is not None:
        return name
    renamed = _fields(_git(root, "diff", "--name-status", "-z", "-M", "--diff-filter=R", commit))
    return next((old for _, old, new in zip(*[iter(renamed)] * 3, strict=False) if new == name), None)


def _load(root: pathlib.Path, commit: str, name: str) -> load.Loaded:
    text = _text(_git(root, "cat-file", "blob", f"{commit}:{name}") or b"")
    folder = pathlib.PurePosixPath(name).parent / "jwks"
    with tempfile.TemporaryDirectory(prefix="hvn-base-") as made:
        for file, content in _blobs(root, commit, folder):
            (pathlib.Path(made) / file).write_bytes(content)
        return load.check(source.parse(text, name), pathlib.Path(made))


def _blobs(root: pathlib.Path, commit: str, folder: pathlib.PurePosixPath) -> Iterator[tuple[str, bytes]]:
    """The JSON files of a folder by name, all by one call of git."""
    listed = _fields(_git(root, "ls-tree", "-z", "--name-only", commit, f"{folder}/"))
    names = [each for each in listed if each.endswith(".json") and "\n" not in each]
    asked = "".join(f"{commit}:{each}\n" for each in names)
    out = _git(root, "cat-file", "--batch", given=asked.encode("utf-8", "surrogateescape")) or b""
    for each in names:
        head, _, out = out.partition(b"\n")
        *_, kind, size = head.split(b" ")
        if kind == b"blob":
            yield pathlib.PurePosixPath(each).name, out[: int(size)]
        out = out[int(size) + 1 :]


def _changed_code(root: pathlib.Path, commit: str) -> Iterator[str]:
    """Files of this project that differ, those that git does not know yet among them; none if it lies elsewhere."""
    if not PROJECT.is_relative_to(root):
        return
    paths = [(PROJECT.relative_to(root) / each).as_posix() for each in CODE]
    changed = _git(root, "diff", "--name-only", "-z", commit, "--", *paths)
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", *paths)
    if changed is None or new is None:
        # Silence would mean that nothing changed.
        raise NoBase(f"git cannot compare the code with {commit[:12]}: is the checkout whole?")
    yield from sorted({*_fields(changed), *_fields(new)})


def _fields(out: bytes | None) -> Sequence[str]:
    return [each for each in _text(out or b"").split("\0") if each]


def _text(out: bytes) -> str:
    return out.decode("utf-8", "surrogateescape")


def _git(folder: pathlib.Path, *arguments: str, given: bytes | None = None) -> bytes | None:
    """What git prints; None where it cannot, or is not there."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, input=given, capture_output=True, check=True)  # noqa: S607
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None
    return done.stdout
