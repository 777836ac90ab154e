"""HVN527 ephemeral-disk: a VM size cannot have an ephemeral OS disk, or not of this size."""

import re
from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN527",
    name="ephemeral-disk",
    reports="Ephemeral OS disks exceed the local disk of their VMs (a warning without os_disk_size_gb).",
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

# The larger of cache and temporary disk in GiB, by vCPU or by size, from the pages of the series. For example
# https://learn.microsoft.com/azure/virtual-machines/sizes/general-purpose/ddsv5-series, where D96ads_v5 has less than
# this product, but more than the largest OS disk of the file. The page of Fsv2 lists another product for F72s_v2.
BY_CPU = (
    (re.compile(r"Standard_[DE](\d+)(-\d+)?(ds?_v4|(d|ds|ads)_v5)", re.IGNORECASE), 37.5),
    (re.compile(r"Standard_[DE](\d+)(-\d+)?s_v3", re.IGNORECASE), 25),
    (re.compile(r"Standard_F(2|4|8|16|32|48|64)s_v2", re.IGNORECASE), 16),
)
DS_V2 = re.compile(r"Standard_DS(\d+)(-\d+)?_v2", re.IGNORECASE)
BY_DS_V2 = {1: 43, 2: 86, 3: 172, 4: 344, 5: 688, 11: 72, 12: 144, 13: 288, 14: 576, 15: 720}
# AKS refuses the default size in Standard_DS2_v2: https://learn.microsoft.com/azure/aks/concepts-storage
DEFAULT = 100


def _local(vm_size: str) -> int | None:
    """Return the GiB of a VM's local storage for an OS disk; None if the number is unknown."""
    if found := DS_V2.fullmatch(vm_size):
        return BY_DS_V2.get(int(found[1]))
    products = (int(int(found[1]) * factor) for size, factor in BY_CPU if (found := size.fullmatch(vm_size)))
    return next(products, None)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each node pool with ephemeral OS disks that are larger than the local disks of its VMs."""
    for name, spoke in topology.spokes.items():
        for at, pool in spoke.new_cluster.pools.items() if spoke.new_cluster else ():
            path: Path = ("spokes", name, "cluster", *at)
            if pool.os_disk_type != "Ephemeral":
                continue
            if DISKLESS.fullmatch(pool.vm_size):
                yield Finding(
                    rule=RULE,
                    path=(*path, "os_disk_type"),
                    message=Message("{size} has no local disk for the OS", size=pool.vm_size),
                )
            elif (local := _local(pool.vm_size)) and local < (pool.os_disk_size_gb or DEFAULT):
                message = Message("{size} has {local} GiB of local storage", size=pool.vm_size, local=local)
                if not pool.os_disk_size_gb:
                    message = Message("{message}, less than AKS's default OS disk", message=message)
                yield Finding(
                    rule=RULE,
                    level=None if pool.os_disk_size_gb else Level.WARNING,
                    path=(*path, "os_disk_size_gb" if pool.os_disk_size_gb else "os_disk_type"),
                    message=message,
                    fix=Message("set os_disk_size_gb to {local} or less, or use a larger VM size", local=local),
                )
