"""Test the page in Chromium: answers, hostile names, requests, keyboard, accessibility.

Debian's package `chromium` has the browser. Without a browser, pytest skips the tests and prints the reason.
"""

import json
import pathlib
import random
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, ViewportSize

from hvn.check import load
from hvn.cli import cli
from hvn.reach.build import build
from tests.conftest import PROJECT, SAMPLE
from tests.graph.chromium import CHROMIUM
from tests.graph.chromium import browser as browser  # a fixture
from tests.graph.drawn import graph, hostile_page
from tests.graph.many import many_spokes

TOPOLOGIES = PROJECT / "tests" / "topologies"
AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
SIZE: ViewportSize = {"width": 1400, "height": 860}
pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium"),
]


class Opened:
    """A page that the browser opened. `requests` has the URLs of the page's requests, `messages` its errors and console
    messages.
    """

    def __init__(self, browser: Browser, html: str, folder: pathlib.Path, **settings: Any) -> None:
        file = folder / "page.html"
        file.write_text(html, encoding="utf-8")
        self.page: Page = browser.new_context(viewport=SIZE, **settings).new_page()
        self.requests: list[str] = []
        self.messages: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.goto(file.as_uri())
        self.url = file.as_uri()


@pytest.fixture
def sample(browser: Browser, tmp_path: pathlib.Path) -> Opened:
    return Opened(browser, graph("--format", "html"), tmp_path)


def face(id_: str) -> str:
    return f'g.box[data-id="{id_}"] > .face'


@pytest.mark.parametrize("name", ["everything", "existing"])
def test_fifty_questions_get_the_answers_of_hvn_reach(browser: Browser, tmp_path: pathlib.Path, name: str) -> None:
    file = TOPOLOGIES / f"{name}.yaml"
    page = Opened(browser, graph("--format", "html", file=file), tmp_path).page
    loaded = load.load(file)
    assert loaded.checked
    network = build(loaded.checked.topology)
    names = [*network.names, *network.parts, "internet", "10.64.0.9", "20.1.2.3", "example.com"]
    choose = random.Random(name)
    page.click("#tab-reach")
    verdicts = set()
    for _ in range(25):
        source, destination, port = choose.choice(names), choose.choice(names), choose.choice((22, 443, 8080, 8200))
        if {source, destination} <= {"internet", "20.1.2.3", "example.com"}:
            continue  # `hvn reach` refuses the question
        protocol = choose.choice(("", "tcp", "udp", "icmp"))
        page.select_option("#protocol", "")
        for box, text in (("#from", source), ("#to", destination), ("#port", str(port))):
            page.fill(box, text)
        page.select_option("#protocol", protocol)
        page.click("#ask button")
        shown = page.eval_on_selector_all(".answer", "all => all.map((one) => one.dataset.answer)")
        arguments = ["reach", source, "--to", destination, "--format", "json"]
        arguments += ["--protocol", protocol] if protocol else []
        arguments += ["--port", str(port)] if protocol != "icmp" else []
        done = CliRunner().invoke(cli, [*arguments, "--topology", str(file)])
        assert [json.loads(answer) for answer in shown] == json.loads(done.stdout), arguments
        verdicts |= {answer["verdict"] for answer in json.loads(done.stdout)}
        assert page.locator(".verdict").all_inner_texts() == [json.loads(answer)["verdict"] for answer in shown]
    assert len(verdicts) > 1


def test_the_answer_shows_the_dropping_hop_and_the_rule_to_add(sample: Opened) -> None:
    page = sample.page
    page.click("#tab-reach")
    page.fill("#from", "payments")
    page.fill("#to", "orders")
    page.press("#to", "Enter")
    assert "no rule of the firewall allows TCP 443" in page.inner_text(".blocked-by")
    assert "payments-to-orders:" in page.inner_text(".answer pre")
    assert page.locator(".drops").get_attribute("data-id") == "hub.firewall"
    page.fill("#to", "vault")
    page.press("#to", "Enter")
    assert page.inner_text(".verdict") == "reaches"
    assert page.locator(".drops").count() == 0
    page.fill("#to", "<b>none</b>")
    page.press("#to", "Enter")
    assert page.inner_text("#answers") == "<b>none</b> is not a place, an IPv4 address or a host name"
    page.fill("#to", "vault")
    page.fill("#port", "65536")
    page.press("#port", "Enter")
    assert page.locator(".verdict").count() == 0


def test_the_keyboard_selects_a_protocol(sample: Opened) -> None:
    page = sample.page
    page.click("#tab-reach")
    page.fill("#from", "payments")
    page.fill("#to", "orders")
    page.keyboard.press("Tab")
    shown = []
    for _ in range(3):
        page.keyboard.press("ArrowDown")
        shown.append((page.input_value("#protocol"), page.is_disabled("#port")))
    assert shown == [("tcp", False), ("udp", False), ("icmp", True)]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert "allows ICMP" in page.inner_text(".blocked-by")
    assert "ports: [icmp]" in page.inner_text(".answer pre")


@pytest.mark.parametrize(
    ("source", "destination", "box"),
    [
        ("sandbox", "analytics", "spokes.sandbox.subnets.open"),
        ("vault", "payments", "spokes.payments.subnets.App_Gateway.v2"),
        ("vault", "analytics", "hub.firewall"),
        ("payments/data", "vault", "vault"),
    ],
)
def test_the_picture_marks_the_place_that_drops(
    browser: Browser, tmp_path: pathlib.Path, source: str, destination: str, box: str
) -> None:
    page = Opened(browser, graph("--format", "html", file=TOPOLOGIES / "everything.yaml"), tmp_path).page
    page.click("#tab-reach")
    for field, text in (("#from", source), ("#to", destination), ("#port", "443")):
        page.fill(field, text)
    page.press("#port", "Enter")
    assert page.locator(".drops").get_attribute("data-id") == box
    assert "Blocked at " in page.locator(".blocked-by").first.inner_text()


def test_the_picture_marks_the_nat_gateway_on_the_path(browser: Browser, tmp_path: pathlib.Path) -> None:
    page = Opened(browser, graph("--format", "html", file=TOPOLOGIES / "everything.yaml"), tmp_path).page
    page.click("#tab-reach")
    for field, text in (("#from", "sandbox/open"), ("#to", "20.1.2.3"), ("#port", "443")):
        page.fill(field, text)
    page.press("#port", "Enter")
    marked = page.eval_on_selector_all(".on-path", "all => all.map((one) => one.dataset.id)")
    assert marked == ["spokes.sandbox.subnets.open", "spokes.sandbox.nat_gateway"]


def test_hostile_names_do_nothing(browser: Browser, tmp_path: pathlib.Path) -> None:
    opened = Opened(browser, hostile_page(), tmp_path)
    page = opened.page
    for box in page.locator("g.box > .face > text.title").all():
        box.click()
        page.wait_for_selector("#details h2")
    page.fill("#search", "script")
    for tab in ("reach", "secrets", "plan"):
        page.click(f"#tab-{tab}")
    assert page.evaluate("window.hostile") is None
    assert page.locator("img, script[src], a").count() == 0
    assert (opened.requests, opened.messages) == ([opened.url], [])


def test_the_page_makes_no_request_and_the_policy_stops_others(sample: Opened) -> None:
    page = sample.page
    for id_ in ("spokes.payments", "spokes.payments.cluster.apps.webapp", "HVN", "hub.firewall"):
        page.click(f"{face(id_)} > text.title")
    assert (sample.requests, sample.messages) == ([sample.url], [])
    blocked = page.evaluate(
        """() => new Promise((resolve) => {
          document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
          const image = document.createElement("img");
          image.src = "https://example.com/x.png";
          document.body.append(image);
        })"""
    )
    assert blocked == "img-src"
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
    assert page.evaluate("window.ran") is None


def test_details_show_ranges_rules_workspaces_and_lines(sample: Opened) -> None:
    page = sample.page
    page.click(f"{face('spokes.payments')} > text.title")
    text = page.inner_text("#details")
    line = next(
        number for number, line in enumerate(SAMPLE.read_text().splitlines(), 1) if line.startswith("  payments:")
    )
    for part in (
        "10.64.0.0/16",
        "hvn-in: Deny Inbound",
        "peering-payments",
        "kvv2/data/webapp/config",
        "audience vault",
    ):
        assert part in text
    assert page.inner_text("#details pre").startswith(f"{line:4}    payments: #")
    page.click("#details button")
    assert page.inner_text("#details h2") == "AKS 1.36"


def test_an_app_shows_the_ranges_rules_and_workspaces_of_its_cluster(sample: Opened) -> None:
    page = sample.page
    page.click(f"{face('spokes.payments.cluster.apps.webapp')} > text.title")
    text = page.inner_text("#details")
    for part in ("nodes 10.64.0.0/20", "hvn-in: Deny Inbound", "built-in rule cluster.aks", "aks-payments"):
        assert part in text
    page.click("#details button")
    assert page.inner_text("#details h2") == "AKS 1.36"


def test_a_nat_gateway_shows_its_subnets_and_lines(browser: Browser, tmp_path: pathlib.Path) -> None:
    page = Opened(browser, graph("--format", "html", file=TOPOLOGIES / "everything.yaml"), tmp_path).page
    page.click(f"{face('hub.nat_gateway')} > text.title")
    text = page.inner_text("#details")
    for part in ("ng-hub-prod", "used by firewall, runners, tools", "nat_gateway: {public_ips: 2"):
        assert part in text


def test_a_subnet_of_the_hub_shows_its_rules(browser: Browser, tmp_path: pathlib.Path) -> None:
    page = Opened(browser, graph("--format", "html", file=TOPOLOGIES / "everything.yaml"), tmp_path).page
    page.click(f"{face('hub.bastion')} > text.title")
    assert "NSG nsg-hub-bastion-prod of hub/bastion" in page.inner_text("#details")


def test_the_keyboard_reaches_boxes_tabs_and_search(sample: Opened) -> None:
    page = sample.page
    focused = "document.activeElement.closest('g.box')?.dataset.id || document.activeElement.id"
    for _ in range(20):
        page.keyboard.press("Tab")
        if str(page.evaluate(focused)).startswith("subscription:"):
            break
    for key, id_ in (
        ("ArrowDown", "subscription:22222222-2222-4222-8222-222222222222/spokes"),
        ("ArrowDown", "spokes.orders"),
    ):
        page.keyboard.press(key)
        assert page.evaluate(focused) == id_
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.inner_text("#details h2") == "payments"
    before = page.get_attribute("#map > svg", "viewBox")
    page.keyboard.press("+")
    assert page.get_attribute("#map > svg", "viewBox") != before
    page.keyboard.press("0")
    assert page.get_attribute("#map > svg", "viewBox") == before
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "tab-details"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "tab-reach"
    assert page.is_visible("#ask")
    page.fill("#search", "checkout")
    page.keyboard.press("Enter")
    assert page.inner_text("#details h2") == "checkout"


def test_the_mouse_pans_and_zooms(sample: Opened) -> None:
    page = sample.page
    view = "document.querySelector('#map > svg').getAttribute('viewBox').split(' ').map(Number)"
    x, y, width, height = page.evaluate(view)
    page.mouse.move(500, 600)
    page.mouse.down()
    page.mouse.move(400, 550, steps=4)
    page.mouse.up()
    moved = page.evaluate(view)
    assert moved[0] > x
    assert moved[1] > y
    assert moved[2:] == [width, height]
    page.mouse.wheel(0, -200)
    page.wait_for_function(f"{view}[2] < {width}")
    page.click("#zoom-fit")
    assert page.evaluate(view) == [x, y, width, height]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_reports_no_serious_problem(browser: Browser, tmp_path: pathlib.Path, scheme: str) -> None:
    html = graph("--format", "html", file=TOPOLOGIES / "everything.yaml")
    # The page's content security policy would block axe-core.
    page = Opened(browser, html, tmp_path, color_scheme=scheme, bypass_csp=True).page
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    page.click(f"{face('spokes.payments')} > text.title")
    for tab in ("details", "reach", "secrets", "plan"):
        page.click(f"#tab-{tab}")
        if tab == "reach":
            page.fill("#from", "payments")
            page.fill("#to", "sandbox")
            page.click("#ask button")
        result = page.evaluate("axe.run()")
        serious = [one for one in result["violations"] if one["impact"] in ("serious", "critical")]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in serious] == [], tab
        assert len(result["passes"]) > 15


def test_print_shows_the_picture_and_every_panel_in_light_colours(sample: Opened) -> None:
    page = sample.page
    assert not page.is_visible("#plan")
    hub = f"getComputedStyle(document.querySelector('{face('hub')} > rect')).fill"
    light = page.evaluate(hub)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(hub) != light
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(hub) == light
    for id_ in ("map", "secrets", "plan"):
        assert page.is_visible(f"#{id_}")
    assert not page.is_visible("#zoom")


@pytest.mark.parametrize("name", ["everything", "existing", "everything-otherwise"])
def test_texts_stay_inside_their_boxes(browser: Browser, tmp_path: pathlib.Path, name: str) -> None:
    page = Opened(browser, graph("--format", "html", file=TOPOLOGIES / f"{name}.yaml"), tmp_path).page
    outside = page.evaluate(
        """() => [...document.querySelectorAll(".face > text")].filter((text) => {
          const frame = text.parentElement.querySelector("rect").getBBox(), box = text.getBBox();
          return box.x + box.width > frame.x + frame.width || box.y + box.height > frame.y + frame.height;
        }).map((text) => text.textContent)"""
    )
    assert outside == []


def test_a_search_of_300_spokes_marks_the_hits(browser: Browser, tmp_path: pathlib.Path) -> None:
    page = Opened(browser, graph("--format", "html", file=many_spokes(tmp_path, 300)), tmp_path).page
    page.fill("#search", "s0123")
    assert page.eval_on_selector_all(".spoke.hit", "all => all.map((one) => one.dataset.id)") == ["spokes.s0123"]
    page.keyboard.press("Enter")
    assert "network-s0123" in page.inner_text("#details")
