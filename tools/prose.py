"""Report words and sentence openings that make the project's texts hard to read.

    tools/prose.py                   check the paths in CHECKED
    tools/prose.py docs README.md    check these files and folders

The tool checks the prose of Markdown pages, the docstrings, texts and comments of Python files, and the comments of all
other files. It skips code blocks, code spans and links. In the files of QUOTING the tool also skips string literals,
because these quote messages of programs. The list of words is in tools/prose.txt. Exits 1 if a checked text contains
one of the words.
"""

import ast
import io
import os
import pathlib
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHECKED = ("README.md", "docs", "hvn", "stacks", "tools", "main.py", "tests", "bin", "examples", "Makefile", ".ci/run")
SUFFIXES = (".md", ".py", ".sh", ".yml", ".yaml")
QUOTING = ("hvn/login/messages.py", "hvn/rehearsal/behaviours/", "hvn/rehearsal/faults.py", "tests/")

OPENING = r"(?:\A|(?<=[.!?:])\s|\n\s*\n|^[ >]*(?:[-*|#]+|\d+\.))[\s*_]*"
# Parts that are not prose: fenced blocks, code spans, HTML comments, targets of links, bare URLs.
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
    """Yield the line (from 0), the word and the suggestion of each problem in a text, in arbitrary order."""
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
        # Skip a text of a single word, because the word is a key or a name.
        elif id(node) in docstrings or (" " in node.value and not docstrings_only):
            yield node.lineno, node.value


def python_comments(code: str) -> Iterator[tuple[int, str]]:
    """Yield the line number and the text of each comment in Python code."""
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def other_comments(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line number and the text of each comment in a shell script, a YAML file or a Makefile."""
    for number, line in enumerate(text.splitlines(), 1):
        if match := re.search(r"(?:^|\s)#+ .*", line):
            yield number, match[0].strip()


def joined(comments: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the comments without `#`. Join comments on consecutive lines into one text, because sentences span
    lines."""
    blocks: list[tuple[int, str]] = []
    for number, comment in comments:
        text = comment.lstrip("#: ")
        if blocks and number == blocks[-1][0] + blocks[-1][1].count("\n") + 1:
            blocks[-1] = blocks[-1][0], f"{blocks[-1][1]}\n{text}"
        else:
            blocks.append((number, text))
    return blocks


def check(file: pathlib.Path) -> list[tuple[int, str, str]]:
    """Return line (from 1), word and suggestion of each problem in a file, in the order of the lines."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".md":
        passages = [(1, text)]
    elif file.suffix == ".py":
        docstrings_only = f"{file.resolve()}".removeprefix(f"{ROOT}/").startswith(QUOTING)
        passages = [*texts(text, docstrings_only=docstrings_only), *joined(python_comments(text))]
    else:
        passages = joined(other_comments(text))
    return sorted((first + line, word, hint) for first, value in passages for line, word, hint in problems(value))


def main(arguments: list[str]) -> int:
    """Print the problems in the files below these paths (default: CHECKED). Return 1 for a problem, 2 for a missing
    path, otherwise 0."""
    status = 0
    for path in map(pathlib.Path, arguments or [str(ROOT / name) for name in CHECKED]):
        if not path.exists():
            print(f"no such file or folder: {path}", file=sys.stderr)
            return 2
        files = (file for file in path.rglob("*") if file.suffix in SUFFIXES or file.parent.name == "bin")
        for file in sorted(files) if path.is_dir() else [path]:
            for line, word, suggestion in check(file):
                print(f"{os.path.relpath(file)}:{line}: {word} → {suggestion}")
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
