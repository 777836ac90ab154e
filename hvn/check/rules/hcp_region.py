"""HVN408: regions that HCP is not known to serve on Azure."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Level, Rule
from hvn.diagnostics.suggest import closest
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN408",
    name="hcp-region",
    level=Level.WARNING,
    why="the provider does not check the region: HCP refuses the HVN when it is applied",
    see="https://developer.hashicorp.com/hcp/docs/hcp/supported-env/azure",
)

# As that page listed them on 2025-01-30. HashiCorp adds to it, so this is no error.
REGIONS = (
    *("australiasoutheast", "canadacentral", "canadaeast", "centralus", "eastus", "eastus2", "francecentral"),
    *("japaneast", "northeurope", "southeastasia", "uksouth", "westeurope", "westus2"),
)


def check(topology: Topology) -> Iterator[Breach]:
    """The region of an HVN that is to be created."""
    region = topology.azure.region
    if not topology.hvn.existing and region not in REGIONS:
        near = closest(region, REGIONS)
        yield Breach(
            ("azure", "region"),
            f"{region} is not among the regions in which HCP is known to create HVNs",
            f"{f'did you mean `{near}`? ' if near else ''}the known ones are: {', '.join(REGIONS)}",
        )
