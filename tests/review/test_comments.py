"""The comment on every edit in edits.py, from Terraform's plans, equals `comments/<edit>.md`."""

import os
import pathlib
import re
from contextlib import nullcontext

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from tests.affected.conftest import Repository
from tests.review.conftest import Planner, begin, edit
from tests.review.edits import EDITS

FOLDER = pathlib.Path(__file__).parent / "comments"
AGAIN = "WRITE_COMMENTS=1 .venv/bin/python -m pytest tests/review/test_comments.py"


@pytest.mark.whole
@pytest.mark.parametrize("name", EDITS)
def test_the_comment(name: str, planner: Planner, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted, plans = EDITS[name], repository.folder.parent / "plans"
    begin(repository, *wanted.applied)
    with planner.built(repository.file) if wanted.applied else nullcontext():
        begin(repository, *wanted.merged)
        edit(repository, name)
        planner.plans(repository, plans)
    monkeypatch.chdir(repository.folder)
    monkeypatch.setattr("hvn.printed.DEFAULT", repository.file)  # the code is usually in the topology's repository
    options = ["--base", "main", "--topology", "config/topology.yaml", "--fail-on", "never"]
    run = CliRunner().invoke(cli, ["review", str(plans), *options], catch_exceptions=False)
    assert run.exit_code == 0, run.output
    said = run.output.replace(repository.git("rev-parse", "main")[:12], "0123456789ab")
    file = FOLDER / f"{name}.md"
    if os.environ.get("WRITE_COMMENTS"):
        file.write_text(said, encoding="utf-8")
    assert said == file.read_text(encoding="utf-8"), f"if this is what it should say: {AGAIN}"


def test_every_comment_belongs_to_an_edit() -> None:
    assert {each.stem for each in FOLDER.iterdir()} == set(EDITS)


@pytest.mark.parametrize("name", EDITS)
def test_no_comment_calls_an_edit_safe(name: str) -> None:
    assert not re.search(r"\b(safe|harmless|no risk|without risk)", (FOLDER / f"{name}.md").read_text(), re.IGNORECASE)


def test_a_change_of_the_region_is_ten_errors() -> None:
    """One edit replaces almost all resources. The comment groups the consequences by rule and kind, not by spoke."""
    text = (FOLDER / "change-the-region.md").read_text()
    errors = text[text.index("### Errors") : text.index("### Warnings")]
    assert len(re.findall("^- ", errors, re.MULTILINE)) == 10
