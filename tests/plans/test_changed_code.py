"""Run `hvn plans` and `hvn review` on a pull request that changes the code."""

import json
import pathlib
import shutil
import subprocess

import pytest

from tests.conftest import PROJECT, SAMPLE
from tests.rehearsal.conftest import NO_TERRAFORM

JOB = """
set -u
bin/hvn plans vault-auth-payments --base main
bin/hvn review plans --base main --format json > review.json
echo "exit code $?" > code
"""
GRANT = """
def _widened(document: str) -> str:
    import json
    rules = json.loads(document)
    rules["path"]["kvv2/data/*"] = {"capabilities": ["read"]}
    rules["path"]["kvv2/data/harmless"] = {"capabilities": ["read"]}
    return json.dumps(rules, sort_keys=True)
"""


def git(folder: pathlib.Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.mark.whole
def test_a_policy_that_changed_code_widens_is_an_error(tmp_path: pathlib.Path) -> None:
    if NO_TERRAFORM:
        pytest.skip(NO_TERRAFORM)
    project = tmp_path / "project"
    listed = git(PROJECT, "ls-files", "-coz", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (PROJECT / name).is_file() and not name.startswith(("docs/", "tests/")):
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, project / name)
    for folder in (".venv", "node_modules"):
        (project / folder).symlink_to((PROJECT / folder).resolve())
    shutil.copytree(SAMPLE.parent, project / "config", dirs_exist_ok=True)
    git(project, "init", "-q", "-b", "main")
    git(project, "add", "main.py", "hvn", "stacks", "config", "bin", "Pipfile.lock", "cdktf.json")
    git(project, "commit", "-qm", "the base")
    git(project, "switch", "-qc", "change")
    code = project / "stacks" / "vault_auth.py"
    text = code.read_text(encoding="utf-8")
    assert "policy=role.reader.document" in text
    text = text.replace("policy=role.reader.document", "policy=_widened(role.reader.document)")
    code.write_text(text + "\n" + GRANT, encoding="utf-8")
    git(project, "commit", "-qam", "a harmless refactoring")
    hvn = str(project / "bin" / "hvn")
    done = subprocess.run(
        [hvn, "rehearse", "--", "bash", "-c", JOB], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (project / "code").read_text() == "exit code 1\n", done.stdout + done.stderr
    assert (project / "review.json").stat().st_size, done.stdout + done.stderr
    document = json.loads((project / "review.json").read_text())
    (opened,) = (finding for finding in document["findings"] if finding["id"] == "HVN929")
    assert (opened["level"], opened["workspace"]) == ("error", "vault-auth-payments")
    comment = document["comment"]
    assert "Stop and read: " in comment.splitlines()[1]
    assert "code-opens" in comment.splitlines()[1]
    for path in ("kvv2/data/*", "kvv2/data/harmless"):
        assert f"`policy platform_payments_webapp_read on path {path}`: capability `read`" in comment
    assert "`stacks/vault_auth.py`" in comment
