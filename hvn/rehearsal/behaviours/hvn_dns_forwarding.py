"""DNS forwarding needs an ACTIVE peering. An HVN has at most one DNS forwarding, with at most 5 rules. A rule has at
most 2 servers.

developer.hashicorp.com/hcp/docs/vault/private-dns; ids have at most 32 characters.
"""

from hvn.rehearsal.behaviours import Change, Refusal

FORWARDING, RULE, PEERING = "hcp_dns_forwarding", "hcp_dns_forwarding_rule", "hcp_azure_peering_connection"


def forwarding(change: Change) -> None:
    """Refuse a DNS forwarding without an ACTIVE peering, and a second DNS forwarding of an HVN."""
    own = change.after
    peerings = [one for one in change.cloud.find(PEERING) if one["peering_id"] == own["peering_id"]]
    if not any(one["state"] == "ACTIVE" for one in peerings):
        raise _refused(change, "the peering is not ACTIVE")
    change.need(*((PEERING, str(one["id"])) for one in peerings))
    if any(one["id"] != own["id"] for one in change.cloud.find(FORWARDING, hvn_id=own["hvn_id"])):
        raise _refused(change, "the HVN has a DNS forwarding already")
    for rule in own["forwarding_rule"]:
        _fits(change, rule["rule_id"], rule["inbound_endpoint_ips"])


def rule(change: Change) -> None:
    """Refuse a rule of a missing DNS forwarding, a sixth rule, a long id, and a third server."""
    own = change.after
    forwardings = change.cloud.find(FORWARDING, dns_forwarding_id=own["dns_forwarding_id"], hvn_id=own["hvn_id"])
    if not forwardings:
        raise _refused(change, "the DNS forwarding does not exist")
    change.need(*((FORWARDING, str(one["id"])) for one in forwardings))
    others = change.cloud.find(RULE, dns_forwarding_id=own["dns_forwarding_id"])
    if len({one["id"] for one in others} | {own["id"]}) > 4:
        raise _refused(change, "a DNS forwarding has at most 5 rules")
    _fits(change, own["rule_id"], own["inbound_endpoint_ips"])


def _fits(change: Change, rule_id: str, servers: list[str]) -> None:
    if len(rule_id) > 32 or len(change.after["dns_forwarding_id"]) > 32:
        raise _refused(change, "an id has more than 32 characters")
    if len(servers) > 2:
        raise _refused(change, "a rule has at most 2 servers")


def _refused(change: Change, why: str) -> Refusal:
    return Refusal(f"unable to create DNS forwarding ({change.after['dns_forwarding_id']})", why)


CREATE = {FORWARDING: forwarding, RULE: rule}
