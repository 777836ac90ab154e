"""Find drift: differences that somebody could have caused outside Terraform.

A plan lists other differences too. After every apply, the next refresh reads values that the provider computed later,
and empty lists for unset arguments. After a change of the provider's version, a refresh reads new arguments.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hvn.rehearsal import schemas
from hvn.rehearsal.schema import PROVIDERS, Attribute, Block
from hvn.review.differences import Leaf, Path, leaves, only_case, path_text
from hvn.review.grants import grants
from hvn.review.grants.opening import Opening

Changed = Mapping[str, frozenset[str]]
"""The arguments that a plan changes, by address."""

WRITTEN_BY_OTHERS = {
    # Ignore the subnets, because a VNet also lists the subnets of separate resources. A plan reverts a changed inline
    # subnet, so the review still reports the change.
    "azurerm_virtual_network": frozenset({"subnet"}),
    # Ignore the node count, because the autoscaler writes it.
    "azurerm_kubernetes_cluster": frozenset({"default_node_pool.node_count"}),
}

LINK, CREDENTIAL = "azurerm_private_dns_zone_virtual_network_link", "azurerm_federated_identity_credential"
OF_A_MAJOR_VERSION = {
    "azurerm_kubernetes_cluster": frozenset({"node_provisioning_profile"}),
    "azurerm_subnet": frozenset({"service_endpoint", "service_endpoints"}),
    CREDENTIAL: frozenset({"user_assigned_identity_id", "parent_id", "resource_group_name"}),
    LINK: frozenset({"private_dns_zone_id", "private_dns_zone_name", "resource_group_name"}),
}
"""The arguments that only azurerm 4 or only azurerm 5 has (hvn/rehearsal/azurerm_versions.py)."""


def changed_paths(resources: Any) -> Changed:
    """Return the arguments that `resource_changes` changes, by address. Arguments that are known after apply are
    omitted."""
    changed = {}
    for resource in resources if isinstance(resources, list) else ():
        change = resource.get("change") if isinstance(resource, dict) else None
        if isinstance(change, dict) and change.get("actions") != ["no-op"]:
            changed[str(resource.get("address"))] = frozenset(
                leaf.argument for leaf in leaves(change) if leaf.unknown is not True
            )
    return changed


def drifted(type_: str, address: str, differences: Iterable[Leaf], changed: Changed) -> Iterator[Leaf]:
    """Yield the differences that somebody could have caused, or that the plan reverts."""
    for leaf in differences:
        taken_back = leaf.argument in changed.get(address, ())
        by_refresh = _by_provider(type_, leaf.path) or _first_read(type_, leaf) or only_case(leaf.before, leaf.after)
        if taken_back or not by_refresh:
            yield leaf


def _first_read(type_: str, leaf: Leaf) -> bool:
    """Return whether a provider of a different version reads the argument for the first time: the state has no
    value."""
    if leaf.before is None and leaf.after in ("", 0, False):
        return True
    arguments = OF_A_MAJOR_VERSION.get(type_, frozenset())
    return leaf.before in (None, []) and bool(arguments.intersection(leaf.path[:1]))


def unknown_grants(type_: str, address: str, differences: Iterable[Leaf]) -> frozenset[Opening]:
    """Return an opening for each argument that can grant access, has a value, and has a new value that is known after
    apply. If `hvn plans` made the plan, it compares these arguments with the generated Terraform instead."""
    return frozenset(
        Opening(address, "known after apply", leaf.argument)
        for leaf in differences
        if grants(type_) and leaf.before is not None and leaf.unknown is not None
        if leaf.path[:1] != ("id",) and not _by_provider(type_, leaf.path)
    )


def _by_provider(type_: str, path: Path) -> bool:
    """Return whether only the provider or another resource writes the value or a block around it."""
    names = [part for part in path if isinstance(part, str)]
    arguments = [path_text(names[: length + 1]) for length in range(len(names))]
    if WRITTEN_BY_OTHERS.get(type_, frozenset()) & {*arguments}:
        return True
    return any(attribute.computed and not attribute.optional for attribute in _attributes(_schema(type_), names))


def _schema(type_: str) -> Block | None:
    """Return the schema of a Terraform type; None for a type without a stored schema."""
    provider = type_.partition("_")[0]
    try:
        return schemas.read(provider, [type_])[type_] if provider in PROVIDERS else None
    except schemas.MissingSchema:
        return None


def _attributes(block: Block | None, names: list[str]) -> Iterator[Attribute]:
    """Yield the attributes on a path, from the outermost to the innermost attribute."""
    for name in names:
        if block is None:
            return
        if attribute := block.attributes.get(name):
            yield attribute
        inner = block.blocks.get(name)
        block = inner.block if inner else attribute.nested if attribute else None
