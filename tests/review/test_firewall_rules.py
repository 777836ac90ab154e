"""The review names each firewall rule of a spoke that starts or stops allowing traffic."""

import pytest

from tests.affected.conftest import Repository
from tests.review.conftest import begin
from tests.review.edits import ORDERS, SHIPPING
from tests.review.findings import findings, impact
from tests.review.plans import plan, resource

GROUP = "azurerm_firewall_policy_rule_collection_group"
SPOKE = "    cidr: 10.96.0.0/20\n    vault_route: via-hub\n"
RULE = """    firewall_rules:
      orders-api:
        {sources: [spokes.analytics], destinations: [spokes.orders], ports: [tcp/8443], reason: jobs read orders}
"""


def opened(found: dict[str, list[dict[str, object]]], name: str = "firewall-opened") -> list[tuple[object, object]]:
    return [(one["workspace"], one["facts"]["rules"]) for one in found.get(name, ())]  # type: ignore[index]


def test_a_new_rule_of_a_spoke_opens_a_connection(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit((SPOKE, SPOKE + RULE))
    found = findings(repository, monkeypatch)
    assert opened(found) == [("network-analytics", ["orders-api"])]
    gained = [one["facts"] for one in found["reach-gained"]]
    assert gained == [{"source": "analytics", "destination": "orders", "protocol": "TCP", "port": 8443}]
    assert "firewall-closed" not in found


def test_a_removed_rule_of_a_spoke_closes_it(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan destroys the rule collection group, and the review reports the removed rule only once."""
    begin(repository, (SPOKE, SPOKE + RULE))
    repository.edit((SPOKE + RULE, SPOKE))
    destroyed = resource(f"{GROUP}.firewall_rules", actions=["delete"], before={}, after=None)
    found = findings(repository, monkeypatch, network_analytics=plan(destroyed))
    assert opened(found, "firewall-closed") == [("network-analytics", ["orders-api"])]
    assert not {"firewall-opened", "egress-cut", "resource-destroyed"} & found.keys()


def test_a_destroyed_group_of_a_spoke_cuts_this_spoke(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.edit(("tags: {owner: platform-team}", "tags: {owner: other-team}"))
    destroyed = resource(f"{GROUP}.firewall_rules", actions=["delete"], before={}, after=None)
    (cut,) = findings(repository, monkeypatch, network_orders=plan(destroyed))["egress-cut"]
    assert "orders" in impact(cut)
    assert "payments" not in impact(cut)


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [
        ("[tcp/8443]", "[tcp/8443, tcp/9000]", "port 9000"),
        ("[tcp/8443]", "[tcp/8000-9000]", "port 8000-9000"),
        ("[tcp/8443]", "[tcp/8443, udp/8443]", "protocol UDP"),
        ("[spokes.orders]", "[spokes.orders, spokes.payments]", "destination 10.64.0.0/16"),
    ],
)
def test_a_wider_rule_is_reported_with_its_values(
    old: str, new: str, value: str, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(repository, (SPOKE, SPOKE + RULE))
    repository.edit((old, new))
    found = findings(repository, monkeypatch)
    (wider,) = found["firewall-opened"]
    assert (wider["facts"]["rules"], wider["facts"]["values"]) == (["orders-api"], value)


def test_a_narrower_rule_opens_nothing(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository, (SPOKE, SPOKE + RULE.replace("tcp/8443", "tcp/8000-9000")))
    repository.edit(("tcp/8000-9000", "tcp/8443"))
    found = findings(repository, monkeypatch)
    assert "firewall-opened" not in found
    assert opened(found, "firewall-closed") == [("network-analytics", ["orders-api"])]


SHOP = SHIPPING.replace(
    "    vault_route: direct\n", "    vault_route: direct\n" + RULE.replace("spokes.analytics", "spokes.shipping")
)


def test_a_new_spoke_opens_its_rules(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """The review omits the egress rules that every cluster has."""
    repository.edit((ORDERS, ORDERS + SHOP))
    assert opened(findings(repository, monkeypatch)) == [("network-shipping", ["orders-api"])]


def test_a_removed_spoke_closes_its_rules(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository, (ORDERS, ORDERS + SHOP))
    repository.edit((SHOP, ""))
    assert opened(findings(repository, monkeypatch), "firewall-closed") == [("network-shipping", ["orders-api"])]


def test_another_mirror_of_the_operator_is_an_opening(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    login = "      vault_login: {keys: issuer}\n"
    repository.edit((login, login + "      vso: {image_registry: mirror.example.com}\n"))
    assert opened(findings(repository, monkeypatch)) == [("network-orders", ["cluster.vso-images"])]


def test_a_shared_rule_belongs_to_the_hub(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    runners = "  runners: # the subnet in which Terraform runs: Vault and the clusters are private\n"
    rule = "  firewall_rules:\n    logs:\n      {sources: [address_pools.spokes], service_tags: [AzureMonitor], "
    repository.edit((runners, f"{rule}ports: [tcp/443], reason: logs}}\n{runners}"))
    assert opened(findings(repository, monkeypatch)) == [("hub", ["logs"])]


def test_a_new_tier_deletes_the_rules_of_spokes(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Azure deletes the rules with their policy; Terraform recreates them only with the next apply of each spoke."""
    repository.edit(("sku_tier: Standard", "sku_tier: Premium"))
    (cut,) = findings(repository, monkeypatch)["egress-cut"]
    assert "network-orders network-payments" in " ".join(cut["manual_steps"])


@pytest.mark.parametrize(
    ("before", "after", "opens", "closes"),
    [("a.example.com", "'*.example.com'", True, False), ("'*.example.com'", "A.b.example.com", False, True)],
)
def test_a_domain_covers_the_hosts_below(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, before: str, after: str, opens: bool, closes: bool
) -> None:
    line = "    sku_tier: Standard\n"
    begin(repository, (line, f"{line}    allow_fqdns: [{before}]\n"))
    repository.edit((f"[{before}]", f"[{after}]"))
    found = findings(repository, monkeypatch)
    assert ("firewall-opened" in found, "firewall-closed" in found) == (opens, closes)
