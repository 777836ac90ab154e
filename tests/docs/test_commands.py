"""The commands of pages with the mark `<!-- tested -->` run one after another in a copy of the project.

In a ```console block, a line that begins with `$ ` is a command. The lines after a command are its expected output,
compared without colours and trailing spaces. A command without such lines may print anything. A line `...` matches any
lines, `…` any text in a line. Each command must exit with 0. `<!-- exits: 1 -->` before a block sets the expected exit
code of the block's last command. The test applies a ```diff block, and writes the block after `<!-- file: NAME -->` to
that file. It ignores other blocks.
"""

import os
import pathlib
import re
import runpy
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.conftest import PROJECT, copy_project

MARK = "<!-- tested -->"
# The files and folders of the project that the commands need.
COPIED = (
    *("bin", "config", "examples", "hvn", "stacks", "tools", "tests/topologies"),
    *("Makefile", "main.py", "cdktf.json", ".gitignore"),
    *("Pipfile.lock", "package-lock.json", "package.json", ".npmrc"),
)
# The marks of pages with these commands: `slow` pages take seconds, `whole` pages tens of seconds.
SLOW = ((pytest.mark.slow, re.compile(r"\bmake\b")), (pytest.mark.whole, re.compile(r"\bcdktf\b")))


@dataclass
class Step:
    """A step: a command with its line, expected output and exit code; a patch; or a file to write."""

    line: int
    command: str = ""
    prints: list[str] = field(default_factory=list)
    exits: int = 0
    patch: str = ""
    file: str = ""
    content: str = ""


def steps(text: str) -> list[Step]:
    """Return the steps of a page, in order."""
    page_steps: list[Step] = []
    exits, file = 0, ""
    block, begun = "", 0
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if block:
            if line != "```":
                lines.append(line)
                continue
            if block == "console":
                block_steps = list(commands(lines, begun + 1))
                block_steps[-1].exits = exits
                page_steps += block_steps
            elif block == "diff":
                page_steps.append(Step(begun, patch="\n".join(lines) + "\n"))
            elif file:
                page_steps.append(Step(begun, file=file, content="\n".join(lines) + "\n"))
            block, lines, exits, file = "", [], 0, ""
        elif line.startswith("```"):
            block, begun = line.removeprefix("```") or "text", number
        elif match := re.fullmatch(r"<!-- exits: (\d+) -->", line):
            exits = int(match[1])
        elif match := re.fullmatch(r"<!-- file: (\S+) -->", line):
            file = match[1]
    assert not block, f"line {begun}: a block is not closed"
    return page_steps


def commands(lines: list[str], first: int) -> Iterator[Step]:
    """Yield the commands of one block. A backslash at the end of a line continues the command."""
    step: Step | None = None
    for number, line in enumerate(lines, first):
        if step and step.command.endswith("\\") and not step.prints:
            step.command += f"\n{line}"
        elif line.startswith("$ "):
            if step:
                yield step
            step = Step(number, line.removeprefix("$ "))
        else:
            assert step, f"line {number}: a console block begins with `$ `"
            step.prints.append(line)
    assert step, f"line {first}: an empty console block"
    yield step


def pages() -> Iterator[pathlib.Path]:
    """Yield the pages with the mark `<!-- tested -->`."""
    for page in [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]:
        if page.exists() and MARK in page.read_text(encoding="utf-8").splitlines():
            yield page


@pytest.fixture(scope="session")
def copied(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Return a copy of the project: a repository with one commit and a finished setup. `git` beside the copy is a copy
    of `.git`.

    .venv is a folder of links with its own stamp, so that `make` finds a finished setup. If `make` started a setup
    nevertheless, the setup would remove only links.
    """
    root = tmp_path_factory.mktemp("docs") / "project"
    copy_project(root, *COPIED)
    (root / ".venv").mkdir()
    for path in (PROJECT / ".venv").iterdir():
        if path.name not in ("ready", "setup.log"):
            (root / ".venv" / path.name).symlink_to(path)
    (root / "node_modules").symlink_to(PROJECT / "node_modules")
    installed_from = runpy.run_path(str(PROJECT / "tools" / "setup.py"))["INSTALLED_FROM"]
    stamp = os.fsencode(root.resolve()) + b"\n" + b"".join((root / name).read_bytes() for name in installed_from)
    (root / ".venv" / "ready").write_bytes(stamp)
    for command in ("git init -q -b main", "git add .", "git commit -q -m 'The sample'", "git repack -adq"):
        assert run(command, root).returncode == 0
    shutil.copytree(root / ".git", root.with_name("git"))
    return root


@pytest.fixture
def scratch(copied: pathlib.Path) -> pathlib.Path:
    """Return the copy of the project without the changes of another page."""
    shutil.rmtree(copied / ".git")
    shutil.copytree(copied.with_name("git"), copied / ".git")
    done = run("git reset -q --hard && git clean -q -ffdx -e .venv -e node_modules -e __pycache__", copied)
    assert done.returncode == 0, done.stdout
    return copied


def run(command: str, folder: pathlib.Path) -> subprocess.CompletedProcess[str]:
    """Run a command in bash without the caller's variables that could change its output. Return the finished
    process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HVN_", "MAKE", "GIT_"))}
    environment.pop("PYTHON", None)
    for role in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{role}_NAME": "reader", f"GIT_{role}_EMAIL": "reader@example.com"}
    return subprocess.run(
        ["bash", "-c", command],  # noqa: S607
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )


def lines_of(output: str) -> list[str]:
    """Return the lines of an output without colours, trailing spaces and empty lines at both ends."""
    plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", output)
    return "\n".join(line.rstrip() for line in plain.splitlines()).strip("\n").split("\n")


def pattern(prints: list[str]) -> str:
    """Return a regular expression for the lines that a page shows."""
    expression = ""
    for line in "\n".join(prints).strip("\n").split("\n"):
        expression += "(.*\n)*?" if line == "..." else re.escape(line.rstrip()).replace("…", ".*") + "\n"
    return expression


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            page,
            id=str(page.relative_to(PROJECT)),
            marks=[mark for mark, slow in SLOW if any(slow.search(step.command) for step in steps(page.read_text()))],
        )
        for page in pages()
    ],
)
def test_commands_of_a_page(page: pathlib.Path, scratch: pathlib.Path) -> None:
    page_steps = steps(page.read_text(encoding="utf-8"))
    assert page_steps, f"{page} is marked as tested and has no command"
    for step in page_steps:
        place = f"{page.relative_to(PROJECT)}:{step.line}"
        if step.file:
            (scratch / step.file).parent.mkdir(parents=True, exist_ok=True)
            (scratch / step.file).write_text(step.content, encoding="utf-8")
            continue
        if step.patch:
            file = scratch.parent / "change.diff"
            file.write_text(step.patch, encoding="utf-8")
            result = run(f"git apply {file}", scratch)
            assert result.returncode == 0, f"{place}: {result.stdout}"
            continue
        result = run(step.command, scratch)
        message = f"{place}: {step.command}\n{result.stdout}"
        assert result.returncode == step.exits, message
        if any(step.prints):
            assert re.fullmatch(pattern(step.prints), "\n".join(lines_of(result.stdout)) + "\n"), message


def test_pages_are_marked() -> None:
    """Check the marks, because the tests would skip a page with a misspelled mark without a message."""
    assert PROJECT / "docs" / "tutorial" / "first-network.md" in set(pages())


def test_output_is_compared() -> None:
    assert re.fullmatch(pattern(["a", "...", "b … d"]), "a\nx\ny\nb c d\n")
    assert re.fullmatch(pattern(["a", "...", "b"]), "a\nb\n")
    assert not re.fullmatch(pattern(["a", "b"]), "a\nx\nb\n")
    assert not re.fullmatch(pattern(["a"]), "a\nb\n")


def test_steps_are_read() -> None:
    text = """
<!-- exits: 1 -->
```console
$ first \\
    more
$ second
printed
```
```diff
+x
```
```yaml
$ not a command
```
<!-- file: a.yaml -->
```yaml
key: value
```
"""
    assert steps(text) == [
        Step(4, "first \\\n    more"),
        Step(6, "second", ["printed"], exits=1),
        Step(9, patch="+x\n"),
        Step(16, file="a.yaml", content="key: value\n"),
    ]
