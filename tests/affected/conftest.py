"""Provide a git repository with the sample topology."""

import pathlib
import subprocess

import pytest

from hvn.affected import history
from tests.conftest import copy_project

NEW: dict[pathlib.Path, bytes] = {}
"""The files of a new repository. The tests of a process share them, because git takes longer than a copy."""


class Repository:
    """A git repository. The first commit, `main`, contains the project's config folder, and one file instead of the
    project's code.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.file = folder / "config" / "topology.yaml"
        if NEW:
            self._copy()
        else:
            self._create()
            NEW.update({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()})

    def _create(self) -> None:
        copy_project(self.folder, "config")
        (self.folder / "main.py").touch()
        self.git("init", "-q", "--template=", "-b", "main")
        self.git("config", "core.logAllRefUpdates", "false")
        self.commit()
        self.git("switch", "-q", "-c", "change")
        # Each file costs time when a test copies it, and when pytest removes it.
        self.git("repack", "-adnq")
        (self.folder / ".git" / "COMMIT_EDITMSG").unlink()

    def _copy(self) -> None:
        for path, content in NEW.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_bytes(content)

    def git(self, *arguments: str) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        done = subprocess.run(["git", *who, *arguments], cwd=self.folder, capture_output=True, text=True, check=True)  # noqa: S607
        return done.stdout

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", "a commit")

    def edit(self, *replacements: tuple[str, str]) -> None:
        """Replace texts in the topology file. Fails if the file does not contain one of the texts."""
        text = self.file.read_text(encoding="utf-8")
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new, 1)
        self.file.write_text(text, encoding="utf-8")

    def line(self, text: str) -> int:
        """Return the first line of the file that contains this text."""
        lines = self.file.read_text(encoding="utf-8").splitlines()
        return next(number for number, each in enumerate(lines, 1) if text in each)


@pytest.fixture
def repository(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Return a repository on the new branch `change`, at the commit of `main`."""
    # The comment links to the job if GitHub's variables are set.
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    found = Repository(tmp_path / "repository")
    monkeypatch.setattr(history, "PROJECT", found.folder.resolve())
    return found
