"""The index finds the same ranges, in the same order, as a search through all ranges."""

from ipaddress import IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from hvn.reach.index import Index


def of_length(length: int) -> st.SearchStrategy[IPv4Network]:
    addresses = st.sampled_from(["1.2.3.4", "10.0.0.0", "10.0.0.255", "10.1.2.3", "192.168.0.0", "255.255.255.255"])
    return addresses.map(lambda address: IPv4Network((address, length), strict=False))


RANGES = st.integers(0, 32).flatmap(of_length)


@given(ranges=st.lists(RANGES, max_size=12), asked=RANGES)
def test_the_index_finds_the_ranges_around_a_range_and_the_overlapping_ranges(
    ranges: list[IPv4Network], asked: IPv4Network
) -> None:
    index = Index((cidr, number) for number, cidr in enumerate(ranges))
    assert index.around(asked) == [number for number, cidr in enumerate(ranges) if asked.subnet_of(cidr)]
    assert index.overlapping(asked) == [number for number, cidr in enumerate(ranges) if asked.overlaps(cidr)]
