"""HVN506: VM sizes that cannot be nodes under the overlay network."""

import re
from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN506",
    name="nodes-without-overlay",
    why="AKS does not support DCsv2 machines with Azure CNI overlay, which every cluster here has",
    see="https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay",
)

DCSV2 = re.compile(r"Standard_DC\d+s_v2", re.IGNORECASE)


def check(topology: Topology) -> Iterator[Breach]:
    """Pools of the DCsv2 series."""
    for name, spoke in topology.spokes.items():
        if spoke.cluster and DCSV2.fullmatch(spoke.cluster.node_pool.vm_size):
            yield Breach(
                ("spokes", name, "cluster", "node_pool", "vm_size"),
                f"{spoke.cluster.node_pool.vm_size} is of the DCsv2 series",
                "choose another series, for example Standard_DC4s_v3",
            )
