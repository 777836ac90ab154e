"""HVN641 engine-ttl: a lifetime in a declared engine is longer than its limit."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.topology.durations import seconds
from hvn.topology.engines import declared
from hvn.topology.model import DatabaseEngine, Topology

RULE = Rule(
    id="HVN641",
    name="engine-ttl",
    reports="A lifetime in an engine of the file is longer than its limit.",
    why="Vault accepts the value, and shortens each lease or certificate to the limit without a message",
    fix="lower the lifetime, or raise the limit",
    example="""\
vault:
  pki_engines: {pki: {max_ttl: 720h, roles: {checkout: {allowed_domains: [checkout.example.com], max_ttl: 2160h}}}}
spokes:
  orders:
    cluster:
      apps:
        checkout:
          certificates:
            - mount: pki
              role: checkout
              common_name: checkout.example.com
              ttl: 24h
              expiry_offset: 1h
              destination: checkout-tls
              restart: [{kind: Deployment, name: checkout}]
""",
    see="https://developer.hashicorp.com/vault/docs/concepts/lease",
)
TTLS = ("default_ttl", "max_ttl")
LONGEST = "768h"
"""Vault's default for `max_lease_ttl`: https://developer.hashicorp.com/vault/docs/configuration"""


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each default_ttl above max_ttl, and for each max_ttl above the engine's maximum."""
    for one in declared(topology):
        if isinstance(one.engine, DatabaseEngine):
            for name, role in one.engine.roles.items():
                at: Path = (*one.at, "roles", name)
                key = "default_ttl" if "default_ttl" in role.model_fields_set else "max_ttl"
                yield from _longer((*at, key), ("default_ttl", role.default_ttl), ("max_ttl", role.max_ttl))
                yield from _longer((*at, "max_ttl"), ("max_ttl", role.max_ttl), ("Vault's maximum", LONGEST))
        else:
            for name, issuer in one.engine.roles.items():
                field = (*one.at, "roles", name, "max_ttl") if "max_ttl" in issuer.model_fields_set else one.at
                yield from _longer(field, ("max_ttl", issuer.max_ttl), ("the engine's max_ttl", one.engine.max_ttl))


def _longer(at: Path, one: tuple[str, str], limit: tuple[str, str]) -> Iterator[Finding]:
    if seconds(one[1]) > seconds(limit[1]):
        message = Message(
            "{field} {ttl} is longer than {of} {limit}", field=one[0], ttl=one[1], of=limit[0], limit=limit[1]
        )
        fix = Message("set {field} of the role to {limit} or less", field=one[0], limit=limit[1])
        # If all TTLs are defaults, the finding is at the engine.
        yield Finding(rule=RULE, path=at, at_key=at[-1] not in TTLS, message=message, fix=fix)
