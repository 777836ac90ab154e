"""HVN630 static-role: a static role has settings for leases."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.apps import apps
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN630",
    name="static-role",
    reports="A dynamic secret of a static role has renewal_percent or revoke.",
    why="the credentials of a static role have no lease, so the operator cannot renew or revoke them",
    fix="remove renewal_percent and revoke",
    example="""\
spokes:
  orders:
    cluster:
      apps:
        checkout:
          dynamic_secrets:
            - mount: database
              role: checkout
              static: true
              revoke: true
              destination: checkout-db
              restart: [{kind: Deployment, name: checkout}]
""",
    see="https://developer.hashicorp.com/vault/docs/secrets/databases#static-roles",
)
OF_LEASES = ("renewal_percent", "revoke")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each setting for leases of a static role."""
    for at, _, value in apps(topology):
        for index, secret in enumerate(value.dynamic_secrets):
            for key in OF_LEASES if secret.static else ():
                if key in secret.model_fields_set:
                    yield Finding(
                        rule=RULE,
                        path=(*at, "dynamic_secrets", index, key),
                        at_key=True,
                        message=Message("{key} has no effect on a static role", key=key),
                        fix=Message("remove {key}", key=key),
                    )
