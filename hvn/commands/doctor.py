"""`hvn doctor`: what is missing here and now?"""

import dataclasses
import json
import os
import pathlib
import sys

import click

from hvn.diagnostics.printable import printable
from hvn.diagnostics.suggest import unknown
from hvn.options import default_topology, format_option, require, stop, topology_option

WIDTH = 600


@click.command()
@click.argument("spoke", required=False)
@topology_option
@format_option
def command(spoke: str | None, file: pathlib.Path | None, form: str) -> None:
    """Look at what a deploy and the logins need, from this machine, without changing anything.

    Tools, credentials (never their values), private names and ports, the clusters' keys, service accounts, and what
    Vault Secrets Operator says. What cannot be looked at from here is "not checked", which is not "fine". Clusters are
    asked through kubectl, by the context that has the cluster's name. Exit 1 if something is wrong.

    \b
    Example:
      hvn doctor payments
    """
    from hvn.doctor.checks import checks, findings
    from hvn.doctor.context import Situation
    from hvn.doctor.said import State

    topology = require(file)
    if spoke is not None and spoke not in topology.topology.spokes:
        stop("{}; {}".format(*unknown(spoke, topology.topology.spokes, "spoke")))
    spokes = (spoke,) if spoke else tuple(sorted(topology.topology.spokes))
    situation = Situation(topology, file or default_topology(), spokes, dict(os.environ))
    colours = {State.FINE: "green", State.WRONG: "red", State.NOT_CHECKED: "yellow"}
    found = []
    for name, purpose in checks():
        said = findings(name, situation)
        found += [{"check": name, **dataclasses.asdict(each)} for each in said]
        if form == "json" or not said:
            continue
        click.echo(click.style(purpose, bold=True))
        for each in said:
            mark = click.style(f"{each.state.value:<11}", fg=colours[each.state])
            click.echo(f"  {mark}  {printable(each.about, WIDTH)}: {printable(each.message, WIDTH)}")
            if each.next:
                click.echo(f"               next: {printable(each.next, WIDTH)}")
    states = [each["state"] for each in found]
    if form == "json":
        click.echo(json.dumps(found, indent=2))
    else:
        counts = ", ".join(f"{states.count(state)} {state}" for state in State)
        click.echo(f"\n{counts}")
    sys.exit(State.WRONG in states)
