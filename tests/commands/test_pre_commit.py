"""pre-commit runs `.pre-commit-hooks.yaml` in a user's repository."""

import os
import pathlib
import subprocess
import sys

import pytest

from tests.conftest import PROJECT, SAMPLE

CONFIG = """\
repos:
  - repo: {hooks}
    rev: v1
    hooks: [{{id: hvn-check}}]
"""


@pytest.fixture
def repository(tmp_path: pathlib.Path) -> pathlib.Path:
    """Return a git repository with a staged topology. Its hooks come from a second repository, which replaces this
    project.
    """
    hooks, user = tmp_path / "hooks", tmp_path / "user"
    for folder in (hooks, user):
        folder.mkdir()
        git(folder, "init", "-q", ".")
    (hooks / ".pre-commit-hooks.yaml").write_bytes((PROJECT / ".pre-commit-hooks.yaml").read_bytes())
    git(hooks, "add", ".")
    git(hooks, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "hooks")
    git(hooks, "tag", "v1")
    (user / "bin").mkdir()
    (user / "bin" / "hvn").symlink_to(PROJECT / "bin" / "hvn")
    (user / ".pre-commit-config.yaml").write_text(CONFIG.format(hooks=hooks))
    (user / "config").mkdir()
    (user / "config" / "topology.yaml").write_bytes(SAMPLE.read_bytes())
    git(user, "add", ".pre-commit-config.yaml", "config")
    return user


def git(folder: pathlib.Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)  # noqa: S607


def pre_commit(repository: pathlib.Path) -> subprocess.CompletedProcess[str]:
    """Return the finished run of pre-commit over the staged files."""
    variables = {"PRE_COMMIT_HOME": str(repository.parent / "cache"), "HVN_TOPOLOGY": "config/topology.yaml"}
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--color=never"],
        cwd=repository,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_commit_with_an_error_is_refused_with_the_finding(repository: pathlib.Path) -> None:
    file = repository / "config" / "topology.yaml"
    file.write_text(SAMPLE.read_text().replace("cidr: 10.65.0.0/16", "cidr: 10.64.0.0/16"))
    git(repository, "add", "config")
    done = pre_commit(repository)
    assert done.returncode == 1
    assert "HVN111" in done.stdout


def test_a_commit_without_errors_passes_and_other_files_do_not_run_the_hook(repository: pathlib.Path) -> None:
    (repository / "config" / "jwks").mkdir()
    (repository / "config" / "jwks" / "payments.json").write_bytes((SAMPLE.parent / "jwks/payments.json").read_bytes())
    git(repository, "add", "config")
    done = pre_commit(repository)
    assert (done.returncode, "Passed" in done.stdout) == (0, True), done.stdout
    git(repository, "reset", "-q")
    (repository / "README.md").write_text("text\n")
    git(repository, "add", "README.md")
    assert "Skipped" in pre_commit(repository).stdout
