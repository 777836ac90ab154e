"""HVN628 workload-identity: an app's managed identity cannot be created, or its service account cannot use it."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology import locations, naming
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN628",
    name="workload-identity",
    reports="Two identities of a resource group have the same name, or an app with an identity uses the service "
    "account `default`.",
    why="identity names are unique in a resource group, and this project annotates only the service accounts that "
    "it creates",
    fix="use a different name, or add service_account",
    example="""\
spokes:
  payments:
    cluster:
      apps:
        webapp: {workload_identity: id-webapp}
""",
    see="https://learn.microsoft.com/azure/aks/workload-identity-overview",
)
ACCOUNT = Message(
    "Kubernetes creates the service account default, and this project annotates only the service accounts that it "
    "creates"
)
NAME = Message("identity names are unique in a resource group: Azure does not create the second identity")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each app that uses the service account default, or the name of a different identity."""
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
                message = Message(
                    "an identity in the resource group already has the name {name}", name=value.workload_identity
                )
                yield Finding(rule=RULE, path=path, message=message, why=NAME, fix=Message("use another name"))
            seen.add(key)
            if value.service_account == "default":
                message = Message("{app} uses the service account default", app=app)
                fix = Message("add service_account: {app}", app=app)
                yield Finding(rule=RULE, path=path, message=message, why=ACCOUNT, fix=fix)
