"""The picture in Chromium equals its golden picture, with a small tolerance. `WRITE_GOLDENS=1` writes the pictures in
tests/graph/goldens.
"""

import base64
import os
import pathlib

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.conftest import PROJECT, SAMPLE
from tests.graph.chromium import CHROMIUM
from tests.graph.chromium import browser as browser  # a fixture
from tests.graph.drawn import graph
from tests.graph.many import many_spokes

TOPOLOGIES = PROJECT / "tests" / "topologies"
GOLDENS = pathlib.Path(__file__).parent / "goldens"
SIZE: ViewportSize = {"width": 1400, "height": 860}
TOLERANCE, COLOUR_TOLERANCE = 3.0, 0.4
"""The maximum mean differences of a golden, from 0 to 255. Texts are grey, so a different font changes only the
brightness. Edges and marks have colours.
"""
COMPARE = """async (urls) => {
  const [one, other] = await Promise.all(urls.map(async (url) => {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [160, Math.round(160 * image.height / image.width)];
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return context.getImageData(0, 0, canvas.width, canvas.height).data;
  }));
  if (one.length !== other.length) return [255, 255];
  const colour = (data, at) => Math.max(...data.slice(at, at + 3)) - Math.min(...data.slice(at, at + 3));
  let brightness = 0, colours = 0;
  for (let at = 0; at < one.length; at += 4) {
    brightness += Math.abs(one[at + 1] - other[at + 1]);
    colours += Math.abs(colour(one, at) - colour(other, at));
  }
  return [4 * brightness / one.length, 4 * colours / one.length];
}"""

pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium"),
]


@pytest.mark.parametrize("name", ["sample", "existing", "no-hub", "spokes-100"])
def test_the_picture_looks_like_its_golden(browser: Browser, tmp_path: pathlib.Path, name: str) -> None:
    files = {
        "sample": SAMPLE,
        "existing": TOPOLOGIES / "existing.yaml",
        "no-hub": PROJECT / "tests" / "check" / "bases" / "no-hub.yaml",
        "spokes-100": many_spokes(tmp_path, 100),
    }
    page = browser.new_page(viewport=SIZE)
    page.set_content(f"<body style='margin:0'>{graph('--format', 'svg', file=files[name])}")
    page.evaluate("document.querySelector('svg').setAttribute('width', 480)")
    page.evaluate("document.querySelector('svg').removeAttribute('height')")
    shot, golden = page.locator("svg").screenshot(), GOLDENS / f"{name}.png"
    if os.environ.get("WRITE_GOLDENS"):
        golden.write_bytes(shot)
    urls = [f"data:image/png;base64,{base64.b64encode(image).decode()}" for image in (shot, golden.read_bytes())]
    brightness, colour = page.evaluate(COMPARE, urls)
    assert brightness < TOLERANCE
    assert colour < COLOUR_TOLERANCE
