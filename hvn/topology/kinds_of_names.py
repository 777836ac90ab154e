"""The kinds in `naming` by their use: now, for later resources of the same hub, or never."""

from collections.abc import Set

from hvn.topology.created_names import created_names
from hvn.topology.locations import has_hub
from hvn.topology.model import NewHub, Topology
from hvn.topology.naming import exception

_OF_HUB = frozenset({"peering_to_hub", "peering_from_hub", "dns_link"})
_OF_NEW_HUB = frozenset({"firewall", "firewall_policy", "firewall_public_ip", "firewall_management_ip"})


def unusable(*, with_hub: bool, new_hub: bool) -> Set[str]:
    """Return the kinds that no resource of a topology with this hub can have."""
    return (frozenset() if with_hub else _OF_HUB) | (frozenset() if new_hub else _OF_NEW_HUB)


def without_effect(topology: Topology) -> Set[str]:
    """Return the kinds in the file that neither this topology nor a new spoke can use."""
    never = unusable(with_hub=has_hub(topology), new_hub=isinstance(topology.hub, NewHub))
    return topology.naming.model_fields_set & never


def for_later(topology: Topology) -> Set[str]:
    """Return the kinds in the file that no resource uses yet, but a new spoke or another field of the hub can use."""
    used = {name.kind for name in created_names(topology) if not exception(topology, name.kind, name.owner, name.part)}
    return topology.naming.model_fields_set - used - without_effect(topology)
