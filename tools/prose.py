"""Report words and sentence openings that make the project's texts hard to read.

    tools/prose.py                   check the documentation and the code
    tools/prose.py docs README.md    check these files and folders

Checked are the prose of Markdown pages, and the docstrings and texts of Python files. Code blocks, code spans and
links are skipped, and so are files of THIRD_PARTY: apart from docstrings they quote messages of other programs.
The words are in tools/prose.txt. Exits 1 if one of them is found.
"""

import ast
import os
import pathlib
import re
import sys
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHECKED = ("README.md", "docs", "hvn", "stacks", "tools", "main.py")
THIRD_PARTY = ("hvn/login/messages.py", "hvn/rehearsal/behaviours/", "hvn/rehearsal/faults.py")

OPENING = r"(?:\A|(?<=[.!?:])\s|\n\s*\n|^[ >]*(?:[-*|#]+|\d+\.))[\s*_]*"
# Fenced blocks, code spans, HTML comments, targets of links, bare URLs.
NOT_PROSE = re.compile(
    r"^ *```.*?^ *```$|(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)|<!--.*?-->|(?<=\])\([^)\s]+\)|https?://\S+",
    re.DOTALL | re.MULTILINE,
)


def words() -> Iterator[tuple[re.Pattern[str], str]]:
    """Yield the pattern and the suggestion of each line of tools/prose.txt."""
    for line in (ROOT / "tools" / "prose.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        pattern, _, suggestion = line.partition(" -> ")
        pattern = pattern.replace(" ", r"\s+")
        if pattern.startswith("^"):
            text = rf"{OPENING}(?P<word>{pattern[1:]})\b(?![^.!]*?\?)"
            yield re.compile(text, re.MULTILINE), suggestion
        else:
            yield re.compile(rf"\b(?P<word>{pattern})(?!\w)", re.IGNORECASE), suggestion


WORDS = tuple(words())


def problems(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line (from 0), word and suggestion of each problem in a text, in no fixed order."""
    prose = NOT_PROSE.sub(lambda match: "`" + "\n" * match[0].count("\n"), text)
    for pattern, suggestion in WORDS:
        for match in pattern.finditer(prose):
            word = " ".join(match["word"].split())
            yield prose.count("\n", 0, match.start("word")), word, suggestion


def texts(code: str, *, docstrings_only: bool) -> Iterator[tuple[int, str]]:
    """Yield the first line and the value of each docstring and text in Python code; the fields of f-strings are `…`."""
    tree = ast.parse(code)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and not docstrings_only:
            pieces = (part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
            yield node.lineno, "".join(map(str, pieces))
        elif not (isinstance(node, ast.Constant) and isinstance(node.value, str)) or id(node) in parts:
            continue
        # A single word is a key or a name, not prose.
        elif id(node) in docstrings or (" " in node.value and not docstrings_only):
            yield node.lineno, node.value


def check(file: pathlib.Path) -> list[tuple[int, str, str]]:
    """Return line (from 1), word and suggestion of each problem in a file, in the order of the lines."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".md":
        return sorted((line + 1, word, suggestion) for line, word, suggestion in problems(text))
    docstrings_only = f"{file.resolve()}".removeprefix(f"{ROOT}/").startswith(THIRD_PARTY)
    found = texts(text, docstrings_only=docstrings_only)
    return sorted((first + line, word, hint) for first, value in found for line, word, hint in problems(value))


def main(arguments: list[str]) -> int:
    """Print the problems below these paths (default: CHECKED). Return 1 if there are any, 2 if a path is missing."""
    status = 0
    for path in map(pathlib.Path, arguments or [str(ROOT / name) for name in CHECKED]):
        if not path.exists():
            print(f"no such file or folder: {path}", file=sys.stderr)
            return 2
        for file in sorted(path.rglob("*.[mp][dy]")) if path.is_dir() else [path]:
            for line, word, suggestion in check(file):
                print(f"{os.path.relpath(file)}:{line}: {word} → {suggestion}")
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
