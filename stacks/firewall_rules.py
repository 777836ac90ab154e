"""The rule collection groups of the hub's firewall policy: the groups of the hub, and one group for each spoke with
rules."""

from collections.abc import Mapping, Sequence

from cdktf import ITerraformDependable, TerraformProvider, TerraformStack
from cdktf_cdktf_provider_azurerm.firewall_policy_rule_collection_group import (
    FirewallPolicyRuleCollectionGroup,
    FirewallPolicyRuleCollectionGroupApplicationRuleCollection,
    FirewallPolicyRuleCollectionGroupApplicationRuleCollectionRule,
    FirewallPolicyRuleCollectionGroupApplicationRuleCollectionRuleProtocols,
    FirewallPolicyRuleCollectionGroupNatRuleCollection,
    FirewallPolicyRuleCollectionGroupNatRuleCollectionRule,
    FirewallPolicyRuleCollectionGroupNetworkRuleCollection,
    FirewallPolicyRuleCollectionGroupNetworkRuleCollectionRule,
)

from hvn.topology.firewall import RuleGroup
from hvn.topology.firewall_rule import ApplicationRule, NatRule, NetworkRule


def group(
    stack: TerraformStack,
    id_: str,
    rules: RuleGroup,
    policy_id: str,
    *,
    provider: TerraformProvider | None = None,
    after: Sequence[ITerraformDependable] = (),
) -> FirewallPolicyRuleCollectionGroup:
    """Build and return a rule collection group that depends on `after`, because Azure updates one group of a policy at
    a time (azurerm #15440)."""
    network = FirewallPolicyRuleCollectionGroupNetworkRuleCollection(
        name="network", priority=1000, action="Allow", rule=[_network_rule(rule) for rule in rules.network_rules]
    )
    application = FirewallPolicyRuleCollectionGroupApplicationRuleCollection(
        name="application",
        priority=2000,
        action="Allow",
        rule=[_application_rule(rule) for rule in rules.application_rules],
    )
    return FirewallPolicyRuleCollectionGroup(
        stack,
        id_,
        provider=provider,
        name=rules.name,
        firewall_policy_id=policy_id,
        priority=rules.priority,
        network_rule_collection=[network] if rules.network_rules else None,
        application_rule_collection=[application] if rules.application_rules else None,
        depends_on=list(after) or None,
    )


def dnat_group(
    stack: TerraformStack,
    rules: RuleGroup,
    policy_id: str,
    addresses: Mapping[str, str],
    *,
    after: ITerraformDependable,
) -> None:
    """Build the group of the DNAT rules after the firewall, because Azure accepts only public addresses of the
    firewall. `addresses` maps the name of each public address to its value."""
    collection = FirewallPolicyRuleCollectionGroupNatRuleCollection(
        name="dnat", priority=1000, action="Dnat", rule=[_nat_rule(rule, addresses) for rule in rules.nat_rules]
    )
    FirewallPolicyRuleCollectionGroup(
        stack,
        "dnat_rules",
        name=rules.name,
        firewall_policy_id=policy_id,
        priority=rules.priority,
        nat_rule_collection=[collection],
        depends_on=[after],
    )


def _nat_rule(rule: NatRule, addresses: Mapping[str, str]) -> FirewallPolicyRuleCollectionGroupNatRuleCollectionRule:
    address, _, port = rule.targets[0].partition(":")
    return FirewallPolicyRuleCollectionGroupNatRuleCollectionRule(
        name=rule.name,
        description=rule.description,
        protocols=list(rule.protocols),
        source_addresses=list(rule.sources),
        destination_address=addresses[rule.public_ips[0]],
        destination_ports=list(rule.ports),
        translated_address=address,
        translated_port=int(port),
    )


def _network_rule(rule: NetworkRule) -> FirewallPolicyRuleCollectionGroupNetworkRuleCollectionRule:
    return FirewallPolicyRuleCollectionGroupNetworkRuleCollectionRule(
        name=rule.name,
        description=rule.description,
        protocols=list(rule.protocols),
        source_addresses=list(rule.sources),
        destination_addresses=list(rule.destinations) or None,
        destination_fqdns=list(rule.fqdns) or None,
        destination_ports=list(rule.ports),
    )


def _application_rule(rule: ApplicationRule) -> FirewallPolicyRuleCollectionGroupApplicationRuleCollectionRule:
    protocols = [
        FirewallPolicyRuleCollectionGroupApplicationRuleCollectionRuleProtocols(type=type_, port=port)
        for type_, port in rule.protocols
    ]
    return FirewallPolicyRuleCollectionGroupApplicationRuleCollectionRule(
        name=rule.name,
        description=rule.description,
        source_addresses=list(rule.sources),
        destination_fqdns=list(rule.fqdns) or None,
        destination_fqdn_tags=list(rule.fqdn_tags) or None,
        protocols=protocols,
    )
