"""`hvn review` from outside: hostile plans, missing plans, limits, exit codes, and what an apply may do."""

import json
import pathlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from hvn.affected import history
from hvn.cli import cli
from hvn.rehearsal import tables
from hvn.rehearsal.schema import PROVIDERS
from hvn.review.markdown import code
from hvn.review.plan import UNEXPLAINED
from tests.affected.conftest import Repository
from tests.review.conftest import begin
from tests.review.plans import plan, resource

HOSTILE = (
    "@everyone #1 https://evil.example www.evil.example [a](https://evil.example) ![b](https://evil.example/x.png) "
    "`code` ``` <img src=x onerror=alert(1)> --> <!-- hvn-reviewed: hub=00 --> | a | b | **bold** \n\n# title\n- item "
    "\u202e \x1b[31m \ud800 &amp; <details>"
)
Review = Callable[..., Result]


@pytest.fixture
def review(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Review:
    """Run it in the repository, with these plans by workspace."""
    monkeypatch.chdir(repository.folder)

    def run(*arguments: str, verify: str = "", **plans: bytes) -> Result:
        folder = repository.folder.parent / "plans"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name, content in plans.items():
            (folder / f"{name.replace('_', '-')}.json").write_bytes(content)
        (folder.parent / "comment.md").write_text(verify)
        wanted = ["--verify", str(folder.parent / "comment.md")] if verify else ["--base", "main"]
        options = ["review", str(folder), *wanted, "--topology", "config/topology.yaml", *arguments]
        return CliRunner().invoke(cli, options, catch_exceptions=False)

    return run


def inline(text: str) -> list[Any]:
    """All that is not plain text, code or our own structure, as GitHub's Markdown has it."""
    parser = MarkdownIt("gfm-like", {"linkify": False, "html": True})
    tokens = parser.parse(text)
    return [child for token in tokens for child in (token.children or ())] + tokens


def assert_inert(output: str) -> None:
    """Foreign text stands in code spans: nothing of it is a link, a mention, an image or HTML."""
    seen = {token.type for token in inline(output)}
    assert not seen & {"link_open", "image"}
    html = [token.content.strip() for token in inline(output) if token.type in ("html_block", "html_inline")]
    allowed = (
        r"<!-- hvn-review -->|<!-- hvn-reviewed:[a-z0-9= -]* -->|</?details>|<details><summary>[A-Za-z ]+</summary>"
    )
    assert [each for each in html if not re.fullmatch(allowed, each)] == []
    texts = " ".join(token.content for token in inline(output) if token.type == "text")
    assert not re.search(r"[@#]\w|https?:|www\.|evil", texts)
    assert "\x1b" not in output
    assert "\u202e" not in output


def test_hostile_names_are_inert(review: Review, repository: Repository) -> None:
    hostile = resource(HOSTILE, actions=("delete",), before={HOSTILE: HOSTILE})
    update = resource(f"azurerm_subnet.{HOSTILE}", before={HOSTILE: HOSTILE}, after={HOSTILE: HOSTILE + "x"})
    replaced = resource("a.b", actions=("create", "delete"), replace_paths=[[HOSTILE]], action_reason=HOSTILE)
    own = {update["address"]: [HOSTILE], HOSTILE: [], "a.b": [HOSTILE]}
    repository.edit(("owner: platform-team", "owner: network-team"))
    done = review(
        *("--fail-on", "never"),
        hub=plan(
            *(hostile, update, replaced),
            resource_drift=[update],
            output_changes={HOSTILE: {}},
            **{UNEXPLAINED: own},
        ),
    )
    assert done.exit_code == 0
    assert "*unexplained*" in done.output
    assert_inert(done.output)
    assert done.output.count("hvn-reviewed:") - done.output.count("<!-- hvn-reviewed: hub=00") == 1


@pytest.mark.parametrize("actions", [("delete",), ("delete", "create"), ("forget",), ("other",)])
def test_a_hostile_name_of_a_plan_is_inert_in_every_rule(review: Review, actions: tuple[str, ...]) -> None:
    types = [kind for each in PROVIDERS for kind in tables.types(each)]
    name = "@everyone [x](http:evil) <b> `code` #1"
    gone = [resource(f"{kind}.{name}", actions=actions, before={"a": 1}, replace_paths=[[name]]) for kind in types]
    plans = {id_: plan(*gone, resource_drift=gone) for id_ in (name, f"peering-{name}", f"aks-{name}")}
    done = review("--fail-on", "never", **plans)
    assert done.exit_code == 0
    assert_inert(done.output)


@given(st.text(max_size=40))
def test_a_code_span_holds_any_text(text: str) -> None:
    tokens = [
        child
        for token in MarkdownIt("gfm-like", {"linkify": False}).parse(f"| a |\n|---|\n| {code(text)} |")
        for child in (token.children or ())
        if child.type != "text" or child.content.strip()
    ]
    assert [token.type for token in tokens] == ["text", "code_inline"]


def test_a_missing_plan_is_not_known_and_fails(review: Review, repository: Repository) -> None:
    repository.edit(("max_count: 3", "max_count: 4"))
    done = review()
    assert done.exit_code == 1
    assert "there is no plan of `aks-payments`" in done.output
    assert review("--fail-on", "never").exit_code == 0


def test_a_plan_that_is_no_plan_fails(review: Review, repository: Repository) -> None:
    repository.edit(("max_count: 3", "max_count: 4"))
    done = review(aks_payments=b"Error: no credentials\n")
    assert done.exit_code == 1
    assert "is no JSON that can be read" in done.output
    assert "<!-- hvn-reviewed:2 -->" in done.output


def test_a_change_that_the_file_does_not_explain_is_called_so(review: Review) -> None:
    moved = resource("azurerm_subnet.one", before={"a": 1}, after={"a": 2})
    done = review(network_orders=plan(moved))
    assert "*unexplained*: `azurerm_subnet.one`" in done.output
    assert done.exit_code == 0
    assert review("--fail-on", "warning", network_orders=plan(moved)).exit_code == 1
    done = review(network_orders=plan(moved, resource_drift=[moved]))
    assert "takes back what was changed outside of Terraform: `azurerm_subnet.one`" in done.output


def test_which_object_it_is_is_said(review: Review) -> None:
    quiet = resource("a.moved", actions=("no-op",))
    made = plan(
        resource("a.imported", actions=("no-op",), importing={"id": "/a"}),
        {**quiet, "previous_address": "a.before"},
        {**resource("a.left", actions=("delete",)), "deposed": "0123abcd"},
    )
    said = review(network_orders=made).output
    assert "- `network-orders` import `a.imported`, with the id `/a`\n" in said
    assert "- `network-orders` move `a.moved`, moved from `a.before`\n" in said
    assert "- `network-orders` delete `a.left`, left over as `0123abcd`\n" in said
    assert "| none by the topology | 1− 1 imported 1 moved |" in said
    assert "*unexplained*: `a.imported`, `a.left`, `a.moved`" in said


def test_a_change_that_the_file_explains_is_not(review: Review, repository: Repository) -> None:
    repository.edit(("max_count: 3", "max_count: 4"))
    moved = resource("azurerm_kubernetes_cluster.cluster", before={"a": 1}, after={"a": 2})
    assert "unexplained" not in review(aks_payments=plan(moved)).output


@pytest.mark.parametrize("actions", [("update",), ("delete",), ("delete", "create"), ("forget",)])
def test_a_new_workspace_that_has_a_state_is_not_explained(
    review: Review, repository: Repository, actions: tuple[str, ...]
) -> None:
    now = repository.file.read_text()
    start, end = now.index("  orders:"), now.index("  analytics:")
    begin(repository, (now[start:end], ""))
    repository.file.write_text(now)
    made = resource("azurerm_subnet.one", actions=("create",), after={"a": 1})
    assert "unexplained" not in review(aks_orders=plan(made)).output
    there = resource("azurerm_kubernetes_cluster.cluster", actions=actions, before={"a": 1}, after={"a": 2})
    said = review(aks_orders=plan(made, there)).output
    told = "`azurerm_kubernetes_cluster.cluster`: the base has no such workspace, but there is a state of it already"
    assert f"- **unexplained-change** `aks-orders`: *unexplained*: {told}" in said


CLUSTER = "azurerm_kubernetes_cluster.cluster"
MOVED = resource(CLUSTER, before={"a": 1, "b": 1}, after={"a": 2, "b": 2})


@pytest.mark.parametrize(
    ("told", "drift", "says"),
    [
        ({CLUSTER: ["a"]}, [], f"*unexplained*: `{CLUSTER}` (`a`)"),
        ({CLUSTER: []}, [], f"*unexplained*: `{CLUSTER}`"),
        ({CLUSTER: "a"}, [], f"*unexplained*: `{CLUSTER}`"),
        ({CLUSTER: ["a", "b"]}, [resource(CLUSTER, before={"b": 2}, after={"b": 1})],
         f"*unexplained*: `{CLUSTER}` (`a`)"),
        (None, [], f"not known whether the topology explains `{CLUSTER}`"),
        (["a"], [], f"not known whether the topology explains `{CLUSTER}`"),
        ({}, [], ""),
        ({"azurerm_subnet.one": []}, [], ""),
        ({CLUSTER: ["b"]}, [resource(CLUSTER, before={"b": 2}, after={"b": 1})], ""),
        ({CLUSTER: []}, [resource(CLUSTER, before={"b": 2}, after={"b": 1})], ""),
    ],
)  # fmt: skip
def test_within_an_edited_workspace_each_argument_is_looked_at(
    review: Review, repository: Repository, told: Any, drift: list[Any], says: str
) -> None:
    repository.edit(("max_count: 3", "max_count: 4"))
    made = plan(MOVED, resource_drift=drift, **{UNEXPLAINED: told})
    done = review(aks_payments=made)
    lines = [line for line in done.output.splitlines() if "unexplained-change" in line and "takes back" not in line]
    assert lines == ([f"- **unexplained-change** `aks-payments`: {says}"] if says else [])
    assert review(verify=done.output, aks_payments=plan(MOVED, resource_drift=drift)).exit_code == 0


def test_what_was_deleted_outside_is_taken_back(review: Review) -> None:
    gone = resource("azurerm_subnet.one", actions=("delete",), before={"a": 1})
    done = review(network_orders=plan(resource("azurerm_subnet.one", actions=("create",)), resource_drift=[gone]))
    assert "takes back what was changed outside of Terraform: `azurerm_subnet.one`" in done.output
    assert "*unexplained*" not in done.output


def test_with_errors_in_the_base_nothing_is_called_unexplained(review: Review, repository: Repository) -> None:
    begin(repository, ("  cidr: 10.0.0.0/22", "  cidr: 10.0.0.0/99"))
    repository.edit(("  cidr: 10.0.0.0/99", "  cidr: 10.0.0.0/22"))
    done = review(aks_payments=plan(MOVED))
    assert f"not known whether the topology explains `{CLUSTER}`" in done.output
    assert "*unexplained*" not in done.output


def test_code_that_differs_is_told_beside_it(
    review: Review, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PROJECT", repository.folder.resolve())
    (repository.folder / "Pipfile.lock").write_text("other")
    repository.edit(("max_count: 3", "max_count: 4"))
    done = review(aks_payments=plan(MOVED, **{UNEXPLAINED: {CLUSTER: ["a"]}}), aks_orders=plan(MOVED))
    told = "*unexplained* by the topology; code or locked versions differ too"
    assert f"`aks-payments`: {told}: `{CLUSTER}` (`a`)" in done.output
    assert f"`aks-orders`: {told}: `{CLUSTER}`\n" in done.output


def test_a_destroyed_cluster_is_told_though_the_file_is_the_same(review: Review) -> None:
    gone = resource("azurerm_kubernetes_cluster.cluster", actions=("delete",))
    done = review(aks_payments=plan(gone))
    assert done.exit_code == 1
    assert "**every login of `payments` ends**" in done.output


def test_an_apply_is_refused_unless_it_is_what_was_reviewed(review: Review) -> None:
    one = plan(resource(before={"a": 1}, after={"a": 2}))
    comment = review(hub=one).output
    assert review(verify=comment, hub=one).exit_code == 0
    done = review(verify=comment, hub=plan(resource(before={"a": 1}, after={"a": 3})))
    assert done.exit_code == 1
    assert "refused: hub: its changes are others than those that were reviewed" in done.output
    assert review(verify=comment, vault=one).exit_code == 1
    assert review(verify="no comment at all", hub=one).exit_code == 1
    assert review(verify=comment).exit_code == 2


def test_json(review: Review, repository: Repository) -> None:
    repository.edit(("max_count: 3", "max_count: 4"))
    found = json.loads(review("--format", "json").output)
    assert [(each["id"], each["level"]) for each in found["notices"]] == [("HVN912", "error")]
    assert found["comment"].startswith("<!-- hvn-review -->")


def test_bad_use(review: Review, tmp_path: pathlib.Path) -> None:
    run = CliRunner().invoke(cli, ["review", "a.json"])
    assert (run.exit_code, "--base" in run.output) == (2, True)
    run = CliRunner().invoke(cli, ["review", "hub=a.json", "hub=b.json", "--base", "HEAD"])
    assert (run.exit_code, "two plans for hub" in run.output) == (2, True)
    run = CliRunner().invoke(cli, ["review", "a.json", "--verify", str(tmp_path / "none")])
    assert (run.exit_code, "cannot be read" in run.output) == (2, True)


def test_without_a_plan_of_every_workspace_it_is_not_all(review: Review) -> None:
    every = json.loads(review("--all", "--format", "json").output)["notices"]
    assert [(each["id"], each["workspace"]) for each in every if each["workspace"] in ("hub", "aks-orders")] == [
        ("HVN912", "hub"),
        ("HVN912", "aks-orders"),
    ]
    assert len(every) == 17
    assert review("--all", "--fail-on", "error").exit_code == 1
    found = review("--all", "--wave", "1")
    assert (found.exit_code, "not both" in found.output) == (2, True)


def test_what_is_blocked_is_looked_at_by_nobody(review: Review, repository: Repository) -> None:
    (repository.file.parent / "jwks" / "payments.json").unlink()
    assert review().exit_code == 1
    repository.commit()
    repository.git("branch", "-qf", "main")
    assert review().exit_code == 0
    done = review("--all")
    assert "`secrets-payments` is held back, so no plan looks at it" in done.stdout
    assert "of `vault-auth-payments`" not in done.stdout
    assert done.exit_code == 1


def test_a_wave_that_is_not_there(review: Review, repository: Repository) -> None:
    found = review("--wave", "2")
    assert (found.exit_code, found.output) == (2, "review: there is no wave 2: this change has 0\n")
    repository.edit(("max_count: 3", "max_count: 4"))
    found = review("--wave", "99")
    assert (found.exit_code, found.output) == (2, "review: there is no wave 99: this change has 1\n")


def test_one_plan_that_was_not_reviewed_is_enough(review: Review) -> None:
    one = plan(resource(before={"a": 1}, after={"a": 2}))
    done = review(verify=review(hub=one).output, hub=one, vault=one)
    assert done.exit_code == 1
    assert done.output == ("refused: vault: its changes were not reviewed: they ask for an approval of their own\n")


def test_plans_in_a_folder_within_are_not_passed_over(review: Review, repository: Repository) -> None:
    review()
    inner = repository.folder.parent / "plans" / "plan-hcp"
    inner.mkdir()
    (inner / "hcp.json").write_bytes(plan())
    arguments = ["review", str(inner.parent), "--base", "main", "--topology", "config/topology.yaml"]
    run = CliRunner().invoke(cli, arguments)
    assert (run.exit_code, "plan-hcp/hcp.json is in a folder within" in run.output) == (2, True)
    (inner / "hcp.json").rename(inner.parent / "hcp.JSON")
    assert "1 plan read" in CliRunner().invoke(cli, arguments).output
