"""HVN913: somebody who was there before can talk to somebody else who was, and could not."""

from collections.abc import Iterator

from hvn.review.markdown import code
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Level, Rule

RULE = Rule(
    id="HVN913",
    name="reach-gained",
    level=Level.WARNING,
    why="a way that was closed is open",
    see="docs/reference/facts.md",
)


def check(situation: Situation) -> Iterator[Said]:
    """Connections between places that were there before."""
    for each in situation.reach:
        if each.gained and each.before is not None:
            yield Said(
                workspace=f"network-{each.source}",
                text=f"{code(each.source)} can now talk to {code(each.destination)}, TCP {each.port}",
            )
