"""`hvn spoke add --vnet-of` adds a cluster in the VNet of another spoke, with a free range for its nodes."""

import json
import pathlib

import pytest
import yaml

from hvn.check.load import load
from tests.commands.dialog import UUID
from tests.commands.test_spoke_add import add, file, spoke_of

__all__ = ["file"]
BLUE = ("orders-blue", "--vnet-of", "orders")


def test_spoke_and_subnet_are_added_and_all_other_data_stays(file: pathlib.Path) -> None:
    before = yaml.safe_load(file.read_text(encoding="utf-8"))
    done = add(file, *BLUE, "--size", "20", "--app", "shop/web", "--format", "json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert (document["cidr"], document["pool"], document["vnet_of"]) == ("10.65.16.0/20", None, "orders")
    assert document["workspaces"] == [f"{kind}-orders-blue" for kind in ("aks", "vault-auth", "vso", "secrets")]
    after = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert after["spokes"]["orders"].pop("subnets") == {"orders-blue": "10.65.16.0/20"}
    blue = after["spokes"].pop("orders-blue")
    assert after == before
    assert (blue["vnet_of"], blue["cluster"]["node_subnet"], [*blue]) == (
        "orders",
        "orders-blue",
        ["vnet_of", "cluster"],
    )
    assert [*blue["cluster"]["apps"]] == ["web"]
    assert "\n    subnets:\n      orders-blue: 10.65.16.0/20\n" in file.read_text(encoding="utf-8")
    assert {finding.rule.id for finding in load(file).findings} <= {"HVN611"}


def test_a_second_cluster_gets_the_next_free_range(file: pathlib.Path) -> None:
    assert add(file, *BLUE, "--size", "20").exit_code == 0
    done = add(file, "orders-green", "--vnet-of", "orders", "--size", "18")
    assert done.exit_code == 0, done.output
    assert spoke_of(file, "orders")["subnets"] == {"orders-blue": "10.65.16.0/20", "orders-green": "10.65.64.0/18"}
    deploy = next(line for line in done.stdout.splitlines() if line.startswith("next: "))
    assert "deploy network-orders aks-orders-green" in deploy


def test_the_new_subnet_is_outside_the_subnets_of_an_existing_vnet(file: pathlib.Path) -> None:
    known = EXISTING.replace("    vault_route", "      subnets_in_use: [10.70.0.0/19, 10.70.40.0/24]\n    vault_route")
    file.write_text(file.read_text(encoding="utf-8") + known, encoding="utf-8")
    done = add(file, "blue", "--vnet-of", "old", "--size", "20")
    assert done.exit_code == 0, done.output
    assert spoke_of(file, "old")["subnets"] == {"blue": "10.70.48.0/20"}


EXISTING = f"""
  old:
    existing:
      vnet_id: /subscriptions/{UUID}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/old
      cidrs: [10.70.0.0/16]
    vault_route: none
"""


@pytest.mark.parametrize(
    ("arguments", "says", "code"),
    [
        (("--vnet-of", "order", "--size", "20"), "did you mean 'orders'?", 2),
        (("--vnet-of", "x", "--size", "20"), "the valid names are: analytics, old, orders, payments", 2),
        (("--vnet-of", "old", "--size", "20"), "spokes.old.existing.subnets_in_use", 2),
        (("--vnet-of", "orders", "--size", "16"), "a /17; spokes.orders.more_cidrs", 2),
        (("--vnet-of", "orders", "--size", "20", "--pool", "spokes"), "--pool", 2),
        (("--vnet-of", "orders", "--size", "20", "--vault-route", "direct"), "--vault-route", 2),
        (("--vnet-of", "orders", "--size", "20", "--subscription-id", UUID), "--subscription-id", 2),
        (("--vnet-of", "orders", "--size", "29"), "fix: use '--size 27'", 1),
        (("--vnet-of", "orders\x1b[2J", "--size", "20"), "\\u{1b}[2J", 2),
    ],
)
def test_a_refused_cluster_leaves_the_file_unchanged(
    arguments: tuple[str, ...], says: str, code: int, file: pathlib.Path
) -> None:
    file.write_text(file.read_text(encoding="utf-8") + EXISTING, encoding="utf-8")
    before = file.read_bytes()
    done = add(file, "orders-blue", *arguments)
    assert (done.exit_code, done.stdout, file.read_bytes()) == (code, "", before)
    assert says in done.stderr
    assert "\x1b" not in done.stderr


def test_a_subnet_with_the_name_of_the_spoke_is_kept(file: pathlib.Path) -> None:
    text = file.read_text(encoding="utf-8")
    done = add(file, "jobs", "--vnet-of", "analytics", "--size", "24")
    assert (done.exit_code, file.read_text(encoding="utf-8")) == (2, text)
    assert "spokes.analytics.subnets.jobs" in done.stderr
