"""`hvn reach` gives a request that only an application rule may allow the firewall's subnet as its source (SNAT)."""

import pathlib
from typing import Any

import pytest

from tests.reach.test_addresses import asked
from tests.strategies.hub import BASE_POLICY

RULE = {"sources": ["spokes.payments"], "fqdns": ["*"], "ports": ["https/443"], "reason": "updates"}
PAYMENTS, FIREWALL = "10.64.0.0/16", "10.0.0.0/26"
DENY = {"priority": 300, "access": "deny", "protocol": "any"}
ALLOW = {"priority": 200, "ports": ["443"]}


def patch(web: Any, *, policy: str = "", more: Any = None) -> Any:
    """Return a patch with an application rule for every host, and a subnet `web` behind the firewall."""
    return {
        "hub": {
            "firewall": {"base_policy_id": policy} if policy else {},
            "firewall_rules": {"updates": RULE, **(more or {})},
        },
        "spokes": {"search": {"cidr": "10.66.0.0/16", "vault_route": "none", "subnets": {"web": web}}},
    }


def network_rule(destination: str) -> Any:
    return {"sources": ["spokes.payments"], "destinations": [destination], "ports": ["tcp/443"], "reason": "calls"}


def rules(**named: Any) -> Any:
    return {"cidr": "10.66.1.0/24", "rules": named}


@pytest.mark.parametrize(
    ("web", "verdict"),
    [
        (rules(deny={**DENY, "source": [PAYMENTS]}), "unknown"),
        (rules(deny={**DENY, "source": [FIREWALL]}), "blocked"),
        (rules(deny={**DENY, "source": ["10.0.0.8"]}), "unknown"),
        (rules(allow={**ALLOW, "source": [PAYMENTS]}, deny=DENY), "blocked"),
        (rules(allow={**ALLOW, "source": [FIREWALL]}, deny=DENY), "unknown"),
        # The reply goes to the firewall over the peering.
        ({"cidr": "10.66.1.0/24", "route": "none"}, "unknown"),
    ],
)
def test_the_destination_sees_the_subnet_of_the_firewall(web: Any, verdict: str, tmp_path: pathlib.Path) -> None:
    answer = asked(tmp_path, patch(web), "payments", "--to", "search/web", "--port", "443")
    assert (answer["verdict"], answer["asymmetric"]) == (verdict, False)
    assert any("hub.firewall_rules.updates" in setting for setting in answer["unknown"])
    if verdict == "blocked":
        assert f"from {FIREWALL} to" in answer["blocked_by"]
    else:
        assert answer["reply"]["by_firewall"]
        assert answer["reply"]["hops"][1]["at"] == f"firewall {FIREWALL}"
        assert answer["reply"]["hops"][-1]["at"].startswith("payments/")


def test_a_network_rule_keeps_the_source(tmp_path: pathlib.Path) -> None:
    web = rules(allow={**ALLOW, "source": [PAYMENTS]}, deny=DENY)
    more = {"web": network_rule("spokes.search.subnets.web")}
    answer = asked(tmp_path, patch(web, more=more), "payments", "--to", "search/web", "--port", "443")
    assert answer["verdict"] == "reaches"
    cut = {"cidr": "10.66.1.0/24", "route": "none"}
    assert asked(tmp_path, patch(cut, more=more), "payments", "--to", "search/web", "--port", "443")["blocked_by"]


@pytest.mark.parametrize(("sources", "verdict"), [([PAYMENTS], "unknown"), ([FIREWALL], "unknown"), ([], "blocked")])
def test_a_base_policy_may_keep_or_translate_the_source(
    sources: list[str], verdict: str, tmp_path: pathlib.Path
) -> None:
    web = rules(**({"allow": {**ALLOW, "source": sources}} if sources else {}), deny=DENY)
    answer = asked(tmp_path, patch(web, policy=BASE_POLICY), "payments", "--to", "search/web", "--port", "443")
    assert answer["verdict"] == verdict


@pytest.mark.parametrize("part", ["10.66.1.8", None])
def test_a_network_rule_for_a_part_may_keep_the_source(part: str | None, tmp_path: pathlib.Path) -> None:
    web = rules(allow={**ALLOW, "source": [PAYMENTS]}, deny=DENY)
    changed = patch(web, more={"host": network_rule(part)} if part else {})
    answer = asked(tmp_path, changed, "payments", "--to", "search/web", "--port", "443")
    assert answer["verdict"] == ("unknown" if part else "blocked")
