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

_NEAR = {
    "australiasoutheast": "australiacentral australiacentral2 newzealandnorth",
    "centralus": "centraluseuap mexicocentral northcentralus southcentralus southcentralus2",
    "eastus": "brazilsouth brazilsoutheast chilecentral eastus2euap eastus3 northeastus5 southeastus southeastus3 "
    "southeastus5",
    "francecentral": "italynorth spaincentral switzerlandwest",
    "japaneast": "koreacentral koreasouth taiwannorth taiwannorthwest",
    "southeastasia": "centralindia indiasouthcentral indonesiacentral jioindiacentral jioindiawest malaysiasouth "
    "malaysiawest southeastasia3 southindia westindia",
    "westeurope": "austriaeast belgiumcentral denmarkeast finlandcentral germanynorth germanywestcentral greececentral "
    "israelcentral israelnorthwest norwayeast norwaywest polandcentral qatarcentral saudiarabiaeast southafricanorth "
    "southafricawest swedencentral swedensouth switzerlandnorth uaecentral uaenorth",
    "westus2": "southwestus",
}
"""Azure regions without an HCP region in their pair, grouped by a nearby HCP region."""


def nearby(region: str) -> str:
    """Return the region of HCP that Azure pairs with a region, otherwise a nearby region of HCP; an empty text for an
    unknown region."""
    return PAIRS.get(region) or next((near for near, others in _NEAR.items() if region in others.split()), "")


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
