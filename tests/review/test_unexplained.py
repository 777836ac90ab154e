"""The review reports changes that no edit of the topology explains."""

import json
from typing import Any

import pytest
from click.testing import Result

from hvn.affected import history
from hvn.review.plan import BY_CODE, UNEXPLAINED, VERSIONS
from tests.affected.conftest import Repository
from tests.review.conftest import begin
from tests.review.plans import plan, resource
from tests.review.test_review import JSON, Review, found, review

__all__ = ["review"]


def unexplained(done: Result) -> list[tuple[str, Any]]:
    return [(one["workspace"], one["facts"].get("changes")) for one in found(done, "unexplained-change")]


def test_a_change_that_the_topology_does_not_explain(review: Review) -> None:
    moved = resource("azurerm_subnet.one", before={"a": 1}, after={"a": 2})
    done = review(*JSON, network_orders=plan(moved))
    assert unexplained(done) == [("network-orders", ["azurerm_subnet.one"])]
    assert done.exit_code == 0
    assert review("--fail-on", "warning", network_orders=plan(moved)).exit_code == 1
    (back,) = found(review(*JSON, network_orders=plan(moved, resource_drift=[moved])), "unexplained-change")
    assert back["facts"] == {"addresses": ["azurerm_subnet.one"]}


def test_the_object_of_a_change_is_named(review: Review) -> None:
    quiet = resource("a.moved", actions=("no-op",))
    made = plan(
        resource("a.imported", actions=("no-op",), importing={"id": "/a"}),
        {**quiet, "previous_address": "a.before"},
        {**resource("a.left", actions=("delete",)), "deposed": "0123abcd"},
    )
    output = review(network_orders=made).output
    assert "- `network-orders` import `a.imported`, with the id `/a`\n" in output
    assert "- `network-orders` move `a.moved`, moved from `a.before`\n" in output
    assert "- `network-orders` delete `a.left`, deposed object `0123abcd`\n" in output
    assert "| 1− 1 to import 1 to move |" in output
    assert unexplained(review(*JSON, network_orders=made)) == [("network-orders", ["a.imported", "a.left", "a.moved"])]


def test_a_change_that_the_topology_explains(review: Review, repository: Repository) -> None:
    repository.edit(("max_count: 3", "max_count: 4"))
    moved = resource("azurerm_kubernetes_cluster.cluster", before={"a": 1}, after={"a": 2})
    assert unexplained(review(*JSON, aks_payments=plan(moved))) == []


@pytest.mark.parametrize("actions", [("update",), ("delete",), ("delete", "create"), ("forget",)])
def test_a_new_workspace_with_a_state_is_not_explained(
    review: Review, repository: Repository, actions: tuple[str, ...]
) -> None:
    now = repository.file.read_text()
    start, end = now.index("  orders:"), now.index("  analytics:")
    begin(repository, (now[start:end], ""))
    repository.file.write_text(now)
    made = resource("azurerm_role_assignment.one", actions=("create",), after={"a": 1})
    assert unexplained(review(*JSON, aks_orders=plan(made))) == []
    there = resource("azurerm_kubernetes_cluster.cluster", actions=actions, before={"a": 1}, after={"a": 2})
    assert unexplained(review(*JSON, aks_orders=plan(made, there))) == [("aks-orders", [CLUSTER])]


CLUSTER = "azurerm_kubernetes_cluster.cluster"
MOVED = resource(CLUSTER, before={"a": 1, "b": 1}, after={"a": 2, "b": 2})


@pytest.mark.parametrize(
    ("marked", "drift", "expected"),
    [
        ({CLUSTER: ["a"]}, [], [f"{CLUSTER} (a)"]),
        ({CLUSTER: []}, [], [CLUSTER]),
        ({CLUSTER: "a"}, [], [CLUSTER]),
        ({CLUSTER: ["a", "b"]}, [resource(CLUSTER, before={"b": 2}, after={"b": 1})], [f"{CLUSTER} (a)"]),
        (None, [], [CLUSTER]),
        (["a"], [], [CLUSTER]),
        ({}, [], None),
        ({"azurerm_subnet.one": []}, [], None),
        ({CLUSTER: ["b"]}, [resource(CLUSTER, before={"b": 2}, after={"b": 1})], None),
        ({CLUSTER: []}, [resource(CLUSTER, before={"b": 2}, after={"b": 1})], None),
    ],
)
def test_in_an_edited_workspace_single_arguments_are_compared(
    review: Review, repository: Repository, marked: Any, drift: list[Any], expected: list[str] | None
) -> None:
    repository.edit(("max_count: 3", "max_count: 4"))
    made = plan(MOVED, resource_drift=drift, **{UNEXPLAINED: marked})
    done = review(*JSON, aks_payments=made)
    changes = [changes for _, changes in unexplained(done) if changes]
    assert changes == ([expected] if expected else [])
    assert ("unknown whether an edit" in done.output) == (not isinstance(marked, dict))
    comment = json.loads(done.stdout)["comment"]
    assert review(verify=comment, aks_payments=plan(MOVED, resource_drift=drift)).exit_code == 0


def test_a_deleted_resource_that_is_created_again(review: Review) -> None:
    gone = resource("azurerm_subnet.one", actions=("delete",), before={"a": 1})
    made = plan(resource("azurerm_subnet.one", actions=("create",)), resource_drift=[gone])
    done = review(*JSON, network_orders=made)
    (missing,) = found(done, "resource-not-found")
    assert (missing["level"], missing["facts"]) == ("error", {"addresses": ["azurerm_subnet.one"]})
    assert done.exit_code == 1
    assert not found(done, "unexplained-change")


def test_with_errors_in_the_base_it_is_unknown(review: Review, repository: Repository) -> None:
    begin(repository, ("  cidr: 10.0.0.0/22", "  cidr: 10.0.0.0/99"))
    repository.edit(("  cidr: 10.0.0.0/99", "  cidr: 10.0.0.0/22"))
    (unknown,) = found(review(*JSON, aks_payments=plan(MOVED)), "unexplained-change")
    assert (unknown["facts"]["changes"], "unknown" in unknown["message"]) == ([CLUSTER], True)


def test_code_that_differs_is_named(review: Review, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "PROJECT", repository.folder.resolve())
    (repository.folder / "Pipfile.lock").write_text("other")
    repository.edit(("max_count: 3", "max_count: 4"))
    done = review(*JSON, aks_payments=plan(MOVED, **{UNEXPLAINED: {CLUSTER: ["a"]}}), aks_orders=plan(MOVED))
    assert unexplained(done) == [("aks-orders", [CLUSTER]), ("aks-payments", [f"{CLUSTER} (a)"])]
    assert all("Pipfile.lock" in one["message"] for one in found(done, "unexplained-change"))


def test_changed_code_is_the_cause_of_some_changes(
    review: Review, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PROJECT", repository.folder.resolve())
    (repository.folder / "main.py").write_text("changed = True\n")
    marks = {BY_CODE: {CLUSTER: ["b"]}, UNEXPLAINED: {CLUSTER: ["a", "b"]}, VERSIONS: {"azurerm": ["4.55.0", "4.56.0"]}}
    repository.edit(("max_count: 3", "max_count: 4"))
    done = review(*JSON, aks_payments=plan(MOVED, **marks))
    assert unexplained(done) == [("aks-payments", [f"{CLUSTER} (b)"])]
    (by_code,) = found(done, "code-changes")
    assert by_code["facts"] == {"changes": [f"{CLUSTER} (a)"], "files": ["main.py"]}
    (version,) = found(done, "provider-changed")
    assert version["facts"] == {"provider": "azurerm", "old": "4.55.0", "new": "4.56.0"}


def test_without_changed_code_a_plan_cannot_name_it_as_the_cause(review: Review) -> None:
    done = review(*JSON, aks_payments=plan(MOVED, **{BY_CODE: {}}))
    assert unexplained(done) == [("aks-payments", [CLUSTER])]
    assert not found(done, "code-changes")
