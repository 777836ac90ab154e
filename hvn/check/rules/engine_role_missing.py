"""HVN638 engine-role-missing: an app names a role that a declared engine does not have."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Field
from hvn.diagnostics.suggest import closest
from hvn.topology.engines import Declared, Use, declared, uses
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN638",
    name="engine-role-missing",
    reports="An app names a role that a declared engine does not have, or a static role of such an engine.",
    why="this project creates only the engine's roles in the file, so Vault refuses the app's request",
    fix="correct the role, or add the role to the engine",
    example="""\
vault:
  pki_engines: {pki: {roles: {checkout: {allowed_domains: [checkout.example.com]}}}}
spokes:
  orders:
    cluster:
      apps:
        checkout:
          certificates:
            - mount: pki
              role: chekout
              common_name: checkout.example.com
              ttl: 24h
              expiry_offset: 1h
              destination: checkout-tls
              restart: [{kind: Deployment, name: checkout}]
""",
    see="docs/how-to/dynamic-secrets.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each secret with a missing role of a declared engine, and for each static role: declared
    engines have no static roles."""
    engines = {(one.namespace, one.mount, one.field): one for one in declared(topology)}
    for use in uses(topology):
        if engine := engines.get((use.namespace, use.mount, use.field)):
            if use.static:
                yield Finding(
                    rule=RULE,
                    path=(*use.at, "static"),
                    message=Message("{engine} has no static roles", engine=Field(engine.at)),
                    fix=Message("remove {static}, or use an engine that this project does not create", static="static"),
                )
            elif use.role not in engine.engine.roles:
                yield _missing(engine, use)


def _missing(engine: Declared, use: Use) -> Finding:
    near = closest(use.role, sorted(engine.engine.roles))
    roles = Field((*engine.at, "roles"))
    return Finding(
        rule=RULE,
        path=(*use.at, "role"),
        message=Message("{engine} has no role {role}", engine=Field(engine.at), role=use.role),
        fix=Message("use {near}, or add {role} to {roles}", near=near, role=use.role, roles=roles)
        if near
        else Message("add {role} to {roles}", role=use.role, roles=roles),
    )
