"""Tell drift from what every refresh changes in a state, although nobody changed the cloud.

After an apply an unset list or map is null in the state, after a refresh it is empty. A VNet lists the subnets that
other resources created. A result that the provider computes takes its final value after the apply, as the `state` of a
peering does.
"""

from hvn.rehearsal import schemas
from hvn.rehearsal.schema import PROVIDERS
from hvn.review.differences import Leaf


def is_normalization(kind: str, leaf: Leaf) -> bool:
    """Return whether a difference in `resource_drift` of a resource of this type is no drift."""
    if leaf.before is None and leaf.after in ([], {}):
        return True
    if kind == "azurerm_virtual_network" and leaf.path[:1] == ("subnet",):
        return True
    return _is_result(kind, str(leaf.path[0])) if leaf.path else False


def _is_result(kind: str, argument: str) -> bool:
    """Return whether the provider computes this argument and a configuration cannot set it."""
    provider = kind.partition("_")[0]
    if provider not in PROVIDERS:
        return False
    try:
        block = schemas.read(provider, [kind])[kind]
    except schemas.MissingSchema:
        return False
    attribute = block.attributes.get(argument)
    return attribute is not None and attribute.computed and not attribute.optional
