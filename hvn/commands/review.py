"""`hvn review`: review the plans of a change, as one comment."""

import json
import os
import pathlib
import re
import sys
from collections.abc import Sequence
from dataclasses import replace

import click

from hvn import commits, files
from hvn.affected import history
from hvn.check import own_rules
from hvn.check.load import Checked, Loaded
from hvn.commits import git, text
from hvn.diagnostics.finding import Finding, Level
from hvn.diagnostics.printable import printable
from hvn.diagnostics.to_json import as_object
from hvn.options import (
    PROJECT,
    Choice,
    as_data,
    current_folder,
    default_topology,
    format_choice,
    require_loaded,
    stop,
    topology_option,
)
from hvn.printed import Printed
from hvn.review import approval, rules
from hvn.review.build import NoWave, build
from hvn.review.comment import comment
from hvn.review.context import Context
from hvn.review.labels import labels
from hvn.review.links import Links, links
from hvn.review.plan import Plan
from hvn.review.plan_files import read as read_plan
from hvn.review.truncate import GITHUB

LEAST = 4096
MOST = 8 * 1024 * 1024
"""The maximum number of bytes to read from a comment file. A comment on GitHub has less than 300 KB."""


@click.command()
@click.argument("plans", nargs=-1, metavar="[PLAN]...")
@click.option("--base", "ref", metavar="REF", help="The branch, tag or commit to compare with.")
@click.option(
    "--verify",
    type=click.Path(path_type=pathlib.Path, readable=False),
    metavar="COMMENT",
    help=("Write no comment. Exit with 1 if the plans differ from the changes that the comment in this file approves."),
)
@click.option(
    "--fail-on",
    type=Choice(["error", "warning", "never"]),
    default="error",
    show_default=True,
    help="The lowest level of a finding for exit code 1.",
)
@format_choice(
    "markdown",
    "json",
    "sarif",
    "junit",
    help="Output format: markdown for a pull request, json for scripts, sarif for code scanning, junit for test "
    "reports.",
)
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
    help="The maximum length of the comment.",
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

    The comment states the effects of the plans: losses, connections and access to secrets. PLAN is a file
    WORKSPACE.json from 'terraform show -json', WORKSPACE=FILE, or a folder of plan files. The comment omits values that
    a plan marks as sensitive. A comment without findings does not mean that the change is safe. Exit code 1 if a rule
    reports an error, or if a truncated comment omits a finding of an approved plan. For a truncated comment, standard
    error contains the whole comment.

    \b
    Examples:
      hvn review plans/ --base origin/main
      hvn review plans/ --verify comment.md
    """
    read = [read_plan(workspace, path) for workspace, path in _files(plans)]
    if verify is not None:
        sys.exit(_verify(read, verify))
    if ref is None:
        stop("review: use --base REF, the commit to compare with, or --verify COMMENT")
    if every and wave:
        stop("review: use either --wave or --all, not both")
    path = file or default_topology()
    loaded, checked = require_loaded(path)
    checked = replace(checked, commands=_for_readers(path, checked))
    planned = None if every else wave or 1
    try:
        base, loaded = _with_own_rules(history.base(ref, path), loaded, path)
        context = build(base, loaded, checked, {plan.workspace: plan for plan in read}, planned)
    except (history.NoBase, NoWave) as error:
        stop(f"review: {error}")
    findings = tuple(map(_for_readers(path, checked).finding, rules.findings(context)))
    written = comment(context, findings, checked, max_bytes, _links())
    if written.whole:
        click.echo(written.whole, err=True)
    if form == "markdown":
        click.echo(written.text, nl=False)
    else:
        click.echo(_as_json(findings, context, written.text) if form == "json" else as_data(findings, form))
    sys.exit(_fails(findings, fail_on) or (written.unseen and fail_on != "never"))


def _for_readers(path: pathlib.Path, checked: Checked) -> Printed:
    """Return the commands for the readers of the comment, who have their own clone."""
    file, here = path.resolve(), current_folder()
    file = file.relative_to(here) if file.is_relative_to(here) else path
    return Printed(file, name=checked.topology.name)


def _with_own_rules(base: history.Base, loaded: Loaded, path: pathlib.Path) -> tuple[history.Base, Loaded]:
    """Return the base and the topology with the findings of the base's own rules. The rules of the change do not run:
    their code could hide findings of this review."""
    if base.file is None or base.loaded is None:
        return base, loaded
    own = commits.rules(path.resolve().parent, base.commit, base.file)
    return replace(base, loaded=own_rules.add(base.loaded, own)), own_rules.add(loaded, own)


def _links() -> Links:
    if links(os.environ, "") == Links():
        return Links()
    top = git(PROJECT, "rev-parse", "--show-toplevel")
    home = pathlib.Path(text(top).strip("\n")) if top else PROJECT
    return links(os.environ, PROJECT.relative_to(home).as_posix() if PROJECT.is_relative_to(home) else "")


def _files(arguments: Sequence[str]) -> list[tuple[str, pathlib.Path]]:
    """Return pairs of workspace and plan file."""
    files: list[tuple[str, pathlib.Path]] = []
    for argument in arguments:
        name, sign, path = argument.partition("=")
        if sign and re.fullmatch(r"[a-z0-9-]+", name):
            files.append((name, pathlib.Path(path)))
        elif pathlib.Path(argument).is_dir():
            files += [(file.stem, file) for file in _in(pathlib.Path(argument))]
        else:
            files.append((pathlib.Path(argument).stem, pathlib.Path(argument)))
    names = [name for name, _ in files]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        stop(f"review: two plans for {printable(twice[0])}: pass one plan for each workspace")
    return files


def _in(folder: pathlib.Path) -> list[pathlib.Path]:
    """Return the plan files in a folder. Plans in subfolders are rejected: their workspace is ambiguous."""
    inner = next(folder.glob("*/**/*.json"), None)
    if inner:
        stop(f"review: {printable(str(inner), 200)} is in a subfolder: pass the subfolder, or move the file")
    return sorted(file for file in folder.iterdir() if file.suffix.lower() == ".json")


def _verify(plans: Sequence[Plan], file: pathlib.Path) -> int:
    try:
        text = files.read(file, MOST).decode("utf-8", "replace")
    except OSError as error:
        stop(f"review: {printable(str(file), 200)} cannot be read: {error.strerror}")
    if not plans:
        stop("review: --verify needs the plans to apply")
    refused = approval.refusals(plans, text)
    for refusal in refused:
        click.echo(f"refused: {printable(refusal.workspace)}: {refusal.reason}")
    if not refused:
        click.echo(f"the plans have the reviewed changes: {', '.join(printable(plan.workspace) for plan in plans)}")
    return 1 if refused else 0


def _fails(findings: Sequence[Finding], fail_on: str) -> bool:
    levels = {"error": {Level.ERROR}, "warning": {Level.ERROR, Level.WARNING}, "never": set[Level]()}[fail_on]
    return any(finding.severity in levels for finding in findings)


def _as_json(findings: Sequence[Finding], context: Context, written: str) -> str:
    approved = approval.reviewed(written)
    plans = [
        {
            "workspace": printable(plan.workspace, 200),
            "digest": plan.digest,
            "failed": plan.failed,
            "approved": plan.workspace in approved,
        }
        for plan in context.plans.values()
    ]
    reach = [
        {
            "source": delta.source,
            "destination": delta.destination,
            "protocol": delta.traffic.protocol,
            "port": delta.traffic.port or None,
            "before": delta.before.verdict if delta.before else None,
            "after": delta.after.verdict if delta.after else None,
        }
        for delta in context.reach
    ]
    document = {
        "findings": [as_object(finding) for finding in findings],
        "plans": plans,
        "reach": reach,
        "labels": labels(findings),
        "comment": written,
    }
    return json.dumps(document, indent=2)
