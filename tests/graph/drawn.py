"""Draw the picture and the page of a topology file."""

import pathlib

from click.testing import CliRunner

from hvn.check import load
from hvn.cli import cli
from hvn.diagnostics.printable import printable
from hvn.graph.build import picture
from hvn.graph.page import to_html
from hvn.graph.picture import Box, Edge, Kind, Picture
from tests.conftest import PROJECT, SAMPLE

TOPOLOGIES = [SAMPLE, *sorted((PROJECT / "tests" / "topologies").glob("*.yaml"))]
HOSTILE = (
    "</text></script><script>window.hostile = 1</script>",
    '<img src="https://example.com/x" onerror="window.hostile = 1">',
    '"]; click b1 href "javascript:alert(1)"',
    "a\nend\n```\n# heading",
    "`${x}` %%{init: {}}%% #lt;img#gt;",
    "\u202e\u2066@team https://example.com",
)


def drawn(loaded: load.Loaded) -> Picture:
    """Return the picture of a valid topology."""
    checked = loaded.checked
    assert checked, [str(finding.message) for finding in loaded.findings]
    return picture(checked.topology, checked.workspaces(), lambda path: loaded.source.span(path).line)


def graph(*arguments: str, file: pathlib.Path = SAMPLE) -> str:
    """Return the output of `hvn graph`."""
    done = CliRunner().invoke(cli, ["graph", "--topology", str(file), *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def hostile_picture() -> Picture:
    """Return a picture with hostile texts in every field."""
    boxes = (
        *(Box(id=name, kind=Kind.SUBSCRIPTION, title=name, facts=HOSTILE, blocked=name) for name in HOSTILE),
        Box(id="hub", kind=Kind.HUB, title="hub", inside=HOSTILE[0]),
    )
    edge = Edge(source=HOSTILE[1], target="hub", label=HOSTILE[0], accepted=HOSTILE[1])
    return Picture(HOSTILE[0], boxes, (edge,))


def hostile_page() -> str:
    """Return a page with hostile texts."""
    boxes = {
        printable(box.id, 2000): {
            "id": printable(box.id, 2000),
            "kind": box.kind,
            "title": box.title,
            "facts": box.facts,
            "inside": box.inside,
            "existing": False,
            "blocked": box.blocked,
            "workspaces": HOSTILE,
            "line": 1,
            "change": "",
            "was": (),
        }
        for box in hostile_picture().boxes
    }
    login = {
        "who": HOSTILE[0],
        "box": HOSTILE[0],
        "mount": HOSTILE[1],
        "role": HOSTILE[1],
        "audience": HOSTILE[1],
        "subjects": HOSTILE,
        "rules": [(HOSTILE[0], "read")],
        "writes": [(HOSTILE[1], "read")],
    }
    reach: dict[str, object] = {
        "ranges": {},
        "places": {HOSTILE[0]: []},
        "parts": {},
        "halves": [],
        "hvn_routes": [],
        "gateway": None,
        "firewall": {"address": "10.0.0.4", "rules": []},
        "nsg_defaults": [],
    }
    data = {"boxes": boxes, "edges": [], "rules": [], "logins": [login], "reach": reach, "lines": HOSTILE}
    return to_html(hostile_picture(), data, [])
