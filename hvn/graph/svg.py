"""Write the picture as an SVG file, without scripts. Colours follow the reader's light or dark mode."""

import pathlib
import re
from collections.abc import Iterator, Sequence
from html import escape

from hvn.diagnostics.printable import printable
from hvn.graph.layout import LANE, LINE, PAD, TITLE, Layout, layout
from hvn.graph.picture import Box, Change, Edge, Kind, Picture

ASSETS = pathlib.Path(__file__).parent / "assets"
LEGEND = (
    ("edge", "VNet peering"),
    ("edge to-hvn", "HCP peering, accepted by HCP"),
    ("edge existing", "managed outside this project"),
)
ON_PREMISES = ("edge on-premises existing", "VPN or ExpressRoute")
BLOCKED = ("edge blocked", "⚠ blocked workspace")
SITE = "on_premises."
"""The beginning of the ids of on-premises networks."""
CHANGES = tuple((f"edge {change}", change.value) for change in Change if change)
LEGEND_WIDTH, LEGEND_HEIGHT = 255, 28


def to_svg(picture: Picture) -> str:
    """Return an SVG file. Equal pictures give equal bytes."""
    return drawing(picture, layout(picture), style=stylesheet())


def stylesheet() -> str:
    """Return the style sheet of the picture, without line breaks."""
    return re.sub(r"\s+", " ", (ASSETS / "picture.css").read_text(encoding="utf-8")).strip()


def drawing(picture: Picture, places: Layout, *, style: str = "") -> str:
    """Return the element `svg`. Without `style`, the element is part of the page: the boxes are buttons, and the page
    contains the style sheet."""
    rows = _legends(picture)
    width = max(places.width, *(LEGEND_WIDTH * len(row) + 2 * PAD for row in rows))
    height = places.height + LEGEND_HEIGHT * len(rows)
    title = escape(f"Network {printable(picture.name)}")
    size = f'viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" height="{_n(height)}"'
    role = 'role="img" aria-labelledby="picture-title"' if style else f'role="group" aria-label="{title}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="picture" {size} {role}>',
        *([f'<title id="picture-title">{title}</title><style>{style}</style>'] if style else []),
        f'<rect class="back" width="{_n(width)}" height="{_n(height)}"/>',
        *(line for box in picture.inside("") for line in _box(picture, box, places, buttons=not style)),
        *(_edge(edge, points) for edge, points in sorted(places.ways, key=lambda way: way[0].change != "")),
        *(line for number, row in enumerate(rows) for line in _legend(row, places.height + LEGEND_HEIGHT * number)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _box(picture: Picture, box: Box, places: Layout, *, buttons: bool) -> Iterator[str]:
    """Yield the SVG group of a box. The group contains the inner boxes that have a position."""
    rect = places.rects.get(box.id)
    if rect is None:
        return
    classes = " ".join(filter(None, (box.kind, "existing" * box.existing, "blocked" * bool(box.blocked), box.change)))
    text = _escaped(described(box))
    # The name of a button begins with its visible text, as WCAG 2.5.3 requires.
    name = _escaped(", ".join((*places.lines[box.id], box.kind, *_state(box))))
    button = f' role="button" tabindex="-1" aria-label="{name}"' if buttons else ""
    yield f'<g class="box {classes}" data-id="{_escaped(box.id)}"><g class="face"{button}><title>{text}</title>'
    yield (
        f'<rect class="frame" x="{_n(rect.x)}" y="{_n(rect.y)}" width="{_n(rect.width)}" height="{_n(rect.height)}" '
        f'rx="{4 if box.kind is Kind.POOL else 6}"/>'
    )
    # The lane to the hub is on the left side of a subscription.
    x = rect.x + (LANE if box.kind is Kind.SUBSCRIPTION else PAD)
    for number, line in enumerate(places.lines[box.id]):
        name = "fact" if number else "title"
        y = rect.y + PAD / 2 + 13 + (TITLE + LINE * (number - 1) if number else 0)
        yield f'<text class="{name}" x="{_n(x)}" y="{_n(y)}">{escape(line)}</text>'
    yield "</g>"
    for child in picture.inside(box.id):
        yield from _box(picture, child, places, buttons=buttons)
    yield "</g>"


def described(box: Box) -> str:
    """Return the whole text of a box, for a screen reader and as a tooltip."""
    before = (f"before: {fact}" for fact in box.was)
    return ", ".join((f"{box.kind} {box.title}", *box.facts, *before, *_state(box)))


def _state(box: Box) -> Iterator[str]:
    if box.change:
        yield str(box.change)
    if box.existing:
        yield "existing, managed outside this project"
    if box.blocked:
        yield f"blocked: {box.blocked}"


def _edge(edge: Edge, points: Sequence[tuple[float, float]]) -> str:
    way = "M" + " L".join(f"{_n(x)} {_n(y)}" for x, y in points)
    classes = ["edge", "to-hvn" * edge.to_hvn, "existing" * edge.existing, str(edge.change)]
    classes += ["on-premises"] if edge.source.startswith(SITE) else []
    text = f"{edge.label} of {edge.source} with {edge.target}: {edge.accepted}"
    return f'<path class="{" ".join(filter(None, classes))}" d="{way}"><title>{_escaped(text)}</title></path>'


def _legends(picture: Picture) -> list[Sequence[tuple[str, str]]]:
    """Return the rows of the legend: the usual styles, then the other styles of this picture."""
    on_premises = any(edge.source.startswith(SITE) for edge in picture.edges)
    blocked = any(box.blocked for box in picture.boxes)
    more = (*([ON_PREMISES] if on_premises else []), *([BLOCKED] if blocked else []))
    changes = CHANGES if any(box.change for box in picture.boxes) else ()
    return [row for row in (LEGEND, more, changes) if row]


def _legend(row: Sequence[tuple[str, str]], y: float) -> Iterator[str]:
    for number, (name, text) in enumerate(row):
        x = PAD + number * LEGEND_WIDTH
        yield f'<path class="{name}" d="M{x} {_n(y + 10)} L{x + 30} {_n(y + 10)}"/>'
        yield f'<text class="fact" x="{x + 38}" y="{_n(y + 14)}">{text}</text>'


def _escaped(text: str) -> str:
    return escape(printable(text, 2000))


def _n(value: float) -> str:
    """Return a coordinate with at most one digit after the point."""
    return f"{value:.1f}".removesuffix(".0")
