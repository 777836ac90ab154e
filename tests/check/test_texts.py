"""Test the positions of findings: files in `texts/` state each finding's line and column, for every way in which the
check computes a position.

The first lines of a file list its findings: `# expect: <id> <line>:<column> <path> <values>`, with `-` as the path of
the whole file. The message or the fix contains the values. `texts/` also contains comments that accept a warning,
because a patch (cases.py) cannot contain comments.
"""

import pathlib

import pytest

from hvn.check.load import load
from tests.check.cases import TEXTS
from tests.findings import reported

FILES = sorted(TEXTS.glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.removesuffix(".yaml"))
def test_each_finding_has_the_expected_line_and_column(file: pathlib.Path) -> None:
    head = [line.split()[2:] for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("# expect: ")]
    assert bool(head) is not file.name.endswith(".good.yaml")
    findings = reported(load(file).findings)
    assert [
        [finding.id, f"{finding.line}:{finding.column}", finding.path.replace(" ", "") or "-"] for finding in findings
    ] == [words[:3] for words in head]
    for words, finding in zip(head, findings, strict=True):
        assert all(finding.holds(value) for value in words[3:]), (words, finding.text)
