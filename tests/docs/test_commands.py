"""The pages marked `<!-- tested -->` do what they say: their commands run, one by one, in a copy of the project.

In a ```console block a line that begins with `$ ` is a command, and what follows is what it prints: compared line by
line if there is any, apart from colours and blanks at the end. A line `...` stands for any lines, `…` for any text
within one. A command exits 0, unless `<!-- exits: 1 -->` stands before its block: then the block's last one exits so.
A ```diff block is applied, and the block after `<!-- file: NAME -->` is written to that file. Everything else is for
reading.
"""

import os
import pathlib
import re
import runpy
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.conftest import PROJECT, copy_project

MARK = "<!-- tested -->"
# What a clone has, as far as commands need it.
COPIED = (
    *("bin", "config", "hvn", "stacks", "tools", "tests/topologies"),
    *("Makefile", "main.py", "cdktf.json", ".gitignore"),
    *("Pipfile.lock", "package-lock.json", "package.json", ".npmrc"),
)
# With these it takes seconds, or tens of seconds.
SLOW = ((pytest.mark.slow, re.compile(r"\bmake\b")), (pytest.mark.whole, re.compile(r"\bcdktf\b")))


@dataclass
class Step:
    """A command with its line, what it should print and how it should exit; or a patch, or a file to write."""

    line: int
    command: str = ""
    prints: list[str] = field(default_factory=list)
    exits: int = 0
    patch: str = ""
    file: str = ""
    content: str = ""


def steps(text: str) -> list[Step]:
    """What a page does, in order."""
    found: list[Step] = []
    exits, file = 0, ""
    block, begun = "", 0
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if block:
            if line != "```":
                lines.append(line)
                continue
            if block == "console":
                made = list(commands(lines, begun + 1))
                made[-1].exits = exits
                found += made
            elif block == "diff":
                found.append(Step(begun, patch="\n".join(lines) + "\n"))
            elif file:
                found.append(Step(begun, file=file, content="\n".join(lines) + "\n"))
            block, lines, exits, file = "", [], 0, ""
        elif line.startswith("```"):
            block, begun = line.removeprefix("```") or "text", number
        elif said := re.fullmatch(r"<!-- exits: (\d+) -->", line):
            exits = int(said[1])
        elif said := re.fullmatch(r"<!-- file: (\S+) -->", line):
            file = said[1]
    assert not block, f"line {begun}: a block is not closed"
    return found


def commands(lines: list[str], first: int) -> Iterator[Step]:
    """The commands of one block; a backslash at the end of a line continues it."""
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
    for page in [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]:
        if page.exists() and MARK in page.read_text(encoding="utf-8").splitlines():
            yield page


@pytest.fixture
def scratch(tmp_path: pathlib.Path) -> pathlib.Path:
    """A clone, as far as commands can tell: a repository with one commit, set up.

    .venv is a folder of links with a stamp of its own, so that `make` finds the set-up done; should it begin another
    one nevertheless, it would remove links only.
    """
    root = tmp_path / "project"
    copy_project(root, *COPIED)
    (root / ".venv").mkdir()
    for each in (PROJECT / ".venv").iterdir():
        if each.name not in ("ready", "setup.log"):
            (root / ".venv" / each.name).symlink_to(each)
    (root / "node_modules").symlink_to(PROJECT / "node_modules")
    installed_from = runpy.run_path(str(PROJECT / "tools" / "setup.py"))["INSTALLED_FROM"]
    stamp = os.fsencode(root.resolve()) + b"\n" + b"".join((root / name).read_bytes() for name in installed_from)
    (root / ".venv" / "ready").write_bytes(stamp)
    for command in ("git init -q -b main", "git add .", "git commit -q -m 'The sample'"):
        assert run(command, root).returncode == 0
    return root


def run(command: str, folder: pathlib.Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HVN_", "MAKE", "GIT_"))}
    environment.pop("PYTHON", None)
    for who in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{who}_NAME": "reader", f"GIT_{who}_EMAIL": "reader@example.com"}
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
    """What a person sees, line by line, without colours, blanks at the end and blank lines at both ends."""
    plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", output)
    return "\n".join(line.rstrip() for line in plain.splitlines()).strip("\n").split("\n")


def pattern(prints: list[str]) -> str:
    """A regular expression for the lines that a page shows."""
    made = ""
    for line in "\n".join(prints).strip("\n").split("\n"):
        made += "(.*\n)*?" if line == "..." else re.escape(line.rstrip()).replace("…", ".*") + "\n"
    return made


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            page,
            id=str(page.relative_to(PROJECT)),
            marks=[mark for mark, found in SLOW if any(found.search(each.command) for each in steps(page.read_text()))],
        )
        for page in pages()
    ],
)
def test_the_commands_of_a_page_do_what_it_says(page: pathlib.Path, scratch: pathlib.Path) -> None:
    done = steps(page.read_text(encoding="utf-8"))
    assert done, f"{page} is marked as tested and has nothing to run"
    for step in done:
        where = f"{page.relative_to(PROJECT)}:{step.line}"
        if step.file:
            (scratch / step.file).write_text(step.content, encoding="utf-8")
            continue
        if step.patch:
            file = scratch.parent / "change.diff"
            file.write_text(step.patch, encoding="utf-8")
            result = run(f"git apply {file}", scratch)
            assert result.returncode == 0, f"{where}: {result.stdout}"
            continue
        result = run(step.command, scratch)
        shown = f"{where}: {step.command}\n{result.stdout}"
        assert result.returncode == step.exits, shown
        if any(step.prints):
            assert re.fullmatch(pattern(step.prints), "\n".join(lines_of(result.stdout)) + "\n"), shown


def test_pages_are_marked() -> None:
    """Else a mark that is spelt in another way would quietly leave its page untested."""
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
