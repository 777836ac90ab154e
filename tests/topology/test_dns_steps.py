"""Test the manual steps for DNS servers, and for firewall rules that allow connections from the HVN."""

import pathlib

import pytest
import yaml

from hvn.check.load import require
from hvn.topology.manual_steps import manual_steps
from tests.check.cases import merged
from tests.conftest import PROJECT, SAMPLE
from tests.strategies import dump

EXISTING = yaml.safe_load((PROJECT / "tests/topologies/existing.yaml").read_text(encoding="utf-8"))
SAMPLED = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))


def steps(tmp_path: pathlib.Path, base: object, patch: object) -> list[str]:
    file = tmp_path / "topology.yaml"
    file.write_text(dump(merged(base, patch)), encoding="utf-8")
    return [step.text for step in manual_steps(require(file).topology)]


def test_a_resolver_in_the_hub_must_forward_the_zone(tmp_path: pathlib.Path) -> None:
    base = steps(tmp_path, SAMPLED, {})
    added = set(steps(tmp_path, SAMPLED, {"spokes": {"orders": {"dns_servers": ["10.0.0.132"]}}})) - set(base)
    (step,) = added
    region = SAMPLED["azure"]["region"]
    assert all(part in step for part in ("10.0.0.132", "spokes.orders", f"privatelink.{region}.azmk8s.io"))


@pytest.mark.parametrize("server", ["10.0.0.4", "168.63.129.16"])
def test_a_new_firewall_and_azure_dns_need_no_step(server: str, tmp_path: pathlib.Path) -> None:
    patch = {"spokes": {"orders": {"dns_servers": [server]}}}
    assert steps(tmp_path, SAMPLED, patch) == steps(tmp_path, SAMPLED, {})


def jobs(**fields: object) -> object:
    return {"spokes": {"jobs": {"cidr": "10.96.128.0/20", "vault_route": "via-hub", **fields}}}


def test_an_existing_firewall_needs_its_dns_proxy(tmp_path: pathlib.Path) -> None:
    base = steps(tmp_path, EXISTING, jobs())
    (step,) = set(steps(tmp_path, EXISTING, jobs(dns_servers=["10.0.0.4"]))) - set(base)
    assert all(part in step for part in ("DNS proxy", "10.0.0.4", "spokes.jobs"))


def test_the_steps_about_rules_from_the_hvn_agree(tmp_path: pathlib.Path) -> None:
    rule = {"sources": ["vault"], "destinations": ["spokes.jobs"], "ports": ["tcp/5432"], "reason": "database"}
    plain = steps(tmp_path, EXISTING, jobs())
    opened = steps(tmp_path, EXISTING, jobs(firewall_rules={"database": rule}))
    assert [step for step in opened if "TCP 5432" in step]
    for sentence, expected in (("Add no firewall rule", plain), ("Add no other firewall rule", opened)):
        assert [step for step in expected if step.startswith("Add no")] == [
            step for step in expected if step.startswith(sentence)
        ]
        assert any(step.startswith(sentence) for step in expected)
