"""Run `hvn review` with hostile and missing plans, and test its limits, its exit codes and the approval of an apply."""

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

from hvn.check.load import load
from hvn.cli import cli
from hvn.diagnostics.markdown import code
from hvn.kinds.workspace import by_id
from hvn.plans.redacted import labelled
from hvn.rehearsal import tables
from hvn.rehearsal.schema import PROVIDERS
from hvn.review.plan import UNEXPLAINED
from tests.affected.conftest import Repository
from tests.review.plans import plan, resource

HOSTILE = (
    "@everyone #1 https://evil.example www.evil.example [a](https://evil.example) ![b](https://evil.example/x.png) "
    "`code` ``` <img src=x onerror=alert(1)> --> <!-- hvn-reviewed: hub=00 --> | a | b | **bold** \n\n# title\n- item "
    "\u202e \x1b[31m \ud800 &amp; <details>"
)
Review = Callable[..., Result]
DATA = {**resource("data.azurerm_kubernetes_cluster.one", actions=("read",)), "mode": "data"}
DATA["type"] = "azurerm_kubernetes_cluster"


@pytest.fixture
def review(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Review:
    """Return a function that runs `hvn review` in the repository, with these plans by workspace."""
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
    """Return the tokens of the text as GitHub's Markdown."""
    parser = MarkdownIt("gfm-like", {"linkify": False, "html": True})
    tokens = parser.parse(text)
    return [child for token in tokens for child in (token.children or ())] + tokens


def assert_inert(output: str) -> None:
    """Check that foreign text is in code spans only: no link, mention, image or HTML contains it."""
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
    assert "**unexplained-change**" in done.output
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


def found(done: Result, rule: str) -> list[dict[str, Any]]:
    """Return the findings of this rule from the JSON."""
    return [one for one in json.loads(done.stdout)["findings"] if one["name"] == rule]


JSON = ("--format", "json")


def test_a_missing_plan_is_an_error(review: Review, repository: Repository) -> None:
    repository.edit(("max_count: 3", "max_count: 4"))
    done = review(*JSON)
    assert [one["workspace"] for one in found(done, "incomplete-review")] == ["aks-payments"]
    assert done.exit_code == 1
    assert review("--fail-on", "never").exit_code == 0


def test_a_file_that_is_no_plan_is_named_with_its_position(review: Review, repository: Repository) -> None:
    repository.edit(("max_count: 3", "max_count: 4"))
    done = review(*JSON, aks_payments=b"Error: no credentials\n")
    assert done.exit_code == 1
    (refused,) = found(done, "incomplete-review")
    assert all(value in refused["message"] for value in ("aks-payments.json", "line 1, column 1"))
    assert "<!-- hvn-reviewed:2 -->" in json.loads(done.stdout)["comment"]


@pytest.mark.parametrize(
    ("name", "resources", "refused"),
    [
        ("vault_auth_orders", [resource("azurerm_subnet.one", actions=("create",), after={})], True),
        ("vault_auth_orders", [resource("azurerm_subnet.one", actions=("no-op",), after={})], True),
        ("vault_auth_orders", [resource("vault_policy.one", actions=("create",), after={})], False),
        ("vault_auth_orders", [resource("azurerm_subnet.one", actions=("delete",), before={})], False),
        (
            "vault_auth_orders",
            [{**resource("data.azurerm_subnet.one", actions=("read",)), "mode": "data", "type": "azurerm_subnet"}],
            True,
        ),
        ("vault_auth_orders", [DATA], False),
        ("peering_hub", [resource("azurerm_role_assignment.one", actions=("create",), after={})], False),
    ],
)
def test_a_plan_with_resources_of_another_kind_is_refused(
    review: Review, name: str, resources: list[Any], refused: bool
) -> None:
    done = review(*JSON, **{name: plan(*resources)})
    assert [one["workspace"] for one in found(done, "incomplete-review")] == [name.replace("_", "-")] * refused
    (reviewed,) = json.loads(done.stdout)["plans"]
    assert reviewed["approved"] != refused


def test_a_labelled_plan_is_of_its_workspace_and_topology(review: Review, repository: Repository) -> None:
    checked = load(repository.file).checked
    assert checked
    orders = by_id(checked.workspaces())["network-orders"]
    assert orders.inputs
    moved = plan(resource("azurerm_subnet.one", before={"a": 1}, after={"a": 2}))
    own = labelled(moved.decode(), orders).encode()

    def refused(**plans: bytes) -> list[str]:
        return [one["workspace"] for one in found(review(*JSON, **plans), "incomplete-review")]

    assert refused(network_orders=own) == []
    assert refused(network_payments=own) == ["network-payments", "network-payments"]
    comment = review(network_payments=moved).output
    assert review(verify=comment, network_payments=own).exit_code == 1
    stale = own.replace(orders.inputs.fingerprint.encode(), b"0" * 64)
    assert refused(network_orders=stale) == ["network-orders"]


def test_a_destroyed_cluster_is_an_error_though_the_file_is_the_same(review: Review) -> None:
    gone = resource("azurerm_kubernetes_cluster.cluster", actions=("delete",))
    done = review(aks_payments=plan(gone))
    assert done.exit_code == 1
    assert "**cluster-replaced** `aks-payments`" in done.output


def test_an_apply_of_other_changes_is_refused(review: Review) -> None:
    one = plan(resource(before={"a": 1}, after={"a": 2}))
    comment = review(hub=one).output
    assert review(verify=comment, hub=one).exit_code == 0
    done = review(verify=comment, hub=plan(resource(before={"a": 1}, after={"a": 3})))
    assert done.exit_code == 1
    assert done.output.startswith("refused: hub: ")
    assert review(verify=comment, vault=one).exit_code == 1
    assert review(verify="no comment at all", hub=one).exit_code == 1
    assert review(verify=comment).exit_code == 2


def test_json(review: Review, repository: Repository) -> None:
    repository.edit(("max_count: 3", "max_count: 4"))
    document = json.loads(review(*JSON).output)
    (finding,) = document["findings"]
    assert (finding["id"], finding["level"], finding["workspace"]) == ("HVN912", "error", "aks-payments")
    assert document["comment"].startswith("<!-- hvn-review -->")


def test_the_json_of_a_finding_has_no_markdown(review: Review) -> None:
    lost = resource("hcp_hvn.hvn", actions=("delete",), before={"a": 1})
    for finding in json.loads(review(*JSON, hcp=plan(lost)).output)["findings"]:
        texts = [finding["message"], finding["why"], finding["fix"], *finding["impact"], *finding["manual_steps"]]
        assert not re.search(r"\*\*|`", " ".join(texts[:1] + texts[3:]))


def test_bad_use(review: Review, tmp_path: pathlib.Path) -> None:
    run = CliRunner().invoke(cli, ["review", "a.json"])
    assert (run.exit_code, "--base" in run.output) == (2, True)
    run = CliRunner().invoke(cli, ["review", "hub=a.json", "hub=b.json", "--base", "HEAD"])
    assert (run.exit_code, "hub" in run.output) == (2, True)
    run = CliRunner().invoke(cli, ["review", "a.json", "--verify", str(tmp_path / "none")])
    assert (run.exit_code, "cannot be read" in run.output) == (2, True)


def test_all_requires_a_plan_of_every_workspace(review: Review) -> None:
    missing = found(review("--all", *JSON), "incomplete-review")
    assert {"hub", "aks-orders"} <= {one["workspace"] for one in missing}
    assert len(missing) == 17
    assert "**incomplete-review** `hcp`, `hub`, `peering-hub`, `vault`" in review("--all").output
    assert review("--all", "--fail-on", "error").exit_code == 1
    both = review("--all", "--wave", "1")
    assert (both.exit_code, "--wave" in both.output) == (2, True)


def test_a_blocked_workspace_has_no_plan(review: Review, repository: Repository) -> None:
    (repository.file.parent / "jwks" / "payments.json").unlink()
    assert review().exit_code == 1
    repository.commit()
    repository.git("branch", "-qf", "main")
    assert review().exit_code == 0
    done = review("--all", *JSON)
    blocked = [one["workspace"] for one in found(done, "incomplete-review") if "blocked" in one["message"]]
    assert blocked == ["vault-auth-payments", "secrets-payments"]
    assert done.exit_code == 1


def test_a_wave_that_does_not_exist(review: Review, repository: Repository) -> None:
    done = review("--wave", "2")
    assert (done.exit_code, "no wave 2" in done.output) == (2, True)
    repository.edit(("max_count: 3", "max_count: 4"))
    done = review("--wave", "99")
    assert (done.exit_code, "no wave 99" in done.output) == (2, True)


def test_one_plan_that_was_not_reviewed_is_enough(review: Review) -> None:
    one = plan(resource(before={"a": 1}, after={"a": 2}))
    done = review(verify=review(hub=one).output, hub=one, vault=one)
    assert done.exit_code == 1
    assert (done.output.count("refused:"), done.output.startswith("refused: vault: ")) == (1, True)


def test_plans_in_a_subfolder_are_rejected(review: Review, repository: Repository) -> None:
    review()
    inner = repository.folder.parent / "plans" / "plan-hcp"
    inner.mkdir()
    (inner / "hcp.json").write_bytes(plan())
    arguments = ["review", str(inner.parent), "--base", "main", "--topology", "config/topology.yaml"]
    run = CliRunner().invoke(cli, arguments)
    assert (run.exit_code, "plan-hcp/hcp.json" in run.output) == (2, True)
    (inner / "hcp.json").rename(inner.parent / "hcp.JSON")
    assert "1 plan: " in CliRunner().invoke(cli, arguments).output
