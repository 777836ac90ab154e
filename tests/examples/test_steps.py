"""Run the single steps of the workflows with fake programs."""

import hashlib
import re
import subprocess

import pytest

from tests.examples.conftest import Project
from tests.examples.test_review_workflows import JOBS
from tests.review.plans import resource

pytestmark = pytest.mark.whole

MOVED = resource("azurerm_role_assignment.one", before={"a": 1}, after={"a": 2})
OTHER = resource("azurerm_role_assignment.one", before={"a": 1}, after={"a": 3})
CLUSTER = resource("azurerm_kubernetes_cluster.cluster", actions=("delete",), before={"a": 1})
NO_PLAN = "**incomplete-review** `aks-payments`"


def step(job: str, text: str) -> str:
    """Return the script of the only step of a job that contains this text."""
    (script,) = (step["run"] for step in JOBS[job]["steps"] if text in step.get("run", ""))
    return str(script)


def drift(project: Project, **variables: str) -> subprocess.CompletedProcess[str]:
    return project.run(step("drift.drift", "plans.sh"), **variables)


def test_no_drift(project: Project) -> None:
    done = drift(project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "17 plans: " in project.read("summary")


@pytest.mark.parametrize("failure", ["BREAKS", "FAILS"])
def test_a_failed_plan_fails_the_job(project: Project, failure: str) -> None:
    project.plan("hub", errored=True)
    assert drift(project, **{failure: "hub"}).returncode == 1
    assert "**incomplete-review** `hub`" in project.read("summary")


def test_drift_fails_the_job(project: Project) -> None:
    project.plan("hub", resource("azurerm_subnet.one", before={"a": 1}, after={"a": 2}))
    assert drift(project).returncode == 1
    assert "**unexplained-change** `hub`" in project.read("summary")


def test_a_blocked_workspace_fails_the_job(project: Project) -> None:
    (project.folder / "config" / "jwks" / "payments.json").unlink()
    project.repository.commit()
    done = drift(project)
    assert done.returncode == 1
    assert "\nvault-auth-payments: " in done.stdout
    assert "**incomplete-review** `vault-auth-payments`" in project.read("summary")


class Merge:
    """A pull request that changes `aks-payments`, then its merge; `base` is the commit before the merge."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.base = project.repository.git("rev-parse", "main").strip()
        project.repository.edit(("max_count: 3", "max_count: 4"))
        project.repository.commit()
        project.plan("aks-payments", MOVED)

    def review(self) -> None:
        """Run the steps of review.yml."""
        project, variables = self.project, {"BASE": "main", "NUMBER": "7", "COMMIT": "d" * 40}
        planned = project.run(step("review.plan", "plans.sh"), **variables, WORKSPACES="aks-payments")
        assert planned.returncode == 0, planned.stderr
        for text in ("review.sh", "$CODE"):
            written = project.run(step("review.comment", text), **variables, CODE="0")
            assert written.returncode == 0, written.stdout + written.stderr

    def prepare(self, event: str, wave: str = "1", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the steps of apply.yml before the approval, and return the finished process of the first step."""
        number = "" if event == "push" else "7"
        variables = {"BASE": self.base, "WAVE": wave, "NUMBER": number, "GITHUB_EVENT_NAME": event, **variables}
        (self.project.folder / "comment.md").unlink(missing_ok=True)
        done = self.project.run(step("apply.prepare", "GITHUB_OUTPUT"), **variables)
        if event == "workflow_dispatch":
            written = self.project.run(step("apply.comment", "GITHUB_OUTPUT"), WAVE=wave, NUMBER="7")
            assert written.returncode == 0, written.stderr
        return done

    def apply(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the apply with the hash that `prepare` recorded, or with the hash of the current comment. Return the
        finished process."""
        *_, seen = re.findall("seen=(.*)", self.project.read("output")) or [
            hashlib.sha256(self.project.comment.encode()).hexdigest()
        ]
        script = step("apply.apply", "apply-wave.sh")
        return self.project.run(script, BASE=self.base, WAVE="1", NUMBER="7", **{"SEEN": seen, **variables})


@pytest.fixture
def merge(project: Project) -> Merge:
    return Merge(project)


def test_a_reviewed_change_is_applied(merge: Merge) -> None:
    merge.review()
    assert merge.project.approved == {"aks-payments"}
    assert merge.prepare("push").returncode == 0
    assert re.fullmatch("code=0\nnumber=7\nany=true\nseen=[0-9a-f]{64}\n", merge.project.read("output"))
    done = merge.apply()
    assert done.returncode == 0, done.stdout + done.stderr
    assert merge.project.read("applied") == "aks-payments\n"
    assert "gh workflow run" not in merge.project.read("summary")
    assert not (merge.project.folder / "plans").exists()


def result(merge: Merge, result: str) -> str:
    """Run the job `result` with the outputs of the apply, and return the comment."""
    outputs = dict(line.split("=", 1) for line in merge.project.read("output").splitlines())
    variables = {name.upper(): outputs[name] for name in ("applied", "failed", "waiting")}
    done = merge.project.run(step("apply.result", "comment result"), NUMBER="7", WAVE="1", RESULT=result, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    return merge.project.comment


def test_the_comment_has_the_result_of_the_apply(merge: Merge) -> None:
    merge.review()
    before = merge.project.comment
    assert merge.prepare("push").returncode == 0
    assert merge.apply().returncode == 0
    comment = result(merge, "success")
    assert "## Applied: wave 1\n\n- applied: `aks-payments`\n- failed: none\n- not reached: none" in comment
    assert "[Job](https://github.com/o/r/actions/runs/99)" in comment
    assert result(merge, "success") == comment
    start, end = comment.index("<!-- hvn-result -->"), comment.index("<!-- hvn-result-end -->\n")
    assert comment[:start] + comment[end + len("<!-- hvn-result-end -->\n") :] == before


def test_the_comment_has_the_workspaces_that_an_apply_did_not_reach(merge: Merge) -> None:
    merge.project.repository.edit(("owner: platform-team", "owner: network-team"))
    merge.project.repository.commit()
    assert merge.prepare("workflow_dispatch").returncode == 0
    assert merge.apply(REFUSES="aks-orders").returncode == 1
    comment = result(merge, "failure")
    assert "## Not applied, or only partly: wave 1" in comment
    assert "- applied: `hub` `network-analytics` `network-orders`\n- failed: `aks-orders`\n" in comment
    assert "- not reached: `network-payments` `aks-payments`\n" in comment


def test_a_refused_apply_reaches_no_workspace(merge: Merge) -> None:
    merge.review()
    merge.project.plan("aks-payments", OTHER)
    assert merge.apply().returncode == 1
    comment = result(merge, "failure")
    assert "- applied: none\n- failed: none\n- not reached: none\n\nThe job ended before" in comment


def test_the_labels_follow_the_verdict(merge: Merge) -> None:
    merge.project.api.labels = ["hvn: opens"]
    merge.project.plan("aks-payments", CLUSTER)
    merge.review()
    assert "hvn: destroys" in merge.project.api.labels
    assert "hvn: opens" not in merge.project.api.labels


def test_after_a_refusal_the_first_wave_can_be_reviewed_again(merge: Merge) -> None:
    merge.review()
    merge.project.plan("aks-payments", OTHER)
    done = merge.apply()
    assert (done.returncode, merge.project.read("applied")) == (1, "")
    assert "refused: aks-payments" in done.stdout
    assert f"gh workflow run apply -f wave=1 -f base={merge.base} -f number=7" in merge.project.read("summary")
    again = merge.prepare("workflow_dispatch")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "number=7\nany=true\nseen=" in merge.project.read("output")
    assert "→ `3`" in merge.project.comment
    assert merge.apply().returncode == 0
    assert merge.project.read("applied") == "aks-payments\n"


def test_nothing_is_applied_without_a_review(merge: Merge) -> None:
    assert merge.apply().returncode == 1
    assert "-f wave=1 " in merge.project.read("summary")
    assert merge.prepare("workflow_dispatch").returncode == 0
    assert merge.apply().returncode == 0


def test_an_apply_is_refused_if_the_review_changed_after_its_recording(merge: Merge) -> None:
    merge.review()
    assert merge.prepare("push").returncode == 0
    # Somebody restarts an earlier run of the review while the apply waits for its approval.
    merge.project.plan("aks-payments", OTHER)
    output = merge.project.read("output")
    merge.review()
    (merge.project.store / "output").write_text(output)
    done = merge.apply()
    assert (done.returncode, merge.project.read("applied")) == (1, "")
    assert "refused: the review" in done.stderr
    assert "-f wave=1 " in merge.project.read("summary")


def test_an_apply_is_refused_if_the_review_is_newer_than_the_merge(merge: Merge) -> None:
    assert merge.prepare("push").returncode == 0
    assert "seen=" not in merge.project.read("output")
    merge.review()
    assert merge.apply(SEEN="").returncode == 1
    assert merge.project.read("applied") == ""


def test_a_failed_apply_prints_the_command_that_continues(merge: Merge) -> None:
    merge.review()
    assert merge.apply(REFUSES="aks-payments").returncode == 1
    assert "-f wave=1 " in merge.project.read("summary")
    assert not (merge.project.folder / "plans").exists()


@pytest.mark.parametrize(("wave", "variables"), [("99", {}), ("1", {"BREAKS": "aks-payments"})])
def test_a_failed_preparation_fails_the_job(merge: Merge, wave: str, variables: dict[str, str]) -> None:
    assert merge.prepare("workflow_dispatch", wave, **variables).returncode != 0
    assert "any=true" not in merge.project.read("output")


def test_the_review_of_a_wave_reports_a_failed_plan(merge: Merge) -> None:
    merge.review()
    assert merge.prepare("workflow_dispatch", BREAKS="aks-payments").returncode == 1
    assert NO_PLAN in merge.project.comment
    assert merge.project.approved == set()


def test_an_invalid_wave_replaces_the_review_of_the_previous_one(merge: Merge) -> None:
    merge.review()
    assert merge.prepare("workflow_dispatch", wave="99").returncode == 2
    assert "## Not reviewed: wave 99 of the commit" in merge.project.comment
    assert merge.project.approved == set()


def test_the_summary_has_the_command_for_the_next_wave(merge: Merge) -> None:
    node_cidr = "      node_cidr: 10.64.0.0/20\n"
    merge.project.repository.edit((node_cidr, node_cidr + "      pod_cidr: 100.80.0.0/16\n"))
    merge.project.repository.commit()
    assert merge.prepare("workflow_dispatch").returncode == 0
    assert merge.apply().returncode == 0
    assert f"Next: gh workflow run apply -f wave=2 -f base={merge.base} -f number=7" in merge.project.read("summary")


def comment_job(project: Project, affected: str, **variables: str) -> list[int]:
    """Run the scripts of the job `comment` until one fails, and return their exit codes."""
    codes: list[int] = []
    for step in JOBS["review.comment"]["steps"]:
        skipped = step.get("if") == "needs.affected.result != 'success'" and affected == "success"
        if "run" not in step or step["run"] == "make setup" or skipped or any(codes):
            continue
        *_, code = ["", *re.findall("code=(.*)", project.read("output"))]
        environment = {"BASE": "main", "NUMBER": "7", "COMMIT": "d" * 40, "CODE": code, **variables}
        codes.append(project.run(step["run"], **environment).returncode)
    return codes


def test_a_failed_check_replaces_the_review_of_an_earlier_commit(merge: Merge) -> None:
    merge.review()
    assert f"`{'d' * 40}`" in merge.project.comment
    assert comment_job(merge.project, "failure") == [0, 1]
    assert merge.project.comment.startswith(f"<!-- hvn-review -->\n\n## Not reviewed: the commit `{'d' * 40}`")
    assert merge.project.approved == set()
    assert merge.apply().returncode == 1


def test_a_failed_review_replaces_that_of_an_earlier_commit(merge: Merge) -> None:
    merge.review()
    assert comment_job(merge.project, "success", BASE="no-such-branch") == [0, 0, 2]
    assert merge.project.approved == set()


def test_the_comment_is_written_although_the_job_fails(merge: Merge) -> None:
    assert comment_job(merge.project, "success") == [0, 0, 0, 1]
    assert NO_PLAN in merge.project.comment


def test_a_failed_plan_fails_its_job_and_is_reviewed(merge: Merge) -> None:
    merge.project.plan("aks-payments", MOVED, errored=True)
    planned = merge.project.run(
        step("review.plan", "plans.sh"), BASE="main", WORKSPACES="aks-payments", FAILS="aks-payments"
    )
    assert planned.returncode == 1
    assert comment_job(merge.project, "success") == [0, 0, 0, 1]
    assert NO_PLAN in merge.project.comment
    assert merge.project.approved == set()


@pytest.mark.parametrize("job", ["review.plan", "drift.drift"])
def test_the_log_has_the_error_of_a_plan_and_the_runner_ignores_commands_in_it(merge: Merge, job: str) -> None:
    merge.project.repository.git("branch", "-qf", "main")
    merge.project.repository.edit(("max_count: 4", "max_count: 5"))
    variables = {"BASE": "main", "WORKSPACES": "aks-payments", "BREAKS": "aks-payments", "SAYS": "::error::##[group]no"}
    done = merge.project.run(step(job, "plans.sh"), **variables)
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


def test_the_comment_links_to_the_page_of_the_change(merge: Merge) -> None:
    drawn = merge.project.run(step("review.comment", "network.html"), BASE="main")
    assert drawn.returncode == 0, drawn.stderr
    page = (merge.project.folder / "network.html").read_text(encoding="utf-8")
    assert 'class="box cluster changed" data-id="spokes.payments.cluster"' in page
    url = "https://github.com/o/r/actions/runs/1/artifacts/2"
    merge.project.run(step("review.comment", "review.sh"), BASE="main", NUMBER="7", PAGE=url)
    comment = (merge.project.folder / "comment.md").read_text(encoding="utf-8")
    assert f"[The network as a page]({url})" in comment
    assert "```mermaid" in comment


def test_the_log_has_the_whole_of_a_comment_that_is_cut(merge: Merge) -> None:
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
