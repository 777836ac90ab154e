"""`hvn review`: review the plans of a change, as one comment."""

import json
import pathlib
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict

import click

from hvn.affected import history
from hvn.diagnostics.finding import Level
from hvn.diagnostics.printable import printable
from hvn.options import default_topology, format_choice, require_loaded, stop, topology_option
from hvn.review import approval, rules
from hvn.review.build import NoWave, build
from hvn.review.comment import comment
from hvn.review.context import Notice, Situation
from hvn.review.plan import Plan
from hvn.review.plan import read as read_plan
from hvn.review.truncate import GITHUB

LEAST = 4096


@click.command()
@click.argument("plans", nargs=-1, metavar="[PLAN]...")
@click.option("--base", "ref", metavar="REF", help="The branch, tag or commit to merge into.")
@click.option(
    "--verify",
    type=click.Path(path_type=pathlib.Path, dir_okay=False),
    metavar="COMMENT",
    help="Write no comment. Exit with 1 unless the plans have the changes that the comment in this file approves.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="error",
    show_default=True,
    help="The lowest level of a finding that makes the command exit with 1.",
)
@format_choice("markdown", "json", help="Output format: markdown for a pull request, json for scripts.")
@click.option(
    "--wave", type=click.IntRange(1), metavar="N", help="The wave of 'hvn affected' that was planned.  [default: 1]"
)
@click.option("--all", "every", is_flag=True, help="Every workspace was planned: a missing plan is an error.")
@click.option(
    "--max-bytes",
    type=click.IntRange(LEAST),
    default=GITHUB,
    show_default=True,
    metavar="N",
    help="The maximum length of the comment. A longer comment is truncated.",
)
@topology_option
def command(
    plans: tuple[str, ...],
    ref: str | None,
    verify: pathlib.Path | None,
    fail_on: str,
    form: str,
    wave: int | None,
    every: bool,
    max_bytes: int,
    file: pathlib.Path | None,
) -> None:
    """Review Terraform plans and write one comment.

    The comment states the effects of the plans in the topology's terms: what is lost, and who can reach and read what.
    PLAN is a file WORKSPACE.json from 'terraform show -json', WORKSPACE=FILE, or a folder of such files. Values that a
    plan marks as sensitive are not shown. The review never calls a change safe. Exit code 1 if a rule reports an error:
    something is lost, cut off or unknown. A truncated comment must contain every finding about the plans that it
    approves; otherwise the exit code is 1, and the whole comment is written to standard error.

    \b
    Examples:
      hvn review plans/ --base origin/main
      hvn review plans/ --verify comment.md
    """
    found = [read_plan(workspace, path) for workspace, path in _files(plans)]
    if verify is not None:
        sys.exit(_verify(found, verify))
    if ref is None:
        stop("review: name the commit to compare with (--base), or a comment to hold the plans against (--verify)")
    if every and wave:
        stop("review: the plans are of one wave (--wave) or of every workspace (--all), not both")
    path = file or default_topology()
    loaded, checked = require_loaded(path)
    wanted = None if every else wave or 1
    try:
        situation = build(history.base(ref, path), loaded, checked, {each.workspace: each for each in found}, wanted)
    except (history.NoBase, NoWave) as error:
        stop(f"review: {error}")
    notices = rules.notices(situation)
    written = comment(situation, notices, checked, max_bytes)
    if written.whole:
        click.echo(written.whole, err=True)
    click.echo(_as_json(notices, situation, written.text) if form == "json" else written.text, nl=form == "json")
    sys.exit(_fails(notices, fail_on) or (written.unseen and fail_on != "never"))


def _files(given: Sequence[str]) -> list[tuple[str, pathlib.Path]]:
    """The plans by workspace."""
    found: list[tuple[str, pathlib.Path]] = []
    for each in given:
        name, sign, path = each.partition("=")
        if sign and re.fullmatch(r"[a-z0-9-]+", name):
            found.append((name, pathlib.Path(path)))
        elif pathlib.Path(each).is_dir():
            found += [(one.stem, one) for one in _in(pathlib.Path(each))]
        else:
            found.append((pathlib.Path(each).stem, pathlib.Path(each)))
    names = [name for name, _ in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        stop(f"review: two plans for {printable(twice[0])}: give each workspace's once")
    return found


def _in(folder: pathlib.Path) -> list[pathlib.Path]:
    """The plans in a folder. Those in a folder of it are of whom? They are refused, for nobody would miss them."""
    inner = next(folder.glob("*/**/*.json"), None)
    if inner:
        stop(f"review: {printable(str(inner), 200)} is in a folder within the one that is named: name that, or move it")
    return sorted(each for each in folder.iterdir() if each.suffix.lower() == ".json")


def _verify(plans: Sequence[Plan], file: pathlib.Path) -> int:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        stop(f"review: {printable(str(file), 200)} cannot be read: {error.strerror}")
    if not plans:
        stop("review: --verify needs the plans that are to be applied")
    refused = approval.refusals(plans, text)
    for each in refused:
        click.echo(f"refused: {printable(each.workspace)}: {printable(each.why, 300)}")
    if not refused:
        click.echo(f"what was reviewed, and nothing else: {', '.join(printable(each.workspace) for each in plans)}")
    return 1 if refused else 0


def _fails(notices: Sequence[Notice], fail_on: str) -> bool:
    levels = {"error": {Level.ERROR}, "warning": {Level.ERROR, Level.WARNING}, "never": set[Level]()}[fail_on]
    return any(each.rule.level in levels for each in notices)


def _as_json(notices: Sequence[Notice], situation: Situation, written: str) -> str:
    approved = approval.reviewed(written)
    told = [
        {
            "level": each.rule.level,
            "id": each.rule.id,
            "name": each.rule.name,
            "why": each.rule.why,
            **asdict(each.said),
        }
        for each in notices
    ]
    plans = [
        {
            "workspace": each.workspace,
            "digest": each.digest,
            "failed": each.failed,
            "approved": each.workspace in approved,
        }
        for each in situation.plans.values()
    ]
    ways = [
        {
            "source": each.source,
            "destination": each.destination,
            "port": each.port,
            "before": each.before.verdict if each.before else None,
            "after": each.after.verdict if each.after else None,
        }
        for each in situation.reach
    ]
    return json.dumps({"notices": told, "plans": plans, "reach": ways, "comment": written}, indent=2)
