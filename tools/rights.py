"""Collect the rights that a synthesized workspace needs, from the rights of its kind (hvn/kinds/<kind>/rights.py)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

from hvn.kinds.kind import Kind
from hvn.kinds.rights import PROVIDERS, ZONE, Grant, Needs, Rights


def of_kind(kind: Kind) -> Rights:
    """Return the rights that the kind's module rights.py lists."""
    rights: Rights = import_module(kind.rights).RIGHTS
    return rights


def needs(kind: Kind, synthesized: Mapping[str, Any]) -> Iterator[tuple[str, str, Grant]]:
    """Yield `("plan" or "apply", type, grant)` for each resource and data source in a workspace's JSON.

    Raises `LookupError` for a type without rights, because the page would be incomplete.
    """
    rights = of_kind(kind)
    for provider in synthesized["provider"]:
        for grant in PROVIDERS.get(provider, Needs()).plan:
            yield "plan", f"the {provider} provider", grant
    for section, prefix in (("resource", ""), ("data", "data.")):
        for type_, bodies in synthesized.get(section, {}).items():
            for body in bodies.values():
                name = entry(rights, f"{prefix}{type_}", body)
                if name not in rights.needs:
                    raise LookupError(f"{kind.title} contains a {name}: add the rights that it needs to {kind.rights}")
                for phase, grants in (("plan", rights.needs[name].plan), ("apply", rights.needs[name].apply)):
                    for grant in grants:
                        yield phase, f"`{prefix}{type_}`", _filled(grant, kind, rights, body)


def entry(rights: Rights, name: str, body: Mapping[str, Any]) -> str:
    """Return the key under which `rights` lists a resource or data source: the type, or a longer key for a special use
    of the type.
    """
    if f"{name}.kube_config" in rights.needs and "kube_config" in str(body.get("lifecycle")):
        return f"{name}.kube_config"
    if f"{name}.own_role" in rights.needs and "azurerm_role_definition." in str(body.get("role_definition_id")):
        return f"{name}.own_role"
    return name


def _filled(grant: Grant, kind: Kind, rights: Rights, body: Mapping[str, Any]) -> Grant:
    in_hub = not kind.per_spoke or body.get("provider") == "azurerm.hub"
    values = {
        "owner": "the hub" if in_hub else "the spoke",
        "scope": _scope(str(body.get("scope", "")), in_hub=in_hub),
        **{name: rights.paths.get(name, "") for name in ("mount", "policies", "kv")},
    }
    return replace(grant, right=grant.right.format(**values), scope=grant.scope.format(**values))


def _scope(resource_id: str, *, in_hub: bool) -> str:
    """Return the scope of a role assignment in words, derived from the type in the scope's resource id."""
    owner = "the hub" if in_hub else "the spoke"
    for type_, scope in (
        ("/privateDnsZones/", ZONE),
        ("/routeTables/", f"{owner}'s route table"),
        ("/registries/", "each registry"),
        ("/virtualNetworks/", f"{owner}'s VNet"),
    ):
        if type_ in resource_id:
            return scope
    return resource_id
