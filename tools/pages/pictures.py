"""docs/pictures: the pictures of the pages, drawn by `hvn graph`."""

import pathlib
import re
from collections.abc import Mapping

from hvn.check import load
from hvn.graph.build import of_file
from hvn.graph.compare import compare
from hvn.graph.picture import Picture
from hvn.graph.svg import to_svg
from hvn.yamlfile import source
from pages.sample import SAMPLE

DOCS = pathlib.Path(__file__).parents[2] / "docs"
EXISTING = DOCS / "how-to" / "existing-network.md"
ONBOARD = DOCS / "tutorial" / "onboard-a-spoke.md"
CHANGE = (
    ("  analytics:", "  shipping:\n    cidr: 10.66.0.0/16\n    vault_route: direct\n\n  analytics:"),
    ("cidr: 10.96.0.0/20\n    vault_route: via-hub", "cidr: 10.70.0.0/20\n    vault_route: none"),
    ("    subnets:\n      jobs: 10.96.0.0/24\n", ""),
)
"""The edits of the sample in the picture of a change: a spoke is added, and a spoke moves to a different pool."""


def made() -> Mapping[str, str]:
    """Return the SVG files by their paths relative to docs/reference."""
    text = SAMPLE.read_text(encoding="utf-8")
    changed = text
    for old, new in CHANGE:
        if old not in changed:
            raise ValueError(f"{SAMPLE} lacks {old!r}")
        changed = changed.replace(old, new)
    block = re.search(
        r"<!-- file: existing\.yaml -->\n```yaml\n(.*?)```", EXISTING.read_text(encoding="utf-8"), re.DOTALL
    )
    if block is None:
        raise ValueError(f"{EXISTING} lacks the file existing.yaml")
    spoke = "\n".join(re.findall(r"^\+((?!\+).*)$", ONBOARD.read_text(encoding="utf-8"), re.MULTILINE))
    sample = _drawn(text)
    pictures = {
        "sample": sample,
        "existing": _drawn(block[1]),
        "change": compare(sample, _drawn(changed)),
        "spoke": compare(sample, _drawn(f"{text}{spoke}\n")),
    }
    return {f"../pictures/{name}.svg": to_svg(picture) for name, picture in pictures.items()}


def _drawn(text: str) -> Picture:
    loaded = load.check(source.parse(text, "topology.yaml"), SAMPLE.parent / "jwks")
    if loaded.checked is None:
        raise load.Invalid(loaded.findings)
    return of_file(loaded, loaded.checked)
