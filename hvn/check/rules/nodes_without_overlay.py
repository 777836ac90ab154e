"""HVN506 nodes-without-overlay: AKS does not support VM sizes of the DCsv2 series with Azure CNI overlay."""

import re
from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN506",
    name="nodes-without-overlay",
    reports="A node pool's VM size is of the DCsv2 series, and the cluster has an overlay.",
    why="AKS does not support DCsv2 with Azure CNI overlay",
    fix="use another series, for example Standard_DC4s_v3",
    example="""\
spokes:
  payments:
    cluster:
      node_pool: {vm_size: Standard_DC4s_v2}
""",
    see="https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay",
)

DCSV2 = re.compile(r"Standard_DC\d+s_v2", re.IGNORECASE)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each VM size of the DCsv2 series."""
    for name, spoke in topology.spokes.items():
        cluster = spoke.new_cluster if spoke.new_cluster and spoke.new_cluster.network.mode == "overlay" else None
        for at, pool in cluster.pools.items() if cluster else ():
            if DCSV2.fullmatch(pool.vm_size):
                yield Finding(
                    rule=RULE,
                    path=("spokes", name, "cluster", *at, "vm_size"),
                    message=Message("{size} is of the DCsv2 series", size=pool.vm_size),
                    fix=Message("use another series, for example {example}", example="Standard_DC4s_v3"),
                )
