"""HVN213 tag-limit: a spoke has too many tags, or Azure DNS does not allow a tag."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.topology import locations
from hvn.topology.model import NewHub, Topology
from hvn.topology.tags import MOST, MOST_IN_DNS, in_dns, tags

RULE = Rule(
    id="HVN213",
    name="tag-limit",
    reports="A spoke has more than 50 tags including `azure.tags` (error), or private DNS zones and links do not get a "
    "tag (warning).",
    why="Azure allows at most 50 tags; Azure DNS allows 15, with keys of letters, digits, _ . and - that begin with "
    "a letter. All other resources get the tag",
    fix="remove a tag, use a key that Azure DNS allows, or accept the warning",
    example="""\
azure:
  tags: {Cost Center: "1234"}
""",
    see="https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for a spoke with too many tags, and for tags that a zone or a link does not get."""
    links = {
        name: spoke
        for name, spoke in topology.spokes.items()
        if locations.has_zone_link(topology, spoke) or spoke.private_dns_zones
    }
    common = _left_out(topology, "")
    if common and (links or isinstance(topology.hub, NewHub)):
        yield _not_in_dns(("azure", "tags"), common)
    for name, spoke in topology.spokes.items():
        path: Path = ("spokes", name, "tags")
        count = len(tags(topology, name))
        if spoke.tags and count > MOST:
            yield Finding(
                rule=RULE,
                path=path,
                message=Message("the spoke has {count} tags, including azure.tags", count=count),
                fix=Message("remove {more} tags of the spoke or of azure.tags", more=count - MOST),
            )
        elif spoke.tags and name in links and (own := _left_out(topology, name) - common):
            yield _not_in_dns(path, own)


def _left_out(topology: Topology, spoke: str) -> set[str]:
    every = tags(topology, spoke)
    return {key for key, _ in {*every} - {*in_dns(every)}}


def _not_in_dns(path: Path, keys: set[str]) -> Finding:
    return Finding(
        rule=RULE,
        level=Level.WARNING,
        path=path,
        message=Message("private DNS zones or links do not get the tags {keys}", keys=sorted(keys)),
        fix=Message(
            "use at most {most} tags, with keys of letters, digits, _ . and - that begin with a letter",
            most=MOST_IN_DNS,
        ),
    )
