"""HVN642 database-unreachable: Vault cannot reach the database of a declared engine, or check its certificate."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Command, Words
from hvn.topology.addresses import is_private
from hvn.topology.engines import declared
from hvn.topology.model import DatabaseEngine, Topology

RULE = Rule(
    id="HVN642",
    name="database-unreachable",
    level=Level.WARNING,
    reports="Vault cannot reach the IP address of a database, or `verify-full` checks a certificate for a private "
    "address.",
    why="Vault connects to the server to create and delete users; without the connection, no app gets credentials",
    fix="remove the obstacle that `bin/hvn reach vault --to <host> --port <port>` names",
    example="""\
vault:
  database_engines:
    orders:
      host: 10.96.0.10
      username: vault
      sslmode: require
      roles: {checkout: {creation_statements: ["CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}'"]}}
spokes:
  orders:
    cluster:
      apps:
        checkout:
          dynamic_secrets:
            - {mount: orders, role: checkout, destination: db, restart: [{kind: Deployment, name: checkout}]}
""",
    see="docs/how-to/dynamic-secrets.md",
)
CERTIFICATE = Message("public CAs sign no certificate for a private address, so Vault refuses the server's certificate")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each private address with `verify-full`, and for each address of a database that the HVN, or
    the backup HVN, cannot reach.

    The addresses of host names are unknown.
    """
    yield from _certificates(topology)
    peering = topology.vault_peering
    if peering and not {*peering.transit_pools} <= topology.address_pools.keys():
        return  # HVN301 reports an unknown pool
    engines = [
        (one.at, one.engine)
        for one in declared(topology)
        if isinstance(one.engine, DatabaseEngine) and one.engine.address
    ]
    if not engines:
        return
    # Few files declare a database, and these imports slow the start down.
    from hvn.reach.answer import Verdict, reach
    from hvn.reach.build import built
    from hvn.reach.network import VAULT

    network = built(topology)
    for at, engine in engines:
        answers = reach(network, VAULT, engine.host, engine.port)
        if blocked := next((answer for answer in answers if answer.verdict is Verdict.BLOCKED), None):
            yield Finding(
                rule=RULE,
                path=(*at, "host"),
                message=Message("Vault cannot reach the database: {reason}", reason=Words(blocked.blocked_by)),
                fix=Message(
                    "run {reach}, which names the obstacle, or accept the warning",
                    reach=Command(f"bin/hvn reach vault --to {engine.host} --port {engine.port}"),
                ),
            )


def _certificates(topology: Topology) -> Iterator[Finding]:
    for one in declared(topology):
        engine = one.engine
        if not isinstance(engine, DatabaseEngine) or engine.sslmode != "verify-full" or engine.address is None:
            continue
        if is_private(IPv4Network(engine.address), shared=True):
            yield Finding(
                rule=RULE,
                path=(*one.at, "host"),
                message=Message("{host} has sslmode verify-full", host=engine.host),
                why=CERTIFICATE,
                fix=Message("write the name in the server's certificate, or add sslmode: require"),
            )
