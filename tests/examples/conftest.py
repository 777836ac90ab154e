"""Provide a project for the steps of a workflow, with a fake `terraform` and a server of the CI system's API."""

import json
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from hvn.review.approval import reviewed
from tests.affected.conftest import Repository, repository
from tests.comments.servers import COMMIT, FakeApi, FakeGithub, serve
from tests.conftest import PROJECT
from tests.examples.shell import fake_program, run_step

__all__ = ["repository"]

# This fake Terraform plans the JSON in `planned/<workspace>`, and lists applied workspaces in `applied`.
TERRAFORM = """
workspace=$(basename "$PWD")
case "$1" in
-chdir=*) echo "${1##*/}" >> "$STORE/applied"; test "${1##*/}" != "$REFUSES" ;;
plan)
    for argument in "$@"; do case "$argument" in -out=*) out="${argument#-out=}" ;; esac; done
    if [ "$workspace" = "$BREAKS" ]; then printf '%s\n\n' "Error: $SAYS"; exit 1; fi
    echo '{"format_version": "1.2", "resource_changes": []}' > "$out"
    if [ -e "$STORE/planned/$workspace" ]; then cp "$STORE/planned/$workspace" "$out"; fi
    test "$workspace" != "$FAILS"
    ;;
show) cat "$3" ;;
esac
"""


class Project:
    """A project in a repository, with the programs and variables of a workflow's job.

    `store` contains the files that the fake programs write. `folder` does not differ from the branch `main`.
    """

    def __init__(self, repository: Repository, store: pathlib.Path, api: FakeApi) -> None:
        self.repository, self.folder, self.store, self.api = repository, repository.folder, store, api
        (store / "planned").mkdir(parents=True)
        shutil.copytree(PROJECT / "examples", self.folder / "examples")
        fake_program(self.folder / "bin" / "hvn", f'exec {sys.executable} -m tests.examples.run_hvn "$@"')
        fake_program(self.folder / "path" / "terraform", TERRAFORM)
        (self.folder / ".gitignore").write_text("path\nplans\ncdktf.out*\n*.md\naffected.json\nreview.json\n")
        repository.commit()
        repository.git("branch", "-qf", "main")

    def plan(self, workspace: str, *resources: Any, **keys: Any) -> None:
        """Set the plan that the fake Terraform returns from now on."""
        text = json.dumps({"format_version": "1.2", "resource_changes": resources, **keys})
        (self.store / "planned" / workspace).write_text(text)

    def run(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a step and return the finished process."""
        environment = {
            "STORE": str(self.store),
            "PYTHONPATH": str(PROJECT),
            **self.api.variables,
            "GITHUB_SHA": COMMIT,
            "GITHUB_STEP_SUMMARY": str(self.store / "summary"),
            "GITHUB_OUTPUT": str(self.store / "output"),
            **variables,
        }
        return run_step(script, self.folder, **environment)

    def read(self, name: str) -> str:
        """Return the content of `summary`, `output` or `applied`; empty if it does not exist."""
        file = self.store / name
        return file.read_text() if file.exists() else ""

    @property
    def comment(self) -> str:
        """Return the pull request's review; empty if it has no review."""
        return next((comment["text"] for comment in self.api.comments), "")

    @property
    def approved(self) -> set[str]:
        """Return the workspaces that the pull request's comment approves."""
        return {*reviewed(self.comment)}


@pytest.fixture
def project(repository: Repository, tmp_path: pathlib.Path) -> Iterator[Project]:
    """Yield a new project for one test."""
    if shutil.which("jq") is None:
        pytest.skip("the workflows need jq")
    with serve(FakeGithub()) as api:
        yield Project(repository, tmp_path / "store", api)
