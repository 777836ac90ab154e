"""DNS forwarding of the HVN: Vault resolves private domains with DNS servers in the hub.

The forwarding contains the first rule. A change of any argument replaces the resource
(internal/providersdkv2/resource_dns_forwarding.go of the hcp provider). The rules are sorted by domain.
"""

from collections.abc import Sequence

from cdktf import ITerraformDependable, TerraformStack
from cdktf_cdktf_provider_hcp.dns_forwarding import DnsForwarding, DnsForwardingForwardingRule
from cdktf_cdktf_provider_hcp.dns_forwarding_rule import DnsForwardingRule

from hvn.kinds.peering import inputs as peering


def forward_dns(
    stack: TerraformStack,
    prefix: str,
    own: peering.HvnPeering,
    forwarding: peering.DnsForwarding,
    *,
    after: Sequence[ITerraformDependable],
) -> None:
    """Build the forwarding with its first rule, then the other rules. HCP needs the peering and the routes
    first."""
    first, *others = forwarding.rules
    created = DnsForwarding(
        stack,
        f"{prefix}dns",
        hvn_id=own.hvn.hvn_id,
        dns_forwarding_id=forwarding.forwarding_id,
        peering_id=own.peering_id,
        connection_type="hvn-peering",
        forwarding_rule=DnsForwardingForwardingRule(
            rule_id=first.rule_id, domain_name=first.domain, inbound_endpoint_ips=list(first.servers)
        ),
        depends_on=list(after),
    )
    for rule in others:
        DnsForwardingRule(
            stack,
            rule.rule_id,
            hvn_id=own.hvn.hvn_id,
            dns_forwarding_id=created.dns_forwarding_id,
            rule_id=rule.rule_id,
            domain_name=rule.domain,
            inbound_endpoint_ips=list(rule.servers),
        )
