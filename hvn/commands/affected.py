"""`hvn affected`: list the workspaces that a change affects."""

import json
import pathlib
from collections.abc import Iterator

import click

from hvn.affected import history
from hvn.affected.compare import Affected, Comparison, compare
from hvn.affected.edits import Line
from hvn.affected.waves import matrix, waves
from hvn.diagnostics.printable import printable
from hvn.options import default_topology, format_option, require_loaded, stop, topology_option

# Longer than those that people give to files.
PATH = 400


@click.command()
@click.option("--base", "ref", required=True, metavar="REF", help="The branch, tag or commit to merge into.")
@topology_option
@format_option
def command(ref: str, file: pathlib.Path | None, form: str) -> None:
    """List the workspaces that a change affects.

    Compares the inputs of each workspace, public keys included, with those at the merge base of this branch and REF.
    Workspaces are created, changed or removed. All workspaces are affected if the code or the locked versions differ,
    if the base has errors, or if the code is in another repository than the topology and is not a submodule there. The
    workspaces in a cluster that is recreated are affected as well. In the JSON, "waves" has matrices for GitHub
    Actions: the first wave can be planned now, each other wave after the wave before it was applied.

    \b
    Example:
      hvn affected --base origin/main
    """
    path = file or default_topology()
    loaded, checked = require_loaded(path)
    try:
        found = compare(history.base(ref, path), loaded, checked)
    except history.NoBase as error:
        stop(f"affected: {error}")
    click.echo(json.dumps(to_json(found), indent=2) if form == "json" else "\n".join(_as_text(found)))


def to_json(found: Comparison) -> dict[str, object]:
    """The comparison for scripts."""
    unused = [_edit(each) for each in found.unused]
    blocked = [{"workspace": each.id, "why": each.blocked} for each in found.blocked]
    return {
        "base": found.base.commit,
        "affected": [_object(each) for each in found.affected],
        "removed": [_object(each) for each in found.removed],
        "blocked": blocked,
        "unaffected": found.unaffected,
        "unknown": found.unknown_base or None,
        "code": [printable(each, PATH) for each in found.base.code],
        "unused": unused,
        "waves": [matrix(wave) for wave in waves(found.affected)],
    }


def _object(each: Affected) -> dict[str, object]:
    return {
        "workspace": each.workspace.id,
        "spoke": each.workspace.spoke,
        "change": each.change,
        "follows": each.follows or None,
        "lines": [_edit(line) for line in each.lines],
    }


def _edit(line: Line) -> dict[str, object]:
    return {"file": line.file, "line": line.line, "path": line.path, "before": line.before}


def _as_text(found: Comparison) -> Iterator[str]:
    base = found.base.commit[:12]
    if not found.affected and not found.removed and not found.unknown_base:
        yield f"no workspace differs from {base}"
    groups = waves(found.affected)
    for number, wave in enumerate(groups, 1):
        yield "can be planned now:" if number == 1 else f"wave {number}, after wave {number - 1} was applied:"
        yield from (_line(each) for each in wave)
    if destroyed := [each for each in found.removed if not each.lives_on]:
        yield f"removed, to be destroyed in this order, from the base {base}:"
        yield from (_line(each) for each in destroyed)
    if kept := [each for each in found.removed if each.lives_on]:
        yield f"removed, for it exists already: to be taken out of the state, and not destroyed, from the base {base}:"
        yield from (_line(each) for each in kept)
    if found.blocked:
        yield "held back:"
        yield from (f"  {each.id}: {each.blocked}" for each in found.blocked)
    if found.base.code:
        code = ", ".join(printable(each, PATH) for each in found.base.code[:5])
        more = f" and {len(found.base.code) - 5} more" if len(found.base.code) > 5 else ""
        yield f"code: every workspace is affected, for these differ from the base, or nobody knows: {code}{more}"
    if found.unknown_base:
        yield f"unknown: {printable(found.unknown_base, 400)}"
    yield from (
        f"changes no workspace: {printable(line.path, 200)} ({_place(line.file, line.line)})" for line in found.unused
    )
    if found.unaffected:
        yield f"{found.unaffected} workspaces stay the same"


def _line(each: Affected) -> str:
    places = [
        f"{printable(line.path, 200)} ({'was ' if line.before else ''}{_place(line.file, line.line)})"
        for line in each.lines
    ]
    if each.follows:
        places.insert(0, "Vault is another one" if each.follows == "vault" else f"{each.follows} is built anew")
    shown = ", ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")
    return f"  {each.change:<8} {each.workspace.id}{'  ' + shown if shown else ''}"


def _place(file: str, line: int) -> str:
    return f"{printable(file, 200)}:{line}"
