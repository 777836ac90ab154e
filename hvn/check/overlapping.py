"""Find overlapping ranges in the topology file, and build the findings about them."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from hvn.diagnostics.finding import Message, Path
from hvn.diagnostics.message import Field, LineOf
from hvn.topology.addresses import overlaps


def overlapping(ranges: Mapping[Path, IPv4Network]) -> Iterator[tuple[Path, Path, Message]]:
    """Yield two paths and a message for each range inside another range: the path of the widest containing range comes
    first."""
    for wide, narrow in overlaps((cidr, path) for path, cidr in ranges.items()):
        yield wide, narrow, overlaps_message(ranges[narrow], wide, ranges[wide])


def overlaps_message(cidr: IPv4Network, other: Path, other_cidr: IPv4Network) -> Message:
    """Return the message about a range that overlaps the range `other_cidr` at the path `other`."""
    return Message(
        "{cidr} overlaps {other} {other_cidr} (line {line})",
        cidr=cidr,
        other=Field(other),
        other_cidr=other_cidr,
        line=LineOf(other),
    )
