"""Markdown: a page that says where it comes from, tables, code."""

from collections.abc import Iterable, Sequence


def page(title: str, made_from: str, *parts: str) -> str:
    """A page in Markdown that says where it comes from."""
    note = f"<!-- Made by tools/docs.py from {made_from}. Change it there, then run tools/docs.py --write. -->"
    return "\n\n".join([f"# {title}", note, *(part.strip("\n") for part in parts)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown, not wrapped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def code(text: str) -> str:
    """Text as code, if there is any."""
    return f"`{text}`" if text else ""
