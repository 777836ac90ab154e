"""Run bin/cdktf with cdktf-cli on a copy of the project, and check states, folders, signals and exit codes."""

import json
import signal
from collections.abc import Sequence

import pytest

from hvn import cdktf
from tests.cdktf.conftest import Project
from tests.conftest import SAMPLE

pytestmark = pytest.mark.whole


def all_ids() -> Sequence[str]:
    return [workspace.id for workspace in cdktf.known({"HVN_TOPOLOGY": str(SAMPLE)})[1] if not workspace.blocked]


def test_a_stack_has_one_state_for_single_and_full_runs(project: Project) -> None:
    project.run("deploy", "network-payments", "--auto-approve")
    assert project.states() == ["state/platform/network-payments.tfstate"]
    assert not (project.root / "cdktf.out").exists()
    output = project.run("deploy", "*", "--auto-approve")
    assert output.count("Apply complete!") == len(all_ids())
    assert project.states() == sorted(f"state/platform/{id_}.tfstate" for id_ in all_ids())

    alone = project.files("cdktf.out.network-payments/stacks")
    for file, (_, content) in alone.items():
        if file.endswith("cdk.tf.json"):
            assert content == (project.root / file.replace("cdktf.out.network-payments", "cdktf.out")).read_bytes()

    before = project.files("cdktf.out")
    assert any("/.terraform/" in file for file in before)
    project.run("deploy", "aks-*", "--auto-approve")
    project.run("synth", "hub")
    assert project.files("cdktf.out") == before, "a selection changed cdktf.out"
    assert project.states() == sorted(f"state/platform/{id_}.tfstate" for id_ in all_ids())


def test_only_the_user_can_read_states(project: Project) -> None:
    (project.root / "state").mkdir(mode=0o755)
    project.run("deploy", "hcp", "--auto-approve", "--outputs-file", "out.json")
    private = [project.root / "state", *(project.root / "state").rglob("*"), project.caller / "out.json"]
    assert {path.name: path.stat().st_mode & 0o077 for path in private} == dict.fromkeys(
        ("state", "platform", "hcp.tfstate", "out.json"), 0
    )


def test_two_topologies_share_neither_state_nor_terraform_data(project: Project) -> None:
    text = (project.root / "config" / "topology.yaml").read_text()
    (project.root / "config" / "staging.yaml").write_text(text.replace("name: platform", "name: staging"))
    project.run("deploy", "hub", "--auto-approve")
    before = project.files("cdktf.out.hub"), project.files("state")
    project.run("deploy", "hub", "--auto-approve", HVN_TOPOLOGY=str(project.root / "config" / "staging.yaml"))
    assert project.states() == ["state/platform/hub.tfstate", "state/staging/hub.tfstate"]
    (project.root / "state/staging/hub.tfstate").unlink()
    assert (project.files("cdktf.out.hub"), project.files("state")) == before


def test_two_selections_at_once(project: Project) -> None:
    both = [project.start("deploy", name, "--auto-approve") for name in ("network-payments", "network-orders")]
    for process in both:
        output = process.communicate(timeout=300)[0]
        assert process.returncode == 0, output
    assert project.states() == ["state/platform/network-orders.tfstate", "state/platform/network-payments.tfstate"]


def test_diff_of_several_continues_after_a_failure_and_returns_its_code(project: Project) -> None:
    project.run("diff", "aks-*", code=1, FAKE_FAILS="aks-orders")
    assert project.stacks("plan") == ["aks-orders", "aks-payments"]
    folder = cdktf.folder_for("cdktf.out", project.stacks("plan"), [])
    assert {call["folder"] for call in project.calls() if call["arguments"] == ["init"]} == {folder}


def test_a_failed_app_is_not_planned(project: Project) -> None:
    output = project.run("diff", "aks-*", "--app", "echo broken >&2; exit 3", code=1)
    assert "broken" in output
    assert project.stacks("plan") == []


@pytest.mark.parametrize(
    ("names", "number"),
    [(["hub"], signal.SIGINT), (["hub", "hcp"], signal.SIGINT), (["hub", "hcp"], signal.SIGTERM)],
    ids=["one", "several", "several, SIGTERM"],
)
def test_a_signal_reaches_terraform_and_stops_the_run(project: Project, names: list[str], number: int) -> None:
    process = project.start("diff", *names, FAKE_WAITS="1")
    project.wait_for("waiting", process)
    process.send_signal(number)
    output = process.communicate(timeout=60)[0]
    assert process.returncode not in (0, None), output
    assert "Traceback" not in output
    project.wait_for("signal", process)
    assert len(project.stacks("plan")) == 1


def test_output_and_destroy_of_several(project: Project) -> None:
    names = ["network-orders", "aks-orders"]
    project.run("deploy", *names, "--auto-approve")
    project.run("output", *names, "--outputs-file", "out.json")
    assert "aks-orders" in json.loads((project.caller / "out.json").read_text())
    project.run("destroy", *names, "--auto-approve", f"--{cdktf.IGNORE_MISSING}")
    assert project.stacks("apply") == names
    # Compare sorted lists, because cdktf-cli reads the outputs of stacks in parallel.
    assert sorted(project.stacks("output")[-2:]) == sorted(names)
    assert project.stacks("destroy") == names[::-1]
