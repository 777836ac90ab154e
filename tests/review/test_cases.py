"""The review of each case in `cases/` reports the expected findings."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from hvn.check.load import load
from hvn.cli import cli
from tests.affected.conftest import Repository
from tests.review.cases import Case, edited, every_case, plan_files
from tests.stacks.test_properties import key_of
from tests.topology.test_jwks import key_set

KINDS = ("file", "plan", "state", "code")


def parameters() -> list[Any]:
    return [pytest.param(case, id=f"{kind}:{case['name']}") for kind in KINDS for case in every_case(kind)]


@pytest.mark.parametrize("case", parameters())
def test_the_comment_reports(case: Case, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = edited(repository.file.read_text(encoding="utf-8"), case)
    if before != repository.file.read_text(encoding="utf-8"):
        repository.file.write_text(before, encoding="utf-8")
        repository.git("commit", "-qam", "the base")
        repository.git("branch", "-qf", "main")
    repository.file.write_text(after, encoding="utf-8")
    _others(repository, case)
    checked = load(repository.file).checked
    assert checked, load(repository.file).findings
    plans = repository.folder.parent / "plans"
    plans.mkdir()
    for workspace, content in plan_files(case, {one.id: one for one in checked.workspaces() if one.inputs}):
        (plans / f"{workspace}.json").write_bytes(content)
    monkeypatch.chdir(repository.folder)
    command = ["review", str(plans), "--base", "main", "--topology", "config/topology.yaml", "--format", "json"]
    run = CliRunner().invoke(cli, [*command, *case.get("options", ())], catch_exceptions=False)
    document = json.loads(run.stdout)
    reported = [(one["id"], one["level"], one["workspace"] or "") for one in document["findings"]]
    expected = [(*line.split(), "")[:3] for line in case.get("expect", ())]
    assert sorted({*reported}) == sorted({*expected}), document["comment"]
    assert [text for text in case.get("says", ()) if text not in document["comment"]] == [], document["comment"]
    assert [text for text in case.get("silent", ()) if text in document["comment"]] == []
    approved = {one["workspace"] for one in document["plans"] if one["approved"]}
    assert not approved & {*case.get("refused", ())}
    if not case.get("options"):
        assert run.exit_code == int(any(level == "error" for _, level, _ in expected))


def _others(repository: Repository, case: Case) -> None:
    keys = repository.file.parent / "jwks"
    for spoke in case.get("keys", ()):
        (keys / f"{spoke}.json").write_bytes(key_set(key_of(spoke)))
    for spoke in case.get("no_keys", ()):
        (keys / f"{spoke}.json").unlink()
    for name, text in case.get("files", {}).items():
        path = repository.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
