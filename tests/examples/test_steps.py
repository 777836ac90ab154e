"""The workflows' steps do what they say: run one by one, with stand-ins of what is outside."""

import hashlib
import re
import subprocess
from typing import Any

import pytest

from tests.examples.conftest import Project
from tests.examples.test_review_workflows import JOBS
from tests.review.plans import resource

pytestmark = pytest.mark.slow

MOVED = resource("azurerm_role_assignment.one", before={"a": 1}, after={"a": 2})
OTHER = resource("azurerm_role_assignment.one", before={"a": 1}, after={"a": 3})
CLUSTER = resource("azurerm_kubernetes_cluster.cluster", actions=("delete",), before={"a": 1})
EDIT = ("owner: platform-team", "owner: network-team")


def step(job: str, text: str) -> str:
    """The script of the only step of a job that holds this text."""
    (found,) = (each["run"] for each in JOBS[job]["steps"] if text in each.get("run", ""))
    return str(found)


def drift(project: Project, **variables: str) -> subprocess.CompletedProcess[str]:
    return project.run(step("drift.drift", "plans.sh"), **variables)


def test_no_drift(project: Project) -> None:
    done = drift(project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "17 plans: " in project.read("summary")


@pytest.mark.parametrize("how", ["BREAKS", "FAILS"])
def test_a_plan_that_fails_is_not_taken_for_no_drift(project: Project, how: str) -> None:
    project.plan("hub", errored=True)
    assert drift(project, **{how: "hub"}).returncode == 1
    assert "**incomplete-review** `hub`" in project.read("summary")


def test_drift_fails_the_job(project: Project) -> None:
    project.plan("hub", resource("azurerm_subnet.one", before={"a": 1}, after={"a": 2}))
    assert drift(project).returncode == 1
    assert "**unexplained-change** `hub`" in project.read("summary")


def test_what_no_plan_looks_at_fails_the_job(project: Project) -> None:
    (project.folder / "config" / "jwks" / "payments.json").unlink()
    project.repository.commit()
    done = drift(project)
    assert done.returncode == 1
    assert "vault-auth-payments: blocked, not planned: " in done.stdout
    assert "**incomplete-review** `vault-auth-payments`" in project.read("summary")


class Merge:
    """A pull request that was reviewed and merged; `base` is the commit before."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.base = project.repository.git("rev-parse", "main").strip()
        project.repository.edit(("max_count: 3", "max_count: 4"))
        project.repository.commit()
        project.plan("aks-payments", MOVED)

    def review(self) -> None:
        project, variables = self.project, {"BASE": "main", "NUMBER": "7", "COMMIT": "d" * 40}
        planned = project.run(step("review.plan", "plans.sh"), **variables, WORKSPACES="aks-payments")
        assert planned.returncode == 0, planned.stderr
        for text in ("review.sh", "$CODE"):
            written = project.run(step("review.comment", text), **variables, CODE="0")
            assert written.returncode == 0, written.stdout + written.stderr

    def prepare(self, event: str, wave: str = "1", **more: str) -> subprocess.CompletedProcess[str]:
        number = "" if event == "push" else "7"
        variables = {"BASE": self.base, "WAVE": wave, "NUMBER": number, "GITHUB_EVENT_NAME": event}
        (self.project.folder / "comment.md").unlink(missing_ok=True)
        done = self.project.run(step("apply.prepare", "GITHUB_OUTPUT"), **{**variables, **more})
        if event == "workflow_dispatch":
            written = self.project.run(step("apply.comment", "GITHUB_OUTPUT"), WAVE=wave, NUMBER="7")
            assert written.returncode == 0, written.stderr
        return done

    def apply(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """With what `prepare` saw last; without it, with what is there."""
        *_, seen = re.findall("seen=(.*)", self.project.read("output")) or [
            hashlib.sha256(self.project.read("comment").encode()).hexdigest()
        ]
        script = step("apply.apply", "--verify")
        return self.project.run(script, BASE=self.base, WAVE="1", NUMBER="7", **{"SEEN": seen, **variables})


@pytest.fixture
def merge(project: Project) -> Merge:
    return Merge(project)


def test_what_was_reviewed_is_applied(merge: Merge) -> None:
    merge.review()
    assert merge.project.approved == {"aks-payments"}
    assert merge.prepare("push").returncode == 0
    assert re.fullmatch("code=0\nnumber=7\nany=true\nseen=[0-9a-f]{64}\n", merge.project.read("output"))
    done = merge.apply()
    assert done.returncode == 0, done.stdout + done.stderr
    assert merge.project.read("applied") == "aks-payments\n"
    assert "gh workflow run" not in merge.project.read("summary")
    assert not (merge.project.folder / "plans").exists()


def test_after_a_refusal_the_first_wave_can_be_reviewed_again(merge: Merge) -> None:
    merge.review()
    merge.project.plan("aks-payments", OTHER)
    done = merge.apply()
    assert (done.returncode, merge.project.read("applied")) == (1, "")
    assert "refused: aks-payments: its changes differ" in done.stdout
    assert f"gh workflow run apply -f wave=1 -f base={merge.base} -f number=7" in merge.project.read("summary")
    again = merge.prepare("workflow_dispatch")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "number=7\nany=true\nseen=" in merge.project.read("output")
    assert "→ `3`" in merge.project.read("comment")
    assert merge.apply().returncode == 0
    assert merge.project.read("applied") == "aks-payments\n"


def test_without_a_review_nothing_is_applied_until_there_is_one(merge: Merge) -> None:
    assert merge.apply().returncode == 1
    assert "-f wave=1 " in merge.project.read("summary")
    assert merge.prepare("workflow_dispatch").returncode == 0
    assert merge.apply().returncode == 0


def test_a_review_that_is_another_after_the_approval_is_refused(merge: Merge) -> None:
    merge.review()
    assert merge.prepare("push").returncode == 0
    # An old run of the review, started again while the apply waits.
    merge.project.plan("aks-payments", OTHER)
    seen = merge.project.read("output")
    merge.review()
    (merge.project.kept / "output").write_text(seen)
    done = merge.apply()
    assert (done.returncode, merge.project.read("applied")) == (1, "")
    assert "refused: the review is not the one that was there before the approval" in done.stderr
    assert "-f wave=1 " in merge.project.read("summary")


def test_after_a_merge_without_a_review_the_apply_is_refused(merge: Merge) -> None:
    assert merge.prepare("push").returncode == 0
    assert "seen=" not in merge.project.read("output")
    merge.review()
    assert merge.apply(SEEN="").returncode == 1
    assert merge.project.read("applied") == ""


def test_an_apply_that_stops_half_way_says_how_to_go_on(merge: Merge) -> None:
    merge.review()
    assert merge.apply(REFUSES="aks-payments").returncode == 1
    assert "-f wave=1 " in merge.project.read("summary")
    assert not (merge.project.folder / "plans").exists()


@pytest.mark.parametrize(("wave", "variables"), [("99", {}), ("1", {"BREAKS": "aks-payments"})])
def test_what_cannot_be_prepared_is_not_green(merge: Merge, wave: str, variables: dict[str, str]) -> None:
    assert merge.prepare("workflow_dispatch", wave, **variables).returncode != 0
    assert "any=true" not in merge.project.read("output")


def test_a_plan_that_fails_is_told_in_the_review_of_its_wave(merge: Merge) -> None:
    merge.review()
    assert merge.prepare("workflow_dispatch", BREAKS="aks-payments").returncode == 1
    assert "**incomplete-review** `aks-payments`: no plan" in merge.project.read("comment")
    assert merge.project.approved == set()


def test_a_wave_that_cannot_be_reviewed_leaves_no_review_of_the_one_before(merge: Merge) -> None:
    merge.review()
    assert merge.prepare("workflow_dispatch", wave="99").returncode == 2
    assert "## Not reviewed: wave 99 of the commit" in merge.project.read("comment")
    assert merge.project.approved == set()


def test_the_next_wave_is_named_if_there_is_one(merge: Merge) -> None:
    node_subnet = "      node_cidr: 10.64.0.0/20\n"
    merge.project.repository.edit((node_subnet, node_subnet + "      pod_cidr: 100.80.0.0/16\n"))
    merge.project.repository.commit()
    assert merge.prepare("workflow_dispatch").returncode == 0
    assert merge.apply().returncode == 0
    assert f"Next: gh workflow run apply -f wave=2 -f base={merge.base} -f number=7" in merge.project.read("summary")


def commented(project: Project, affected: str, **variables: str) -> list[int]:
    """How the steps of the job that comments end, those of ours, as far as it gets."""
    codes: list[int] = []
    for each in JOBS["review.comment"]["steps"]:
        skipped = each.get("if") == "needs.affected.result != 'success'" and affected == "success"
        if "run" not in each or each["run"] == "make setup" or skipped or any(codes):
            continue
        *_, code = ["", *re.findall("code=(.*)", project.read("output"))]
        given: dict[str, Any] = {"BASE": "main", "NUMBER": "7", "COMMIT": "d" * 40, "CODE": code, **variables}
        codes.append(project.run(each["run"], **given).returncode)
    return codes


def test_what_fails_its_check_takes_the_comment_of_an_earlier_push_back(merge: Merge) -> None:
    merge.review()
    assert f"Of the commit `{'d' * 40}`." in merge.project.read("comment")
    assert commented(merge.project, "failure") == [0, 1]
    assert merge.project.read("comment").startswith(f"<!-- hvn-review -->\n\n## Not reviewed: the commit `{'d' * 40}`")
    assert merge.project.approved == set()
    assert merge.apply().returncode == 1


def test_a_review_that_cannot_be_written_leaves_none_of_an_earlier_push(merge: Merge) -> None:
    merge.review()
    assert commented(merge.project, "success", BASE="no-such-branch") == [0, 2]
    assert merge.project.approved == set()


def test_the_comment_is_written_though_it_fails_the_job(merge: Merge) -> None:
    assert commented(merge.project, "success") == [0, 0, 1]
    assert "**incomplete-review** `aks-payments`: no plan" in merge.project.read("comment")


def test_a_plan_that_fails_fails_its_job_and_is_reviewed(merge: Merge) -> None:
    merge.project.plan("aks-payments", MOVED, errored=True)
    planned = merge.project.run(
        step("review.plan", "plans.sh"), BASE="main", WORKSPACES="aks-payments", FAILS="aks-payments"
    )
    assert planned.returncode == 1
    assert commented(merge.project, "success") == [0, 0, 1]
    assert "Terraform ended with an error" in merge.project.read("comment")
    assert merge.project.approved == set()


@pytest.mark.parametrize("job", ["review.plan", "drift.drift"])
def test_why_a_plan_failed_is_in_the_log_and_is_no_command(merge: Merge, job: str) -> None:
    merge.project.repository.git("branch", "-qf", "main")
    merge.project.repository.edit(("max_count: 4", "max_count: 5"))
    given = {"BASE": "main", "WORKSPACES": "aks-payments", "BREAKS": "aks-payments", "SAYS": "::error::##[group]no"}
    done = merge.project.run(step(job, "plans.sh"), **given)
    assert done.returncode == 1
    before, _, rest = done.stdout.partition("::stop-commands::")
    word, _, after = rest.partition("\n")
    log, end, _ = after.partition(f"\n::{word}::\n")
    assert before == ""
    assert end
    assert "\n  Error: ::error::##[group]no\n" in log


def test_a_cancelled_run_writes_nothing() -> None:
    condition = JOBS["review.comment"]["if"]
    assert "!cancelled()" in condition
    assert "always()" not in condition


def test_the_whole_of_a_comment_that_was_cut_is_in_the_log(merge: Merge) -> None:
    name = f"azurerm_role_assignment.{'x' * 60}"
    many = [resource(f"{name}{number}", before={"a": 1}, after={"a": 2}) for number in range(900)]
    merge.project.plan("aks-payments", *many, resource("::error::##[group]last", before={"a": 1}, after={"a": 2}))
    merge.project.run(step("review.plan", "plans.sh"), BASE="main", WORKSPACES="aks-payments")
    done = merge.project.run(step("review.comment", "review.sh"), BASE="main", NUMBER="7")
    comment = (merge.project.folder / "comment.md").read_text()
    assert len(comment.encode()) <= 65_536
    assert "**Cut for length**" in comment
    first, *log, last = done.stdout.splitlines()
    assert first.startswith("::stop-commands::")
    assert last == f"::{first.removeprefix('::stop-commands::')}::"
    assert all(f"{'x' * 60}{number}`" in "\n".join(log) for number in range(900))
    assert "::error::" in "\n".join(log)
