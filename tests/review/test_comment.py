"""Test the whole comment: its content and its approved plans, even if the comment is too long."""

import json
import re
from typing import Any

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from hvn.review.truncate import Section, fit, size
from tests.affected.conftest import Repository
from tests.diagnostics.test_junit import suite
from tests.diagnostics.test_sarif import run_of
from tests.review.conftest import begin
from tests.review.edits import ORDERS
from tests.review.plans import plan, resource
from tests.review.test_review import Review, review

__all__ = ["review"]

DELETED = resource("azurerm_kubernetes_cluster.cluster", actions=("delete",))


def subnet(number: int) -> dict[str, Any]:
    return resource(f"azurerm_route_table.s{number}", before={"a": 1}, after={"a": 2})


def different(number: int) -> dict[str, Any]:
    return resource(f"azurerm_kubernetes_cluster.c{number}", actions=("delete",))


MOVED = resource("azurerm_route_table.one", before={"a": 1}, after={"a": 2})


def approved(done: Result) -> set[str]:
    """Return the approved workspaces, which a hidden mark in the comment contains."""
    mark = re.search("^<!-- hvn-reviewed:.*-->$", done.stdout, re.MULTILINE)
    return set(re.findall(r" ([a-z0-9-]+)=", mark[0])) if mark else set()


@pytest.mark.parametrize("limit", [4096, 20_000, 65_536])
def test_a_long_comment_loses_details_first(review: Review, repository: Repository, limit: int) -> None:
    repository.edit(("owner: platform-team", "owner: network-team"))
    many = [
        resource(f"azurerm_route_table.{'é' * 100}{number}", before={"a": 1}, after={"a": 2}) for number in range(3000)
    ]
    done = review("--max-bytes", str(limit), hub=plan(*many), aks_payments=plan(DELETED))
    assert len(done.stdout.encode()) <= limit
    assert "**cluster-replaced**" in done.stdout
    assert re.search(r"\*\*Cut for length\*\*: (Picture of the change, )?Resource changes\. ", done.stdout)
    assert "Not approved" not in done.stdout
    assert approved(done) == {"aks-payments", "hub"}


def test_a_plan_with_a_verdict_that_does_not_fit_is_not_approved(review: Review) -> None:
    many = [resource(f"azurerm_route_table.s{number}", before={"a": 1}, after={"a": 2}) for number in range(3000)]
    done = review("--max-bytes", "20000", hub=plan(*many), aks_payments=plan(DELETED))
    assert (approved(done), done.exit_code) == ({"aks-payments"}, 1)
    assert "**Not approved**, because a verdict was cut: `hub`" in done.stdout


def test_similar_verdicts_are_one_line_and_the_different_one_is_first(review: Review, repository: Repository) -> None:
    audience = "          service_account: checkout\n"
    spokes = "".join(
        ORDERS.replace("orders", f"s{number:02}").replace("10.65.", f"10.{70 + number}.") for number in range(8)
    )
    begin(repository, ("spokes:\n", f"spokes:\n{spokes}"))
    text = repository.file.read_text()
    text = text.replace(audience, f"{audience}          ttl: 8h\n")
    repository.file.write_text(text.replace("s05/checkout, d", "webapp/config, d"))
    lines = [line for line in review().stdout.splitlines() if line.startswith("- **login-widened**")]
    assert len(lines) == 2
    assert "`webapp`" in lines[0]
    assert all(f"`vault-auth-s{number:02}`" in lines[1] for number in range(8) if number != 5)
    assert all(f"`jwt-s{number:02}`" in lines[1] for number in range(8) if number != 5)


@given(st.lists(st.lists(st.text("é a", max_size=300), min_size=1, max_size=30), max_size=5), st.integers(0, 5000))
def test_sections_never_exceed_the_room(texts: list[list[str]], room: int) -> None:
    sections = [Section(f"title {number}", tuple(lines), number) for number, lines in enumerate(texts)]
    assert sum(size(each) + 2 for each in fit(sections, room).shown) <= room


def test_the_heaviest_section_is_cut_last() -> None:
    light, heavy = (
        Section("light", ("a" * 500,), 1, of=(("hub",),)),
        Section("heavy", ("b" * 500,), 2, of=(("vault",),)),
    )
    for sections in ([light, heavy], [heavy, light]):
        found = fit(sections, 1000)
        assert (found.shown, found.cut, {*found.unseen}) == ((heavy.render(),), ("light",), {"hub"})


def test_a_plan_with_a_cut_verdict_is_not_approved(review: Review) -> None:
    plans = {f"aks_s{number:02}": plan(different(number)) for number in range(40)}
    done = review("--max-bytes", "4096", hub=plan(MOVED), **plans)
    named = set(re.findall(r"\*\*cluster-replaced\*\* `([a-z0-9-]+)`", done.stdout))
    assert 0 < len(named) < 40
    assert approved(done) == set()  # the comment ends before the incomplete parts of the other plans
    assert "`aks-s00`, `aks-s01`, `aks-s02` and 38 more. Split the change" in done.stdout


def test_a_plan_with_all_its_verdicts_is_approved(review: Review, repository: Repository) -> None:
    spokes = "".join(f"  s{number:02}:\n    cidr: 10.70.{number}.0/24\n    vault_route: none\n" for number in range(40))
    begin(repository, ("spokes:\n", f"spokes:\n{spokes}"))
    plans = {f"network_s{number:02}": plan(subnet(number)) for number in range(40)}
    done = review("--max-bytes", "5000", **plans)
    named = set(re.findall(r"^- \*\*[a-z-]+\*\* `(network-s\d\d)`", done.stdout, re.MULTILINE))
    assert 0 < len(named) < 40
    assert approved(done) == named
    assert done.exit_code == 1
    assert review("--max-bytes", "5000", "--fail-on", "never", **plans).exit_code == 0
    assert all(f"`network-s{number:02}`" in done.stderr for number in range(40))
    assert review(verify=done.stdout, network_s39=plan(subnet(39))).exit_code == 1
    whole = review(**plans)
    assert (approved(whole), whole.stderr) == ({each.replace("_", "-") for each in plans}, "")


@pytest.mark.whole
def test_without_a_verdict_about_all_nothing_is_approved(review: Review, repository: Repository) -> None:
    spokes = "".join(
        f"  s{number:02}:\n    cidr: 10.70.{number}.0/24\n    vault_route: none\n" for number in range(200)
    )
    repository.edit(("owner: platform-team", "owner: network-team"), ("spokes:\n", f"spokes:\n{spokes}"))
    made = {"hub": plan(MOVED)}
    assert approved(review(**made)) == {"hub"}
    done = review("--max-bytes", "4096", **made)
    assert "### Errors" not in done.stdout
    assert approved(done) == set()


def test_more_plans_than_a_comment_can_name_are_not_approved(review: Review) -> None:
    done = review("--max-bytes", "4096", **{f"w{number}": plan() for number in range(100)})
    assert "cannot approve so many plans" in done.stdout
    assert (approved(done), len(done.stdout.encode()) <= 4096) == (set(), True)


def test_the_json_has_approvals_and_connections(review: Review, repository: Repository) -> None:
    orders = "  orders:\n    cidr: 10.65.0.0/16\n    vault_route: direct\n"
    begin(repository, (ORDERS, orders))
    repository.edit((orders, orders.replace("direct", "none")))
    done = review("--format", "json", hub=plan(MOVED), network_orders=plan(errored=True))
    named = json.loads(done.stdout)
    assert {each["workspace"]: (each["failed"], each["approved"]) for each in named["plans"]} == {
        "hub": (False, True),
        "network-orders": (True, False),
    }
    way = {
        "source": "orders",
        "destination": "vault",
        "protocol": "tcp",
        "port": 8200,
        "before": "reaches",
        "after": "blocked",
    }
    assert way in named["reach"]


def test_sarif_and_junit_have_the_findings_and_the_exit_code_of_the_comment(review: Review) -> None:
    plans = {"hub": plan(MOVED), "network_orders": plan(errored=True)}
    listed = json.loads(review("--format", "json", **plans).stdout)["findings"]
    sarif, junit = (review("--format", form, **plans) for form in ("sarif", "junit"))
    assert sarif.exit_code == junit.exit_code == 1
    results = run_of(sarif.stdout)["results"]
    assert [result["ruleId"] for result in results] == [finding["id"] for finding in listed] != []
    cases = suite(junit.stdout)
    assert [case.attrib["classname"].split()[0] for case in cases] == [finding["id"] for finding in listed]
    assert any(case.attrib["name"].startswith("network-orders:") for case in cases)


@pytest.mark.parametrize("limit", [4096, 5000])
def test_the_limit_counts_bytes_not_characters(review: Review, limit: int) -> None:
    plans = {f"{chr(0x1F600) * 50}{number:02}": plan(DELETED, MOVED) for number in range(60)}
    said = review("--max-bytes", str(limit), **plans).stdout
    assert "**Not approved**" in said or "cannot approve so many plans" in said
    assert len(said.encode()) <= limit


def test_a_workspace_without_an_edit_has_a_row(review: Review) -> None:
    assert "| `orders` | the topology changes nothing | 1~ | none |" in review(network_orders=plan(MOVED)).stdout


def test_only_new_manual_steps_are_listed(review: Review, repository: Repository) -> None:
    namespace = ("namespace: admin\n", "namespace: admin/team\n")
    repository.edit(namespace)
    assert "vault namespace create -namespace=admin team" in review().stdout
    repository.git("checkout", "-q", ".")
    begin(repository, namespace)
    repository.edit(("max_count: 3", "max_count: 4"))
    assert "### Manual steps" not in review().stdout
