"""`hvn doctor`: check the tools, credentials and clusters of a deploy."""

import os
import pathlib
import sys
from collections import Counter

import click

from hvn import completion
from hvn.diagnostics.finding import Finding, Level
from hvn.diagnostics.message import plain_text
from hvn.diagnostics.suggest import unknown
from hvn.diagnostics.text import advice
from hvn.options import as_data, default_topology, format_option, require, stop, topology_option

COLOURS = {Level.PASS: "green", Level.ERROR: "red", Level.NOT_CHECKED: "yellow"}


@click.command()
@click.argument("spoke", required=False, shell_complete=completion.spokes)
@topology_option
@format_option
def command(spoke: str | None, file: pathlib.Path | None, form: str) -> None:
    """Check the tools, credentials and clusters of a deploy.

    Checks this machine's tools, credentials (never their values), private names and ports; and in the clusters the
    keys, the service accounts and the state of Vault Secrets Operator. SPOKE limits the checks to one spoke. Changes
    nothing. The result of a check that cannot run on this machine is "not checked", which is not a pass. kubectl reads
    a cluster in the context with the cluster's name. Exit code 1 if a check reports an error.

    \b
    Example:
      hvn doctor payments
    """
    from hvn.doctor.checks import findings, modules
    from hvn.doctor.context import Context

    checked = require(file)
    if spoke is not None and spoke not in checked.topology.spokes:
        stop(plain_text("{}; {}".format(*unknown(spoke, checked.topology.spokes, "spoke"))))
    spokes = (spoke,) if spoke else tuple(sorted(checked.topology.spokes))
    context = Context(checked, file or default_topology(), spokes, dict(os.environ))
    reported: list[Finding] = []
    for module in modules():
        group = findings(module, context)
        reported += group
        if form == "text" and group:
            click.echo(click.style(f"{module.RULE.id} {module.RULE.name}", bold=True))
            for finding in group:
                click.echo(_as_text(finding))
    counts = Counter(finding.severity for finding in reported)
    if form == "json":
        click.echo(as_data(reported, form))
    else:
        total = f"{counts[Level.PASS]} passed, {counts[Level.ERROR]} failed, {counts[Level.NOT_CHECKED]} not checked"
        click.echo(f"\n{total}; 'hvn rule ID' explains a check")
    sys.exit(counts[Level.ERROR] > 0)


def _as_text(finding: Finding) -> str:
    level = click.style(f"{finding.severity:<11}", fg=COLOURS[finding.severity])
    lines = [f"  {level}  {plain_text(finding.message)}"]
    if fix := advice(finding):
        lines.append(f"               next: {fix}")
    return "\n".join(lines)
