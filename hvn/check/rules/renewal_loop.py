"""HVN622 renewal-loop: the operator renews a certificate immediately after its issue."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.apps import apps
from hvn.topology.durations import seconds
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN622",
    name="renewal-loop",
    reports="A certificate's expiry_offset is not shorter than its ttl.",
    why="the operator gets a new certificate every second, because each new certificate is already due for renewal",
    fix="lower expiry_offset or raise ttl",
    example="""\
spokes:
  orders:
    cluster:
      apps:
        checkout:
          certificates:
            - mount: pki
              role: checkout
              common_name: checkout.example.com
              ttl: 12h
              expiry_offset: 24h
              destination: checkout-tls
              restart: [{kind: Deployment, name: checkout}]
""",
    see="https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each certificate with an expiry_offset of at least its ttl."""
    for at, _, value in apps(topology):
        for index, certificate in enumerate(value.certificates):
            if seconds(certificate.expiry_offset) >= seconds(certificate.ttl):
                yield Finding(
                    rule=RULE,
                    path=(*at, "certificates", index, "expiry_offset"),
                    message=Message(
                        "expiry_offset {offset} is not shorter than ttl {ttl}",
                        offset=certificate.expiry_offset,
                        ttl=certificate.ttl,
                    ),
                )
