"""The steps of a workflow, run as GitHub runs them, in a project with stand-ins of `gh` and `terraform`."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
from typing import Any

import pytest

from hvn.review.approval import reviewed
from tests.affected.conftest import Repository, repository
from tests.conftest import PROJECT
from tests.examples.test_cluster_keys import stand_in

__all__ = ["repository"]

# Keeps one comment, as the file `comment`.
GH = """
body=$(echo "$*" | sed -n 's/.*-F body=@//p')
case "$*" in
*/pulls*) echo 7 ;;
*--paginate*) if [ -e "$KEPT/comment" ]; then echo 5; fi ;;
*--method*) cp "$body" "$KEPT/comment" ;;
*comments/5*) cat "$KEPT/comment" ;;
esac
"""
# What it plans is in `planned`, by workspace; what it applies is noted.
TERRAFORM = """
workspace=$(basename "$PWD")
case "$1" in
-chdir=*) echo "${1##*/}" >> "$KEPT/applied"; test "${1##*/}" != "$REFUSES" ;;
plan)
    for each in "$@"; do case "$each" in -out=*) out="${each#-out=}" ;; esac; done
    if [ "$workspace" = "$BREAKS" ]; then printf '%s\n\n' "Error: $SAYS"; exit 1; fi
    echo '{"format_version": "1.2", "resource_changes": []}' > "$out"
    if [ -e "$KEPT/planned/$workspace" ]; then cp "$KEPT/planned/$workspace" "$out"; fi
    test "$workspace" != "$FAILS"
    ;;
show) cat "$3" ;;
esac
"""


class Project:
    """A project in a repository, on a branch, with what a job of a workflow has around it."""

    def __init__(self, repository: Repository, kept: pathlib.Path) -> None:
        self.repository, self.folder, self.kept = repository, repository.folder, kept
        (kept / "planned").mkdir(parents=True)
        shutil.copytree(PROJECT / "examples", self.folder / "examples")
        stand_in(self.folder / "bin" / "hvn", f'exec {sys.executable} -m tests.examples.hvn_here "$@"')
        stand_in(kept / "path" / "gh", GH)
        stand_in(kept / "path" / "terraform", TERRAFORM)
        (self.folder / ".gitignore").write_text("plans\ncdktf.out*\n*.md\naffected.json\n")
        repository.commit()
        repository.git("branch", "-qf", "main")

    def plan(self, workspace: str, *resources: Any, **more: Any) -> None:
        """What Terraform plans from now on."""
        text = json.dumps({"format_version": "1.2", "resource_changes": resources, **more})
        (self.kept / "planned" / workspace).write_text(text)

    def run(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """A step: bash that stops at the first error."""
        environment = {
            "PATH": f"{self.kept / 'path'}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "KEPT": str(self.kept),
            "PYTHONPATH": str(PROJECT),
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_SHA": "c" * 40,
            "GITHUB_STEP_SUMMARY": str(self.kept / "summary"),
            "GITHUB_OUTPUT": str(self.kept / "output"),
            **variables,
        }
        bash = ["bash", "-eo", "pipefail", "-c", script]
        return subprocess.run(bash, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    def read(self, name: str) -> str:
        """What is kept of `comment`, `summary`, `output` or `applied`."""
        file = self.kept / name
        return file.read_text() if file.exists() else ""

    @property
    def approved(self) -> set[str]:
        """The workspaces that the pull request's comment approves."""
        return {*reviewed(self.read("comment"))}


@pytest.fixture
def project(repository: Repository, tmp_path: pathlib.Path) -> Project:
    """Where nothing differs from `main` yet."""
    if shutil.which("jq") is None:
        pytest.skip("the workflows need jq")
    return Project(repository, tmp_path / "kept")
