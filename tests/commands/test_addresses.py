"""The used and free addresses that `hvn addresses` prints are together the whole address plan."""

import json
import pathlib
from ipaddress import IPv4Network, collapse_addresses

from click.testing import CliRunner
from hypothesis import given, settings

from hvn.check.free_ranges import RangeFixes
from hvn.check.load import require
from hvn.cli import cli
from hvn.topology import address_plan
from tests.conftest import SAMPLE
from tests.strategies import Topology, check, dump, topologies
from tests.strategies.examples import examples
from tests.strategies.no_firewall import hub_of


def addresses(*arguments: str) -> str:
    done = CliRunner().invoke(cli, ["addresses", "--topology", str(SAMPLE), *arguments])
    assert done.exit_code == 0
    return done.stdout


def test_each_pool_with_its_blocks_in_the_order_of_their_addresses() -> None:
    spokes, transit = addresses().split("\n\n")
    assert spokes.splitlines() == [
        "spokes 10.64.0.0/12: 131,072 of 1,048,576 addresses used, 917,504 free, largest free block 10.72.0.0/13",
        "  10.64.0.0/16        payments",
        "  10.65.0.0/16        orders",
        "  10.66.0.0/15        -",
        "  10.68.0.0/14        -",
        "  10.72.0.0/13        -",
    ]
    assert transit.startswith("transit 10.96.0.0/16 (transit): 4,096 of 65,536 addresses used")


def test_json_has_the_same_content() -> None:
    spokes, transit = json.loads(addresses("--format", "json"))
    assert spokes["blocks"][:3] == [
        {"cidr": "10.64.0.0/16", "spoke": "payments"},
        {"cidr": "10.65.0.0/16", "spoke": "orders"},
        {"cidr": "10.66.0.0/15", "spoke": None},
    ]
    assert (spokes["used"], spokes["free"], spokes["largest_free"]) == (131072, 917504, "10.72.0.0/13")
    assert (transit["pool"], transit["transit"], transit["used"]) == ("transit", True, 4096)


def test_a_file_with_errors_is_reported(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text("version: 1\n", encoding="utf-8")
    done = CliRunner().invoke(cli, ["addresses", "--topology", str(file)])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "HVN021" in done.stderr


IN_USE = (
    *("10.66.0.0/16", "10.64.0.0/15", "10.70.0.0/16", "10.71.0.0/16", "10.64.0.0/11", "10.96.0.0/16", "10.0.16.0/20"),
    "100.66.0.0/15",
)


def test_ranges_of_other_networks_are_not_proposed(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    text = SAMPLE.read_text(encoding="utf-8").replace("10.65.", "10.67.")
    file.write_text(f"{text}\nin_use: [{', '.join(IN_USE)}]\n", encoding="utf-8")
    spokes, transit = address_plan.pools(require(file).topology)
    assert [(str(cidr), owner) for cidr, owner in spokes.blocks if owner] == [
        ("10.64.0.0/16", "payments"),
        ("10.65.0.0/16", "in_use"),
        ("10.66.0.0/16", "in_use"),
        ("10.67.0.0/16", "orders"),
        ("10.70.0.0/15", "in_use"),
    ]
    assert str(transit.next_free(20)) == "10.96.16.0/20", "a range that contains the pool has no effect"
    fixes, orders = RangeFixes(require(file).topology), ("spokes", "orders")
    offers = [str(fixes.replace((*orders, "cidr"), 16)) for _ in range(3)]
    assert [offer.split()[1] for offer in offers] == ["10.68.0.0/16,", "10.69.0.0/16,", "10.72.0.0/16,"]
    assert "10.66.0.0/15" not in str(fixes.enlarge((*orders, "cidr"), IPv4Network("10.67.0.0/16"), 15))
    assert "10.0.0.0/19" not in str(fixes.enlarge(("hub", "cidr"), IPv4Network("10.0.0.0/22"), 19))
    assert "10.0.64.0/20" in str(fixes.replace(("hvn", "cidr"), 20))
    assert "100.68.0.0/15" in str(fixes.replace((*orders, "cluster", "pod_cidr"), 15))
    add = ["spoke", "add", "mail", "--size", "15", "--topology", str(file)]
    assert "10.68.0.0/15" in CliRunner().invoke(cli, add).stdout


@given(topologies())
@settings(max_examples=examples(50))
def test_blocks_cover_their_pool_and_free_blocks_overlap_no_spoke(topology: Topology) -> None:
    checked = check(dump(topology)).checked
    assert checked
    taken = [
        IPv4Network(cidr)
        for spoke in topology["spokes"].values()
        if "vnet_of" not in spoke
        for cidr in (
            spoke["existing"]["cidrs"] if "existing" in spoke else [spoke["cidr"], *spoke.get("more_cidrs", [])]
        )
    ]
    hub = hub_of(topology)
    if isinstance(hub, dict):
        of_hub = hub["existing"]["cidrs"] if "existing" in hub else [hub["cidr"], *hub.get("more_cidrs", [])]
        taken += map(IPv4Network, of_hub)
    taken += map(IPv4Network, topology.get("in_use", ()))
    for pool in address_plan.pools(checked.topology):
        blocks = [cidr for cidr, _ in pool.blocks]
        assert blocks == sorted(blocks)
        assert list(collapse_addresses(blocks)) == [pool.cidr]
        assert sum(cidr.num_addresses for cidr in blocks) == pool.used + pool.free == pool.cidr.num_addresses
        assert pool.used == sum(cidr.num_addresses for cidr in taken if cidr.subnet_of(pool.cidr))
        for size in range(pool.cidr.prefixlen, 30):
            block = pool.next_free(size)
            # Return the first unused block of this size, by trying every block.
            if size <= pool.cidr.prefixlen + 8:
                slow = (each for each in pool.cidr.subnets(new_prefix=size) if not any(map(each.overlaps, taken)))
                assert block == next(slow, None)
            elif block:
                assert not any(map(block.overlaps, taken))
        largest = pool.largest_free
        assert largest is None or pool.next_free(largest.prefixlen) == largest
        assert pool.next_free(largest.prefixlen - 1 if largest else 32) is None
