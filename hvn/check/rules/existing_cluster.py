"""HVN521 existing-cluster: the facts about an existing cluster contradict the rest of the file."""

from collections.abc import Iterator
from itertools import count

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field, LineOf
from hvn.topology.model import ExistingCluster, Topology
from hvn.topology.shared_vnets import vnet_owner, with_vnet

RULE = Rule(
    id="HVN521",
    name="existing-cluster",
    reports="Two spokes have the same existing cluster, or its nodes are outside the subnets of a new VNet.",
    why="two workspaces would install the operator in one cluster",
    fix="use another cluster, or list the nodes' subnet in the spoke's subnets",
    example="""\
spokes:
  payments:
    cluster:
      kubernetes_version: null
      node_cidr: null
      node_pool: null
      existing:
        cluster_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-shop/providers/\
Microsoft.ContainerService/managedClusters/aks-shop
        node_cidrs: [10.64.16.0/20]
""",
    see="docs/how-to/existing-network.md",
)

INLINE = Message("a new VNet has exactly the subnets of this file: Terraform would remove the nodes' subnet")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each cluster that two spokes name, and for each node range of a new VNet without a
    subnet."""
    seen: dict[str, Path] = {}
    for name, spoke in topology.spokes.items():
        if not isinstance(spoke.cluster, ExistingCluster):
            continue
        at: Path = ("spokes", name, "cluster", "existing")
        path = (*at, "cluster_id")
        first = seen.setdefault(spoke.cluster.existing.cluster_id.casefold(), path)
        if first != path:
            yield Finding(
                rule=RULE,
                path=path,
                message=Message("{other} (line {line}) has the same cluster", other=Field(first), line=LineOf(first)),
                fix=Message("move the apps to {spoke}", spoke=Field(first[:2])),
            )
        vnet = with_vnet(topology, spoke)
        if vnet.existing is None and not vnet.vnet_of:  # HVN320 reports an unknown spoke in vnet_of
            yield from _outside_subnets(topology, name, spoke.cluster)


def _outside_subnets(topology: Topology, name: str, cluster: ExistingCluster) -> Iterator[Finding]:
    owner = vnet_owner(topology, name)
    spoke, field = topology.spokes[owner], Field(("spokes", owner, "subnets"))
    subnets = [spoke.subnet(key).cidr for key in spoke.subnets]
    free = (key for number in count(1) if (key := f"nodes-{number}" if number > 1 else "nodes") not in spoke.subnets)
    for index, cidr in enumerate(cluster.existing.node_cidrs):
        if not any(cidr.subnet_of(subnet) for subnet in subnets):
            yield Finding(
                rule=RULE,
                path=("spokes", name, "cluster", "existing", "node_cidrs", index),
                message=Message("no subnet of the new VNet contains {cidr}", cidr=cidr),
                why=INLINE,
                fix=Message("add {line} to {field}", line=f"{next(free)}: {cidr}", field=field),
            )
