"""`hvn affected`: list the workspaces that a change affects."""

import json
import pathlib
from collections.abc import Iterator

import click

from hvn.affected import history
from hvn.affected.compare import Affected, Comparison, compare
from hvn.affected.edits import Line
from hvn.affected.replaced import OTHER_VAULT
from hvn.affected.waves import azure_devops, matrix, waves
from hvn.diagnostics.printable import printable
from hvn.options import default_topology, format_choice, require_loaded, stop, topology_argument

PATH = 400
"""The maximum number of characters of a printed path."""


@click.command()
@click.option("--base", "ref", required=True, metavar="REF", help="The branch, tag or commit to compare with.")
@topology_argument(stdin=False)
@format_choice(
    "text",
    "json",
    "matrix",
    help="Output format: text for people, json for scripts, matrix for parallel jobs of a pipeline, in waves.",
)
def command(ref: str, file: pathlib.Path | None, form: str) -> None:
    """List the workspaces that a change affects.

    Compares the inputs of each workspace of FILE, including public keys and extra/, with its inputs at the merge base
    of this branch and REF. A recreated cluster also affects the workspaces that depend on the cluster. If the code or a
    locked version differs, all workspaces are affected. The same applies if the base has errors, or if the code is
    outside the topology's repository and its submodules. Plan the first wave now, and each later wave after the apply
    of the previous wave.

    \b
    Example:
      hvn affected --base origin/main
    """
    path = file or default_topology()
    loaded, checked = require_loaded(path)
    try:
        comparison = compare(history.base(ref, path), loaded, checked)
    except history.NoBase as error:
        stop(f"affected: {error}")
    if form == "text":
        click.echo("\n".join(_as_text(comparison)))
    else:
        click.echo(json.dumps(to_json(comparison) if form == "json" else to_matrix(comparison), indent=2))


def to_matrix(comparison: Comparison) -> dict[str, object]:
    """Return the matrices of each wave, for GitHub Actions and for Azure DevOps."""
    return {
        "waves": [{"github": matrix(wave), "azure_devops": azure_devops(wave)} for wave in waves(comparison.affected)]
    }


def to_json(comparison: Comparison) -> dict[str, object]:
    """Return the comparison as an object for JSON."""
    return {
        "base": comparison.base.commit,
        "affected": [_object(affected) for affected in comparison.affected],
        "removed": [_object(affected) for affected in comparison.removed],
        "blocked": [{"workspace": one.id, "why": one.blocked} for one in comparison.blocked],
        "unaffected": comparison.unaffected,
        "unknown": comparison.unknown_base or None,
        "code": [printable(file, PATH) for file in comparison.base.code],
        "unused": [_edit(line) for line in comparison.unused],
        "waves": [matrix(wave) for wave in waves(comparison.affected)],
    }


def _object(affected: Affected) -> dict[str, object]:
    return {
        "workspace": affected.workspace.id,
        "spoke": affected.workspace.spoke,
        "change": affected.change,
        "follows": affected.follows or None,
        "lines": [_edit(line) for line in affected.lines],
    }


def _edit(line: Line) -> dict[str, object]:
    return {"file": line.file, "line": line.line, "path": line.path, "before": line.before}


def _as_text(comparison: Comparison) -> Iterator[str]:
    base = comparison.base.commit[:12]
    if not comparison.affected and not comparison.removed and not comparison.unknown_base:
        yield f"no workspace differs from {base}"
    for number, wave in enumerate(waves(comparison.affected), 1):
        yield "can be planned now:" if number == 1 else f"wave {number}, after wave {number - 1} was applied:"
        yield from (_line(affected) for affected in wave)
    if destroyed := [affected for affected in comparison.removed if not affected.lives_on]:
        yield f"removed: check out the base {base}, and destroy in this order:"
        yield from (_line(affected) for affected in destroyed)
    if kept := [affected for affected in comparison.removed if affected.lives_on]:
        yield (
            f"removed, now managed outside this topology: check out the base {base}, and remove their resources from "
            "the state; do not destroy them:"
        )
        yield from (_line(affected) for affected in kept)
    if comparison.blocked:
        yield "blocked:"
        yield from (f"  {workspace.id}: {workspace.blocked}" for workspace in comparison.blocked)
    if comparison.base.code:
        code = ", ".join(printable(file, PATH) for file in comparison.base.code[:5])
        more = f" and {len(comparison.base.code) - 5} more" if len(comparison.base.code) > 5 else ""
        why = "because the code differs from the base's code, or the base's code is unknown"
        yield f"code: every workspace is affected, {why}: {code}{more}"
    if comparison.unknown_base:
        yield f"unknown: {printable(comparison.unknown_base, 400)}"
    for line in comparison.unused:
        yield f"changes no workspace: {printable(line.path, 200)} ({_place(line.file, line.line)})"
    if comparison.unaffected:
        yield f"{comparison.unaffected} workspaces stay the same"


def _line(affected: Affected) -> str:
    places = [
        f"{printable(line.path, 200)} ({'was ' if line.before else ''}{_place(line.file, line.line)})"
        for line in affected.lines
    ]
    if affected.waits_for:
        places.append("destroys a resource that workspaces of earlier waves use")
    if affected.follows:
        other = affected.follows == OTHER_VAULT
        places.insert(0, "the topology names another Vault" if other else f"{affected.follows} is recreated")
    shown = ", ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")
    return f"  {affected.change:<8} {affected.workspace.id}{'  ' + shown if shown else ''}"


def _place(file: str, line: int) -> str:
    return f"{printable(file, 200)}:{line}"
