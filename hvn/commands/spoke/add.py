"""`hvn spoke add`: write a new spoke into the topology file."""

import difflib
import json
import pathlib
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import click
from pydantic import TypeAdapter, ValidationError

from hvn.check import load
from hvn.commands.spoke import new_spoke
from hvn.diagnostics.finding import Finding
from hvn.diagnostics.message import dotted
from hvn.diagnostics.printable import printable
from hvn.diagnostics.text import kind
from hvn.options import default_topology, format_option, read, stop, tell, topology_option
from hvn.topology.fields import SpokeName
from hvn.yamlfile import insertion, replacing, source


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for."""

    name: str
    size: int
    pool: str | None
    vault_route: str
    cluster: bool
    apps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Made:
    """The file before and after, what is warned of in the new one alone, and where the spoke lies."""

    before: str
    source: source.Source
    checked: load.Checked
    warnings: tuple[Finding, ...]
    pool: str
    cidr: IPv4Network


def _app(_context: click.Context, _parameter: click.Parameter, given: Sequence[str]) -> tuple[tuple[str, str], ...]:
    for each in given:
        if each.count("/") != 1 or each.startswith("/") or each.endswith("/"):
            raise click.BadParameter(f"{printable(each)} is not NAMESPACE/SERVICE-ACCOUNT, for example shop/checkout")
    return tuple((namespace, account) for namespace, _, account in (each.partition("/") for each in given))


@click.command()
@click.argument("name")
@click.option("--size", type=click.IntRange(8, 29), required=True, help="Prefix length of its range: 16 is a /16.")
@click.option("--pool", metavar="POOL", help="The address pool; not needed where only one is for such a spoke.")
@click.option(
    "--vault-route",
    type=click.Choice(["direct", "via-hub", "none"]),
    default="direct",
    show_default=True,
    help="How it reaches Vault.",
)
@click.option("--cluster", is_flag=True, help="With a private AKS cluster of three nodes at most.")
@click.option(
    "--app",
    "apps",
    multiple=True,
    metavar="NAMESPACE/SERVICE-ACCOUNT",
    callback=_app,
    help="An app in the cluster, with one secret at <spoke>/<app>. Can be given several times.",
)
@click.option("--dry-run", is_flag=True, help="Print the change as a diff and leave the file alone.")
@topology_option
@format_option
def add(file: pathlib.Path | None, *, dry_run: bool, form: str, **given: object) -> None:
    """Write a new spoke behind the others, in the next free block of its pool; every other byte stays as it was.

    The new file is checked first. If anything is wrong with it, nothing is written.

    \b
    Examples:
      hvn spoke add shipping --size 16
      hvn spoke add shipping --size 20 --vault-route via-hub --dry-run
      hvn spoke add shipping --size 16 --cluster --app shop/shipping
    """
    wanted = Wanted(**given)  # type: ignore[arg-type]  # the options above, by their names
    try:
        TypeAdapter(SpokeName).validate_python(wanted.name)
    except ValidationError as error:
        rule = error.errors()[0]["msg"].removeprefix("is not ")
        stop(f"{printable(wanted.name)} is not a name for a spoke: {rule}")
    if wanted.apps and not wanted.cluster:
        raise click.UsageError("an app runs in a cluster: add --cluster")
    if dry_run and form == "json":
        raise click.UsageError("--dry-run prints a diff, which is no JSON: leave one of the two out")
    path = file or default_topology()
    before = read(path).source.text
    if dry_run:
        click.echo(_diff(path, before, _make(path, wanted).source.text), nl=False)
        return
    try:
        with replacing.locked(path):
            made = _make(path, wanted)
            replacing.replace(path, made.before.encode(), made.source.text.encode())
    except OSError as error:
        stop(f"{printable(str(path), 200)} cannot be written ({error.strerror}); it is left as it was")
    except replacing.Changed:
        stop(f"{printable(str(path), 200)} was changed by somebody else meanwhile; it is left as it was: try again")
    _report(path, wanted, made, form)


def _make(path: pathlib.Path, wanted: Wanted) -> Made:
    """The file with the spoke in it, checked. Exits with what is wrong, in the file as it is or as it would be."""
    loaded = read(path)
    if loaded.checked is None:
        tell(loaded, err=True)
        sys.exit(1)
    topology = loaded.checked.topology
    if wanted.name in topology.spokes:
        stop(f"there is a spoke {wanted.name} already: choose another name")
    try:
        pool, cidr = new_spoke.next_block(topology, wanted.size, wanted.pool, wanted.vault_route)
        spoke = new_spoke.written(wanted.name, cidr, wanted.vault_route, cluster=wanted.cluster, apps=wanted.apps)
    except new_spoke.Refused as refused:
        stop(printable(str(refused), 500))
    new = insertion.insert(loaded.source, wanted.name, spoke)
    if new is None:
        stop(f"found no place for a spoke in {printable(str(path), 200)}: write it by hand, on lines below `spokes:`")
    after = load.check(new, path.parent / "jwks")
    if after.checked is None:
        tell(after, err=True)
        click.echo(
            f"\n{printable(str(path), 200)} is left as it was: with this spoke it would have these errors", err=True
        )
        sys.exit(1)
    known = {(each.rule.id, each.path) for each in loaded.findings}
    warnings = tuple(each for each in after.findings if (each.rule.id, each.path) not in known)
    return Made(loaded.source.text, new, after.checked, warnings, pool, cidr)


def _diff(path: pathlib.Path, before: str, after: str) -> str:
    shown = printable(str(path), 200)
    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{shown}", f"b/{shown}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """As `diff` sees them; `splitlines` would find more line ends than there are."""
    return re.findall(r"[^\n]*\n|[^\n]+$", text)


def _report(path: pathlib.Path, wanted: Wanted, made: Made, form: str) -> None:
    found = [each for each in made.checked.workspaces() if each.spoke == wanted.name]
    order = [each.id for each in found]
    held = [each.id for each in found if each.blocked]
    line = made.source.key_span(("spokes", wanted.name)).line
    if form == "json":
        told = {
            "spoke": wanted.name,
            "pool": made.pool,
            "cidr": str(made.cidr),
            "line": line,
            "workspaces": order,
            "blocked": held,
            "warnings": [each.rule.id for each in made.warnings],
        }
        click.echo(json.dumps(told, indent=2))
        return
    click.echo(f"{wanted.name} has {made.cidr} of the pool {made.pool}: {printable(str(path), 200)}, line {line}")
    click.echo(f"workspaces: {' '.join(order)}")
    for each in made.warnings:
        click.echo(f"{kind(each)}: {dotted(each.path)} {each.message}; {each.fix}")
    now = [each for each in order if each not in held]
    click.echo(f"next: look at the change, commit it, and bin/cdktf deploy {' '.join(now)}")
    if held:
        click.echo(f"held back until jwks/{wanted.name}.json is there: {' '.join(held)}")
