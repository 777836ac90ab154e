"""The options `--subscription-id`, `--vault-route`, `--node-size` and `--node-pool` of `hvn spoke add`, and the fix of
`--size` for a spoke with a cluster."""

import pathlib

import pytest
import yaml

from hvn.check.load import load
from tests.commands.dialog import UUID
from tests.commands.test_spoke_add import add, file, spoke_of

__all__ = ["file"]


def test_a_spoke_in_another_subscription(file: pathlib.Path) -> None:
    done = add(file, "shipping", "--size", "20", "--subscription-id", UUID)
    assert done.exit_code == 0, done.output
    assert spoke_of(file, "shipping") == {"cidr": "10.66.0.0/20", "subscription_id": UUID, "vault_route": "direct"}
    loaded = load(file)
    assert loaded.topology
    assert loaded.topology.spokes["shipping"].subscription_id == UUID


def test_a_file_with_only_transit_pools_needs_the_route(file: pathlib.Path) -> None:
    topology = yaml.safe_load(file.read_text(encoding="utf-8"))
    del topology["address_pools"]["spokes"], topology["spokes"]["payments"], topology["spokes"]["orders"]
    file.write_text(yaml.safe_dump(topology), encoding="utf-8")
    refused = add(file, "shipping", "--size", "20")
    assert refused.exit_code == 2
    assert "--vault-route via-hub" in refused.stderr
    assert add(file, "shipping", "--size", "20", "--vault-route", "via-hub").exit_code == 0


def test_an_invalid_subscription_changes_nothing(file: pathlib.Path) -> None:
    before = file.read_bytes()
    done = add(file, "shipping", "--size", "20", "--subscription-id", "platform")
    assert (done.exit_code, done.stdout, file.read_bytes()) == (1, "", before)
    assert "spokes.shipping.subscription_id" in done.stderr


@pytest.mark.parametrize("size", ["28", "29"])
def test_the_fix_for_too_few_node_addresses_is_a_valid_size(size: str, file: pathlib.Path) -> None:
    done = add(file, "tiny", "--size", size, "--cluster")
    assert (done.exit_code, done.stdout) == (1, "")
    fixes = {line.strip() for line in done.stderr.splitlines() if line.strip().startswith("fix: ")}
    assert fixes == {"fix: use '--size 27'"}
    assert add(file, "tiny", "--size", "27", "--cluster").exit_code == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("--node-size Standard_D8s_v5", "--cluster"),
        ("--node-pool apps=Standard_D8s_v5:0-5", "--cluster"),
        ("--cluster --node-size large!", "--node-size"),
        ("--cluster --node-pool apps=Standard_D8s_v5", "--node-pool"),
        ("--cluster --node-pool system=Standard_D8s_v5:1-5", "--node-pool"),
        (f"--cluster{' --node-pool apps=Standard_D8s_v5:0-5' * 2}", "--node-pool"),
    ],
)
def test_an_invalid_pool_changes_nothing(options: str, says: str, file: pathlib.Path) -> None:
    before = file.read_bytes()
    done = add(file, "shipping", "--size", "16", *options.split())
    assert (done.exit_code, done.stdout, file.read_bytes()) == (2, "", before)
    assert says in done.stderr
