"""On a full disk a command ends with one line, and does not report the failure of a workspace."""

import pytest
from click.testing import CliRunner

from hvn.cli import cli
from hvn.commands import rehearse
from hvn.rehearsal import run
from hvn.rehearsal.cycle import Failure, Result
from tests.conftest import SAMPLE

TERRAFORM = "Failed to write state: write hub.tfstate.backup: no space left on device."
PLUGIN = "rpc error: code = Unknown desc = Exception calling application: database or disk is full"


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (Failure("apply", "Failed to save state", TERRAFORM), 2),
        (Failure("apply", PLUGIN), 2),
        (Failure("init", "x"), 1),
    ],
)
def test_full_disk_during_a_rehearsal(monkeypatch: pytest.MonkeyPatch, failure: Failure, code: int) -> None:
    done = run.Rehearsal(engine="none", results=[Result("hub", failures=[failure])])
    monkeypatch.setattr(rehearse, "synthesize", lambda *_: None)
    monkeypatch.setattr(run, "rehearse", lambda *_, **__: done)
    result = CliRunner().invoke(cli, ["rehearse", "hub", "--topology", str(SAMPLE)])
    assert result.exit_code == code, result.output
    assert ("no space is left in" in result.output) is (code == 2)
    assert ("hub" in result.stdout) is (code == 1)
