"""HVN505: VM sizes that are not meant for a system node pool."""

import re
from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Level, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN505",
    name="small-nodes",
    level=Level.WARNING,
    why="the cluster's own services run in this pool: it needs 4 vCPUs a node, and the B series is not supported in it",
    see="https://learn.microsoft.com/azure/aks/use-system-pools",
)

# Family, vCPUs, and behind a hyphen the vCPUs that are left of them: Standard_D4s_v5, Standard_E8-2s_v5.
SIZE = re.compile(r"Standard_([A-Z]+)(\d+)(?:-(\d+))?")
VCPUS = 4


def check(topology: Topology) -> Iterator[Breach]:
    """Sizes of the B series or with less than 4 vCPUs, as far as their names tell."""
    for name, spoke in topology.spokes.items():
        size = SIZE.match(spoke.cluster.node_pool.vm_size) if spoke.cluster else None
        if size is None:
            continue
        family, vcpus, left = size.groups()
        if family.startswith("B") or int(left or vcpus) < VCPUS:
            yield Breach(
                ("spokes", name, "cluster", "node_pool", "vm_size"),
                f"{size.string} is of the B series" if family.startswith("B") else f"has {left or vcpus} vCPUs",
                "choose a size of another series with 4 vCPUs or more, for example Standard_D4s_v5",
            )
