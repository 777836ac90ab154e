"""The existing VNet and the existing cluster of a new spoke: their options and fields."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import count
from typing import Any, Literal

import click

from hvn.commands.spoke.conversion import SHORT_ID, AnyClusterId, AnyVnetId, dashed, valid
from hvn.commands.spoke.new_app import NewApp
from hvn.commands.spoke.new_spoke import NewCluster, Refused, app_fields, cluster_fields
from hvn.diagnostics.printable import printable
from hvn.topology.fields import Cidr
from hvn.topology.model import ExistingHub

PodCidr = Cidr | Literal["unknown"]
"""The overlay range of an existing cluster."""
PODS = "if the cluster has an overlay: az aks show --query networkProfile.podCidr prints the range"
POOL = "existing"
"""The name of an address pool for the range of an existing VNet."""
_CLUSTER = (
    click.option("--cluster-id", metavar=f"ID|{SHORT_ID}", help="An existing AKS cluster."),
    click.option("--node-cidr", metavar="CIDR", multiple=True, help="A range of its nodes, repeatable."),
    click.option("--pod-cidr", metavar="CIDR", help="Its pod CIDR, or unknown.  [default: none]"),
)


@dataclass(frozen=True, slots=True)
class ExistingVnet:
    """An existing VNet.

    `hub_peering` and `zone_link` are true if the topology creates the peering with the hub, and the link of the private
    DNS zone. Without a hub, both are false.
    """

    vnet_id: str
    cidrs: tuple[IPv4Network, ...]
    hub_peering: bool
    zone_link: bool = True
    subnets: tuple[IPv4Network, ...] = ()
    """The known ranges of its existing subnets outside the file."""
    uses_gateway: bool | None = None
    """Whether its existing peering uses the hub's gateway; None if unknown."""

    @property
    def name(self) -> str:
        """Return the VNet's name, the last part of its id."""
        return printable(self.vnet_id.rpartition("/")[2])

    def fields(self) -> Mapping[str, Any]:
        """Return the section `existing` of a spoke."""
        return {
            "vnet_id": self.vnet_id,
            "cidrs": [str(cidr) for cidr in self.cidrs],
            **({"subnets_in_use": [str(cidr) for cidr in self.subnets]} if self.subnets else {}),
            **({"hub_peering": True} if self.hub_peering else {}),
            **({} if self.zone_link else {"zone_link": False}),
        }


@dataclass(frozen=True, slots=True)
class ExistingCluster:
    """An existing cluster in an existing VNet, with its new apps."""

    cluster_id: str
    node_cidrs: tuple[IPv4Network, ...]
    pod_cidr: IPv4Network | None
    apps: Sequence[NewApp] = ()

    def fields(self, spoke: str) -> Mapping[str, Any]:
        """Return the section `cluster` of a spoke. Raises `Refused` if two apps would have the same name."""
        facts = {"cluster_id": self.cluster_id, "node_cidrs": [str(cidr) for cidr in self.node_cidrs]}
        pods = {"pod_cidr": str(self.pod_cidr)} if self.pod_cidr else {}
        apps = {"apps": app_fields(spoke, self.apps)} if self.apps else {}
        return {"existing": {**facts, **pods}, **apps}


def options(vnet_metavar: str, vnet_help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds the options about the existing VNet and cluster of a spoke to a command."""
    vnet = (
        click.option("--spoke-vnet-id", metavar=vnet_metavar, help=vnet_help),
        click.option("--spoke-cidr", metavar="CIDR", multiple=True, help="Its range, repeatable."),
        click.option("--subnet-in-use", metavar="CIDR", multiple=True, help="Its subnets, repeatable."),
    )

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed((*vnet, *_CLUSTER)):
            command = option(command)
        return command

    return decorate


def vnet_id(text: str) -> str:
    """Return the id of the option `--spoke-vnet-id`. Raises `UsageError` for an invalid id."""
    value: str = valid(AnyVnetId, "spoke_vnet_id")(text)
    return value


def cluster_id(text: str) -> str:
    """Return the id of the option `--cluster-id`. Raises `UsageError` for an invalid id."""
    value: str = valid(AnyClusterId, "cluster_id")(text)
    return value


def cidrs(option: str, texts: Sequence[str]) -> tuple[IPv4Network, ...]:
    """Return the ranges of an option. Raises `UsageError` for an invalid range."""
    return tuple(valid(Cidr, option)(text) for text in texts)


def require_agreement(given: Mapping[str, object], *, new_cluster: bool) -> None:
    """Raise `UsageError` if an option about the existing VNet or cluster lacks another option. `given` has the options
    by name."""
    for option, needed in (
        ("spoke_cidr", "spoke_vnet_id"),
        ("subnet_in_use", "spoke_vnet_id"),
        ("cluster_id", "spoke_vnet_id"),
        ("node_cidr", "spoke_vnet_id"),
        ("pod_cidr", "cluster_id"),
    ):
        if given.get(option) and not given.get(needed):
            raise click.UsageError(f"--{dashed(option)} needs --{dashed(needed)}")
    if given.get("cluster_id") and new_cluster:
        raise click.UsageError("--cluster and --cluster-id exclude each other: --cluster is a new cluster")
    if given.get("node_cidr") and not (given.get("cluster_id") or new_cluster):
        raise click.UsageError("--node-cidr needs --cluster-id or --cluster")


def require_nodes(cluster_id: str | None, nodes: Sequence[object] | str | None) -> None:
    """Raise `UsageError` for an existing cluster without the ranges of its nodes."""
    if cluster_id and not nodes:
        raise click.UsageError("--cluster-id needs --node-cidr, the ranges of the cluster's node subnets")


def missing_pools(pools: Mapping[str, IPv4Network], ranges: Sequence[IPv4Network]) -> Mapping[str, str]:
    """Return a new address pool for each range outside the pools."""
    outside = [cidr for cidr in ranges if not any(cidr.subnet_of(pool) for pool in pools.values())]
    names = (POOL if number == 1 else f"{POOL}-{number}" for number in count(1))
    free = (name for name in names if name not in pools)
    return {name: str(cidr) for name, cidr in zip(free, outside, strict=False)}


def written(
    name: str,
    vnet: ExistingVnet,
    vault_route: str,
    *,
    has_gateway: bool,
    cluster: NewCluster | ExistingCluster | None,
    nodes: Sequence[IPv4Network],
) -> Mapping[str, Any]:
    """Return the fields of a spoke in an existing VNet. `nodes` is a free range for the nodes of a new cluster. Raises
    `Refused` if a new cluster does not have one range, or if two apps would have the same name."""
    fields: dict[str, Any] = {"existing": vnet.fields(), "vault_route": vault_route}
    if has_gateway and vnet.hub_peering:
        fields["use_remote_gateways"] = True
    if isinstance(cluster, ExistingCluster):
        fields["cluster"] = cluster.fields(name)
    elif cluster:
        if len(nodes) != 1:
            raise Refused(f"a new cluster in {vnet.name} needs one free range for its nodes: --node-cidr")
        fields["cluster"] = cluster_fields(name, cluster, {"node_cidr": str(nodes[0])})
    return fields


def unknown_pods(name: str) -> str:
    """Return the task of a person who does not know the overlay range of a cluster."""
    return f"set spokes.{name}.cluster.existing.pod_cidr {PODS}"


def open_tasks(
    name: str,
    vnet: ExistingVnet | None,
    hub: object,
    cluster_id: str | None,
    *,
    is_known: bool = False,
    has_issuer: bool | None = None,
    has_entra: bool = False,
) -> Iterator[str]:
    """Yield the values that a person must check about an existing VNet and cluster. `is_known`: the files from Azure
    contain the peerings and zone links of the VNet. `has_issuer` is None if the cluster's OIDC issuer is unknown."""
    place = f"spokes.{name}.existing"
    if vnet and not is_known and not vnet.subnets:
        yield f"list the ranges of the VNet's other subnets in {place}.subnets_in_use"
    if vnet and isinstance(hub, ExistingHub) and not is_known:
        yield f"without a peering between VNet and hub, set {place}.hub_peering: true"
        yield f"if the VNet is linked to the private DNS zone of AKS, set {place}.zone_link: false"
    has_gateway = isinstance(hub, ExistingHub) and hub.existing.gateway
    if vnet and has_gateway and not (vnet.hub_peering or vnet.uses_gateway):
        yield f"for on-premises traffic, ask the owner of {vnet.name} to set useRemoteGateways on its peering"
    if not cluster_id:
        return
    if has_issuer is False:
        yield f"turn on the cluster's OIDC issuer: az aks update --ids {cluster_id} --enable-oidc-issuer"
    elif has_issuer is None:
        yield "check that the cluster's OIDC issuer is on (docs/how-to/existing-network.md)"
    if not has_entra:
        yield f"if the cluster has no Entra integration, set spokes.{name}.cluster.existing.entra: false"
