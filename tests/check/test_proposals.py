"""Fixes propose only values that are valid in the file."""

import json
import pathlib
import re
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from hvn.check.load import check
from hvn.cli import cli
from hvn.diagnostics.message import Field, Message, values
from hvn.yamlfile.source import parse
from tests.check.cases import merged
from tests.conftest import PROJECT, SAMPLE
from tests.strategies import dump

BASE = yaml.safe_load((PROJECT / "tests/topologies/existing.yaml").read_text(encoding="utf-8"))


def findings(tmp_path: pathlib.Path, patch: Any) -> dict[str, Any]:
    file = tmp_path / "topology.yaml"
    file.write_text(dump(merged(BASE, patch)), encoding="utf-8")
    done = CliRunner().invoke(cli, ["check", str(file), "--format", "json"])
    return {one["id"]: one for one in json.loads(done.stdout)}


def test_existing_runners_get_no_free_range(tmp_path: pathlib.Path) -> None:
    one = findings(tmp_path, {"hub": {"existing": {"runners_cidr": "10.99.0.0/27"}}})["HVN120"]
    assert "10.0.0.0/27" not in one["fix"]
    assert "hub.existing.cidrs" in one["fix"]


def test_an_unknown_region_is_not_proposed_in_a_zone(tmp_path: pathlib.Path) -> None:
    reported = findings(tmp_path, {"azure": {"region": "japaneas"}})
    assert "HVN311" in reported
    assert "HVN307" not in reported


def test_a_city_gets_no_region_of_a_similar_spelling(tmp_path: pathlib.Path) -> None:
    fix = findings(tmp_path, {"azure": {"region": "frankfurt"}})["HVN311"]["fix"]
    assert "list-locations" in fix
    assert "francesouth" not in fix


def test_an_empty_app_has_the_reason_of_an_empty_value(tmp_path: pathlib.Path) -> None:
    text = dump(merged(BASE, {"spokes": {"payments": {"cluster": {"apps": {"webapp": "EMPTY"}}}}}))
    file = tmp_path / "topology.yaml"
    file.write_text(re.sub("""["']?EMPTY["']?""", "", text), encoding="utf-8")
    done = CliRunner().invoke(cli, ["check", str(file), "--format", "json"])
    (one,) = [one for one in json.loads(done.stdout) if one["id"] == "HVN022"]
    assert "conversion" not in one["why"]


def test_an_unknown_site_lists_the_sites(tmp_path: pathlib.Path) -> None:
    rule = {"sources": ["hub.runners"], "destinations": ["on_premises.dc1"], "ports": ["tcp/1"], "reason": "r"}
    sites = {"dc-one": ["10.200.0.0/16"], "dc-two": ["10.201.0.0/16"]}
    reported = findings(tmp_path, {"on_premises": sites, "hub": {"firewall_rules": {"one": rule}}})
    assert "on_premises.dc-one" in reported["HVN420"]["fix"]


@pytest.mark.parametrize("where", ["on-premises", "hub", "outside"])
def test_a_pool_is_proposed_only_without_an_overlap(where: str, tmp_path: pathlib.Path) -> None:
    cidr = {"on-premises": "192.168.4.0/24", "hub": "10.0.0.0/24", "outside": "192.168.4.0/24"}[where]
    sites = {"dc": ["192.168.0.0/16"]} if where == "on-premises" else None
    spoke = {"cidr": cidr, "vault_route": "none"}
    reported = findings(tmp_path, {"on_premises": sites, "spokes": {"extra": spoke}})
    assert ("pool" in reported["HVN112"]["fix"].split()) is (where == "outside")


def test_a_vnet_in_an_on_premises_range_is_moved_out_of_this_range(tmp_path: pathlib.Path) -> None:
    vnet = f"/subscriptions/{'1' * 8}-1111-4111-8111-{'1' * 12}/resourceGroups/rg/providers/Microsoft.Network/"
    spoke = {
        "existing": {"vnet_id": f"{vnet}virtualNetworks/vnet-x", "cidrs": ["192.168.4.0/24"]},
        "vault_route": "none",
    }
    reported = findings(tmp_path, {"on_premises": {"dc": ["192.168.0.0/16"]}, "spokes": {"extra": spoke}})
    assert "on_premises.dc" in reported["HVN112"]["fix"]


@pytest.mark.parametrize(
    ("cidr", "in_use", "rule", "proposed"),
    [
        ("10.64.0.0/16", "10.70.0.0/16", "HVN111", "10.65.0.0/16"),
        ("10.200.0.0/16", "10.70.0.0/16", "HVN112", "10.65.0.0/16"),
        ("10.200.0.0/16", "10.65.128.0/24", "HVN112", "10.66.0.0/16"),  # the range around the subnets is in use
    ],
)
def test_the_fixes_of_a_range_and_of_its_subnets_agree(cidr: str, in_use: str, rule: str, proposed: str) -> None:
    text = SAMPLE.read_text(encoding="utf-8").replace("cidr: 10.65.0.0/16", f"cidr: {cidr}")
    loaded = check(parse(f"{text}\nin_use: [{in_use}]\n", "topology.yaml"), SAMPLE.parent / "jwks")
    fixes = {one.rule.id: one.fix for one in loaded.findings if isinstance(one.fix, Message)}
    assert proposed in values(fixes[rule])
    assert dict(fixes["HVN120"].facts) == {"first": Field(("spokes", "orders", "cidr"))}


@pytest.mark.parametrize(
    ("written", "mistake", "rule", "proposed"),
    [
        ("vault_route: direct", "vault_route direct", "HVN002", "vault_route: direct"),
        ("vault_route: direct", "vault_route = direct", "HVN002", "vault_route: direct"),
        ("vault_route: direct", "vault_route:direct", "HVN002", "vault_route: direct"),
        ("cidr: 10.64.0.0/16", "cidr: 10.64.0.0/16,", "HVN023", "10.64.0.0/16"),
        ("cidr: 10.64.0.0/16", "cidr: 10.64.O.0\\16", "HVN023", "10.64.0.0/16"),
        ("vm_size: Standard_D4s_v5", "vm_size: Standard D4s v5", "HVN023", "Standard_D4s_v5"),
        ("vm_size: Standard_D4s_v5", "vm_size: D4s_v5", "HVN023", "Standard_D4s_v5"),
        ("vault_route: direct", "vault_route:", "HVN022", "via-hub"),
    ],
)
def test_the_fix_names_the_intended_value(written: str, mistake: str, rule: str, proposed: str) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    assert written in text
    (found,) = check(parse(text.replace(written, mistake, 1), "topology.yaml"), SAMPLE.parent / "jwks").findings
    assert found.rule.id == rule
    assert isinstance(found.fix, Message)
    assert proposed in values(found.fix)


@pytest.mark.parametrize(
    ("written", "mistake", "rule", "fact"),
    [
        ("    vault_route: direct", "<<<<<<< HEAD\n    vault_route: direct\n=======", "HVN002", "<<<<<<<"),
        ("vault_route: direct", "vault_route:\u00a0direct", "HVN002", "U+00A0 NO-BREAK SPACE"),
        ("vault_route: direct", "vault_route: {{ route }}", "HVN012", "{{"),
        ("max_count: 3}", "max_count: 3}}", "HVN002", "}"),
    ],
)
def test_the_message_names_the_wrong_characters(written: str, mistake: str, rule: str, fact: str) -> None:
    text = SAMPLE.read_text(encoding="utf-8").replace(written, mistake, 1)
    (found,) = check(parse(text, "topology.yaml"), SAMPLE.parent / "jwks").findings
    assert found.rule.id == rule
    assert isinstance(found.message, Message)
    assert fact in values(found.message)
