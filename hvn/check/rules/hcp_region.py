"""HVN408 hcp-region: HCP's page does not list the Azure region of a new HVN."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.suggest import closest
from hvn.topology.model import Topology
from hvn.topology.regions import AZURE

RULE = Rule(
    id="HVN408",
    name="hcp-region",
    level=Level.WARNING,
    reports="An HVN is created in an Azure region that HCP's page does not list.",
    why="HCP refuses the HVN at apply; the provider does not check the region during plan",
    fix="write a region that HCP's page lists as hvn.region",
    example="""\
azure:
  region: japanwest
""",
    see="https://developer.hashicorp.com/hcp/docs/hcp/supported-env/azure",
)

# HCP's page had these regions on 2025-01-30. HashiCorp adds regions, so an unknown region is only a warning.
REGIONS = (
    *("australiasoutheast", "canadacentral", "canadaeast", "centralus", "eastus", "eastus2", "francecentral"),
    *("japaneast", "northeurope", "southeastasia", "uksouth", "westeurope", "westus2"),
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding if a new HVN is in a region of Azure that is not in REGIONS."""
    region = topology.hvn.region or topology.azure.region
    if not topology.hvn.existing and region in AZURE and region not in REGIONS:
        near = closest(region, REGIONS)
        yield Finding(
            rule=RULE,
            path=("hvn", "region") if topology.hvn.region else ("azure", "region"),
            message=Message("{region} is not a known region of HCP on Azure", region=region),
            fix=Message("write {near} as hvn.region, or another known region: {regions}", near=near, regions=REGIONS)
            if near
            else Message("write a known region as hvn.region: {regions}", regions=REGIONS),
        )
