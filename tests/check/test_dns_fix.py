"""A reader can paste the rule from the fix of HVN413, and the rule removes the finding. The fixes of HVN412 and HVN416
offer the firewall as DNS server only if the firewall has a DNS proxy."""

import pathlib
from typing import Any

import pytest
import yaml

from hvn.check.rules import dns_blocked
from hvn.diagnostics.finding import Finding, Message
from hvn.diagnostics.message import Field
from tests.check.cases import case, merged


def patch(finding: Finding) -> Any:
    """Return the fix of a finding as a patch of the topology."""
    assert isinstance(finding.fix, Message)
    facts = dict(finding.fix.facts)
    section = facts["section"]
    assert isinstance(section, Field)
    rules: Any = yaml.safe_load(str(facts["rule"]))
    for key in reversed(section.path):
        rules = {key: rules}
    return rules


@pytest.mark.parametrize("name", ["dns-blocked", "dns-blocked-2"])
def test_the_pasted_rule_removes_the_finding_and_causes_no_other(name: str, tmp_path: pathlib.Path) -> None:
    wrong = case(name)
    before = wrong.check(wrong.wrong, tmp_path).findings
    topology = wrong.wrong
    for finding in before:
        if finding.rule == dns_blocked.RULE:
            topology = merged(topology, patch(finding))
    after = wrong.check(topology, tmp_path).findings
    assert {finding.rule.id for finding in after} == {finding.rule.id for finding in before} - {"HVN413"}


@pytest.mark.parametrize("name", ["dns-server-unknown", "dns-forwarding"])
@pytest.mark.parametrize("tier", ["Standard", "Basic"])
def test_the_fix_offers_a_firewall_with_a_dns_proxy_only(name: str, tier: str, tmp_path: pathlib.Path) -> None:
    wrong = case(name)
    firewall = {"hub": {"firewall": {"sku_tier": tier, "management_cidr": "10.0.0.128/26"}}}
    found = [one for one in wrong.check(merged(wrong.wrong, firewall), tmp_path).findings if one.rule.name == name]
    assert found
    for finding in found:
        assert isinstance(finding.fix, Message)
        assert ("10.0.0.4" in map(str, dict(finding.fix.facts).values())) == (tier == "Standard")
