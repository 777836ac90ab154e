"""Refuse options of `hvn init` that contradict each other."""

from collections.abc import Callable, Sequence

import click

from hvn.commands.init import azure_clusters
from hvn.commands.init.azure_resources import Cluster
from hvn.commands.init.new_topology import has_firewall
from hvn.commands.init.questions import HUB, NEW, NO, TYPES
from hvn.commands.init.request import Request, ranges_of
from hvn.commands.spoke import conversion, existing
from hvn.topology.fields import TopologyName

SMALLEST_HUB = 25
"""The longest prefix of a new hub: the firewall has a /26, the runners and the gateway have a /27."""


def own_name(request: Request) -> Callable[[str], str]:
    """Return a function that refuses the name of the file of `--vault-of`: the names of resources would collide."""

    def convert(text: str) -> str:
        name: str = conversion.valid(TopologyName)(text)
        if request.shared and name == request.shared.name:
            raise click.UsageError(f"--name: {name} is the name in the file of --vault-of; choose another name")
        return name

    return convert


def own_zone(clusters: Sequence[Cluster]) -> Callable[[str], str]:
    """Return a function that refuses a private DNS zone which AKS created for one of the clusters."""

    def convert(text: str) -> str:
        zone: str = conversion.valid(TYPES["hub_dns_zone_id"])(text)
        if owner := azure_clusters.zone_owner(clusters, zone):
            raise click.UsageError(
                f"this private DNS zone belongs to the cluster {owner}; write a zone of the network team, or unknown"
            )
        return zone

    return convert


def require_agreement(request: Request, clusters: Sequence[Cluster] = ()) -> None:
    """Raise `UsageError` for an option without effect on this kind of hub, or that contradicts another option or the
    clusters of the files."""
    hub = request.answers["hub"]
    own_name(request)(request.answers["name"])
    if "hub_dns_zone_id" in request.answers:
        own_zone(clusters)(request.answers["hub_dns_zone_id"])
    project = request.shared.defaults.get("project_id") if request.shared else None
    if project and request.answers["project_id"] != project:
        raise click.UsageError(
            f"--project-id: the HVN in the file of --vault-of is in the HCP project {project}; omit the option"
        )
    new = ("hub_cidr",) if hub in NEW else ()
    facts = [question.option for question in HUB if question.option in request.answers and question.option not in new]
    if new and (cidrs := ranges_of(request.answers, "hub_cidr")):
        if len(cidrs) > 1:
            raise click.UsageError("--hub-cidr: a new hub has one range; add others to hub.more_cidrs in the file")
        if cidrs[0].prefixlen > SMALLEST_HUB:
            raise click.UsageError(f"--hub-cidr: {cidrs[0]} is too small for the subnets; use a /{SMALLEST_HUB}")
    if facts and hub != "existing":
        raise click.UsageError(f"--{conversion.dashed(facts[0])} needs --hub existing")
    if "hub_subscription_id" in request.answers and hub not in NEW:
        raise click.UsageError("--hub-subscription-id needs a new hub")
    if "existing_vault" in request.answers:
        if "hvn_cidr" not in request.answers:
            raise click.UsageError("--existing-vault needs --hvn-cidr, the range of the HVN")
        for name in ("hvn_region", "vault_tier"):
            if name in request.answers:
                raise click.UsageError(f"--{conversion.dashed(name)} needs a new Vault cluster")
    own = [name for name in ("existing_vault", "hvn_cidr", "hvn_region", "vault_tier") if name in request.answers]
    if own and request.shared:
        raise click.UsageError(
            f"--vault-of and --{conversion.dashed(own[0])} exclude each other: the other file has this value"
        )
    if request.gateway and hub == NO:
        raise click.UsageError("--gateway needs a hub")
    if request.answers.get("vault_route") == "via-hub":
        if not has_firewall(request.answers):
            raise click.UsageError("--vault-route via-hub needs a hub with a firewall")
        if request.peered_hub:
            raise click.UsageError("--vault-route via-hub: the file of --vault-of has the peering of this hub")
    existing.require_agreement(request.answers, new_cluster=request.cluster)
    existing.require_nodes(request.answers.get("cluster_id"), request.answers.get("node_cidr"))
    for name in ("spoke_size", "dns_server"):
        if name in request.answers and "spoke_vnet_id" in request.answers:
            raise click.UsageError(f"--{conversion.dashed(name)} needs a new VNet: omit --spoke-vnet-id")
    for option, value in (
        ("app", request.apps and "cluster_id" not in request.answers),
        ("admin-group", request.admin_groups),
        ("node-size", "node_size" in request.answers),
        ("node-pool", request.node_pools),
    ):
        if value and not request.cluster:
            raise click.UsageError(f"--{option} needs --cluster")
