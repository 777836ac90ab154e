"""HVN203 label-length: the name of a cluster's existing VNet or resource group is not a valid node label."""

import re
from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Words
from hvn.topology.model import Topology
from hvn.topology.naming import parse

RULE = Rule(
    id="HVN203",
    name="label-length",
    reports=(
        "A cluster is in an existing VNet, and the VNet's or its resource group's name is not a valid Kubernetes label."
    ),
    why=("AKS uses both names as node labels: with an invalid label the creation of the cluster fails late"),
    fix="use a VNet with a valid name in a resource group with a valid name: at most 63 letters, digits, _ . and -, "
    "with a letter or digit at both ends",
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


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each existing VNet or resource group of a cluster with a name that is not a valid label."""
    for name, spoke in topology.spokes.items():
        if spoke.existing and spoke.cluster:
            vnet = parse(spoke.existing.vnet_id)
            for kind, text in ((Words("VNet"), vnet.name), (Words("resource group"), vnet.group.name)):
                if not LABEL.fullmatch(text):
                    yield Finding(
                        rule=RULE,
                        path=("spokes", name, "existing", "vnet_id"),
                        message=Message(
                            "the {kind} name {text} ({length} characters) is not a valid Kubernetes label",
                            kind=kind,
                            text=text,
                            length=len(text),
                        ),
                        fix=Message(
                            "remove the cluster, or use a VNet where the {kind} name has at most 63 letters, digits, "
                            "_ . and -, with a letter or digit at both ends",
                            kind=kind,
                        ),
                    )
