"""HVN408 hcp-region: HCP's page does not list the Azure region of a new HVN."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.diagnostics.suggest import closest
from hvn.topology.model import Topology
from hvn.topology.regions import AZURE

RULE = Rule(
    id="HVN408",
    name="hcp-region",
    level=Level.WARNING,
    reports="A new HVN is in an Azure region that HCP's page does not list.",
    why="HCP refuses the HVN at apply; the provider does not check the region during plan",
    fix="set hvn.region to a region that HCP's page lists",
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
    """Yield a finding for each new HVN in a region of Azure that is not in REGIONS."""
    for path, field, region in _regions(topology):
        if region not in AZURE or region in REGIONS:
            continue
        near = closest(region, REGIONS)
        yield Finding(
            rule=RULE,
            path=path,
            message=Message("{region} is not a known region of HCP on Azure", region=region),
            fix=Message(
                "set {field} to {near}, or to another known region: {regions}",
                near=near,
                field=Field(field),
                regions=REGIONS,
            )
            if near
            else Message("set {field} to a known region: {regions}", field=Field(field), regions=REGIONS),
        )


def _regions(topology: Topology) -> Iterator[tuple[Path, Path, str]]:
    """Yield the region of each new HVN, with the path of its value and the path of the HVN's field."""
    hvn, field = topology.hvn, ("hvn", "region")
    if hvn.existing:
        return
    yield (field, field, hvn.region) if hvn.region else (("azure", "region"), field, topology.azure.region)
    if hvn.backup and hvn.backup.region:
        path = ("hvn", "backup", "region")
        yield path, path, hvn.backup.region
