"""The picture of a topology as Mermaid or SVG is complete and deterministic, has no overlaps, and escapes hostile
names."""

import pathlib
import re
import shutil
from itertools import combinations
from random import Random
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hvn.check import load
from hvn.graph.layout import Layout, Rect, layout
from hvn.graph.mermaid import MANY, to_mermaid
from hvn.graph.picture import Kind, Picture
from hvn.graph.svg import to_svg
from tests.backup import CIDR, sample_with_backup
from tests.conftest import PROJECT, SAMPLE
from tests.graph.drawn import TOPOLOGIES, drawn, graph, hostile_picture
from tests.graph.many import many_spokes
from tests.strategies import Topology, check, dump, topologies

SVG = "{http://www.w3.org/2000/svg}"


def shown(svg: str) -> dict[str, Xml.Element]:
    """Return the groups of an SVG file by the id of the box."""
    groups = Xml.fromstring(svg).iter(f"{SVG}g")  # noqa: S314 - written by this project
    return {group.attrib["data-id"]: group for group in groups if "data-id" in group.attrib}


def texts(group: Xml.Element) -> list[str]:
    return ["".join(text.itertext()) for text in group.findall(f"{SVG}g[@class='face']/{SVG}text")]


def test_the_sample_has_its_parts_with_ranges_and_next_hops() -> None:
    groups = shown(graph("--format", "svg"))
    assert texts(groups["hub"]) == ["hub", "vnet-platform-hub", "10.0.0.0/22"]
    assert texts(groups["hub.firewall"]) == ["firewall", "10.0.0.4", "Azure Firewall Standard"]
    assert texts(groups["spokes.analytics"])[1:] == [
        "10.96.0.0/20",
        "Vault: via-hub",
        "0.0.0.0/0 → firewall",
        "172.25.16.0/20 → firewall",
    ]
    assert "10.96.0.0/16 → firewall 10.0.0.4" in texts(groups["HVN"])
    assert "10.64.0.0/16 → peering payments" in texts(groups["HVN"])
    assert {"spokes.payments.cluster.apps.webapp", "spokes.analytics.subnets.jobs", "vault"} < groups.keys()


def test_a_subnet_shows_routes_that_differ_from_those_of_its_spoke() -> None:
    groups = shown(graph("--format", "svg", file=PROJECT / "tests" / "topologies" / "everything.yaml"))
    assert texts(groups["spokes.payments.subnets.App_Gateway.v2"])[2:] == ["no user-defined route"]
    assert texts(groups["spokes.payments.subnets.appliance"])[2:3] == ["0.0.0.0/0 → 10.0.1.4"]
    assert len(texts(groups["spokes.payments.subnets.data"])) == 2
    assert "0.0.0.0/0 → firewall" in texts(groups["spokes.payments"])
    assert "0.0.0.0/0 → 10.0.1.4" not in texts(groups["spokes.payments"])


def test_an_existing_route_table_counts_as_unknown_routes(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    text = SAMPLE.read_text(encoding="utf-8")
    file.write_text(text.replace("jobs: 10.96.0.0/24", "jobs: {cidr: 10.96.0.0/24, route: rg-old/rt-old}"), "utf-8")
    jobs = shown(graph("--format", "svg", file=file))["spokes.analytics.subnets.jobs"]
    assert texts(jobs)[2:] == ["unknown: the routes of the existing route table rt-old"]


def test_the_gateway_shows_the_routes_of_its_subnet() -> None:
    groups = shown(graph("--format", "svg", file=PROJECT / "tests" / "topologies" / "everything.yaml"))
    assert "172.25.16.0/20 → firewall" in texts(groups["hub.gateway"])


def test_a_nat_gateway_shows_its_addresses_and_the_subnets_that_use_it() -> None:
    file = PROJECT / "tests" / "topologies" / "everything.yaml"
    groups = shown(graph("--format", "svg", file=file))
    assert texts(groups["hub.nat_gateway"]) == [
        "NAT gateway",
        "ng-hub-prod",
        "2 public addresses",
        "idle timeout 10 minutes",
        "zone 1",
        "used by firewall, runners, tools",
    ]
    assert texts(groups["spokes.sandbox.nat_gateway"])[-1] == "used by open"
    assert "used by firewall, runners, tools" in graph(file=file)
    assert not [id_ for id_ in shown(graph("--format", "svg")) if id_.endswith("nat_gateway")]


def test_the_nat_gateway_of_a_cluster_shows_its_node_subnet() -> None:
    groups = shown(graph("--format", "svg", file=PROJECT / "tests" / "check" / "bases" / "no-hub.yaml"))
    gateways = {id_: texts(group)[-1] for id_, group in groups.items() if id_.endswith(".nat_gateway")}
    assert gateways == {"spokes.orders.nat_gateway": "used by nodes, runners"}


def test_a_cluster_shows_its_pod_network_and_a_public_api_server() -> None:
    file = PROJECT / "tests" / "networks" / "aks-multi-region-eastus2.yaml"
    groups = shown(graph("--format", "svg", file=file))
    cluster = next(texts(group) for id_, group in groups.items() if id_.endswith(".cluster"))
    assert cluster[2:] == ["pods node_subnet", "public API server, open to all addresses"]
    sample = texts(shown(graph("--format", "svg"))["spokes.payments.cluster"])
    assert sample[1:] == ["nodes 10.64.0.0/20", "pods 100.64.0.0/16 (overlay)"]


def test_each_peering_states_who_accepts_it() -> None:
    edges = drawn(load.load(SAMPLE)).edges
    accepted = {(edge.source, edge.target): edge.accepted for edge in edges}
    assert accepted == {
        ("hub", "HVN"): "peering-hub; HCP accepts with a role on the VNet of hub",
        ("spokes.payments", "HVN"): "peering-payments; HCP accepts with a role on the VNet of payments",
        ("spokes.orders", "HVN"): "peering-orders; HCP accepts with a role on the VNet of orders",
        ("spokes.payments", "hub"): "network-payments creates both halves",
        ("spokes.orders", "hub"): "network-orders creates both halves",
        ("spokes.analytics", "hub"): "network-analytics creates both halves",
    }


def test_a_backup_hvn_has_the_routes_and_peerings_of_the_hvn(tmp_path: pathlib.Path) -> None:
    loaded = load.load(sample_with_backup(tmp_path))
    own, backup = (box for box in drawn(loaded).boxes if box.kind is Kind.HVN)
    assert (own.facts[0], backup.facts[0]) == ("172.25.16.0/20", CIDR)
    assert own.facts[1:] == backup.facts[1:]
    peered: dict[str, set[str]] = {own.id: set(), backup.id: set()}
    for edge in drawn(loaded).edges:
        if edge.to_hvn:
            peered[edge.target].add(edge.source)
    assert peered[own.id] == peered[backup.id] == {"hub", "spokes.payments", "spokes.orders"}


def test_existing_resources_differ_from_managed_resources() -> None:
    file = PROJECT / "tests" / "topologies" / "existing.yaml"
    groups = shown(graph("--format", "svg", file=file))
    existing = {id_ for id_, group in groups.items() if "existing" in group.attrib["class"].split()}
    assert existing == {
        "hub",
        "hub.firewall",
        "hub.runners",
        "HVN",
        "vault",
        "spokes.payments",
        "spokes.analytics",
        "spokes.search",
        "spokes.search.cluster",
    }
    peerings = {(edge.source, edge.target) for edge in drawn(load.load(file)).edges if edge.existing}
    assert peerings == {("spokes.payments", "hub"), ("spokes.search", "hub")}
    assert "class b" in graph(file=file)


def test_a_box_with_a_blocked_workspace_is_marked(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    shutil.copy(SAMPLE, file)  # do not copy the key files
    group = shown(graph("--format", "svg", file=file))["spokes.payments.cluster"]
    assert "blocked" in group.attrib["class"].split()
    assert texts(group)[0].startswith("⚠")
    assert "keys pull payments" in (group.findtext(f"{SVG}g/{SVG}title") or "")
    assert '"cluster AKS 1.36 (blocked)"' in graph(file=file)
    assert "blocked" not in shown(graph("--format", "svg"))["spokes.payments.cluster"].attrib["class"].split()


def test_every_workspace_belongs_to_one_box() -> None:
    for file in TOPOLOGIES:
        loaded = load.load(file)
        assert loaded.checked
        boxes = drawn(loaded).boxes
        assert sorted(id_ for box in boxes for id_ in box.workspaces) == sorted(
            workspace.id for workspace in loaded.checked.workspaces()
        )


def test_each_box_has_the_line_of_its_section() -> None:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    for box in drawn(load.load(SAMPLE)).boxes:
        if box.path:
            assert str(box.path[-1]) in lines[box.line - 1], box.id


def overlapping(picture: Picture, places: Layout) -> list[tuple[str, str]]:
    """Return the pairs of sibling boxes that overlap, and the boxes that are not inside their parent box."""
    rects = places.rects
    beside = [
        (one, other)
        for parent in ("", *rects)
        for one, other in combinations([box.id for box in picture.inside(parent) if box.id in rects], 2)
    ]
    wrong = [
        (one, other)
        for one, other in beside
        if rects[one].x < rects[other].right
        and rects[other].x < rects[one].right
        and rects[one].y < rects[other].bottom
        and rects[other].y < rects[one].bottom
    ]
    nested = [(box.inside, box.id) for box in picture.boxes if box.inside and box.id in rects]
    return wrong + [(outer, inner) for outer, inner in nested if not contains(rects[outer], rects[inner])]


def contains(outer: Rect, inner: Rect) -> bool:
    return outer.x <= inner.x and outer.y <= inner.y and inner.right <= outer.right and inner.bottom <= outer.bottom


@pytest.mark.parametrize("file", TOPOLOGIES, ids=lambda file: file.stem)
def test_no_boxes_overlap(file: pathlib.Path) -> None:
    boxes = drawn(load.load(file))
    places = layout(boxes)
    assert overlapping(boxes, places) == []
    assert all(rect.x >= 0 and rect.right <= places.width for rect in places.rects.values())


@pytest.mark.whole
@given(topologies(), st.randoms(use_true_random=False))
@settings(max_examples=12)
def test_the_order_of_keys_does_not_change_a_byte_and_nothing_overlaps(topology: Topology, order: Random) -> None:
    boxes, other = drawn(check(dump(topology))), drawn(check(dump(topology, order)))
    assert to_mermaid(boxes) == to_mermaid(other)
    assert to_svg(boxes) == to_svg(other)
    places = layout(boxes)
    assert overlapping(boxes, places) == []
    assert {edge for edge, points in places.ways if len(points) < 2} == set()


def test_many_spokes_are_tiles_by_pool_and_one_node_in_mermaid(tmp_path: pathlib.Path) -> None:
    file = many_spokes(tmp_path, MANY + 60)
    groups = shown(graph("--format", "svg", file=file))
    assert sum(id_.startswith("spokes.") for id_ in groups) == MANY + 61
    assert all(len(texts(groups[id_])) == 2 for id_ in groups if id_.startswith("spokes."))
    mermaid = graph(file=file)
    assert "100 spokes" in mermaid
    assert len(mermaid) < 5000


def test_hostile_names_stay_text() -> None:
    hostile = hostile_picture()
    root = Xml.fromstring(to_svg(hostile))  # noqa: S314 - written by this project
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {
        *("svg", "title", "style", "rect", "g", "text", "path")
    }
    assert not [name for element in root.iter() for name in element.attrib if name.startswith("on") or "href" in name]
    mermaid = to_mermaid(hostile)
    labels = re.findall(r'"([^"\n]*)"', mermaid)
    assert all(re.fullmatch(r"(?:[A-Za-z0-9 ,.:/()→…_-]|#\d+;|<br>)*", label) for label in labels)
    directive, _, body = mermaid.partition("\n")
    assert re.fullmatch(r"%%\{init: [^\n]*\}%%", directive)
    rest = re.sub(r'"[^"\n]*"', "", body)
    assert re.fullmatch(r"[A-Za-z0-9 \n\[\]|(),:;#=<.-]*", rest)
    assert "`" not in mermaid
    assert "click" not in rest


@pytest.mark.parametrize("file", TOPOLOGIES, ids=lambda file: file.stem)
def test_every_style_of_a_line_is_in_the_legend(file: pathlib.Path) -> None:
    drawing = Xml.fromstring(to_svg(drawn(load.load(file))))  # noqa: S314 - written by this project
    explained = {path.attrib["class"] for path in drawing.iter(f"{SVG}path") if path.find(f"{SVG}title") is None}
    lines = {path.attrib["class"] for path in drawing.iter(f"{SVG}path") if path.find(f"{SVG}title") is not None}
    assert {word for line in lines for word in line.split()} <= {word for line in explained for word in line.split()}
    blocked = any("blocked" in group.attrib.get("class", "").split() for group in drawing.iter(f"{SVG}g"))
    assert blocked is ("edge blocked" in explained)
