"""Azure's service tags and FQDN tags, collected on 2026-11-30. Azure adds tags, so an unknown tag is only a warning.

https://learn.microsoft.com/azure/virtual-network/service-tags-overview and
https://learn.microsoft.com/azure/firewall/fqdn-tags
"""

from hvn.topology.regions import AZURE

SERVICE_TAGS = tuple(
    """
    ActionGroup ApiManagement AppConfiguration ApplicationInsightsAvailability AppService AppServiceManagement
    AutonomousDevelopmentPlatform AzureActiveDirectory AzureActiveDirectoryDomainServices
    AzureAdvancedThreatProtection AzureAPIForFHIR AzureArcInfrastructure AzureAttestation AzureAutomation AzureBackup
    AzureBotService AzureCloud AzureCognitiveSearch AzureConnectors AzureContainerAppsService AzureContainerRegistry
    AzureCosmosDB AzureDatabricks AzureDataExplorerManagement AzureDataLake AzureDeviceUpdate AzureDevOps
    AzureDevSpaces AzureDigitalTwins AzureEventGrid AzureFrontDoor.Backend AzureFrontDoor.FirstParty
    AzureFrontDoor.Frontend AzureFrontDoor.MicrosoftSecurity AzureIdentity AzureInformationProtection AzureIoTHub
    AzureKeyVault AzureLoadBalancer AzureLoadTestingInstanceManagement AzureMachineLearning
    AzureMachineLearningInference AzureManagedGrafana AzureMonitor AzureOpenDatasets AzurePlatformDNS
    AzurePlatformIMDS AzurePlatformLKM AzurePortal AzureRemoteRendering AzureResourceManager AzureSecurityCenter
    AzureSentinel AzureSignalR AzureSiteRecovery AzureSpringCloud AzureStack AzureTrafficManager AzureUpdateDelivery
    AzureVideoAnalyzerForMedia AzureWebPubSub BatchNodeManagement ChaosStudio CognitiveServicesFrontend
    CognitiveServicesManagement DataFactory DataFactoryManagement Dynamics365BusinessCentral
    Dynamics365ForMarketingEmail Dynamics365FraudProtection EOPExternalPublishedIPs EventHub GatewayManager
    GenevaActions Grafana GuestAndHybridManagement HDInsight Internet KustoAnalytics LogicApps LogicAppsManagement
    M365ManagementActivityApi M365ManagementActivityApiWebhook Marketplace MicrosoftAzureFluidRelay
    MicrosoftCloudAppSecurity MicrosoftContainerRegistry MicrosoftDefenderForEndpoint
    MicrosoftPurviewPolicyDistribution OneDsCollector PowerBI PowerPlatformInfra PowerPlatformPlex PowerQueryOnline
    SCCservice Scuba SecurityCopilot SerialConsole ServiceBus ServiceFabric Sql SqlManagement Storage StorageMover
    StorageSyncService TridentKusto VideoIndexer VirtualNetwork WindowsAdminCenter WindowsVirtualDesktop
    """.split()  # noqa: SIM905
)
FQDN_TAGS = (
    "AppServiceEnvironment",
    "AzureBackup",
    "AzureKubernetesService",
    "CitrixHDXPlusForWindows365",
    "HDInsight",
    "MicrosoftActiveProtectionService",
    "MicrosoftIntune",
    "Office365",
    "Windows365",
    "WindowsDiagnostics",
    "WindowsUpdate",
    "WindowsVirtualDesktop",
)
# Some tags have other names of regions, such as AzureCloud.centralfrance.
_REGIONS = AZURE | frozenset(
    """
    brazilse centralfrance germanyn germanywc norwaye norwayw southfrance switzerlandn switzerlandw
    uaec uaen
    """.split()  # noqa: SIM905
)
_SERVICE = {tag.casefold() for tag in SERVICE_TAGS}
_FQDN = {tag.casefold() for tag in FQDN_TAGS}


def is_service_tag(tag: str) -> bool:
    """Return whether Azure documents a service tag, optionally with a region. Azure ignores the case."""
    name, _, region = tag.casefold().rpartition(".")
    return tag.casefold() in _SERVICE or (name in _SERVICE and region in _REGIONS)


def is_fqdn_tag(tag: str) -> bool:
    """Return whether Azure documents an FQDN tag. The tags of Office 365 also have a product and a category."""
    return tag.casefold().partition(".")[0] == "office365" or tag.casefold() in _FQDN
