"""The Azure regions where HCP creates HVNs, and the fix that proposes one of them."""

from hvn.diagnostics.message import Field, Message, Path

# HCP's page (https://developer.hashicorp.com/hcp/docs/hcp/supported-env/azure) had these regions on 2025-01-30.
# HashiCorp adds regions, so an unknown region is only a warning.
REGIONS = (
    *("australiasoutheast", "canadacentral", "canadaeast", "centralus", "eastus", "eastus2", "francecentral"),
    *("japaneast", "northeurope", "southeastasia", "uksouth", "westeurope", "westus2"),
)
PAIRS = {
    "australiaeast": "australiasoutheast",
    "canadacentral": "canadaeast",
    "canadaeast": "canadacentral",
    "centralus": "eastus2",
    "eastasia": "southeastasia",
    "eastus2": "centralus",
    "francesouth": "francecentral",
    "japanwest": "japaneast",
    "northeurope": "westeurope",
    "ukwest": "uksouth",
    "westcentralus": "westus2",
    "westeurope": "northeurope",
    "westus": "eastus",
    "westus3": "eastus",
}
"""The region of HCP that Azure pairs with a region (https://learn.microsoft.com/azure/reliability/regions-list)."""


def proposal(field: Path, region: str, used: str | None = None) -> Message:
    """Return a fix for the region at `field`: the region of HCP that Azure pairs with `region`, otherwise other regions
    of HCP. The fix does not name `region` or the region `used`."""
    pair = PAIRS.get(region)
    if pair and pair != used:
        return Message(
            "set {field} to {pair}, which Azure pairs with {region}", field=Field(field), pair=pair, region=region
        )
    others = tuple(one for one in REGIONS if one not in (region, used))
    return Message("set {field} to a nearby region of HCP: {others}", field=Field(field), others=others)
