"""Test the rule collection groups of the hub's firewall policy."""

from collections.abc import Mapping
from ipaddress import IPv4Network, collapse_addresses
from typing import Any

import yaml

from hvn.check.load import check
from hvn.topology import firewall
from hvn.topology.firewall import RuleGroup
from hvn.topology.model import Topology
from hvn.topology.security import of_file
from hvn.yamlfile.source import parse
from tests.check.cases import merged
from tests.conftest import SAMPLE
from tests.strategies import dump

SAMPLED = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
RULE = {"sources": ["spokes.orders"], "destinations": ["spokes.payments"], "ports": ["tcp/443"], "reason": "api"}


def checked(patch: Mapping[str, Any]) -> Topology:
    loaded = check(parse(dump(merged(SAMPLED, patch)), "topology.yaml"), SAMPLE.parent / "jwks")
    assert loaded.checked, loaded.findings
    return loaded.checked.topology


def groups(patch: Mapping[str, Any]) -> dict[str, RuleGroup]:
    return {group.name: group for _, group in firewall.groups(checked(patch))}


def test_a_repeated_transit_pool_is_one_source() -> None:
    rules = [
        groups({"hub": {"vault_peering": {"transit_pools": pools}}})["topology"].network_rules
        for pools in (["transit"], ["transit", "transit"])
    ]
    assert rules[0] == rules[1] != ()


def test_a_protocol_never_gets_the_port_of_another_protocol() -> None:
    """An Azure rule allows each of its protocols on each of its ports."""
    ports = ["tcp/443", "udp/53", "tcp/8000-8010", "icmp", "udp/443", "udp/8000-8010"]
    group = groups({"spokes": {"orders": {"firewall_rules": {"api": {**RULE, "ports": ports}}}}})["spoke-orders"]
    pairs = {(protocol, port) for rule in group.network_rules for protocol in rule.protocols for port in rule.ports}
    assert pairs == {
        *(("TCP", port) for port in ("443", "8000-8010")),
        *(("UDP", port) for port in ("53", "443", "8000-8010")),
        ("ICMP", "*"),
    }
    assert len({rule.name for rule in group.network_rules}) == len(group.network_rules) == 3


def test_the_egress_of_a_cluster_starts_at_its_nodes() -> None:
    by_name = groups({})
    rules = {rule.name: rule for rule in by_name["spoke-payments"].application_rules}
    assert {rule.sources for rule in rules.values()} == {("10.64.0.0/20",)}
    assert rules["cluster.aks"].fqdn_tags == ("AzureKubernetesService",)
    assert "mcrprod.azurecr.io" in rules["cluster.registry"].fqdns
    assert "quay.io" in rules["cluster.vso-images"].fqdns
    assert "spoke-analytics" not in by_name  # this spoke has no cluster and no rules
    assert not any(rule.name.startswith("pools-") for rule in by_name["topology"].rules)


def test_a_mirror_replaces_the_public_registries_on_its_own_port() -> None:
    patch = {"spokes": {"payments": {"cluster": {"vso": {"image_registry": "mirror.example.com:5000/vso"}}}}}
    rules = {rule.name: rule for rule in groups(patch)["spoke-payments"].application_rules}
    assert rules["cluster.vso-images"].fqdns == ("mirror.example.com",)
    assert rules["cluster.vso-images"].protocols == (("Https", 5000),)


def test_runners_reach_github_only_if_it_logs_in_to_vault() -> None:
    github = {"audience": "https://github.com/example-org", "subject_prefix": "repo:a/b", "apply": ["pull_request"]}
    with_ci = groups({"vault": {"namespace": "admin/platform", "ci": {"github": github}}})["topology"]
    assert "runners-github" in {rule.name for rule in with_ci.application_rules}
    assert "runners-github" not in {rule.name for rule in groups({})["topology"].application_rules}


def test_runners_reach_azure_devops_only_if_it_logs_in_to_vault() -> None:
    issuer = "https://vstoken.dev.azure.com/0ca3ddd9-f0b0-4635-a98c-5866526961b6"
    azure_devops = {"issuer": issuer, "plan": "sc://a/b/plan", "apply": "sc://a/b/apply"}
    with_ci = groups({"vault": {"namespace": "admin/platform", "ci": {"azure_devops": azure_devops}}})["topology"]
    (rule,) = [rule for rule in with_ci.application_rules if rule.name == "runners-azure-devops"]
    assert "dev.azure.com" in rule.fqdns
    assert "*.blob.core.windows.net" not in rule.fqdns
    assert "runners-azure-devops" not in {rule.name for rule in groups({})["topology"].application_rules}


def terraform_hosts(patch: Mapping[str, Any]) -> set[str]:
    (rule,) = [rule for rule in groups(patch)["topology"].application_rules if rule.name == "runners-terraform"]
    return set(rule.fqdns)


def test_runners_reach_hcp_terraform_only_if_the_file_uses_it() -> None:
    registry = {"registry.terraform.io", "releases.hashicorp.com"}
    assert terraform_hosts({}) == registry
    cloud = {"backend": "cloud", "organization": "example-org", "project": "platform"}
    assert terraform_hosts({"state": cloud}) == {*registry, "app.terraform.io", "archivist.terraform.io"}
    assert terraform_hosts({"state": {**cloud, "hostname": "tfe.example.com"}}) == {*registry, "tfe.example.com"}
    login = {"organization": "example-org", "project": "platform"}
    with_login = terraform_hosts({"vault": {"namespace": "admin/platform", "ci": {"hcp_terraform": login}}})
    assert with_login == {*registry, "app.terraform.io", "archivist.terraform.io"}


def test_priorities_depend_on_the_own_name_only() -> None:
    """Deployed groups have these priorities, so a different hash would update the group of every spoke."""
    by_name = groups({"spokes": {"analytics": {"firewall_rules": {"api": {**RULE, "sources": ["spokes.analytics"]}}}}})
    assert {name: group.priority for name, group in by_name.items() if name.startswith("spoke-")} == {
        "spoke-analytics": PRIORITIES["analytics"],
        "spoke-orders": PRIORITIES["orders"],
        "spoke-payments": PRIORITIES["payments"],
    }


PRIORITIES = {"analytics": 35402, "orders": 37388, "payments": 39760}


def test_rules_for_pools_exclude_a_hub_inside_the_pool() -> None:
    pools = {"spokes": "10.0.0.0/9", "transit": "10.192.0.0/16"}
    patch = {
        "address_pools": pools,
        "hub": {"firewall": {"allow_fqdns": ["packages.example.com"]}},
        "spokes": {"analytics": {"cidr": "10.192.0.0/20", "subnets": {"jobs": "10.192.0.0/24"}}},
    }
    rule = next(rule for rule in groups(patch)["topology"].application_rules if rule.name == "pools-allowed")
    sources = [IPv4Network(cidr) for cidr in rule.sources]
    hub = IPv4Network("10.0.0.0/22")
    assert not any(hub.overlaps(cidr) for cidr in sources)
    assert list(collapse_addresses([*sources, hub])) == [IPv4Network("10.0.0.0/9"), IPv4Network("10.192.0.0/16")]


def test_the_firewall_does_not_translate_addresses_of_public_ranges_in_the_network() -> None:
    default = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
    tokyo: dict[str, Any] = {"on_premises": {"tokyo": ["203.0.112.0/24"]}}
    patches: dict[str, dict[str, Any]] = {
        "no public range": {},
        "a public pool": {"address_pools": {"public": "198.18.0.0/15"}},
        "a public site behind a gateway": {**tokyo, "hub": {"gateway": {"cidr": "10.0.2.0/27"}}},
        "a public site on the internet": tokyo,
    }
    assert {name: firewall.private_ranges(checked(patch)) for name, patch in patches.items()} == {
        "no public range": (),
        "a public pool": (*default, "198.18.0.0/15"),
        "a public site behind a gateway": (*default, "203.0.112.0/24"),
        "a public site on the internet": (),
    }


def test_a_star_is_every_address() -> None:
    rule = {**RULE, "sources": ["*"], "ports": ["tcp/443"]}
    (built,) = groups({"hub": {"firewall_rules": {"Allow all (v1.2)": rule}}})["shared"].network_rules
    assert (built.name, built.sources) == ("Allow all (v1.2)", ("0.0.0.0/0",))


def test_a_star_in_an_nsg_rule_is_the_default() -> None:
    stars = {"priority": 200, "protocol": "any", "source": ["*"], "destination": ["*"], "ports": ["*"]}
    built = [
        of_file(checked({"spokes": {"orders": {"subnets": {"web": web}}}}).spokes["orders"].subnet("web"))
        for web in (
            {"cidr": "10.65.16.0/24", "rules": {"all": rule}} for rule in (stars, {"priority": 200, "protocol": "any"})
        )
    ]
    assert built[0] == built[1] != ()


def test_a_rule_keeps_its_path_if_its_name_has_dots() -> None:
    rule = {"sources": ["spokes.payments"], "destinations": ["192.0.2.0/24"], "reason": "r"}
    rules = {"a.b": {**rule, "ports": ["tcp/1"]}, "c.d": {**rule, "ports": ["tcp/1", "udp/2"]}}
    topology = checked({"spokes": {"payments": {"firewall_rules": rules}}})
    paths = {
        one.name: path[3:] for path, one in firewall.rules_with_paths(topology) if path[:2] == ("spokes", "payments")
    }
    assert paths == {"a.b": ("a.b",), "c.d.tcp": ("c.d",), "c.d.udp": ("c.d",)}
