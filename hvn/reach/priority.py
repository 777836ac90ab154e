"""A free priority for an NSG rule of the file."""

from hvn.reach.network import Place
from hvn.topology.security import LOWEST, SecurityRule


def priority_before(place: Place, rule: SecurityRule) -> int | None:
    """Return the lowest free priority before a rule of a place's NSG. Return None if no priority is free, and for the
    node subnet of a cluster and other places without NSG rules in the file."""
    rules = (place.nsg.rules if place.nsg else None) or ()
    used = {one.priority for one in rules}
    free = (priority for priority in range(LOWEST, rule.priority) if priority not in used)
    return next(free, None) if place.in_file else None
