"""The report of a rehearsal names a fault that caused no error, and counts the workspaces."""

import pytest

from hvn.rehearsal import report
from hvn.rehearsal.cycle import Failure, Result
from hvn.rehearsal.run import Rehearsal


def text(capsys: pytest.CaptureFixture[str], *results: Result) -> str:
    places = {result.workspace: "topology.yaml:1:1" for result in results}
    report.show(Rehearsal("terraform", list(results)), places, {})
    return capsys.readouterr().out


def test_a_fault_without_an_error_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    quiet = text(capsys, Result("hub", fault="policy-deny", destroyed=True))
    assert "hub with policy-deny: the fault did not occur" in quiet
    seen = Result("hub", fault="policy-deny", fault_seen=[Failure("apply", "refused")], destroyed=True)
    assert "did not occur" not in text(capsys, seen)
    assert "did not occur" not in text(capsys, Result("hub", destroyed=True))


def test_one_workspace_is_singular(capsys: pytest.CaptureFixture[str]) -> None:
    assert "1 workspace:" in text(capsys, Result("hub", destroyed=True))
    assert "2 workspaces:" in text(capsys, Result("hub", destroyed=True), Result("hcp", destroyed=True))
