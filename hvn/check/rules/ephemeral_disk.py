"""HVN527 ephemeral-disk: a VM size cannot have an ephemeral OS disk."""

import re
from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN527",
    name="ephemeral-disk",
    reports="VMs with ephemeral OS disks have no local disk.",
    why="AKS refuses the node pool, but only at apply",
    fix="remove os_disk_type, or use a size with a local disk, for example Standard_D4ds_v5",
    example="""\
spokes:
  payments:
    cluster:
      node_pool: {os_disk_type: Ephemeral}
""",
    see="https://learn.microsoft.com/azure/virtual-machines/azure-vms-no-temp-disk",
)

# Microsoft's pages of these series state "No local storage" and "Ephemeral OS Disks: Not Supported". For example
# https://learn.microsoft.com/azure/virtual-machines/sizes/general-purpose/dsv4-series. Azure ignores case.
# v4: D, Ds, E, Es. v5: also Das, Dls, Dps, Dpls, Eas, Eps. v6: Ds, Das, Dls, Dals, Dps, Es, Eas, Fas.
# The pages of Dv3 and Dsv3 also state this, but these series have local disks.
DISKLESS = re.compile(
    r"Standard_([DE]\d+(-\d+)?i?(s?_v4|(s|as|ps)?_v5|(s|as)_v6)|D\d+(p?ls_v5|(a?l|p)s_v6)|F\d+as_v6)", re.IGNORECASE
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each node pool with ephemeral OS disks and a VM size of a series without local disks."""
    for name, spoke in topology.spokes.items():
        for at, pool in spoke.new_cluster.pools.items() if spoke.new_cluster else ():
            if pool.os_disk_type == "Ephemeral" and DISKLESS.fullmatch(pool.vm_size):
                yield Finding(
                    rule=RULE,
                    path=("spokes", name, "cluster", *at, "os_disk_type"),
                    message=Message("{size} has no local disk for the OS", size=pool.vm_size),
                )
