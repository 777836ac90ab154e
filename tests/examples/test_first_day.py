"""The scripts of the first day, run with fake programs that record their arguments."""

import itertools
import json
import pathlib
import re
import shutil
import subprocess

import pytest

from tests.conftest import PROJECT
from tests.examples.shell import fake_program

FOLDER = PROJECT / "examples" / "first-day"
SCRIPTS = sorted(file.name for file in FOLDER.glob("[0-9]-*.sh"))
GUIDE = PROJECT / "docs" / "how-to" / "first-day.md"
SETTINGS = {
    "NAME": "platform",
    "REGION": "japaneast",
    "SUBSCRIPTIONS": "'sub-hub sub-spoke'",
    "STATE_GROUP": "rg-tfstate",
    "STATE_ACCOUNT": "tfstate0001",
    "STATE_CONTAINER": "tfstate",
    "REPOSITORY": "example-org/infra",
    "HCP_PROJECT": "33333333-3333-4333-8333-333333333333",
}
RECORD = 'printf "%s\\0" "$0" "$@" >> "$RECORD"; printf "\\036" >> "$RECORD"; '
ANSWER = 'case "$*" in *service-principals\\ read*) echo \'{"id": "an-id"}\' ;; *) echo "an-id" ;; esac'


def filled(folder: pathlib.Path, **settings: str) -> None:
    """Copy the scripts with these settings."""
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    text = (folder / "settings.sh").read_text(encoding="utf-8")
    for name, value in settings.items():
        text, count = re.subn(rf"(?m)^{name}=(?= )", f"{name}={value}", text)
        assert count == 1, name
    (folder / "settings.sh").write_text(text, encoding="utf-8")


def run(folder: pathlib.Path, script: str, *arguments: str) -> tuple[int, list[list[str]]]:
    """Run a script; return its exit code and the commands that it called."""
    for program in ("az", "hcp", "gh"):
        fake_program(folder / "path" / program, RECORD + ANSWER)
    record = folder / "record"
    record.write_bytes(b"")
    done = subprocess.run(
        [folder / script, *arguments],
        env={"PATH": f"{folder / 'path'}:/usr/bin:/bin", "RECORD": str(record)},
        capture_output=True,
        text=True,
        check=False,
    )
    calls = [line.split("\0")[:-1] for line in record.read_text(encoding="utf-8").split("\x1e") if line]
    return done.returncode, [[pathlib.Path(call[0]).name, *call[1:]] for call in calls]


def test_the_guide_names_the_scripts_in_their_order() -> None:
    assert len(SCRIPTS) == 5
    named = re.findall(r"\[(\d-[a-z]+\.sh)\]\(\.\./\.\./examples/first-day/\1\)", GUIDE.read_text(encoding="utf-8"))
    assert list(dict.fromkeys(named)) == SCRIPTS


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("verb", ["create", "verify", "undo"])
def test_each_step_runs_to_its_end_without_an_empty_argument(tmp_path: pathlib.Path, script: str, verb: str) -> None:
    filled(tmp_path, **SETTINGS)
    code, calls = run(tmp_path, script, verb)
    assert code == 0
    assert calls
    for call in calls:
        empty = [before for before, after in itertools.pairwise(call) if not after]
        assert set(empty) <= {"--public-ip-address", "--nsg"}, call
        assert not any(argument in ("/subscriptions/", "--role=roles/") for argument in call)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_stops_at_an_empty_setting_and_an_unknown_word(tmp_path: pathlib.Path, script: str) -> None:
    filled(tmp_path, **SETTINGS)
    assert run(tmp_path, script) == (2, [])
    assert run(tmp_path, script, "creat") == (2, [])
    needed = re.findall(r"^need (.*)$", (FOLDER / script).read_text(encoding="utf-8"), re.MULTILINE)[0].split()
    used = set(re.findall(r"\$\{?([A-Z_]+)", (FOLDER / script).read_text(encoding="utf-8")))
    used |= {"REPOSITORY"} if "subject_prefix" in (FOLDER / script).read_text(encoding="utf-8") else set()
    assert used == set(needed)
    for name in needed:
        filled(tmp_path, **{**SETTINGS, name: ""})
        assert run(tmp_path, script, "create") == (2, [])


PROVIDER = r"--subscription (\S+) --namespace (\S+)"


@pytest.mark.parametrize(
    ("script", "made", "removed"),
    [
        ("1-state.sh", r"az group create .* -n (\S+)", r"az group delete .* -n (\S+)"),
        ("2-providers.sh", f"az provider register --wait {PROVIDER}", f"az provider unregister {PROVIDER}"),
        ("4-hcp.sh", r"hcp iam service-principals create (\S+)", r"hcp iam service-principals delete (\S+)"),
        ("5-runner.sh", r"az group create .* -n (\S+)", r"az group delete .* -n (\S+)"),
    ],
)
def test_undo_removes_what_create_made(tmp_path: pathlib.Path, script: str, made: str, removed: str) -> None:
    filled(tmp_path, **SETTINGS)
    created, undone = ("\n".join(map(" ".join, run(tmp_path, script, verb)[1])) for verb in ("create", "undo"))
    assert re.findall(made, created)
    assert re.findall(made, created) == re.findall(removed, undone)


def test_each_job_can_log_in_only_as_its_identity(tmp_path: pathlib.Path) -> None:
    filled(tmp_path, **SETTINGS)
    _, azure = run(tmp_path, "3-identities.sh", "create")
    credentials = [json.loads(call[-1]) for call in azure if "federated-credential" in call]
    assert [one["subject"] for one in credentials] == [
        "an-id:pull_request",
        "an-id:ref:refs/heads/main",
        "an-id:environment:production",
    ]
    assert {one["audiences"][0] for one in credentials} == {"api://AzureADTokenExchange"}
    _, hcp = run(tmp_path, "4-hcp.sh", "create")
    conditions = [call[-1].partition("=")[2] for call in hcp if "create-oidc" in call]
    subjects = [re.findall(r'jwt_claims\.sub == "an-id:([^"]+)"', condition) for condition in conditions]
    assert subjects == [["pull_request", "ref:refs/heads/main"], ["environment:production"]]


def test_the_role_assignments_of_apply_are_limited_by_the_condition(tmp_path: pathlib.Path) -> None:
    filled(tmp_path, **SETTINGS)
    _, calls = run(tmp_path, "3-identities.sh", "create")
    grants = [call for call in calls if call[1:4] == ["role", "assignment", "create"]]
    roles = [(call[call.index("--role") + 1], call[-1]) for call in grants]
    assert len([role for role, _ in roles if role == "Reader"]) == 2
    limited = [text for role, text in roles if role == "Role Based Access Control Administrator"]
    assert len(limited) == 2
    condition = (FOLDER / "role-condition.txt").read_text(encoding="utf-8").strip()
    assert limited == [condition] * 2
    assert condition.count("(") == condition.count(")")
