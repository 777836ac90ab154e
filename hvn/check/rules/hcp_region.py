"""HVN408 hcp-region: HashiCorp does not list the Azure region of a new HVN."""

from collections.abc import Iterator

from hvn.check.hcp_regions import REGIONS, proposal
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.topology.model import Topology
from hvn.topology.regions import AZURE

RULE = Rule(
    id="HVN408",
    name="hcp-region",
    level=Level.WARNING,
    reports="A new HVN is in an Azure region that HashiCorp does not list for HCP.",
    why="HCP refuses the HVN at apply; the provider does not check the region during plan",
    fix="set hvn.region to a region in HashiCorp's list",
    example="""\
azure:
  region: japanwest
""",
    see="https://developer.hashicorp.com/hcp/docs/hcp/supported-env/azure",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each new HVN in a region of Azure that is not in REGIONS."""
    for path, field, region, used in _regions(topology):
        if region in AZURE and region not in REGIONS:
            yield Finding(
                rule=RULE,
                path=path,
                message=Message("{region} is not a known region of HCP on Azure", region=region),
                fix=proposal(field, region, used),
            )


def _regions(topology: Topology) -> Iterator[tuple[Path, Path, str, str | None]]:
    """Yield the region of each new HVN: the path of its value, the path of the HVN's field, the region, and the region
    of the other HVN."""
    hvn, field = topology.hvn, ("hvn", "region")
    if hvn.existing:
        return
    region, backup = hvn.region or topology.azure.region, hvn.backup.region if hvn.backup else None
    yield field if hvn.region else ("azure", "region"), field, region, backup
    if backup:
        path = ("hvn", "backup", "region")
        yield path, path, backup, region
