"""HVN505 small-nodes: a VM size is not suitable for a system node pool."""

import re
from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN505",
    name="small-nodes",
    level=Level.WARNING,
    reports="A cluster's node_pool has VMs of the B series or with fewer than 4 vCPUs.",
    why=("system pods run in this pool: Microsoft requires 4 vCPUs for each node, and does not support the B series"),
    fix="use a size of another series with 4 vCPUs or more, for example Standard_D4s_v5",
    example="""\
spokes:
  payments:
    cluster:
      node_pool: {vm_size: Standard_D2s_v5}
""",
    see="https://learn.microsoft.com/azure/aks/use-system-pools",
)

# Family, vCPUs, and after a hyphen the vCPUs of a constrained size: Standard_D4s_v5, Standard_E8-2s_v5. Azure ignores
# case.
SIZE = re.compile(r"Standard_([A-Z]+)(\d+)(?:-(\d+))?", re.IGNORECASE)
VCPUS = 4
# In the names of the oldest D series, such as Standard_DS3_v2, the number is not the number of vCPUs.
OLD = re.compile(r"Standard_DS?1?[1-5](?:_v2)?(?:_Promo)?", re.IGNORECASE)
OLD_VCPUS = {1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 11: 2, 12: 4, 13: 8, 14: 16, 15: 20}


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each VM size with a name of the B series or with fewer than 4 vCPUs in its name."""
    for name, spoke in topology.spokes.items():
        size = SIZE.match(spoke.new_cluster.node_pool.vm_size) if spoke.new_cluster else None
        if size is None:
            continue
        family, vcpus, constrained = size.groups()
        count = OLD_VCPUS[int(vcpus)] if OLD.fullmatch(size.string) else int(constrained or vcpus)
        burstable = family.upper().startswith("B")
        if burstable or count < VCPUS:
            yield Finding(
                rule=RULE,
                path=("spokes", name, "cluster", "node_pool", "vm_size"),
                message=Message("{size} is of the B series", size=size.string)
                if burstable
                else Message(
                    "{size} has {count} vCPUs, fewer than the {least} that Microsoft requires",
                    size=size.string,
                    count=count,
                    least=VCPUS,
                ),
                fix=Message(
                    "use a size of another series with {least} vCPUs or more, for example {example}",
                    least=VCPUS,
                    example="Standard_D4s_v5",
                ),
            )
