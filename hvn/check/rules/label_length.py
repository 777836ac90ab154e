"""HVN203: names of an existing network that do not fit a node label."""

import re
from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology
from hvn.topology.naming import parse

RULE = Rule(
    id="HVN203",
    name="label-length",
    why="AKS makes node labels of the names of VNet and resource group, and fails late where they are none",
    see="https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay",
)

LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")


def check(topology: Topology) -> Iterator[Breach]:
    """VNets that exist and are to have a cluster."""
    for name, spoke in topology.spokes.items():
        if spoke.existing and spoke.cluster:
            vnet = parse(spoke.existing.vnet_id)
            for what, text in (("VNet", vnet.name), ("resource group", vnet.group.name)):
                if not LABEL.fullmatch(text):
                    yield Breach(
                        ("spokes", name, "existing", "vnet_id"),
                        f"the {what}'s name {text} is not the text of a Kubernetes label",
                        "a cluster needs a VNet whose name and group have at most 63 letters, digits, _ . and -",
                    )
