"""The regions of the Azure public cloud. HVNs and their peerings exist only in the public cloud."""

AZURE = frozenset(
    """
    australiacentral australiacentral2 australiaeast australiasoutheast austriaeast belgiumcentral brazilsouth
    brazilsoutheast canadacentral canadaeast centralindia centralus centraluseuap chilecentral denmarkeast eastasia
    eastus eastus2 eastus2euap eastus3 finlandcentral francecentral francesouth germanynorth germanywestcentral
    greececentral indiasouthcentral indonesiacentral israelcentral israelnorthwest italynorth japaneast japanwest
    jioindiacentral jioindiawest koreacentral koreasouth malaysiasouth malaysiawest mexicocentral newzealandnorth
    northcentralus northeastus5 northeurope norwayeast norwaywest polandcentral qatarcentral saudiarabiaeast
    southafricanorth southafricawest southcentralus southcentralus2 southeastasia southeastasia3 southeastus
    southeastus3 southeastus5 southindia southwestus spaincentral swedencentral swedensouth switzerlandnorth
    switzerlandwest taiwannorth taiwannorthwest uaecentral uaenorth uksouth ukwest westcentralus westeurope westindia
    westus westus2 westus3
    """.split()  # noqa: SIM905
)
"""The short forms of the regions (https://learn.microsoft.com/azure/reliability/regions-list), including announced
regions that are not open yet."""
