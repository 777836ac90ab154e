"""HVN203 label-length: the name of a cluster's VNet, subnet or resource group is not a valid node label."""

import re
from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Words
from hvn.topology.created_names import created_names, place
from hvn.topology.fields.resource_names import LIMITS
from hvn.topology.model import Topology
from hvn.topology.naming import NODE_SUBNET, parse
from hvn.topology.shared_vnets import clusters

RULE = Rule(
    id="HVN203",
    name="label-length",
    reports="The name of a cluster's VNet, node subnet or resource group is not a valid Kubernetes label.",
    why="AKS uses these names as node labels, and cannot create a cluster with an invalid label",
    fix="use names of at most 63 letters, digits, _ . and -, with a letter or digit at both ends",
    example="""\
spokes:
  payments:
    cidr: null
    existing:
      vnet_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-network/providers/\
Microsoft.Network/virtualNetworks/payments_
      cidrs: [10.64.0.0/16]
""",
    see="https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay",
)

LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")


IN_LABELS = ("resource_group", "vnet", "subnet")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each VNet, node subnet or resource group of a cluster with a name that is not a valid
    label."""
    for name, spoke in topology.spokes.items():
        if spoke.existing and any(one.new_cluster for one in clusters(topology, name).values()):
            vnet = parse(spoke.existing.vnet_id)
            path: Path = ("spokes", name, "existing", "vnet_id")
            for kind, text in (("VNet name", vnet.name), ("resource group name", vnet.group.name)):
                if not LABEL.fullmatch(text):
                    yield _finding(path, kind, text)
    reported: set[Path] = set()
    for created in created_names(topology):
        if created.kind not in IN_LABELS or created.owner not in topology.spokes or LABEL.fullmatch(created.name):
            continue
        spokes = clusters(topology, created.owner).values()
        nodes = {one.new_cluster.node_key if one.new_cluster else NODE_SUBNET for one in spokes}
        path = place(topology, created)
        if spokes and created.part in ("", *nodes) and path not in reported:
            reported.add(path)
            yield _finding(path, LIMITS[created.kind].kind.partition(" ")[2], created.name)


def _finding(path: Path, kind: str, text: str) -> Finding:
    return Finding(
        rule=RULE,
        path=path,
        message=Message(
            "the {kind} {text} ({length} characters) is not a valid Kubernetes label",
            kind=Words(kind),
            text=text,
            length=len(text),
        ),
        fix=Message(
            "remove the cluster, or use a {kind} of at most 63 letters, digits, _ . and -, with a letter or digit at "
            "both ends",
            kind=Words(kind),
        ),
    )
