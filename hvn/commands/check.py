"""`hvn check`: report the errors and warnings of the topology file."""

import pathlib
import sys
from dataclasses import replace

import click

from hvn.check import own_rules
from hvn.diagnostics.finding import Level
from hvn.diagnostics.printable import printable
from hvn.diagnostics.text import summary
from hvn.options import (
    DOCUMENTS,
    as_data,
    default_topology,
    findings_format_option,
    place,
    read,
    require_loaded,
    tell,
    topology_argument,
)


@click.command()
@topology_argument(stdin=True)
@click.option(
    "--with",
    "other",
    type=click.Path(path_type=pathlib.Path, readable=False),
    metavar="FILE",
    help="Compare ranges, names, HVN and Vault with this topology file, for example of another region.",
)
@findings_format_option
def command(file: pathlib.Path | None, other: pathlib.Path | None, form: str) -> None:
    """Report the errors and warnings of the topology file.

    Prints each finding with its line, a reason and a fix; 'hvn rule ID' explains the finding's rule. FILE - is standard
    input. Runs offline, and also runs the Python files in rules/ beside FILE. Exit code 1 if the file has an error;
    warnings exit with 0.

    \b
    Examples:
      hvn check network.yaml
      git show HEAD:config/topology.yaml | hvn check -
      hvn check --format sarif > hvn.sarif
      hvn check west.yaml --with east.yaml
    """
    if other and other.resolve() == (file or default_topology()).resolve():
        raise click.UsageError("--with names the checked file itself: name the other topology file")
    loaded = own_rules.add(read(file), own_rules.beside(place(file)))
    if other:
        # Import the comparison only here: it needs the slow import of the workspace kinds, and few calls use `--with`.
        from hvn.check.other_file import findings

        loaded = replace(loaded, findings=(*loaded.findings, *findings(loaded, require_loaded(other)[0])))
    name = printable(loaded.source.file, 200)
    if form in DOCUMENTS:
        click.echo(as_data(loaded.findings, form))
    elif loaded.findings:
        if form == "github":
            click.echo(as_data(loaded.findings, form))
        else:
            tell(loaded)
        plural = f"{loaded.skipped} rules" if loaded.skipped > 1 else "1 rule"
        skipped = f"; {plural} did not run, because of an invalid value" if loaded.skipped else ""
        click.echo(f"\n{name}: {summary(loaded.findings)}{skipped}")
    else:
        click.echo(f"{name}: nothing found")
    sys.exit(any(finding.severity is Level.ERROR for finding in loaded.findings))
