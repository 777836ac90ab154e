"""Synthesize the sample and its variants, which several pages use."""

import json
import pathlib
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import main as app
from hvn.check.load import Checked
from hvn.kinds.workspace import Workspace
from hvn.topology.model import (
    AzureDevOpsCi,
    Ci,
    Gateway,
    GithubCi,
    HcpTerraformCi,
    HubPeering,
    Logs,
    MoreNodes,
    NatGateway,
    NewHub,
    Subnet,
    TeamNamespace,
    VaultLogin,
    VaultPeering,
    VnetFacts,
)

SAMPLE = pathlib.Path(__file__).parents[2] / "examples" / "sample" / "topology.yaml"


class Built(NamedTuple):
    """A workspace and its synthesized JSON."""

    workspace: Workspace
    json: Mapping[str, Any]


def synthesized(checked: Checked) -> list[Built]:
    """Synthesize a topology and return its workspaces, in deployment order."""
    workspaces = [workspace for workspace in checked.workspaces() if workspace.inputs]
    with tempfile.TemporaryDirectory() as output:
        app.synthesize(workspaces, output)
        stacks = pathlib.Path(output) / "stacks"
        return [Built(one, json.loads((stacks / one.id / "cdk.tf.json").read_text())) for one in workspaces]


CI = Ci(
    github=GithubCi(
        audience="https://github.com/example-org",
        subject_prefix="repo:example-org@1234/platform@5678",
        apply=("environment:production",),
    ),
    azure_devops=AzureDevOpsCi(
        issuer="https://vstoken.dev.azure.com/0ca3ddd9-f0b0-4635-a98c-5866526961b6",
        plan="sc://example-org/platform/hvn-plan",
        apply="sc://example-org/platform/hvn-apply",
    ),
    hcp_terraform=HcpTerraformCi(organization="example-org", project="platform"),
)

CREATE = "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}'"
TEAM = TeamNamespace.model_validate(
    {
        "database_engines": {
            "orders": {
                "host": "orders.postgres.database.azure.com",
                "username": "vault",
                "roles": {"webapp": {"creation_statements": (CREATE,)}},
            }
        },
        "pki_engines": {"pki": {"roles": {"webapp": {"allowed_domains": ("webapp.example.com",)}}}},
    }
)


def variants(checked: Checked) -> Iterator[Checked]:
    """Yield variants of the sample with other options, so that the pages contain every resource type and every
    dependency.

    The options include Entra groups, issuer keys, CI logins, secrets engines, gateways, logs and an existing VNet. Each
    spoke has a cluster, including the spoke that reaches Vault via the hub.
    """
    sample = checked.topology
    hub = sample.hub
    if not isinstance(hub, NewHub):
        raise TypeError("the sample creates a hub")
    groups = ("88888888-8888-4888-8888-888888888888",)
    cluster = next(spoke.cluster for spoke in sample.spokes.values() if spoke.cluster)
    images = f"/subscriptions/{sample.azure.subscription_id}/resourceGroups/rg-images/providers"
    spokes = {
        name: spoke.model_copy(
            update={
                "nat_gateway": NatGateway(),
                "cluster": (spoke.cluster or cluster).model_copy(
                    update={
                        "outbound_type": "userAssignedNATGateway" if name == "payments" else None,
                        "admin_groups": groups,
                        "vault_login": VaultLogin(keys="issuer"),
                        "node_pools": {"apps": MoreNodes(vm_size="Standard_D4s_v5", min_count=0, max_count=3)},
                        "apps": {
                            app: value.model_copy(update={"workload_identity": f"id-{app}"})
                            for app, value in (spoke.cluster or cluster).apps.items()
                        },
                        "registries": (f"{images}/Microsoft.ContainerRegistry/registries/platform0001",),
                    }
                ),
            }
        )
        for name, spoke in sample.spokes.items()
    }
    network = f"/subscriptions/{sample.azure.subscription_id}/resourceGroups/rg-net/providers/Microsoft.Network"
    vnet = {"vnet_id": f"{network}/virtualNetworks/vnet-old", "cidrs": ["10.96.0.0/20"], "hub_peering": True}
    spokes["analytics"] = spokes["analytics"].model_copy(
        update={"cidr": None, "existing": VnetFacts.model_validate(vnet, strict=False)}
    )
    remote = {"vnet_id": f"{network}/virtualNetworks/vnet-west", "cidrs": ["10.128.0.0/22"]}
    peering = VaultPeering.model_validate(
        {
            "transit_pools": ("transit",),
            "dns_forwarding": {"a.example.com": ("10.0.0.4",), "b.example.com": ("10.0.0.4",)},
        }
    )
    update = {
        "spokes": spokes,
        "vault": sample.vault.model_copy(update={"ci": CI, "namespaces": {"shop": TEAM}}),
        "hub": hub.model_copy(
            update={
                "vault_peering": peering,
                "peerings": {"west": HubPeering.model_validate(remote, strict=False)},
                "gateway": Gateway.model_validate({"cidr": "10.0.0.96/27"}),
                "nat_gateway": NatGateway(),
                "subnets": {"tools": Subnet.model_validate({"cidr": "10.0.1.0/27", "nat_gateway": True})},
            }
        ),
        "hvn": sample.hvn.model_copy(update={"project_id": None}),
    }
    group = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-logs/providers"
    logs = Logs(workspace_id=f"{group}/Microsoft.OperationalInsights/workspaces/log-platform")
    yield Checked(sample.model_copy(update={**update, "logs": logs}), checked.keys)
    alone = sample.spokes["orders"].model_copy(
        update={"vault_route": "none", "cluster": None, "private_dns_zones": ("corp.example.com",)}
    )
    yield Checked(sample.model_copy(update={"hub": None, "spokes": {"orders": alone}}), checked.keys)
