"""HVN628 workload-identity: an app's managed identity cannot be created, or its service account cannot use it."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology import locations, naming
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN628",
    name="workload-identity",
    reports="Two identities of a resource group have the same name, or an app with an identity has no service account "
    "of its own.",
    why="Azure allows a name once in a resource group, and this project annotates only its own service accounts",
    fix="use another name, or add service_account",
    example="""\
spokes:
  payments:
    cluster:
      apps:
        webapp: {workload_identity: id-webapp}
""",
    see="https://learn.microsoft.com/azure/aks/workload-identity-overview",
)
ACCOUNT = Message("Kubernetes creates the service account default, and this project does not annotate it")
NAME = Message("the two apps would share one identity, and the second apply fails")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each app with the service account default, or with the name of another identity."""
    seen: set[tuple[str, str]] = set()
    for name, spoke in topology.spokes.items():
        group = locations.spoke_group(topology, name, spoke).id.casefold()
        if spoke.cluster:
            seen.add((group, naming.name(topology, "managed_identity", name).casefold()))
    for name, spoke in topology.spokes.items():
        group = locations.spoke_group(topology, name, spoke).id.casefold()
        for app, value in spoke.cluster.apps.items() if spoke.cluster else ():
            if value.workload_identity is None:
                continue
            path = ("spokes", name, "cluster", "apps", app, "workload_identity")
            key = (group, value.workload_identity.casefold())
            if key in seen:
                message = Message("{name} is the name of another identity", name=value.workload_identity)
                yield Finding(rule=RULE, path=path, message=message, why=NAME, fix=Message("use another name"))
            seen.add(key)
            if value.service_account == "default":
                message = Message("{app} uses the service account default", app=app)
                fix = Message("add service_account: {app}", app=app)
                yield Finding(rule=RULE, path=path, message=message, why=ACCOUNT, fix=fix)
