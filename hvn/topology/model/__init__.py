"""The topology file as typed, immutable values: fields and types, without the rules that combine fields.

`hvn.topology.fields` has the types of single values. Rules that combine several fields are in `hvn/check/rules`. These
models generate the JSON Schema and the reference page, so every field has a description, which editors show.
"""

from hvn.topology.model.addons import Addons
from hvn.topology.model.app import App, Certificate, DynamicSecret, RestartTarget, Secret, Synced
from hvn.topology.model.azure import Azure, AzurermState, CloudState, LocalState, State
from hvn.topology.model.base import Model
from hvn.topology.model.cluster import AnyCluster, Cluster, ClusterFacts, ExistingCluster, VaultLogin, Vso
from hvn.topology.model.cluster_network import ApiServer, ClusterNetwork
from hvn.topology.model.dnat_rule import DnatRule, DnatRules
from hvn.topology.model.engines import DatabaseEngine, DatabaseRole, PkiEngine, PkiRole
from hvn.topology.model.firewall_rule import FirewallRule, FirewallRules
from hvn.topology.model.hub import (
    VSO_IMAGE_HOSTS,
    ExistingHub,
    Firewall,
    Hub,
    HubFacts,
    NewHub,
    Runners,
    VaultPeering,
)
from hvn.topology.model.hub_peering import HubPeering, RemoteFirewall
from hvn.topology.model.hub_subnets import Bastion, Gateway, RouteServer
from hvn.topology.model.load_balancer import LoadBalancer
from hvn.topology.model.logs import Logs
from hvn.topology.model.names import HubNames, Naming, SpokeNames
from hvn.topology.model.nat_gateway import NatGateway
from hvn.topology.model.node_pool import MoreNodes, NodePool
from hvn.topology.model.route import Route, Routes, RouteTable
from hvn.topology.model.security_group import NetworkSecurityGroup, NsgRule
from hvn.topology.model.spoke import Spoke, VnetFacts
from hvn.topology.model.spoke_peering import PeeringWithSpoke, PeeringWithVnet, SpokePeering
from hvn.topology.model.streams import Stream
from hvn.topology.model.subnet import DELEGATIONS, NODE_SUBNET, Subnet, SubnetOrRange, subnet
from hvn.topology.model.topology import Topology
from hvn.topology.model.upgrades import WINDOWED, Upgrades, Window
from hvn.topology.model.vault import (
    AzureDevOpsCi,
    BackupHvn,
    Ci,
    GithubCi,
    HcpTerraformCi,
    Hvn,
    OtherUpgrade,
    ScheduledUpgrade,
    TeamNamespace,
    Vault,
)

__all__ = [
    "DELEGATIONS",
    "NODE_SUBNET",
    "VSO_IMAGE_HOSTS",
    "WINDOWED",
    "Addons",
    "AnyCluster",
    "ApiServer",
    "App",
    "Azure",
    "AzureDevOpsCi",
    "AzurermState",
    "BackupHvn",
    "Bastion",
    "Certificate",
    "Ci",
    "CloudState",
    "Cluster",
    "ClusterFacts",
    "ClusterNetwork",
    "DatabaseEngine",
    "DatabaseRole",
    "DnatRule",
    "DnatRules",
    "DynamicSecret",
    "ExistingCluster",
    "ExistingHub",
    "Firewall",
    "FirewallRule",
    "FirewallRules",
    "Gateway",
    "GithubCi",
    "HcpTerraformCi",
    "Hub",
    "HubFacts",
    "HubNames",
    "HubPeering",
    "Hvn",
    "LoadBalancer",
    "LocalState",
    "Logs",
    "Model",
    "MoreNodes",
    "Naming",
    "NatGateway",
    "NetworkSecurityGroup",
    "NewHub",
    "NodePool",
    "NsgRule",
    "OtherUpgrade",
    "PeeringWithSpoke",
    "PeeringWithVnet",
    "PkiEngine",
    "PkiRole",
    "RemoteFirewall",
    "RestartTarget",
    "Route",
    "RouteServer",
    "RouteTable",
    "Routes",
    "Runners",
    "ScheduledUpgrade",
    "Secret",
    "Spoke",
    "SpokeNames",
    "SpokePeering",
    "State",
    "Stream",
    "Subnet",
    "SubnetOrRange",
    "Synced",
    "TeamNamespace",
    "Topology",
    "Upgrades",
    "Vault",
    "VaultLogin",
    "VaultPeering",
    "VnetFacts",
    "Vso",
    "Window",
    "subnet",
]
