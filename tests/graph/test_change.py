"""`hvn graph --base` and the comment of a review draw the picture of a change."""

import json
import pathlib
import re

import pytest
from click.testing import CliRunner
from hypothesis import given, settings

from hvn.cli import cli
from hvn.graph.compare import changed_part, compare
from hvn.graph.layout import layout
from hvn.graph.mermaid import to_mermaid
from hvn.graph.picture import Change, Picture
from tests.affected.conftest import Repository
from tests.affected.conftest import repository as repository  # a fixture
from tests.graph.drawn import drawn
from tests.strategies import Topology, check, dump, topologies

SHIPPING = ("  analytics:", "  shipping:\n    cidr: 10.66.0.0/16\n    vault_route: direct\n  analytics:")


def changed(repository: Repository, *arguments: str) -> str:
    command = ["graph", "--base", "main", "--topology", str(repository.file), *arguments]
    done = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def marks(repository: Repository) -> dict[str, str]:
    """Return the change of each changed box, from the page's data."""
    data = re.search(r'id="data">(.*?)</script>', changed(repository, "--format", "html"), re.S)
    assert data
    return {id_: box["change"] for id_, box in json.loads(data[1])["boxes"].items() if box["change"]}


def test_without_a_change_nothing_is_marked(repository: Repository) -> None:
    assert marks(repository) == {}
    assert "classDef" not in changed(repository)


def test_added_changed_moved_and_removed_parts(repository: Repository) -> None:
    repository.edit(
        SHIPPING,
        ("max_count: 5", "max_count: 6"),
        ("    cidr: 10.96.0.0/20\n    vault_route: via-hub", "    cidr: 10.70.0.0/20\n    vault_route: none"),
        ("    subnets:\n      jobs: 10.96.0.0/24\n", ""),
    )
    assert marks(repository) == {
        "spokes.shipping": "added",
        "spokes.orders.cluster": "changed",
        "spokes.analytics": "moved",
        "spokes.analytics.subnets.jobs": "removed",
        "HVN": "changed",
    }
    mermaid = changed(repository)
    assert '"spoke shipping (added)' in mermaid
    assert "before: 10.96.0.0/20" in mermaid
    assert "VNet peering (added)" in mermaid
    assert 'class="box spoke moved"' in changed(repository, "--format", "svg")


def test_an_added_changed_and_removed_nat_gateway(repository: Repository) -> None:
    added = ("  runners:", "  nat_gateway: {}\n  runners:")
    repository.edit(added, ("    sku_tier: Standard\n", "    sku_tier: Standard\n    nat_gateway: true\n"))
    assert marks(repository)["hub.nat_gateway"] == "added"
    assert "NAT gateway (added)<br>ng-platform-hub" in changed(repository)
    repository.commit()
    repository.git("branch", "-f", "main")
    repository.edit(("nat_gateway: {}", "nat_gateway: {public_ips: 2}"))
    assert marks(repository)["hub.nat_gateway"] == "changed"
    assert "before: 1 public address" in changed(repository)
    repository.edit(("  nat_gateway: {public_ips: 2}\n", ""), ("    nat_gateway: true\n", ""))
    assert marks(repository)["hub.nat_gateway"] == "removed"


def test_a_removed_spoke_stays_in_the_picture_of_its_pool(repository: Repository) -> None:
    text = repository.file.read_text(encoding="utf-8")
    repository.file.write_text(text[: text.index("  analytics:")], encoding="utf-8")
    assert marks(repository) == {"spokes.analytics": "removed", "spokes.analytics.subnets.jobs": "removed"}
    assert '"pool transit 10.96.0.0/16"' in changed(repository)


def test_a_base_without_a_valid_topology_is_an_error(repository: Repository) -> None:
    for ref, reason in (("no-such-ref", "no-such-ref is not a commit"), ("main", "errors")):
        if ref == "main":
            repository.git("switch", "-q", "main")
            text = repository.file.read_text(encoding="utf-8")
            repository.file.write_text("version: 1\n", encoding="utf-8")
            repository.commit()
            repository.file.write_text(text, encoding="utf-8")
        done = CliRunner().invoke(cli, ["graph", "--base", ref, "--topology", str(repository.file)])
        assert (done.exit_code, done.stdout) == (2, "")
        assert reason in done.stderr


def test_the_comment_of_a_review_has_the_changed_part(
    repository: Repository, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.edit(SHIPPING)
    monkeypatch.chdir(repository.folder)
    command = ["review", "--base", "main", "--topology", "config/topology.yaml", "--fail-on", "never"]
    comment = CliRunner().invoke(cli, command).stdout
    picture = re.search(r"```mermaid\n(.*?)\n```\n", comment, re.S)
    assert picture
    assert "spoke shipping (added)" in picture[1]
    assert "payments" not in picture[1].replace("peering payments", "")
    short = CliRunner().invoke(cli, [*command, "--max-bytes", "4096"]).stdout
    assert short.count("```mermaid") == short.count("\n```\n")


@pytest.mark.whole
@given(topologies(), topologies())
@settings(max_examples=12)
def test_any_two_networks_have_a_picture_of_their_difference(before: Topology, after: Topology) -> None:
    old, new = (drawn(check(dump(topology))) for topology in (before, after))
    both = compare(old, new)
    assert {box.id for box in both.boxes if box.change is not Change.REMOVED} >= {box.id for box in new.boxes}
    for picture in (both, changed_part(both)):
        assert_closed(picture)
        layout(picture)
        to_mermaid(picture)
    assert [box for box in compare(new, new).boxes if box.change] == []


def assert_closed(picture: Picture) -> None:
    """Assert that no box or edge refers to a missing box, and that each box precedes the boxes that it contains."""
    known = {""}
    for box in picture.boxes:
        assert box.inside in known, box.id
        known.add(box.id)
    assert {end for edge in picture.edges for end in (edge.source, edge.target)} <= known
