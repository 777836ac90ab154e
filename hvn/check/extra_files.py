"""The user's own Terraform: `extra/<workspace>/*.tf.json` beside the topology file (docs/how-to/extend.md).

main.py merges the blocks of these files into the workspace's `cdk.tf.json`. All names begin with `extra_`, so they do
not collide with the names of this project's stacks.
"""

import json
import pathlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from hvn import strict_json
from hvn.diagnostics.finding import Finding, Message, Rule, Span
from hvn.diagnostics.message import Text
from hvn.diagnostics.suggest import closest
from hvn.files import read as read_file
from hvn.kinds.registry import kind_of
from hvn.kinds.workspace import Workspace, WorkspaceId, by_id

FOLDER = "extra"
ENDING = ".tf.json"
MOST = 1024 * 1024
"""The maximum number of bytes of a file."""

BLOCKS = ("resource", "data", "output")
_TYPE = re.compile(r"[a-z][a-z0-9_]*")
_NAME = re.compile(r"extra_[A-Za-z0-9_-]+")
_COMMANDS = ("provisioner", "connection", "postrender")
_REPEATED = ("count", "for_each")
_EXPRESSION = re.compile(r"[$%]\{")
_READS = re.compile(r"\b(?:file\w*+|templatefile)\s*+(?:\(|/[*/]|#)")
"""Matches a call of a Terraform function that reads a file. A comment can separate the name and the parenthesis."""

EXTRA = Rule(
    id="HVN042",
    name="extra-file",
    reports="A file in `extra/` contains Terraform that this project does not accept.",
    why="a refused block could change resources, providers or the state of this project, or run commands",
    fix="correct the file, or delete the file",
    example='config/extra/hub/alerts.tf.json contains {"terraform": {}}',
    see="docs/how-to/extend.md",
)

Extras = Mapping[str, Mapping[str, str]]
"""The contents of the files as JSON with sorted keys, by workspace and file name."""


@dataclass(frozen=True, slots=True)
class ExtraFiles:
    """The usable files, and the findings about the unusable files."""

    files: Extras
    findings: tuple[Finding, ...] = ()


class _Unfit(Exception):
    """This project cannot use a file. The message states the reason."""


def read(folder: pathlib.Path) -> ExtraFiles:
    """Read the files in the folders of the workspaces. Return the usable files, and a finding for each unusable
    file."""
    files: dict[str, dict[str, str]] = {}
    findings: list[Finding] = []
    for file in sorted((*folder.glob(f"*{ENDING}"), *folder.glob("*/*"))):
        try:
            if file.parent == folder:
                raise _Unfit("the file is not in the folder of a workspace")  # noqa: TRY301
            content = _content(file)
            _no_second(content, files.get(file.parent.name, {}))
            files.setdefault(file.parent.name, {})[file.name] = json.dumps(content, sort_keys=True)
        except (_Unfit, ValueError, RecursionError) as error:
            findings.append(_finding(file, getattr(error, "lineno", 1), str(error)))
        except OSError as error:
            findings.append(_finding(file, 1, f"cannot be read: {error.strerror}"))
    return ExtraFiles(files, tuple(findings))


def _content(file: pathlib.Path) -> Mapping[str, Any]:
    if not file.name.endswith(ENDING):
        raise _Unfit(f"the name does not end with {ENDING}")
    content = strict_json.loads(read_file(file, MOST).decode("utf-8"))
    for block, inner in _members(content, "the file"):
        if block == "//":  # a comment; Terraform ignores this key only here and in the body of a block
            continue
        if block not in BLOCKS:
            raise _Unfit(f"the block {block} is not one of {', '.join(BLOCKS)}")
        for type_, named in _members(inner, block) if block != "output" else (("output", inner),):
            if not _TYPE.fullmatch(type_):
                raise _Unfit(f"{block} {type_} is not a resource type")
            for name, body in _members(named, f"{block} {type_}"):
                _check(f"{type_}.{name}", name, body)
    return dict(content)


def _check(address: str, name: str, body: Any) -> None:
    if not _NAME.fullmatch(name):
        raise _Unfit(f"{address}: the name does not begin with extra_")
    members = dict(_members(body, address))
    if forbidden := [key for key in (*_COMMANDS, *_REPEATED) if key in members]:
        reason = (
            "runs commands"
            if forbidden[0] in _COMMANDS
            else ("hides resources from the review; write one block for each resource")
        )
        raise _Unfit(f"{address}: {forbidden[0]} {reason}")
    for text in _templates(body):
        if match := _READS.search(text):
            raise _Unfit(f"{address}: {match[0]} reads a file of the machine that runs the plan")


def _templates(value: Any) -> Iterator[str]:
    """Yield each string that contains an expression, from its first expression on. Keys of objects also count as
    strings."""
    if isinstance(value, str) and (first := _EXPRESSION.search(value)):
        yield value[first.start() :]
    inner = (*value, *value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from _templates(one)


def _members(value: Any, what: str) -> Iterable[tuple[str, Any]]:
    if not isinstance(value, dict):
        raise _Unfit(f"{what} is not an object")
    return value.items()


def _no_second(content: Mapping[str, Any], others: Mapping[str, str]) -> None:
    addresses = set(_addresses(content))
    for other, text in others.items():
        if twice := sorted(addresses & set(_addresses(json.loads(text)))):
            raise _Unfit(f"{other} also contains {twice[0]}")


def _addresses(content: Mapping[str, Any]) -> Iterator[str]:
    for block, types in content.items():
        for type_, named in types.items() if block in BLOCKS else ():
            yield from [f"{block}.{type_}"] if block == "output" else (f"{block}.{type_}.{name}" for name in named)


def types(files: Mapping[str, str]) -> Iterator[str]:
    """Yield the types in the files of one workspace, data sources as `data.<type>`."""
    for text in files.values():
        content = json.loads(text)
        yield from content.get("resource", {})
        yield from (f"data.{type_}" for type_ in content.get("data", {}))


def misplaced(files: Extras, workspaces: tuple[Workspace, ...], folder: pathlib.Path) -> Iterator[Finding]:
    """Yield a finding for each folder without a workspace, and for each type of a provider that the workspace does not
    configure."""
    ids: dict[str, WorkspaceId] = {workspace.id: workspace.id for workspace in workspaces}
    for name, contents in files.items():
        if name not in ids:
            near = closest(name, ids)
            suggestion = f", did you mean {near}?" if near else ""
            yield _finding(folder / name, 1, f"the topology has no workspace {name}{suggestion}")
            continue
        known = providers(ids[name])
        for file, text in contents.items():
            if foreign := sorted({type_ for type_ in types({file: text}) if _provider(type_) not in known}):
                problem = f"{foreign[0]}: {name} configures only the providers {', '.join(sorted(known))}"
                yield _finding(folder / name / file, 1, problem)


def providers(id_: WorkspaceId) -> frozenset[str]:
    """Return the providers that the stack of a workspace configures."""
    rights = import_module(kind_of(id_).rights).RIGHTS
    return frozenset(map(_provider, (*rights.types, *rights.data_types)))


def _provider(type_: str) -> str:
    return type_.removeprefix("data.").partition("_")[0]


def added(workspaces: tuple[Workspace, ...], files: Extras) -> tuple[Workspace, ...]:
    """Return the workspaces with their extra files in their inputs."""
    if not files:
        return workspaces
    known = by_id(workspaces)
    return tuple(
        replace(one, inputs=replace(one.inputs, extra=tuple(sorted(files[id_].items()))))
        if id_ in files and one.inputs
        else one
        for id_, one in known.items()
    )


def _finding(file: pathlib.Path, line: int, problem: str) -> Finding:
    message = Message("this project cannot use the file: {problem}", problem=Text(problem))
    return Finding(rule=EXTRA, file=str(file), span=Span(line, 1, line, 1), message=message, fix=EXTRA.fix)
