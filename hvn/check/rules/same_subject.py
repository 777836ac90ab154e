"""HVN602 same-subject: two apps of a cluster use the same service account."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Field, LineOf
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN602",
    name="same-subject",
    reports="Two apps of a cluster use the same namespace and service account.",
    why="Vault identifies a service account, not an app: either app could read the other's secrets",
    fix="give each app its own service account, or merge the apps",
    example="""\
spokes:
  orders:
    cluster:
      apps:
        refunds:
          namespace: checkout
          service_account: checkout
          secrets: [{path: orders/refunds, destination: refunds-secrets}]
""",
    see="https://developer.hashicorp.com/vault/docs/auth/jwt/oidc-providers/kubernetes",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each app with the namespace and service account of an earlier app of the cluster."""
    for name, spoke in topology.spokes.items():
        seen: dict[tuple[str, str], str] = {}
        at = ("spokes", name, "cluster", "apps")
        for app, value in spoke.cluster.apps.items() if spoke.cluster else ():
            first = seen.setdefault((value.namespace, value.service_account), app)
            if first != app:
                yield Finding(
                    rule=RULE,
                    path=(*at, app),
                    message=Message(
                        "{other} (line {line}) has the same service account {account} in namespace {namespace}",
                        account=value.service_account,
                        namespace=value.namespace,
                        other=Field((*at, first)),
                        line=LineOf((*at, first)),
                    ),
                    fix=Message("give the app its own service account, for example {account}", account=app)
                    if (value.namespace, app) not in seen
                    else Message("give the app its own service account, or merge both apps"),
                )
