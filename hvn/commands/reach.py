"""`hvn reach`: show which places can reach each other."""

import json
import pathlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click

from hvn import completion
from hvn.diagnostics.message import plain_text
from hvn.diagnostics.printable import printable
from hvn.diagnostics.similar import similar
from hvn.diagnostics.suggest import closest, unknown
from hvn.options import format_option, require_loaded, stop, topology_option
from hvn.reach.answer import Answer, reach
from hvn.reach.api_servers import with_api_servers
from hvn.reach.build import build
from hvn.reach.find import find
from hvn.reach.missing_rule import missing_rule
from hvn.reach.network import AFTER_FAILOVER, HUB, INTERNET, VAULT
from hvn.reach.traffic import Protocol, traffic_of
from hvn.reach.way import Way

# The default ports of destinations: Vault's API, the firewall's DNS proxy, Azure's DNS and instance metadata.
PORTS = {VAULT: 8200, f"{VAULT}/{AFTER_FAILOVER}": 8200, HUB: 53, "168.63.129.16": 53, "169.254.169.254": 80}
OTHER_PORT = 443


class _Command(click.Command):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments. Without a place, name the kinds of places; for a second place, the option `--to`."""
        try:
            return super().parse_args(ctx, args)
        except click.MissingParameter:
            problem = "FROM is missing: write a spoke, a site, vault, hub, runners or an address"
            raise click.UsageError(f"{problem}; for example bin/hvn reach payments", ctx) from None
        except click.UsageError as error:
            if "unexpected extra argument" in error.message:
                raise click.UsageError(f"{error.message}. Name the destination with --to", ctx) from None
            raise


@click.command(cls=_Command)
@click.argument("source", metavar="FROM", shell_complete=completion.places)
@click.option(
    "--to",
    "to",
    metavar="PLACE",
    shell_complete=completion.places,
    help="The destination, written like FROM.  [default: all]",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="The port.  [default: 8200 to vault, 53 to hub, otherwise 443]",
)
@click.option(
    "--protocol",
    type=click.Choice([one.value for one in Protocol]),
    help="The protocol; icmp has no port.  [default: tcp; udp for port 53]",
)
@topology_option
@format_option
def command(
    source: str, to: str | None, port: int | None, protocol: str | None, file: pathlib.Path | None, form: str
) -> None:
    """Show whether a connection is possible, and why.

    FROM is a spoke, SPOKE/SUBNET, SPOKE.cluster, an on-premises site, vault (vault/backup after a failover), hub (its
    firewall), hub/SUBNET, runners, an IPv4 address or range, internet, a host name, or a path in the file. With --to,
    lists each hop of request and reply, up to the blocking hop. Also prints the firewall rule that allows the request,
    or the rule to add. Settings of an existing network are unknown. Runs offline and does not check DNS. The exit code
    is also 0 for a blocked connection: scripts read "verdict" in the JSON.

    \b
    Examples:
      hvn reach payments --to vault
      hvn reach payments --to orders --port 8080
      hvn reach payments.cluster --to tokyo
      hvn reach spokes.payments.cluster --to mcr.microsoft.com
      hvn reach payments --to 10.65.0.7 --port 514 --protocol udp
    """
    wanted = Protocol(protocol) if protocol else None
    if wanted is Protocol.ICMP and port:
        raise click.UsageError("ICMP has no ports: remove --port")
    loaded, checked = require_loaded(file)
    network = build(checked.topology, lambda path: loaded.source.span(path).line)
    network = with_api_servers(checked.topology, network)
    for name in (source, *([to] if to else [])):
        if not find(network, name):
            if re.fullmatch(r"[0-9.]+(/[0-9]*)?", name):
                stop(f"{printable(name)} is not an IPv4 address or range: write four numbers up to 255, and /0 to /32")
            names = [*network.names, *network.parts, INTERNET.lower()]
            problem, fix = unknown(name, names, "place")
            near = similar(name, lambda other: bool(find(network, other)))
            if near and not closest(name, names):
                fix = f"did you mean `{printable(near)}`?"
            stop(plain_text(f"{problem}: {fix}"))
    if to and all(place.network == INTERNET for name in (source, to) for place in find(network, name)):
        hint = "; the place of the firewall's public addresses is hub" if network.firewall else ""
        stop(f"both places are on the internet: the file does not describe their connection{hint}")
    answers = [
        answer
        for destination in ([to] if to else [name for name in network.places if name != source])
        for traffic in [traffic_of(port or PORTS.get(destination, OTHER_PORT), wanted)]
        for answer in reach(network, source, destination, traffic.port, traffic.protocol)
    ]
    if form == "json":
        click.echo(json.dumps([as_json(answer) for answer in answers], indent=2))
    elif to:
        click.echo("\n\n".join("\n".join(_as_text(answer)) for answer in answers))
    else:
        click.echo("\n".join(_overview(answers)))


def _head(answer: Answer) -> str:
    start, end = (f"{place.label} {place.cidr}" for place in (answer.source, answer.destination))
    return f"{start} to {end}, {answer.traffic}: {answer.verdict}"


def _overview(answers: Sequence[Answer]) -> Iterator[str]:
    for answer in answers:
        why = answer.blocked_by or "; ".join(answer.unknown)
        yield _head(answer) + (f": {why}" if why else "")


def _as_text(answer: Answer) -> Iterator[str]:
    yield _head(answer)
    yield from _way("request", answer.request)
    if answer.reply:
        yield from _way("reply", answer.reply)
    if answer.unknown:
        yield "  unknown"
        yield from (f"    - {reason}" for reason in answer.unknown)
    if missing := missing_rule(answer):
        yield "  to allow the connection, add to the topology file"
        yield from (f"    {line}" for line in missing.splitlines())


def _way(name: str, way: Way) -> Iterator[str]:
    yield f"  {name}"
    yield from (f"    {hop.at}: {hop.what}" for hop in way.hops)
    if way.blocked_by:
        yield f"    blocked: {way.blocked_by}"


def as_json(answer: Answer) -> dict[str, object]:
    """Return an answer as an object for JSON."""
    rule = answer.request.rule

    def direction(way: Way | None) -> object:
        return way and {"hops": [asdict(hop) for hop in way.hops], "by_firewall": way.by_firewall}

    return {
        "from": answer.source.label,
        "from_cidr": str(answer.source.cidr),
        "to": answer.destination.label,
        "to_cidr": str(answer.destination.cidr),
        "protocol": answer.traffic.protocol,
        "port": answer.traffic.port or None,
        "verdict": answer.verdict,
        "blocked_by": answer.blocked_by or None,
        "asymmetric": answer.asymmetric,
        "unknown": answer.unknown,
        "rule": rule and {"name": rule.name, "path": ".".join(rule.path) or None, "line": rule.line or None},
        "missing_rule": missing_rule(answer) or None,
        "request": direction(answer.request),
        "reply": direction(answer.reply),
    }
