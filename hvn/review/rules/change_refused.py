"""HVN917: Azure or HCP refuses a change that the plan shows as possible."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.kinds.aks.inputs import AksInputs
from hvn.kinds.hcp.inputs import HcpInputs
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.commands import command
from hvn.review.context import Context
from hvn.review.firewall_diff import firewalls
from hvn.review.peering_refusals import refusals
from hvn.review.plan import Action
from hvn.review.vnet_subnets import VNET
from hvn.topology.naming import Resource

RULE = Rule(
    id="HVN917",
    name="change-refused",
    reports="An edit lowers a Kubernetes version, removes a policy engine, or scales Vault down to `dev`. "
    "An edit removes used addresses, NSGs or route tables of the hub, uses a missing gateway, or renames a peering.",
    why="the apply fails after some changes, and cdktf-cli does not apply the later workspaces",
    fix="undo the edit, or follow the manual steps",
    example="""\
vault: {tier: dev}
""",
    see="https://registry.terraform.io/providers/hashicorp/hcp/0.111.0/docs/guides/vault-scaling",
)
LABEL = "hvn: interrupts"
UNREMOVED = ("azure", "calico")
"""The policy engines that azurerm 4.55.0 keeps if the file no longer sets `network_policy`."""


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about edits that Azure, HCP or azurerm refuses.

    AKS supports no downgrade (Azure/AKS#2997): `Downgrading Kubernetes version … is not allowed`
    (rancher/rancher#24071). HCP cannot scale a cluster down to `dev` (the provider's guide `vault-scaling`). Azure does
    not delete an address in use (`PublicIPAddressCannotBeDeleted`, hashicorp/terraform-provider-azurerm#688); Terraform
    deletes an address before it changes the firewall. Azure refuses a peering that uses a missing gateway
    (`RemoteVnetHasNoGateways`, hashicorp/terraform#30569).
    """
    yield from _addresses_in_use(context)
    yield from _missing_gateway(context)
    yield from _used_by_spokes(context)
    for one in refusals(context):
        yield Finding(rule=RULE, workspace=one.workspace, message=one.message, manual_steps=(one.step,))
    for workspace, before, after in context.changed(AksInputs):
        if after and lower(before.kubernetes_version, after.kubernetes_version):
            yield Finding(
                rule=RULE,
                workspace=workspace.id,
                message=Message(
                    "AKS does not support a lower Kubernetes version: {old} → {new}",
                    old=before.kubernetes_version,
                    new=after.kubernetes_version,
                ),
                manual_steps=(Message("undo the change of the version, or create a new cluster"),),
            )
        if after and after.network_policy is None and before.network_policy in UNREMOVED:
            yield Finding(
                rule=RULE,
                workspace=workspace.id,
                message=Message("azurerm does not remove the policy engine {engine}", engine=before.network_policy),
                manual_steps=(Message("undo the change of the policy, or create a new cluster"),),
            )
    for workspace, old, new in context.changed(HcpInputs):
        if new and old.new_vault and new.new_vault and new.new_vault.tier == "dev" != old.new_vault.tier:
            yield Finding(
                rule=RULE,
                workspace=workspace.id,
                message=Message(
                    "HCP does not scale a Vault cluster down from {old} to {new}",
                    old=old.new_vault.tier,
                    new=new.new_vault.tier,
                ),
                manual_steps=(Message("undo the change of the tier"),),
            )


def _addresses_in_use(context: Context) -> Iterator[Finding]:
    for workspace, hub, before, after in firewalls(context):
        addresses = before.more_public_ips
        removed = [one for one in addresses if one not in after.more_public_ips]
        if removed:
            steps = (
                command(
                    *("az", "network", "firewall", "ip-config", "delete", "-g", hub.group.name),
                    *("-f", before.name, "-n", f"firewall-{addresses.index(one) + 2}"),
                )
                for one in removed
            )
            yield Finding(
                rule=RULE,
                workspace=workspace,
                message=Message("Azure does not delete {addresses}, which the firewall uses", addresses=removed),
                manual_steps=(
                    Message(
                        "before the apply, remove the addresses from the firewall, then plan again: {steps}",
                        steps=list(steps),
                    ),
                ),
            )


def _missing_gateway(context: Context) -> Iterator[Finding]:
    """Yield a finding for each spoke and remote VNet that uses a new GatewaySubnet or RouteServerSubnet, which is still
    empty."""
    plan = context.plans.get("hub")
    changes = plan.changes if plan else ()
    new_vnet = any(change.type == VNET and change.action in (Action.CREATE, Action.REPLACE) for change in changes)
    hubs = [(_gateway_vnet(old), _gateway_vnet(new)) for _, old, new in context.built(HubInputs)]
    if not any(new_vnet or (context.before and old != new) for old, new in hubs):
        return
    users = [one.id for one, _, network in context.built(NetworkInputs) if network.use_remote_gateways]
    remote = [one.id for one, _, hub in context.built(HubInputs) if any(peer.uses_gateway for peer in hub.peerings)]
    for workspace in (*users, *remote):
        yield Finding(
            rule=RULE,
            workspace=workspace,
            message=Message("Azure refuses use_remote_gateways: the hub's GatewaySubnet or RouteServerSubnet is new"),
            manual_steps=(
                Message(
                    "remove hub.gateway.existing or hub.route_server.existing, each use_remote_gateways, and "
                    "allow_gateway_transit in hub.peerings. Deploy the hub. Add them again after the owner has "
                    "built the gateway or Route Server"
                ),
            ),
        )


def _used_by_spokes(context: Context) -> Iterator[Finding]:
    """Yield a finding for each NSG and route table of the hub that an edit removes while subnets of spokes have it:
    `InUseNetworkSecurityGroupCannotBeDeleted`. A run deploys the hub before the spokes."""
    for workspace, before, after in context.changed(HubInputs):
        if after is None:
            continue
        kept = {resource.id.casefold() for resource in _shared(after)}
        for resource in _shared(before):
            users = [] if resource.id.casefold() in kept else sorted(_users(context, resource))
            if users:
                facts = {"name": resource.name, "users": users}
                yield Finding(
                    rule=RULE,
                    workspace=workspace.id,
                    message=Message("Azure does not delete {name}, which {users} use", **facts),
                    manual_steps=(Message("keep {name}, deploy {users} without it, then remove it", **facts),),
                )


def _shared(hub: HubInputs) -> tuple[Resource, ...]:
    return (*(nsg.resource for nsg in hub.more_nsgs), *(table.resource for table in hub.more_tables))


def _users(context: Context, resource: Resource) -> Iterator[str]:
    """Yield the workspaces of the spokes in which subnets have an NSG or route table before the edit."""
    for id_, workspace in context.before.items():
        if isinstance(workspace.inputs, NetworkInputs):
            used = [table for one in workspace.inputs.subnets if (table := one.route_table)]
            used += [one.security_group.resource for one in workspace.inputs.subnets]
            if any(one.id.casefold() == resource.id.casefold() for one in used):
                yield str(id_)


def _gateway_vnet(hub: HubInputs | None) -> object:
    """Return the VNet of GatewaySubnet or RouteServerSubnet, which peered VNets can use."""
    subnets = (hub.gateway.subnet if hub.gateway else None, hub.route_server) if hub else ()
    return next((subnet.vnet for subnet in subnets if subnet), None)


def lower(old: str, new: str) -> bool:
    """Return whether the new version is certainly lower. Patches count only if both versions have one."""
    known = min(old.count("."), new.count(".")) + 1
    first, second = ([int(part) for part in version.split(".")[:known]] for version in (old, new))
    return second < first
