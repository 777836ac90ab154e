"""The tags of a topology's resources: tags of the file, tags of a spoke, and the tags that Azure DNS allows.

Limits: https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources. Private DNS drops tags with
other keys without an error, so every plan would add them again (hashicorp/terraform-provider-azurerm#6129).
"""

import re
from collections.abc import Iterator, Mapping

from hvn.diagnostics.finding import Path
from hvn.topology.model import Topology

Tags = tuple[tuple[str, str], ...]

MOST = 50
"""The maximum number of tags of a resource."""
MOST_IN_DNS = 15
"""The maximum number of tags of a private DNS zone, or of its link with a VNet."""
_DNS_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,511}")


def tags(topology: Topology, spoke: str = "") -> Tags:
    """Return the tags of the hub's or a spoke's resources by key. A spoke's tag overrides a tag of `azure.tags`, even
    if the keys differ in case."""
    merged = {key.casefold(): (key, value) for key, value in topology.azure.tags.items()}
    if spoke:
        merged |= {key.casefold(): (key, value) for key, value in topology.spokes[spoke].tags.items()}
    return tuple(sorted(merged.values()))


def in_dns(all_tags: Tags) -> Tags:
    """Return the tags of private DNS zones and their links: the first 15 tags with a key that Azure DNS allows."""
    return tuple(tag for tag in all_tags if _DNS_KEY.fullmatch(tag[0]))[:MOST_IN_DNS]


def tag_sections(topology: Topology) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Yield each mapping of tags in the file with its path."""
    yield ("azure", "tags"), topology.azure.tags
    for name, spoke in topology.spokes.items():
        yield ("spokes", name, "tags"), spoke.tags
