"""The allow rules of the hub's firewall. The firewall drops all other traffic.

The rules are made for pools, not for spokes: a new spoke changes no rule of a firewall that this
project creates. No rule allows the HVN to open connections to
the spokes: the firewall is stateful, and with JWT logins and kv secrets Vault opens no connection to a client.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import collapse_addresses

from hvn.topology.addresses import RFC1918, RFC6598, is_private
from hvn.topology.hosts import registry_host
from hvn.topology.locations import runners_cidr
from hvn.topology.model import VSO_IMAGE_HOSTS, AzurermState, CloudState, ExistingHub, Topology
from hvn.topology.ranges import hub_ranges, pool_addresses, vault_sites


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkRule:
    """An allow rule by address and port. The destinations are ranges, or host names in `fqdns`."""

    name: str
    protocol: str
    sources: tuple[str, ...]
    destinations: tuple[str, ...] = ()
    fqdns: tuple[str, ...] = ()
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRule:
    """An allow rule by host name, or by one of Azure's FQDN tags."""

    name: str
    sources: tuple[str, ...]
    fqdns: tuple[str, ...] = ()
    fqdn_tags: tuple[str, ...] = ()
    http: bool = False


VAULT_PORT = 8200

# The hosts that Terraform and CI call from the runners' subnet. Sources: docs/reference/facts.md, "Hosts for
# the runners".
RUNNER_FQDNS = {
    "azure": ("graph.microsoft.com", "login.microsoftonline.com", "management.azure.com"),
    "hcp": ("api.cloud.hashicorp.com", "auth.idp.hashicorp.com", "status.hashicorp.com"),
    "terraform": (
        "app.terraform.io",
        "archivist.terraform.io",
        "registry.terraform.io",
        "releases.hashicorp.com",
    ),
    "helm": ("helm.releases.hashicorp.com",),
    "github": (
        "*.actions.githubusercontent.com",
        "api.github.com",
        "codeload.github.com",
        "github-registry-files.githubusercontent.com",
        "github-releases.githubusercontent.com",
        "github.com",
        "objects-origin.githubusercontent.com",
        "objects.githubusercontent.com",
        "release-assets.githubusercontent.com",
    ),
}


def private_ranges(topology: Topology) -> tuple[str, ...]:
    """Return the ranges to which the firewall must not SNAT; empty if they are Azure's default, RFC 1918 and RFC 6598.

    A list replaces the default: https://learn.microsoft.com/azure/firewall/snat-private-range
    """
    own = [*topology.address_pools.values(), *(cidr for _, cidr in hub_ranges(topology))]
    public = [cidr for cidr in own if not is_private(cidr, shared=True)]
    return tuple(str(cidr) for cidr in (*RFC1918, RFC6598, *collapse_addresses(public))) if public else ()


def network_rules(topology: Topology) -> tuple[NetworkRule, ...]:
    """Return the network rules: NTP for all pools, and Vault for the transit pools and on-premises networks."""
    pools = _ranges(topology, topology.address_pools)
    peering = topology.hub.vault_peering
    transit = _ranges(topology, peering.transit_pools if peering else ())
    rules = [
        # AKS nodes use this host only on images from before March 2021; other machines in the pools may use it too.
        NetworkRule(name="pools-time", protocol="UDP", sources=pools, fqdns=("ntp.ubuntu.com",), port=123)
    ]
    if transit:
        rules.append(
            NetworkRule(
                name="transit-pools-vault",
                protocol="TCP",
                sources=transit,
                destinations=(str(topology.hvn.cidr),),
                port=VAULT_PORT,
            )
        )
    if sites := vault_sites(topology):
        rules.append(
            NetworkRule(
                name="on-premises-vault",
                protocol="TCP",
                sources=tuple(str(cidr) for _, cidrs in sites for cidr in cidrs),
                destinations=(str(topology.hvn.cidr),),
                port=VAULT_PORT,
            )
        )
    return tuple(rules)


def application_rules(topology: Topology) -> tuple[ApplicationRule, ...]:
    """Return the application rules: the hosts that clusters and runners call."""
    pools = _ranges(topology, topology.address_pools)
    runners = (runners_cidr(topology),)
    pool_hosts, runner_hosts = _allowed(topology)
    # The clusters' OIDC issuers are public, so the public keys can be read without the API server.
    issuers = (f"{topology.azure.region}.oic.prod-aks.azure.com",)
    rules = [
        ApplicationRule(name="pools-aks", sources=pools, fqdn_tags=("AzureKubernetesService",), http=True),
    ]
    if pool_hosts:
        rules.append(ApplicationRule(name="pools-allowed", sources=pools, fqdns=pool_hosts))
    by_subject = {**RUNNER_FQDNS, "oidc-issuers": issuers, "terraform": _terraform(topology)}
    if isinstance(topology.state, AzurermState):
        by_subject["state"] = (f"{topology.state.storage_account}.blob.core.windows.net",)
    rules += [
        ApplicationRule(name=f"runners-{subject}", sources=runners, fqdns=fqdns)
        for subject, fqdns in sorted(by_subject.items())
    ]
    if runner_hosts:
        rules.append(ApplicationRule(name="runners-allowed", sources=runners, fqdns=runner_hosts))
    return tuple(rules)


def _terraform(topology: Topology) -> tuple[str, ...]:
    """Return the hosts of Terraform, its providers and its state, including a Terraform Enterprise in the file."""
    hosts = set(RUNNER_FQDNS["terraform"])
    if isinstance(topology.state, CloudState):
        hosts.add(topology.state.hostname)
    if topology.vault.ci.hcp_terraform:
        hosts.add(topology.vault.ci.hcp_terraform.hostname)
    return tuple(sorted(hosts))


def _ranges(topology: Topology, pools: Iterable[str]) -> tuple[str, ...]:
    """Return the ranges of pools. A hub inside a pool is no spoke, so the rules for spokes exclude its addresses."""
    return tuple(str(cidr) for name in sorted(set(pools)) for cidr in pool_addresses(topology, name))


def _allowed(topology: Topology) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the further host names that the pools and the runners may reach."""
    hub = topology.hub
    if isinstance(hub, ExistingHub):
        return _image_hosts(topology), ()
    return tuple(sorted(set(hub.firewall.allow_fqdns))), tuple(sorted(set(hub.runners.allow_fqdns)))


def _image_hosts(topology: Topology) -> tuple[str, ...]:
    """Return the hosts of the operator's images: the mirrors of the clusters, or Docker Hub and Quay."""
    mirrors = [spoke.cluster.vso.image_registry for spoke in topology.spokes.values() if spoke.cluster]
    hosts = {registry_host(mirror) for mirror in mirrors if mirror}
    return tuple(sorted(hosts | set(VSO_IMAGE_HOSTS if None in mirrors or not mirrors else ())))
