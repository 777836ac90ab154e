"""The comment as a whole: its content, the plans that it approves, and both if it is too long."""

import json
import re
from typing import Any

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from hvn.review.truncate import Section, fit, size
from tests.affected.conftest import Repository
from tests.review.conftest import begin
from tests.review.edits import ORDERS
from tests.review.plans import plan, resource
from tests.review.test_review import Review, review

__all__ = ["review"]

DELETED = resource("azurerm_kubernetes_cluster.cluster", actions=("delete",))


def different(number: int) -> dict[str, Any]:
    """Return a change that differs from others in two values, so that findings about both are not grouped."""
    return resource(f"azurerm_kubernetes_cluster.c{number}", actions=("delete",))


MOVED = resource("azurerm_subnet.one", before={"a": 1}, after={"a": 2})


def approved(done: Result) -> set[str]:
    """The workspaces that the mark has."""
    mark = re.search("^<!-- hvn-reviewed:.*-->$", done.stdout, re.MULTILINE)
    return set(re.findall(r" ([a-z0-9-]+)=", mark[0])) if mark else set()


@pytest.mark.parametrize("limit", [4096, 20_000, 65_536])
def test_a_long_comment_is_cut_from_its_end_and_keeps_its_verdicts(review: Review, limit: int) -> None:
    many = [resource(f"azurerm_subnet.{'é' * 100}{number}", before={"a": 1}, after={"a": 2}) for number in range(3000)]
    done = review("--max-bytes", str(limit), hub=plan(*many), aks_payments=plan(DELETED))
    assert len(done.stdout.encode()) <= limit
    assert "**cluster-replaced**" in done.stdout
    assert "**Cut for length**: Resource changes" in done.stdout
    assert "Not approved" not in done.stdout
    assert approved(done) == {"aks-payments", "hub"}


@given(st.lists(st.lists(st.text("é a", max_size=300), min_size=1, max_size=30), max_size=5), st.integers(0, 5000))
def test_whatever_the_sections_the_room_is_kept(texts: list[list[str]], room: int) -> None:
    sections = [Section(f"title {number}", tuple(lines), number) for number, lines in enumerate(texts)]
    assert sum(size(each) + 2 for each in fit(sections, room).shown) <= room


def test_what_weighs_most_is_cut_last() -> None:
    light, heavy = (
        Section("light", ("a" * 500,), 1, of=(("hub",),)),
        Section("heavy", ("b" * 500,), 2, of=(("vault",),)),
    )
    for sections in ([light, heavy], [heavy, light]):
        found = fit(sections, 1000)
        assert (found.shown, found.cut, {*found.unseen}) == ((heavy.render(),), ("light",), {"hub"})


def test_what_was_not_shown_is_not_approved(review: Review) -> None:
    plans = {f"aks_s{number:02}": plan(different(number)) for number in range(40)}
    done = review("--max-bytes", "4096", hub=plan(MOVED), **plans)
    named = set(re.findall(r"\*\*cluster-replaced\*\* `([a-z0-9-]+)`", done.stdout))
    assert 0 < len(named) < 40
    assert approved(done) == set()  # what is not known of the others was cut
    assert "`aks-s00`, `aks-s01`, `aks-s02` and 38 more. Split the change" in done.stdout


def test_what_was_shown_is_approved_though_other_verdicts_were_cut(review: Review, repository: Repository) -> None:
    spokes = "".join(f"  s{number:02}:\n    cidr: 10.70.{number}.0/24\n    vault_route: none\n" for number in range(40))
    begin(repository, ("spokes:\n", f"spokes:\n{spokes}"))
    plans = {f"network_s{number:02}": plan(MOVED) for number in range(40)}
    done = review("--max-bytes", "5000", **plans)
    named = set(re.findall(r"^- \*\*[a-z-]+\*\* `(network-s\d\d)`", done.stdout, re.MULTILINE))
    assert 0 < len(named) < 40
    assert approved(done) == named
    assert done.exit_code == 1
    assert review("--max-bytes", "5000", "--fail-on", "never", **plans).exit_code == 0
    assert all(f"`network-s{number:02}`" in done.stderr for number in range(40))
    assert review(verify=done.stdout, network_s39=plan(MOVED)).exit_code == 1
    whole = review(**plans)
    assert (approved(whole), whole.stderr) == ({each.replace("_", "-") for each in plans}, "")


def test_where_something_said_of_all_was_cut_nothing_is_approved(review: Review, repository: Repository) -> None:
    spokes = "".join(f"  s{number:02}:\n    cidr: 10.70.{number}.0/24\n    vault_route: none\n" for number in range(60))
    repository.edit(("owner: platform-team", "owner: network-team"), ("spokes:\n", f"spokes:\n{spokes}"))
    made = {"hub": plan(MOVED)}
    assert approved(review(**made)) == {"hub"}
    done = review("--max-bytes", "4096", **made)
    assert "there is no plan of `network-s00`" in done.stdout
    assert "there is no plan of `network-s59`" not in done.stdout
    assert approved(done) == set()


def test_more_plans_than_a_comment_can_name_are_not_approved(review: Review) -> None:
    done = review("--max-bytes", "4096", **{f"w{number}": plan() for number in range(100)})
    assert "**Too many plans for one comment to approve**" in done.stdout
    assert (approved(done), len(done.stdout.encode()) <= 4096) == (set(), True)


def test_the_json_says_what_it_approves_and_who_reaches_whom(review: Review, repository: Repository) -> None:
    orders = "  orders:\n    cidr: 10.65.0.0/16\n    vault_route: direct\n"
    begin(repository, (ORDERS, orders))
    repository.edit((orders, orders.replace("direct", "none")))
    done = review("--format", "json", hub=plan(MOVED), network_orders=plan(errored=True))
    named = json.loads(done.stdout)
    assert {each["workspace"]: (each["failed"], each["approved"]) for each in named["plans"]} == {
        "hub": (False, True),
        "network-orders": (True, False),
    }
    way = {"source": "orders", "destination": "vault", "port": 8200, "before": "reaches", "after": "blocked"}
    assert way in named["reach"]


@pytest.mark.parametrize("limit", [4096, 5000])
def test_it_keeps_to_the_limit_with_names_of_four_bytes_a_character(review: Review, limit: int) -> None:
    plans = {f"{chr(0x1F600) * 50}{number:02}": plan(DELETED, MOVED) for number in range(60)}
    said = review("--max-bytes", str(limit), **plans).stdout
    assert "**Not approved**" in said or "**Too many plans" in said
    assert len(said.encode()) <= limit


def test_what_no_edit_touches_has_a_row_of_its_own(review: Review) -> None:
    assert "| `orders` | none by the topology | 1~ | none |" in review(network_orders=plan(MOVED)).stdout


def test_a_person_is_told_what_is_new_only(review: Review, repository: Repository) -> None:
    namespace = ("namespace: admin\n", "namespace: admin/team\n")
    repository.edit(namespace)
    assert "vault namespace create -namespace=admin team" in review().stdout
    repository.git("checkout", "-q", ".")
    begin(repository, namespace)
    repository.edit(("max_count: 3", "max_count: 4"))
    assert "What a person has to do" not in review().stdout
