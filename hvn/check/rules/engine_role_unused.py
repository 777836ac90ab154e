"""HVN639 engine-role-unused: no app uses a role of a declared engine."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.engines import declared, uses
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN639",
    name="engine-role-unused",
    level=Level.WARNING,
    reports="No app uses a role of an engine in the file.",
    why="without a client, a role creates no credentials; the file does not list other clients of Vault",
    fix="remove the role, or accept the warning for another client",
    example="""\
vault:
  pki_engines: {pki: {roles: {checkout: {allowed_domains: [checkout.example.com]}}}}
""",
    see="docs/how-to/dynamic-secrets.md",
    needs_all_items=True,
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each role that no secret of an app names."""
    used = {(use.namespace, use.mount, use.field, use.role) for use in uses(topology) if not use.static}
    for one in declared(topology):
        for role in one.engine.roles:
            if (one.namespace, one.mount, one.field, role) not in used:
                yield Finding(
                    rule=RULE,
                    path=(*one.at, "roles", role),
                    at_key=True,
                    message=Message("no app of this topology uses the role {role}", role=role),
                    fix=Message("remove {role}, or accept the warning", role=role),
                )
