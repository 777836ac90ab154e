"""`hvn doctor`: check the tools, credentials and clusters of a deploy."""

import os
import pathlib
import shutil
import sys
from collections import Counter
from collections.abc import Sequence

import click

from hvn import completion
from hvn.diagnostics.finding import Finding, Level
from hvn.diagnostics.message import plain_text
from hvn.diagnostics.printable import printable
from hvn.diagnostics.suggest import unknown
from hvn.diagnostics.text import advice
from hvn.options import as_data, default_topology, format_option, require, stop, topology_option
from hvn.printed import here

COLOURS = {Level.ERROR: "red", Level.NOT_CHECKED: "yellow", Level.PASS: "green"}
"""The colours of the levels, the worst level first."""

BEFORE = 39
"""The number of characters before the message in the line of a check."""


@click.command()
@click.argument("spoke", required=False, shell_complete=completion.spokes)
@topology_option
@format_option
def command(spoke: str | None, file: pathlib.Path | None, form: str) -> None:
    """Check the tools, credentials and clusters of a deploy.

    Checks the tools, the credentials and the private endpoints from this machine. In the clusters, checks the keys, the
    service accounts and Vault Secrets Operator; kubectl needs a context with the cluster's name. Prints one line for
    each check, in the order of a deployment, and then the next step. With SPOKE, prints every result for this spoke.
    Changes nothing, and never prints the value of a credential. Reports a check that cannot run on this machine as "not
    checked". Exit code 1 if a check reports an error.

    \b
    Examples:
      hvn doctor
      hvn doctor payments
    """
    from hvn.doctor.checks import findings, modules
    from hvn.doctor.context import Context

    checked = require(file)
    if spoke is not None and spoke not in checked.topology.spokes:
        stop(plain_text("{}; {}".format(*unknown(spoke, checked.topology.spokes, "spoke"))))
    spokes = (spoke,) if spoke else tuple(sorted(checked.topology.spokes))
    context, commands = Context(checked, file or default_topology(), spokes, dict(os.environ)), here(file)
    reported: list[Finding] = []
    for module in modules():
        group = [*map(commands.finding, findings(module, context))]
        reported += group
        if form == "text" and group:
            if spoke:
                click.echo(click.style(f"{module.RULE.id} {module.RULE.name}", bold=True))
                click.echo("\n".join(map(_as_text, group)))
            else:
                click.echo(_as_line(group))
    counts = Counter(finding.severity for finding in reported)
    if form == "json":
        click.echo(as_data(reported, form))
    else:
        total = f"{counts[Level.PASS]} passed, {counts[Level.ERROR]} failed, {counts[Level.NOT_CHECKED]} not checked"
        click.echo(f"\n{total}; {'hvn rule ID explains a check' if spoke else 'hvn doctor SPOKE prints every result'}")
        if step := _next_step(reported):
            click.echo(f"next: {step}")
    sys.exit(counts[Level.ERROR] > 0)


def _level(level: Level) -> str:
    return click.style(f"{level:<11}", fg=COLOURS[level])


def _worst(findings: Sequence[Finding]) -> Finding:
    return min(findings, key=lambda finding: list(COLOURS).index(finding.severity))


def _as_line(group: Sequence[Finding]) -> str:
    """Return one line with the worst result of a check, and the number of its other results with the same level."""
    worst = _worst(group)
    others = sum(finding.severity is worst.severity for finding in group) - 1
    more = f" (and {others} more)" if others else ""
    message = plain_text(worst.message)
    if sys.stdout.isatty():
        message = printable(message, max(20, shutil.get_terminal_size().columns - BEFORE - len(more)))
    return f"{worst.rule.id} {worst.rule.name:<17}  {_level(worst.severity)}  {message}{more}"


def _next_step(findings: Sequence[Finding]) -> str:
    """Return the fix of the first error, or, without errors, the fix of the first check that could not run."""
    # A deploy does not need the tools that HVN701 reports as not checked.
    needed = [finding for finding in findings if finding.severity is Level.ERROR or finding.rule.id != "HVN701"]
    return advice(_worst(needed)) if needed else ""


def _as_text(finding: Finding) -> str:
    lines = [f"  {_level(finding.severity)}  {plain_text(finding.message)}"]
    if fix := advice(finding):
        lines.append(f"               next: {fix}")
    return "\n".join(lines)
