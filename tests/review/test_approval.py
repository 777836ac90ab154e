"""A comment approves complete plans, and `hvn review --verify` refuses all other plans with a reason."""

import json
import pathlib
from typing import Any

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from hvn.review import approval
from hvn.review.plan_files import parse
from tests.review.plans import plan, resource

HUB = parse("hub", plan(resource(before={"a": 1}, after={"a": 2})))
OTHER = parse("hub", plan(resource(before={"a": 1}, after={"a": 3})))
MARK, TEXT = approval.mark([HUB]), f"{approval.STICKY}\n## A verdict\n\n- text"
ENTRY = f" hub={OTHER.digest}"


def test_reviewed_changes_may_be_applied() -> None:
    for comment in (f"{TEXT}\n{MARK}\n", f"{TEXT}\n{MARK}", f"{TEXT}\n{MARK}\n".replace("\n", "\r\n")):
        assert approval.reviewed(comment) == {"hub": HUB.digest}
        assert approval.refusals([HUB], comment) == []


@pytest.mark.parametrize(
    "comment",
    [
        "",
        MARK,
        f"{MARK}\n{approval.STICKY}",
        f"text\n{TEXT}\n{MARK}",
        f"{TEXT}\n{MARK}\nmore",
        f"{TEXT}\n```\n{MARK}\n```",
        f"{TEXT}\n    {MARK}",
        f"{TEXT}\n{MARK}\n{MARK}",
        f"{TEXT}\n{approval.mark([OTHER])}\n{MARK}",
        f"{TEXT}\n{MARK.replace(' -->', ENTRY + ' -->')}",
        f"{TEXT}\n{MARK.replace(' hub', ENTRY + ' hub')}",
        f"{TEXT}\n{MARK.replace(' -->', ' HUB=' + HUB.digest + ' -->')}",
        f"{TEXT}\n{MARK.replace(HUB.digest, HUB.digest[:-1])}",
        f"{TEXT}\n{MARK.replace(f':{approval.VERSION}', '')}",
        f"{TEXT}\n{MARK.replace(f':{approval.VERSION}', f':{approval.VERSION + 1}')}",
    ],
)
def test_an_edited_comment_approves_no_plan(comment: str) -> None:
    assert approval.reviewed(comment) == {}
    assert "not reviewed" in str(approval.refusals([HUB], comment)[0].reason)


@pytest.mark.parametrize(
    "made",
    [
        plan(resource(actions=("no-op",), importing={"id": "/a"})),
        plan({**resource(actions=("no-op",)), "previous_address": "a.b"}),
        plan(resource(actions=("forget",), before={})),
        plan(output_changes={"o": {"actions": ["delete"], "before": 1}}),
    ],
)
def test_every_effect_of_an_apply_needs_a_review(made: bytes) -> None:
    (refusal,) = approval.refusals([parse("hub", made)], f"{TEXT}\n{approval.mark([])}")
    assert (refusal.workspace, "not reviewed" in str(refusal.reason)) == ("hub", True)


def test_a_plan_without_changes_needs_no_review() -> None:
    assert approval.refusals([parse("hub", plan(resource(actions=("no-op",))))], "") == []


@pytest.mark.parametrize("name", ["", "hub -->", "hub=0", "hub x=0", "Hub", "hub\n"])
def test_a_name_that_no_workspace_has_is_not_in_the_mark(name: str) -> None:
    made = parse(name, plan(resource(before={"a": 1}, after={"a": 2})))
    assert approval.mark([made, HUB]) == MARK


def verify(folder: pathlib.Path, comment: str, **plans: bytes) -> tuple[int, str]:
    """Return the exit code and the output of `hvn review --verify`."""
    (folder / "comment.md").write_text(comment)
    for name, content in plans.items():
        (folder / f"{name}.json").write_bytes(content)
    command = ["review", *(str(folder / f"{name}.json") for name in plans), "--verify", str(folder / "comment.md")]
    done = CliRunner().invoke(cli, command, catch_exceptions=False)
    return done.exit_code, done.output


def test_one_refused_plan_is_enough(tmp_path: pathlib.Path) -> None:
    def made(after: Any) -> bytes:
        return plan(resource(before={"a": 1}, after={"a": after}))

    comment = f"{TEXT}\n{approval.mark([parse('hub', made(2)), parse('hcp', made(2))])}"
    code, output = verify(tmp_path, comment, hub=made(2), hcp=made(2))
    assert (code, "hub, hcp" in output) == (0, True)
    for plans in ({"hub": made(3), "hcp": made(2)}, {"hub": made(2), "hcp": made(3)}, {"hub": made(2), "one": made(2)}):
        code, output = verify(tmp_path, comment, **plans)
        assert (code, output.count("refused:"), len(output.splitlines())) == (1, 1, 1)
    failed = json.dumps({**json.loads(made(2)), "errored": True}).encode()
    assert verify(tmp_path, comment, hub=made(2), hcp=failed)[0] == 1
