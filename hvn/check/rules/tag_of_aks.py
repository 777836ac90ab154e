"""HVN211 tag-of-aks: a tag key begins with a prefix that AKS uses for its own tags."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.model import Topology
from hvn.topology.tags import tag_sections

RULE = Rule(
    id="HVN211",
    name="tag-of-aks",
    level=Level.WARNING,
    reports="A cluster gets a tag with a key prefix that AKS uses for its own tags.",
    why=("AKS writes tags with these prefixes, so Terraform and AKS would overwrite the tag repeatedly"),
    fix="use a key that does not begin with aks-managed or k8s-azure",
    example="""\
azure:
  tags: {aks-managed-owner: platform-team}
""",
    see="https://learn.microsoft.com/azure/aks/faq",
)

PREFIXES = ("aks-managed", "k8s-azure")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each tag key with a prefix of AKS, in `azure.tags` or in a spoke with a cluster."""
    for path, tags in tag_sections(topology):
        spokes = topology.spokes.values() if path[0] == "azure" else [topology.spokes[str(path[1])]]
        if not any(spoke.new_cluster for spoke in spokes):
            continue
        for key in tags:
            prefix = next((prefix for prefix in PREFIXES if key.casefold().startswith(prefix)), None)
            if prefix:
                yield Finding(
                    rule=RULE,
                    path=(*path, key),
                    at_key=True,
                    message=Message(
                        "{key} begins with {prefix}, a prefix of tags that AKS writes", key=key, prefix=prefix
                    ),
                    fix=Message("rename the tag, for example to {name}", name=f"my-{key}"[:128]),
                )
