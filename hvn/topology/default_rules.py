"""The firewall rules that the file does not contain: for transit pools, on-premises networks, runners and clusters.

The rules do not allow the HVN to open connections to the spokes. With JWT logins and kv secrets, Vault does not open
connections to clients. A secrets engine that calls a database needs a rule in the file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from hvn.topology.cluster_subnets import vnet_addresses
from hvn.topology.firewall_rule import ApplicationRule, NetworkRule
from hvn.topology.hosts import registry_host, registry_port
from hvn.topology.locations import new_firewall, runners_cidr
from hvn.topology.model import VSO_IMAGE_HOSTS, Addons, AzurermState, CloudState, NewHub, Spoke, Topology
from hvn.topology.ranges import pool_addresses, vault_sites
from hvn.topology.shared_vnets import clusters

VAULT_PORT = 8200

# The hosts that Terraform and CI call from the runners' subnet. Sources: docs/reference/facts.md, "Hosts for
# the runners".
RUNNER_FQDNS = {
    "azure": ("graph.microsoft.com", "login.microsoftonline.com", "management.azure.com"),
    "hcp": ("api.cloud.hashicorp.com", "auth.idp.hashicorp.com", "status.hashicorp.com"),
    "terraform": ("registry.terraform.io", "releases.hashicorp.com"),
    "helm": ("helm.releases.hashicorp.com",),
}
GITHUB_FQDNS = (
    "*.actions.githubusercontent.com",
    "api.github.com",
    "codeload.github.com",
    "github-registry-files.githubusercontent.com",
    "github-releases.githubusercontent.com",
    "github.com",
    "objects-origin.githubusercontent.com",
    "objects.githubusercontent.com",
    "release-assets.githubusercontent.com",
)
# Microsoft's page also lists `*.blob.core.windows.net`, for artifacts. Everybody can create a storage account with a
# name that matches. https://learn.microsoft.com/azure/devops/organizations/security/allow-list-ip-url
AZURE_DEVOPS_FQDNS = (
    "*.dev.azure.com",
    "*.vsassets.io",
    "*.vsblob.visualstudio.com",
    "*.vssps.visualstudio.com",
    "*.vstmr.visualstudio.com",
    "dev.azure.com",
)
# The tag AzureKubernetesService reportedly lacks this host: https://github.com/mspnp/aks-baseline/issues/457.
AKS_FQDNS = ("mcrprod.azurecr.io",)
AKS_HOSTS = "AKS needs these hosts"
"""The description of the rules that every cluster needs."""
POLICY_FQDNS = ("data.policy.core.windows.net", "store.policy.core.windows.net")


def network_rules(topology: Topology) -> tuple[NetworkRule, ...]:
    """Return the hub's network rules: Vault for the transit pools and on-premises networks."""
    peering = topology.vault_peering
    sites = tuple(str(cidr) for _, cidrs in vault_sites(topology) for cidr in cidrs)
    clients = (
        (
            "transit-pools-vault",
            "via-hub spokes reach Vault",
            _ranges(topology, peering.transit_pools if peering else ()),
        ),
        ("on-premises-vault", "on-premises networks reach Vault", sites),
    )
    return tuple(
        NetworkRule(
            name=name,
            description=description,
            protocols=("TCP",),
            sources=sources,
            destinations=tuple(map(str, topology.hvn.cidrs)),
            ports=(str(VAULT_PORT),),
        )
        for name, description, sources in clients
        if sources
    )


def application_rules(topology: Topology) -> tuple[ApplicationRule, ...]:
    """Return the hub's application rules: the hosts that runners call, and `allow_fqdns`."""
    firewall = new_firewall(topology)
    rules = [
        ApplicationRule(
            name=f"runners-{subject}",
            description="Terraform and CI call these hosts",
            sources=(runners_cidr(topology),),
            fqdns=tuple(sorted(fqdns)),
        )
        for subject, fqdns in sorted(_runner_fqdns(topology))
    ]
    if firewall and firewall.allow_fqdns:
        pools = _ranges(topology, topology.address_pools)
        fqdns = tuple(sorted(set(firewall.allow_fqdns)))
        rules.insert(
            0, ApplicationRule(name="pools-allowed", description="hub.firewall.allow_fqdns", sources=pools, fqdns=fqdns)
        )
    return tuple(rules)


def cluster_rules(topology: Topology, name: str) -> tuple[ApplicationRule, ...]:
    """Return the egress rules of the clusters in a spoke's VNet. The names of the rules for the cluster of another
    spoke contain that spoke's name."""
    return tuple(
        rule if one == name else replace(rule, name=rule.name.replace("cluster.", f"cluster.{one}.", 1))
        for one, spoke in clusters(topology, name).items()
        for rule in _of_cluster(topology, spoke)
    )


def _of_cluster(topology: Topology, spoke: Spoke) -> tuple[ApplicationRule, ...]:
    cluster = spoke.cluster
    if cluster is None:
        return ()
    nodes = tuple(map(str, vnet_addresses(topology, spoke)))
    rules = [
        ApplicationRule(
            name="cluster.aks",
            description=AKS_HOSTS,
            sources=nodes,
            fqdn_tags=("AzureKubernetesService",),
            protocols=(("Http", 80), ("Https", 443)),
        ),
        ApplicationRule(name="cluster.registry", description=AKS_HOSTS, sources=nodes, fqdns=AKS_FQDNS),
    ]
    new = spoke.new_cluster
    for name, fqdns in (_addon_fqdns(topology, new.addons) if new else {}).items():
        description = "an add-on of AKS needs these hosts"
        rules.append(ApplicationRule(name=name, description=description, sources=nodes, fqdns=fqdns))
    if new and new.api_server.public:
        rules.append(
            ApplicationRule(
                name="cluster.api-server",
                description="the public address of the API server, for nodes and runners",
                sources=tuple(sorted((*nodes, runners_cidr(topology)))),
                fqdns=(f"*.hcp.{topology.azure.region}.azmk8s.io",),
            )
        )
    if cluster.apps:
        mirror = cluster.vso.image_registry
        rules.append(
            ApplicationRule(
                name="cluster.vso-images",
                description="the images of Vault Secrets Operator",
                sources=nodes,
                fqdns=(registry_host(mirror),) if mirror else VSO_IMAGE_HOSTS,
                protocols=(("Https", registry_port(mirror) if mirror else 443),),
            )
        )
    return tuple(rules)


def _addon_fqdns(topology: Topology, addons: Addons) -> dict[str, tuple[str, ...]]:
    """Return the hosts of the add-ons by the names of their firewall rules.

    https://learn.microsoft.com/azure/aks/outbound-rules-control-egress
    """
    ingestion = ("*.ods.opinsights.azure.com", "*.oms.opinsights.azure.com")
    control = tuple(f"{one}.handler.control.monitor.azure.com" for one in sorted(("global", topology.azure.region)))
    monitoring = ("*.ingest.monitor.azure.com", "*.monitoring.azure.com", *ingestion, *control)
    return {
        **({"cluster.azure-policy": POLICY_FQDNS} if addons.azure_policy else {}),
        **({"cluster.defender": ("*.cloud.defender.microsoft.com", *ingestion)} if addons.microsoft_defender else {}),
        **({"cluster.monitoring": monitoring} if addons.oms_agent else {}),
    }


def _runner_fqdns(topology: Topology) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield the hosts that the runners call, with the name of their firewall rule."""
    hub, state, ci = topology.hub, topology.state, topology.vault.ci
    hosts = [state.hostname] if isinstance(state, CloudState) else []
    hosts += [ci.hcp_terraform.hostname] if ci.hcp_terraform else []
    # HCP Terraform stores states and configurations on a second host.
    hosts += [f"archivist.{one.removeprefix('app.')}" for one in hosts if one.endswith(".terraform.io")]
    terraform = {*RUNNER_FQDNS["terraform"], *hosts}
    yield from {**RUNNER_FQDNS, "terraform": terraform}.items()
    # The clusters' OIDC issuers. The issuers are public, so the runners can fetch the public keys without the API
    # server.
    yield "oidc-issuers", (f"{topology.azure.region}.oic.prod-aks.azure.com",)
    if ci.github:
        yield "github", GITHUB_FQDNS
    if ci.azure_devops:
        yield "azure-devops", AZURE_DEVOPS_FQDNS
    if isinstance(state, AzurermState):
        yield "state", (f"{state.storage_account}.blob.core.windows.net",)
    if isinstance(hub, NewHub) and hub.runners.allow_fqdns:
        yield "allowed", set(hub.runners.allow_fqdns)


def _ranges(topology: Topology, pools: Iterable[str]) -> tuple[str, ...]:
    """Return the ranges of pools, each once. HVN301 reports names of missing pools.

    The rules for spokes exclude the addresses of a hub inside a pool.
    """
    names = sorted(set(pools) & topology.address_pools.keys())
    return tuple(str(cidr) for name in names for cidr in pool_addresses(topology, name))
