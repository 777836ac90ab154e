"""Write the picture as a Mermaid flowchart, which GitHub draws in Markdown.

A label is in quotes. Characters that are special in Mermaid, HTML or Markdown are written as entity codes:
https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from hvn.diagnostics.printable import printable
from hvn.graph.picture import Box, Edge, Kind, Picture

MANY = 40
"""With more spokes, one node shows all unchanged spokes of a pool: GitHub draws at most 500 edges and 50,000
characters."""
LINES = 8
"""The maximum number of facts in a node."""

_PLAIN = re.compile(r"[A-Za-z0-9 ,.:;/()→…_-]")
_STYLES = (
    "classDef existing stroke-dasharray:5 4",
    "classDef blocked stroke:#b45309,stroke-width:3px",
    "classDef added stroke:#15803d,stroke-width:3px",
    "classDef removed stroke:#b91c1c,stroke-width:3px,stroke-dasharray:2 3",
    "classDef changed stroke:#b45309,stroke-width:3px",
    "classDef moved stroke:#7e22ce,stroke-width:3px",
)
_NAMED = {Kind.CLUSTER: "cluster ", Kind.SPOKE: "spoke ", Kind.APP: "app "}


def to_mermaid(picture: Picture) -> str:
    """Return the flowchart. Equal pictures give equal bytes."""
    if sum(1 for _ in picture.of(Kind.SPOKE)) > MANY:
        picture = collapsed(picture)
    ids = {box.id: f"b{number}" for number, box in enumerate(picture.boxes, 1)}
    classes: dict[str, list[str]] = {}
    for box in picture.boxes:
        for name in _classes(box):
            classes.setdefault(name, []).append(ids[box.id])
    lines = [
        '%%{init: {"flowchart": {"wrappingWidth": 400}}}%%',
        "flowchart LR",
        *(line for box in picture.inside("") for line in _node(picture, box, ids, "  ")),
        *(f"  {_edge(edge, ids)}" for edge in picture.edges),
        *(f"  {style}" for style in _STYLES if style.split()[1] in classes),
        *(f"  class {','.join(nodes)} {name}" for name, nodes in sorted(classes.items())),
    ]
    return "\n".join(lines) + "\n"


def _node(picture: Picture, box: Box, ids: Mapping[str, str], indent: str) -> Iterator[str]:
    inner = picture.inside(box.id)
    if not inner:
        shape = "[({})]" if box.kind is Kind.VAULT else "[{}]"
        yield f"{indent}{ids[box.id]}{shape.format(_label(box, _facts(box)))}"
        return
    yield f"{indent}subgraph {ids[box.id]}[{_label(box, ())}]"
    if box.facts:
        # The title of a subgraph has only one line, because more lines would cover the nodes inside.
        yield f"{indent}  {ids[box.id]}f[{_quoted(_facts(box))}]"
    for child in inner:
        yield from _node(picture, child, ids, f"{indent}  ")
    yield f"{indent}end"


def _label(box: Box, facts: Sequence[str]) -> str:
    marks = [str(box.change)] if box.change else []
    marks += [*(["existing"] if box.existing else []), *(["blocked"] if box.blocked else [])]
    return _quoted((_NAMED.get(box.kind, "") + box.title + (f" ({', '.join(marks)})" if marks else ""), *facts))


def _facts(box: Box) -> Sequence[str]:
    facts = (*box.facts, *(f"before: {fact}" for fact in box.was))
    return facts if len(facts) <= LINES else (*facts[: LINES - 1], f"… and {len(facts) - LINES + 1} more")


def _quoted(lines: Sequence[str]) -> str:
    return f'"{"<br>".join(map(escaped, lines))}"'


def _edge(edge: Edge, ids: Mapping[str, str]) -> str:
    arrow = "-.-" if edge.existing else "===" if edge.to_hvn else "---"
    label = edge.label + (f" ({edge.change})" if edge.change else "")
    return f'{ids[edge.source]} {arrow}|"{escaped(label)}"| {ids[edge.target]}'


def _classes(box: Box) -> Iterator[str]:
    """Yield the styles of a box. If two styles have a colour, yield only the style of the change."""
    if box.existing:
        yield "existing"
    if box.change:
        yield str(box.change)
    elif box.blocked:
        yield "blocked"


def escaped(text: str) -> str:
    """Return a text of the file for a label: one line, every special character as an entity code."""
    shown = printable(text, 120)
    return "".join(char if _PLAIN.fullmatch(char) else f"#{ord(char)};" for char in shown.replace(";", ","))


def collapsed(picture: Picture) -> Picture:
    """Return the picture with one box for all spokes of a pool. A changed spoke keeps its own box."""
    boxes: list[Box] = []
    hidden: dict[str, str] = {}
    for box in picture.boxes:
        if box.inside in hidden or (box.kind is Kind.SPOKE and not box.change):
            hidden[box.id] = hidden.get(box.inside, f"{box.inside}/spokes")
        else:
            boxes.append(box)
    by_group: dict[str, list[Box]] = {}
    for box in picture.of(Kind.SPOKE):
        if box.id in hidden:
            by_group.setdefault(hidden[box.id], []).append(box)
    for id_, spokes in by_group.items():
        parent = spokes[0].inside
        place = next(index for index, box in enumerate(boxes) if box.id == parent)
        names = [box.title for box in spokes]
        title = f"{len(names)} spokes" if len(names) > 1 else names[0]
        boxes.insert(
            place + 1, Box(id=id_, kind=Kind.SPOKE, title=title, facts=tuple(_shortened(names)), inside=parent)
        )
    edges = (_moved(edge, hidden) for edge in picture.edges)
    return Picture(picture.name, tuple(boxes), tuple(dict.fromkeys(edges)))


def _shortened(names: list[str]) -> Sequence[str]:
    shown = names[: LINES - 1]
    rest = len(names) - len(shown)
    return (*shown, f"… and {rest} more") if rest else shown


def _moved(edge: Edge, hidden: Mapping[str, str]) -> Edge:
    if edge.source not in hidden:
        return edge
    return Edge(
        source=hidden[edge.source],
        target=edge.target,
        label=edge.label,
        accepted="",
        to_hvn=edge.to_hvn,
        existing=edge.existing,
    )
