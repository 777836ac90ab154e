"""Compute the position of each box and the path of each edge, in pixels.

On-premises networks are on the left, subscriptions in the middle, and the HCP project on the right. A pool has its
spokes in rows. The peerings of all spokes share two vertical lanes: one to the hub, one to the HVN. Each row of spokes
has one line above it and one below it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

from hvn.diagnostics.printable import printable
from hvn.graph.picture import GROUPS, Box, Edge, Kind, Picture

MANY = 40
"""With more spokes, a spoke shows only its name and its first range."""
LINES, CHARACTERS = 9, 60
TITLE, LINE = 18, 15
"""The height of a title and of a fact."""
TITLE_WIDTH, LINE_WIDTH = 8.3, 6.7
"""The width of a character of a title, and of a fact in a monospaced font."""
PAD, GAP, LANE, COLUMN_GAP = 10, 12, 30, 64
ROW_GAP = 30
RATIO = 1.7
"""The ratio of width to height of the middle column."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle: its left upper corner, width and height, in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Return the x coordinate of the right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Return the y coordinate of the lower side."""
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """Return the x and y coordinates of the middle."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Layout:
    """The rectangles by the id of the box, the lines of text of each box, and the points of each edge."""

    width: float
    height: float
    rects: Mapping[str, Rect]
    lines: Mapping[str, tuple[str, ...]]
    ways: tuple[tuple[Edge, tuple[tuple[float, float], ...]], ...]


@dataclass(slots=True)
class _Block:
    """A box with the positions of its children, relative to the box."""

    box: Box
    lines: tuple[str, ...]
    width: float
    height: float
    children: list[tuple[float, float, "_Block"]] = field(default_factory=list)


def layout(picture: Picture) -> Layout:
    """Return the layout. Equal pictures give equal layouts."""
    spokes = sum(1 for _ in picture.of(Kind.SPOKE))
    size = _Size(picture, compact=spokes > MANY)
    columns = [
        [size.block(box) for box in picture.inside("") if box.kind in kinds]
        for kinds in ({Kind.SITE}, {Kind.SUBSCRIPTION}, {Kind.HCP})
    ]
    rects: dict[str, Rect] = {}
    lines: dict[str, tuple[str, ...]] = {}
    x, lowest = float(PAD), 0.0
    for number, blocks in enumerate(columns):
        place = _middle if number == 1 else _stacked
        width, height = place(blocks, x, rects, lines)
        lowest = max(lowest, height)
        x += width + (COLUMN_GAP if blocks else 0)
    ways = tuple((edge, tuple(_way(picture, edge, rects))) for edge in picture.edges)
    return Layout(x - COLUMN_GAP + PAD, lowest + PAD, rects, lines, ways)


def text_lines(box: Box, most: int = LINES) -> tuple[str, ...]:
    """Return the title and the facts of a box, shortened."""
    facts = (*box.facts, *(f"before: {fact}" for fact in box.was))
    if len(facts) > most:
        facts = (*facts[: most - 1], f"… and {len(facts) - most + 1} more")
    return tuple(printable(line, CHARACTERS) for line in (_title(box), *facts))


def _title(box: Box) -> str:
    return f"⚠ {box.title}" if box.blocked else box.title


class _Size:
    """Computes the blocks from the inside to the outside."""

    def __init__(self, picture: Picture, *, compact: bool) -> None:
        self.picture = picture
        self.compact = compact
        tiles = [self.block(spoke) for spoke in picture.of(Kind.SPOKE)]
        area = sum((tile.width + GAP) * (tile.height + ROW_GAP) for tile in tiles)
        self.row = max(640.0, sqrt(area * RATIO))

    def block(self, box: Box) -> _Block:
        """Return the block of a box with all boxes inside."""
        tile = self.compact and box.kind is Kind.SPOKE
        inner = [] if tile else [self.block(child) for child in self.picture.inside(box.id)]
        lines = text_lines(box, 1 if tile else LINES)
        if tile and len(box.facts) > 1:
            lines = (lines[0], printable(box.facts[0], CHARACTERS))
        width = max(len(lines[0]) * TITLE_WIDTH, *(len(line) * LINE_WIDTH for line in lines)) + 2 * PAD
        header = PAD / 2 + TITLE + LINE * (len(lines) - 1) + PAD / 2
        block = _Block(box, lines, width, header)
        if not inner:
            return block
        if box.kind is Kind.SUBSCRIPTION:
            block.width += 2 * (LANE - PAD)
            self._subscription(block, inner)
        elif box.kind is Kind.POOL:
            self._rows(block, inner)
        elif box.kind is Kind.HUB:
            _row(block, inner)
        else:
            _column(block, inner, PAD)
        return block

    def _subscription(self, block: _Block, inner: list[_Block]) -> None:
        """Put the hub above the pools, and pools with a single row beside each other if the row has room."""
        hubs = [child for child in inner if child.box.kind is Kind.HUB]
        rows: list[list[_Block]] = [[hub] for hub in hubs]
        room = max(self.row, *(hub.width for hub in hubs)) if hubs else self.row
        for pool in (child for child in inner if child.box.kind is not Kind.HUB):
            beside = rows[-1] if rows and rows[-1][-1] not in hubs else []
            used = sum(child.width + GAP for child in beside)
            if beside and used + pool.width <= room and all(map(_is_single_row, (*beside, pool))):
                beside.append(pool)
            else:
                rows.append([pool])
        _grid(block, rows)

    def _rows(self, block: _Block, inner: list[_Block]) -> None:
        """Put spokes into rows of equal tiles, with room for the lines of the peerings."""
        width = max(child.width for child in inner)
        count = max(1, int(self.row // (width + GAP)))
        y = block.height + ROW_GAP / 2
        for tiles in _batched(inner, count):
            height = max(child.height for child in tiles)
            for number, child in enumerate(tiles):
                child.width, child.height = width, height
                _widen(child)
                block.children.append((PAD + number * (width + GAP), y, child))
            y += height + ROW_GAP
        block.width = max(block.width, 2 * PAD + min(count, len(inner)) * (width + GAP) - GAP)
        block.height = y - ROW_GAP / 2


def _batched(blocks: Sequence[_Block], count: int) -> Iterator[Sequence[_Block]]:
    return (blocks[start : start + count] for start in range(0, len(blocks), count))


def _column(block: _Block, inner: Sequence[_Block], side: float) -> None:
    width = max(block.width - 2 * side, *(child.width for child in inner))
    y = block.height
    for child in inner:
        child.width = width
        _widen(child)
        block.children.append((side, y, child))
        y += child.height + GAP
    block.width, block.height = width + 2 * side, y - GAP + PAD


def _grid(block: _Block, rows: Sequence[Sequence[_Block]]) -> None:
    """Put rows of blocks below each other."""
    widths = [sum(child.width + GAP for child in row) - GAP for row in rows]
    width = max(block.width - 2 * LANE, *widths)
    y = block.height
    for row in rows:
        height = max(child.height for child in row)
        x = float(LANE)
        for child in row:
            _heighten(child, height)
            block.children.append((x, y, child))
            x += child.width + GAP
        y += height + GAP
    block.width, block.height = width + 2 * LANE, y - GAP + PAD
    _widen(block)


def _is_single_row(block: _Block) -> bool:
    return len({y for _, y, _ in block.children}) == 1


def _heighten(block: _Block, height: float) -> None:
    """Set the height of a block. If a group has only one row, set the height of its boxes too, so that their lower
    sides align with the neighbours."""
    more = height - block.height
    block.height = height
    if block.box.kind in GROUPS and _is_single_row(block):
        for _, _, child in block.children:
            _heighten(child, child.height + more)


def _row(block: _Block, inner: Sequence[_Block]) -> None:
    height = max(child.height for child in inner)
    x = float(PAD)
    # The gateway is next to the on-premises networks.
    for child in sorted(inner, key=lambda child: child.box.kind is not Kind.GATEWAY):
        child.height = height
        block.children.append((x, block.height, child))
        x += child.width + GAP
    block.width = max(block.width, x - GAP + PAD)
    block.height += height + PAD


def _widen(block: _Block) -> None:
    """Give the children of a column the new width of their box. In a row, only the last child gets the additional
    width."""
    if block.box.kind in (Kind.POOL, Kind.HUB):
        return
    last = {y: x for x, y, _ in block.children}
    for x, y, child in block.children:
        if x == last[y]:
            side = LANE if block.box.kind is Kind.SUBSCRIPTION else PAD
            child.width = block.width - side - x
            _widen(child)


def _put(block: _Block, x: float, y: float, rects: dict[str, Rect], lines: dict[str, tuple[str, ...]]) -> None:
    rects[block.box.id] = Rect(x, y, block.width, block.height)
    lines[block.box.id] = block.lines
    for dx, dy, child in block.children:
        _put(child, x + dx, y + dy, rects, lines)


def _stacked(
    blocks: Sequence[_Block], x: float, rects: dict[str, Rect], lines: dict[str, tuple[str, ...]]
) -> tuple[float, float]:
    """Put blocks of equal width below each other. Return their width and their lower side."""
    width = max((block.width for block in blocks), default=0)
    y = float(PAD)
    for block in blocks:
        block.width = width
        _widen(block)
        _put(block, x, y, rects, lines)
        y += block.height + GAP
    return width, y - GAP


def _middle(
    blocks: Sequence[_Block], x: float, rects: dict[str, Rect], lines: dict[str, tuple[str, ...]]
) -> tuple[float, float]:
    """Stack the large subscriptions, and put the subscriptions of a single spoke into rows below. Return their width
    and their lower side."""
    small = [block for block in blocks if _is_small(block)]
    large = [block for block in blocks if not _is_small(block)]
    width, bottom = _stacked(large, x, rects, lines)
    if not small:
        return width, bottom
    tile = max(block.width for block in small)
    count = max(1, int((width - 2 * LANE + GAP) // (tile + GAP)))
    y = bottom + GAP
    for row in _batched(small, count):
        height = max(block.height for block in row)
        for number, block in enumerate(row):
            block.width = tile
            _heighten(block, height)
            _put(block, x + LANE + number * (tile + GAP), y, rects, lines)
        y += height + GAP
    return max(width, 2 * LANE + tile), y - GAP


def _is_small(block: _Block) -> bool:
    """Return whether a subscription has only one spoke."""
    pools = [child for _, _, child in block.children]
    return len(pools) == 1 and pools[0].box.kind is Kind.POOL and len(pools[0].children) == 1


def _way(picture: Picture, edge: Edge, rects: Mapping[str, Rect]) -> Iterator[tuple[float, float]]:
    """Yield the points of an edge."""
    source, target = rects[edge.source], rects[edge.target]
    if edge.source.startswith("spokes.") and edge.target.startswith("spokes.") and edge.target.count(".") == 1:
        yield from _between_spokes(picture, source, target, rects)
        return
    if edge.source.startswith("spokes."):
        yield from _by_lane(picture, source, target, rects, to_hvn=edge.to_hvn)
        return
    if source.right > target.x:
        source, target = target, source
    y = max(source.y, target.y) + TITLE
    between = source.right + COLUMN_GAP / 2
    start = source.middle[1] if not source.y <= y <= source.bottom else y
    end = target.middle[1] if not target.y <= y <= target.bottom else y
    yield from ((source.right, start), (between, start), (between, end), (target.x, end))


def _by_lane(
    picture: Picture, spoke: Rect, target: Rect, rects: Mapping[str, Rect], *, to_hvn: bool
) -> Iterator[tuple[float, float]]:
    middle = [rects[box.id] for box in picture.of(Kind.SUBSCRIPTION)]
    left, right = min(rect.x for rect in middle), max(rect.right for rect in middle)
    if to_hvn:
        # Attach this line at the lower side, right of the middle. The line from the hub ends at the upper side.
        x, lane, y = spoke.middle[0] + 8, right - LANE / 2, target.bottom - PAD
        yield from ((target.x, y), (lane, y), (lane, spoke.bottom + ROW_GAP / 3))
        yield from ((x, spoke.bottom + ROW_GAP / 3), (x, spoke.bottom))
    else:
        x, lane, y = spoke.middle[0] - 8, left + LANE / 2, target.y + TITLE
        # A remote VNet is on the left of the subscriptions.
        yield from ((target.right if target.right < left else target.x, y), (lane, y), (lane, spoke.y - ROW_GAP / 3))
        yield from ((x, spoke.y - ROW_GAP / 3), (x, spoke.y))


def _between_spokes(
    picture: Picture, source: Rect, target: Rect, rects: Mapping[str, Rect]
) -> Iterator[tuple[float, float]]:
    """Yield the points of a line above both spokes, beside the lines to the hub."""
    lane = min(rects[box.id].x for box in picture.of(Kind.SUBSCRIPTION)) + LANE / 4
    (x, y), (end, last) = ((spoke.middle[0] - 16, spoke.y - ROW_GAP / 6) for spoke in (source, target))
    yield from ((x, source.y), (x, y))
    if y != last:
        yield from ((lane, y), (lane, last))
    yield from ((end, last), (end, target.y))
