"""What the hub's firewall lets through. Everything that no rule here allows, it drops.

The hub knows pools, not spokes: a new spoke changes no rule. There is no rule from the HVN to the spokes: the
firewall is stateful, and with JWT logins and kv secrets Vault opens no connection to a client.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from hvn.topology.hosts import registry_host
from hvn.topology.locations import runners_cidr
from hvn.topology.model import VSO_IMAGE_HOSTS, AzurermState, CloudState, ExistingHub, Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkRule:
    """An allow rule of the firewall by address and port; destinations are ranges, or host names if `fqdns`."""

    name: str
    protocol: str
    sources: tuple[str, ...]
    destinations: tuple[str, ...] = ()
    fqdns: tuple[str, ...] = ()
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRule:
    """An allow rule of the firewall by host name, or by one of Azure's FQDN tags."""

    name: str
    sources: tuple[str, ...]
    fqdns: tuple[str, ...] = ()
    fqdn_tags: tuple[str, ...] = ()
    http: bool = False


VAULT_PORT = 8200

# What Terraform and CI call from the runners' subnet. Sources in docs/reference/facts.md, "Hosts for the runners".
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


def network_rules(topology: Topology) -> tuple[NetworkRule, ...]:
    """By address: time for the nodes, and Vault for the spokes that reach it through the hub."""
    pools = _ranges(topology, topology.address_pools)
    peering = topology.hub.vault_peering
    transit = _ranges(topology, peering.transit_pools if peering else ())
    rules = [
        # AKS nodes synchronise with this host only on images from before 2021; others of the pools may as well.
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
    return tuple(rules)


def application_rules(topology: Topology) -> tuple[ApplicationRule, ...]:
    """By host name: what clusters and runners fetch."""
    pools = _ranges(topology, topology.address_pools)
    runners = (runners_cidr(topology),)
    allowed, more = _allowed(topology)
    # The cluster's OIDC issuer: public, and where its public keys are read without reaching the API server.
    issuers = (f"{topology.azure.region}.oic.prod-aks.azure.com",)
    rules = [
        ApplicationRule(name="pools-aks", sources=pools, fqdn_tags=("AzureKubernetesService",), http=True),
    ]
    if allowed:
        rules.append(ApplicationRule(name="pools-allowed", sources=pools, fqdns=allowed))
    for_runners = {**RUNNER_FQDNS, "oidc-issuers": issuers, "terraform": _terraform(topology)}
    if isinstance(topology.state, AzurermState):
        for_runners["state"] = (f"{topology.state.storage_account}.blob.core.windows.net",)
    rules += [
        ApplicationRule(name=f"runners-{subject}", sources=runners, fqdns=fqdns)
        for subject, fqdns in sorted(for_runners.items())
    ]
    if more:
        rules.append(ApplicationRule(name="runners-allowed", sources=runners, fqdns=more))
    return tuple(rules)


def _terraform(topology: Topology) -> tuple[str, ...]:
    """Where Terraform's own parts come from, and the Terraform Enterprise that the file names."""
    hosts = set(RUNNER_FQDNS["terraform"])
    if isinstance(topology.state, CloudState):
        hosts.add(topology.state.hostname)
    if topology.vault.ci.hcp_terraform:
        hosts.add(topology.vault.ci.hcp_terraform.hostname)
    return tuple(sorted(hosts))


def _ranges(topology: Topology, pools: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(topology.address_pools[name]) for name in sorted(pools))


def _allowed(topology: Topology) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Host names that the file adds, for the pools and for the runners."""
    hub = topology.hub
    if isinstance(hub, ExistingHub):
        return _image_hosts(topology), ()
    return tuple(sorted(set(hub.firewall.allow_fqdns))), tuple(sorted(set(hub.runners.allow_fqdns)))


def _image_hosts(topology: Topology) -> tuple[str, ...]:
    """Where the clusters get the operator's images from: mirrors, or Docker Hub and Quay."""
    mirrors = [spoke.cluster.vso.image_registry for spoke in topology.spokes.values() if spoke.cluster]
    own = {registry_host(mirror) for mirror in mirrors if mirror}
    return tuple(sorted(own | set(VSO_IMAGE_HOSTS if None in mirrors or not mirrors else ())))
