"""Names that the topology file sets: the topology, spokes, pools, and Kubernetes objects."""

from typing import Annotated

from hvn.topology.fields.marks import Text

_NODE_LABEL = "https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay"
_KUBERNETES = "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"
_SLUG = "https://github.com/hashicorp/terraform-provider-hcp/blob/main/internal/input/input.go"

TopologyName = Annotated[
    str,
    Text(
        pattern=r"[a-z]{2,12}",
        kind="a topology name",
        rule="2 to 12 lower-case letters",
        example="platform",
        why=(
            "AKS writes the name of a spoke's resource group into a node label of at most 63 characters. The label has "
            "room for a topology name of 12 characters and a spoke name of 32"
        ),
        see=_NODE_LABEL,
    ),
]
# With 32 characters, all Azure names stay below 63, the limit of the node labels that AKS creates from some names.
# HCP's ids have at most 36 characters with the prefix, so naming.py cuts longer ids and adds a hash.
SpokeName = Annotated[
    str,
    Text(
        pattern=r"(?=.{2,32}$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
        kind="a spoke name",
        rule="2 to 32 lower-case letters, digits and single hyphens, beginning with a letter",
        example="payments",
        why=(
            "AKS writes the name of the spoke's resource group into a node label of at most 63 characters. The label "
            "has room for a spoke name of 32 characters"
        ),
        see=_NODE_LABEL,
    ),
]
PoolName = Annotated[
    str,
    Text(
        pattern=r"(?=.{1,24}$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
        kind="an address pool name",
        rule="1 to 24 lower-case letters, digits and single hyphens, beginning with a letter",
        example="spokes",
        why="the name is part of the id of the pool's HVN route, and an id has 3 to 36 letters, digits and hyphens",
        see=_SLUG,
    ),
]
# stacks/node_pools.py names the temporary pool of a rotation, and its name ends in tmp.
NodePoolName = Annotated[
    str,
    Text(
        pattern=r"(?!system$)(?![a-z0-9]*tmp$)[a-z][a-z0-9]{0,11}",
        kind="a node pool name",
        rule="1 to 12 lower-case letters and digits, beginning with a letter, not system and not ending in tmp",
        example="apps",
        why="AKS allows 12 characters. The first pool has the name system, and names of temporary pools end in tmp",
        see="https://learn.microsoft.com/azure/aks/create-node-pools",
    ),
]
_LABELS = "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/"
_LABEL_KEY = (
    r"(?!([a-z0-9.-]*\.)?kubernetes\.azure\.com/)(?![a-z0-9.-]*kubernetes\.io/)"
    r"((?=[^/]{1,253}/)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/)?"
    r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
)
_LABEL_VALUE = r"([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?"
NodeLabelKey = Annotated[
    str,
    Text(
        pattern=_LABEL_KEY,
        kind="a key of a node label",
        rule="a Kubernetes label key, without the prefixes of Kubernetes and AKS",
        example="workload",
        why="Kubernetes limits keys to 63 characters after a DNS prefix, and reserves kubernetes.io and "
        "kubernetes.azure.com",
        see=_LABELS,
    ),
]
NodeLabelValue = Annotated[
    str,
    Text(
        pattern=_LABEL_VALUE,
        kind="a value of a node label",
        rule="at most 63 letters, digits, - _ and ., with a letter or digit at either end",
        example="batch",
        why="Kubernetes refuses other values",
        see=_LABELS,
    ),
]
Taint = Annotated[
    str,
    Text(
        pattern=rf"{_LABEL_KEY}={_LABEL_VALUE}:(NoSchedule|PreferNoSchedule|NoExecute)",
        kind="a taint",
        rule="key=value:effect with the effect NoSchedule, PreferNoSchedule or NoExecute",
        example="workload=batch:NoSchedule",
        why="AKS accepts only taints of this form",
        see="https://learn.microsoft.com/azure/aks/use-node-taints",
    ),
]
SiteName = Annotated[
    str,
    Text(
        pattern=r"(?=.{1,24}$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
        kind="a name of an on-premises network",
        rule="1 to 24 lower-case letters, digits and single hyphens, beginning with a letter",
        example="tokyo",
        why="firewall rules and `hvn reach` refer to the network as `on_premises.<name>`",
        see="docs/reference/topology.md",
    ),
]
# `validateSlugID` of the hcp provider, internal/input/input.go.
Slug = Annotated[
    str,
    Text(
        pattern=r"[0-9A-Za-z][-0-9A-Za-z]{1,34}[0-9A-Za-z]",
        kind="an HCP id",
        rule="3 to 36 letters, digits and hyphens, no hyphen at either end",
        example="hvn-japaneast",
        why="the hcp provider refuses other ids at plan",
        see=_SLUG,
    ),
]
# An RFC 1123 label: Kubernetes accepts only labels as names of namespaces.
Label = Annotated[
    str,
    Text(
        pattern=r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
        kind="a Kubernetes label name",
        rule="1 to 63 lower-case letters, digits and hyphens, no hyphen at either end",
        example="webapp",
        why="Kubernetes accepts only RFC 1123 labels as names of namespaces; Vault roles and subnets use the same form",
        see=_KUBERNETES,
    ),
]
# Kubernetes requires an RFC 1123 subdomain as the name of a service account or Secret.
ObjectName = Annotated[
    str,
    Text(
        pattern=r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*",
        kind="a Kubernetes object name",
        rule="at most 253 lower-case letters, digits, hyphens and dots; between dots at most 63 characters, with a "
        "letter or digit at both ends",
        example="webapp-config",
        why="Kubernetes accepts only RFC 1123 subdomains as names of Secrets, service accounts and workloads",
        see=_KUBERNETES,
    ),
]
