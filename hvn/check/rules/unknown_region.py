"""HVN311 unknown-region: Azure does not have a region of this name."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.suggest import closest
from hvn.topology.model import Topology
from hvn.topology.regions import AZURE

RULE = Rule(
    id="HVN311",
    name="unknown-region",
    reports="A region is not in the Azure public cloud.",
    why="Azure refuses the resources at apply",
    fix="write the name that `az account list-locations --query [].name` prints",
    example="""\
hvn:
  id: hvn-japaneast
  cidr: 172.25.16.0/20
  region: japaneat
""",
    see="https://learn.microsoft.com/azure/reliability/regions-list",
)
# The similarity of frankfurt and francesouth is 0.6. Propose only regions that differ in a few letters.
SPELLING = 0.8


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for azure.region, and for each region of an HVN or of a spoke that Azure does not have."""
    backup = topology.hvn.backup
    regions: tuple[tuple[Path, str | None], ...] = (
        (("azure", "region"), topology.azure.region),
        (("hvn", "region"), topology.hvn.region),
        (("hvn", "backup", "region"), backup.region if backup else None),
        *((("spokes", name, "region"), spoke.region) for name, spoke in topology.spokes.items()),
    )
    for path, region in regions:
        if region is not None and region not in AZURE:
            near = closest(region, sorted(AZURE), SPELLING)
            yield Finding(
                rule=RULE,
                path=path,
                message=Message("{region} is not a region of Azure", region=region),
                fix=Message("did you mean {near}?", near=near) if near else "",
            )
