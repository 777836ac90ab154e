"""Expand one scheme, such as `{type}-{spoke}-prod`, to name patterns with Microsoft's abbreviations of resource
types."""

import re
from collections.abc import Mapping

import click

from hvn.diagnostics.printable import printable
from hvn.topology.kinds_of_names import unusable

EXAMPLE = "{type}-{spoke}-prod"
PLACEHOLDERS = ("type", "spoke", "topology")
_HUB, _SPOKE = "hub", "{spoke}"
# https://learn.microsoft.com/azure/cloud-adoption-framework/ready/azure-best-practices/resource-abbreviations
# The text replaces `{spoke}` in the scheme: it makes names unique in a VNet or resource group.
_KINDS: Mapping[str, tuple[str, str]] = {
    "resource_group": ("rg", _SPOKE),
    "vnet": ("vnet", _SPOKE),
    "subnet": ("snet", f"{_SPOKE}-{{subnet}}"),
    "route_table": ("rt", _SPOKE),
    "network_security_group": ("nsg", f"{_SPOKE}-{{subnet}}"),
    "peering_to_hub": ("peer", _SPOKE),
    "peering_from_hub": ("peer", _SPOKE),
    "dns_link": ("link", _SPOKE),
    "firewall": ("afw", _HUB),
    "firewall_policy": ("afwp", _HUB),
    "firewall_public_ip": ("pip", f"{_HUB}-afw"),
    "firewall_management_ip": ("pip", f"{_HUB}-afw-management"),
    "nat_gateway": ("ng", _SPOKE),
    "nat_gateway_public_ip": ("pip", f"{_SPOKE}-nat"),
    "managed_identity": ("id", _SPOKE),
    "cluster": ("aks", _SPOKE),
    "node_resource_group": ("rg", f"{_SPOKE}-nodes"),
}


def scheme_of(text: str, option: str = "") -> str:
    """Return the scheme. Raises `UsageError` if a placeholder is missing or unknown, or for a character that a name
    cannot have. An answer to a question has no option."""
    names = re.findall(r"\{([^{}]*)\}", text)
    prefix = f"--{option}: " if option else ""
    for name in PLACEHOLDERS[:2]:
        if name not in names:
            raise click.UsageError(f"{prefix}{printable(text)} lacks {{{name}}}; write for example {EXAMPLE}")
    if unknown := [name for name in names if name not in PLACEHOLDERS]:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise click.UsageError(f"{prefix}{printable(text)}: {{{printable(unknown[0])}}} is none of {known}")
    return text


def expanded(scheme: str, hub: str) -> Mapping[str, str]:
    """Return the pattern of each kind that a file with this hub can use; none without a scheme. Names in Vault and DNS
    prefixes have no type, and keep their defaults."""
    if not scheme:
        return {}
    return {
        kind: scheme.replace("{type}", abbreviation).replace(_SPOKE, owner)
        for kind, (abbreviation, owner) in _KINDS.items()
        if kind not in unusable(with_hub=hub != "none", new_hub=hub in ("new", "no-firewall"))
    }
