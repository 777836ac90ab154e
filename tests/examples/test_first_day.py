"""Run the scripts of the first day with fake programs that record their arguments."""

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
    "HUB": "new",
    "SUBSCRIPTIONS": "'sub-hub sub-spoke'",
    "STATE_SUBSCRIPTION": "sub-state",
    "STATE_GROUP": "rg-tfstate",
    "STATE_ACCOUNT": "tfstate0001",
    "STATE_CONTAINER": "tfstate",
    "HCP_PROJECT": "33333333-3333-4333-8333-333333333333",
    "CI": "github",
    "REPOSITORY": "example-org/infra",
}
CONNECTION = "/eid1/c/pub/t/tenant/a/application/sc/organization/connection-of-"
AZURE_DEVOPS = {
    **SETTINGS,
    "CI": "azure-devops",
    "REPOSITORY": "",
    "ISSUER": "https://login.microsoftonline.com/11111111-1111-4111-8111-111111111111/v2.0",
    "PLAN_SUBJECT": f"{CONNECTION}plan",
    "APPLY_SUBJECT": f"{CONNECTION}apply",
}
NEEDED = {
    "1-state.sh": {"STATE_SUBSCRIPTION", "REGION", "STATE_GROUP", "STATE_ACCOUNT", "STATE_CONTAINER"},
    "2-providers.sh": {"SUBSCRIPTIONS"},
    "3-identities.sh": {"SUBSCRIPTIONS", "STATE_SUBSCRIPTION", "STATE_GROUP", "STATE_ACCOUNT"},
    "4-hcp.sh": {"HCP_PROJECT"},
    "5-runner.sh": {"HUB", "NAME", "REGION", "SUBSCRIPTIONS"},
}
ENTRA_AUDIENCE = "fb60f99c-7a34-4190-8149-302f77469936"  # the audience of Entra's tokens for a service connection
FOR_JOBS = {"3-identities.sh", "4-hcp.sh"}
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


def run(folder: pathlib.Path, script: str, *arguments: str, answer: str = ANSWER) -> tuple[int, list[list[str]]]:
    """Run a script; return its exit code and the commands that it called."""
    for program in ("az", "hcp", "gh"):
        fake_program(folder / "path" / program, RECORD + answer)
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
@pytest.mark.parametrize("settings", [SETTINGS, AZURE_DEVOPS], ids=["github", "azure-devops"])
def test_each_step_runs_to_its_end_without_an_empty_argument(
    tmp_path: pathlib.Path, script: str, verb: str, settings: dict[str, str]
) -> None:
    filled(tmp_path, **settings)
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
    used = set(re.findall(r"\$\{?([A-Z_]{3,})", (FOLDER / script).read_text(encoding="utf-8")))
    assert used == NEEDED[script]
    for settings, more in (
        (SETTINGS, {"CI", "REPOSITORY"}),
        (AZURE_DEVOPS, set(AZURE_DEVOPS) - set(SETTINGS) | {"CI"}),
    ):
        for name in NEEDED[script] | (more if script in FOR_JOBS else set()):
            filled(tmp_path, **{**settings, name: ""})
            assert run(tmp_path, script, "create") == (2, []), name


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


def test_undo_deletes_no_role_assignment_without_the_application(tmp_path: pathlib.Path) -> None:
    """az lists all role assignments of a subscription if the assignee is empty."""
    filled(tmp_path, **SETTINGS)
    code, calls = run(tmp_path, "3-identities.sh", "undo", answer='case "$*" in ad*) ;; *) echo an-id ;; esac')
    assert code == 0
    assert [call[1:4] for call in calls] == [["ad", "app", "list"]] * 2


@pytest.mark.parametrize("script", ["1-state.sh", "3-identities.sh"])
def test_no_role_is_assigned_without_the_storage_account(tmp_path: pathlib.Path, script: str) -> None:
    """az assigns a role to the whole subscription if the scope is empty."""
    filled(tmp_path, **SETTINGS)
    code, calls = run(
        tmp_path, script, "create", answer='case "$*" in *account\\ show*) exit 3 ;; *) echo an-id ;; esac'
    )
    assert code == 3
    assert calls
    assert not [call for call in calls if call[1:3] == ["role", "assignment"]]


def test_an_existing_hub_gets_no_runner(tmp_path: pathlib.Path) -> None:
    filled(tmp_path, **{**SETTINGS, "HUB": "existing"})
    assert run(tmp_path, "5-runner.sh", "create") == (0, [])


def test_the_state_has_its_own_subscription(tmp_path: pathlib.Path) -> None:
    filled(tmp_path, **SETTINGS)
    _, calls = run(tmp_path, "1-state.sh", "create")
    assert {call[call.index("--subscription") + 1] for call in calls if "--subscription" in call} == {"sub-state"}
    _, calls = run(tmp_path, "3-identities.sh", "create")
    scopes = {call[call.index("--scope") + 1] for call in calls if "--scope" in call}
    assert scopes == {"/subscriptions/sub-hub", "/subscriptions/sub-spoke", "an-id"}
    assert [call for call in calls if call[1:4] == ["storage", "account", "show"] and "sub-state" in call]


def test_the_service_connections_log_in_with_their_subjects(tmp_path: pathlib.Path) -> None:
    filled(tmp_path, **AZURE_DEVOPS)
    _, azure = run(tmp_path, "3-identities.sh", "create")
    credentials = [json.loads(call[-1]) for call in azure if "federated-credential" in call]
    assert [(one["issuer"], one["subject"]) for one in credentials] == [
        (AZURE_DEVOPS["ISSUER"], AZURE_DEVOPS["PLAN_SUBJECT"]),
        (AZURE_DEVOPS["ISSUER"], AZURE_DEVOPS["APPLY_SUBJECT"]),
    ]
    _, hcp = run(tmp_path, "4-hcp.sh", "create")
    providers = [call for call in hcp if "create-oidc" in call]
    assert [call[-1] for call in providers] == [
        f'--conditional-access=jwt_claims.sub == "{CONNECTION}{role}"' for role in ("plan", "apply")
    ]
    for call in providers:
        assert {f"--issuer={AZURE_DEVOPS['ISSUER']}", f"--allowed-audience={ENTRA_AUDIENCE}"} <= set(call)


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
