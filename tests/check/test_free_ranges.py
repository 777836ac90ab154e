"""The fixes offer the first free ranges, and never offer a range twice."""

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hvn.check.free_blocks import FreeBlocks, Neighbours
from hvn.check.free_ranges import RangeFixes
from hvn.check.load import require
from hvn.diagnostics.message import Message, Path
from tests.conftest import SAMPLE

SPACE = IPv4Network("10.0.0.0/26")


def ranges(longest: int = 32) -> st.SearchStrategy[IPv4Network]:
    """Return a strategy for ranges in or near the address space of these tests."""
    lengths = st.integers(22, longest)
    return lengths.flatmap(
        lambda length: st.integers(0, 2 ** (length - 22) - 1).map(
            lambda number: nth(IPv4Network("10.0.0.0/22"), length, number)
        )
    )


def nth(cidr: IPv4Network, length: int, number: int) -> IPv4Network:
    return IPv4Network((int(cidr.network_address) + number * 2 ** (32 - length), length))


@given(taken=st.lists(ranges(), max_size=8), lengths=st.lists(st.integers(24, 32), max_size=8))
def test_blocks_are_the_first_free_ones(taken: list[IPv4Network], lengths: list[int]) -> None:
    blocks = FreeBlocks((SPACE,), taken)
    used = [*taken]
    for length in lengths:
        free = [
            cidr
            for cidr in (SPACE.subnets(new_prefix=length) if length >= SPACE.prefixlen else ())
            if not any(cidr.overlaps(other) for other in used)
        ]
        block = blocks.take(length)
        assert block == (free[0] if free else None)
        used += [block] if block else []


@given(others=st.lists(ranges(30), max_size=6), cidr=ranges(30), longer=st.integers(1, 4))
def test_a_range_can_grow_into_free_space(others: list[IPv4Network], cidr: IPv4Network, longer: int) -> None:
    larger = cidr.supernet(prefixlen_diff=longer)
    assert Neighbours([*others, cidr]).is_alone(larger) is not any(larger.overlaps(other) for other in others)


@pytest.mark.parametrize(
    ("path", "length", "fix"),
    [
        (("spokes", "analytics", "cidr"), 20, "use 10.96.16.0/20, the next free /20 in address_pools.transit"),
        (("spokes", "orders", "cidr"), 16, "use 10.66.0.0/16, the next free /16 in address_pools.spokes"),
        (("spokes", "orders", "cidr"), 12, "add an address pool: no free /12 exists in address_pools.spokes"),
        (
            ("spokes", "orders", "cluster", "node_cidr"),
            20,
            "use 10.65.16.0/20, the next free /20 in spokes.orders.cidr",
        ),
        (("spokes", "orders", "cluster", "pod_cidr"), 16, "remove pod_cidr to use the default, 100.64.0.0/16"),
        (("spokes", "orders", "cluster", "pod_cidr"), 15, "write pod_cidr: 100.66.0.0/15, "),
        (("hub", "runners", "cidr"), 26, "use 10.0.0.128/26, the next free /26 in hub.cidr"),
        (("hub", "runners", "cidr"), 22, "enlarge hub.cidr, which has no free /22"),
        (("hvn", "cidr"), 20, "use 10.0.16.0/20"),
    ],
)
def test_a_replacement_is_a_free_range_of_the_field(path: Path, length: int, fix: str) -> None:
    assert str(RangeFixes(require(SAMPLE).topology).replace(path, length)).startswith(fix)


def test_no_range_is_offered_twice() -> None:
    fixes = RangeFixes(require(SAMPLE).topology)
    offers = [fixes.replace(("spokes", "orders", "cidr"), 16) for _ in range(14)]
    assert len(set(offers)) == 14
    assert all(isinstance(offer, Message) and "next free" in str(offer) for offer in offers)
    assert "no free /16" in str(fixes.replace(("spokes", "orders", "cidr"), 16))
