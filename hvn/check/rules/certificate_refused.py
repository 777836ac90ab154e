"""HVN643 certificate-refused: the role of a declared PKI engine refuses the names of an app's certificate."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.topology.apps import apps
from hvn.topology.durations import seconds
from hvn.topology.engines import declared
from hvn.topology.model import PkiEngine, PkiRole, Topology

RULE = Rule(
    id="HVN643",
    name="certificate-refused",
    reports="A PKI role does not allow a name of a certificate, or the certificate's ttl exceeds the role's max_ttl.",
    why="Vault refuses a name outside the role's domains, and shortens the lifetime to the role's max_ttl",
    fix="correct the name or the ttl, or change the role",
    example="""\
vault:
  pki_engines: {pki: {roles: {checkout: {allowed_domains: [example.com]}}}}
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
    see="https://developer.hashicorp.com/vault/api-docs/secret/pki#create-update-role",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each refused name, and for each ttl longer than the role's max_ttl."""
    engines = {(one.namespace, one.mount): one for one in declared(topology) if isinstance(one.engine, PkiEngine)}
    for at, _, app in apps(topology):
        for index, certificate in enumerate(app.certificates):
            one = engines.get((app.vault_namespace or "", certificate.mount))
            role = one.engine.roles.get(certificate.role) if one else None
            if one is None or not isinstance(role, PkiRole):
                continue
            path, place = (*at, "certificates", index), Field((*one.at, "roles", certificate.role))
            names: list[tuple[Path, str]] = [(("common_name",), certificate.common_name)]
            names += [(("alt_names", number), name) for number, name in enumerate(certificate.alt_names)]
            for field, name in names:
                if not _allows(role, name):
                    yield Finding(
                        rule=RULE,
                        path=(*path, *field),
                        message=Message("{role} does not allow {name}", role=place, name=name),
                        fix=_fix(role, name, place),
                    )
            if seconds(certificate.ttl) > seconds(role.max_ttl):
                yield Finding(
                    rule=RULE,
                    path=(*path, "ttl"),
                    message=Message(
                        "ttl {ttl} is longer than max_ttl {limit} of {role}",
                        ttl=certificate.ttl,
                        limit=role.max_ttl,
                        role=place,
                    ),
                    fix=Message("use {limit} or less", limit=role.max_ttl),
                )


def _allows(role: PkiRole, name: str) -> bool:
    below = role.allow_subdomains and any(name.endswith(f".{domain}") for domain in role.allowed_domains)
    return below or name in role.allowed_domains


def _fix(role: PkiRole, name: str, place: Field) -> Message:
    if any(name.endswith(f".{domain}") for domain in role.allowed_domains):
        return Message("add {allow} to {role}", allow="allow_subdomains: true", role=place)
    return Message("add {name} to {domains}", name=name, domains=Field((*place.path, "allowed_domains")))
