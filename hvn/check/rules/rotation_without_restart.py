"""HVN623 rotation-without-restart: no workload restarts when dynamic credentials or a certificate change."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.apps import apps
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN623",
    name="rotation-without-restart",
    level=Level.WARNING,
    reports="No workload restarts after a change of a dynamic secret or a certificate.",
    why="a pod that reads credentials only at its start fails when the old credentials expire",
    fix="add restart, or accept the warning for workloads that reread the mounted files",
    example="""\
spokes:
  orders:
    cluster:
      apps:
        checkout:
          dynamic_secrets: [{mount: database, role: checkout, destination: checkout-db}]
""",
    see="https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each dynamic secret and certificate without a restart target."""
    for at, app, value in apps(topology):
        for field, index, secret in value.synced:
            if field != "secrets" and not secret.restart:
                yield Finding(
                    rule=RULE,
                    path=(*at, field, index, "destination"),
                    message=Message("{secret} changes without a restart of a workload", secret=secret.destination),
                    fix=Message(
                        "add {line}, with the app's own workload",
                        line=f"restart: [{{kind: Deployment, name: {app}}}]",
                    ),
                )
