"""Write the Markdown of the generated pages: page, table, code."""

from collections.abc import Iterable, Sequence


def page(title: str, made_from: str, *parts: str) -> str:
    """Return the text of a page with a title, a note about the page's source, and these parts."""
    note = f"<!-- tools/docs.py --write generates this page from {made_from}. -->"
    return "\n\n".join([f"# {title}", note, *(part.strip("\n") for part in parts)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table without wrapped lines."""
    first, *others = (f"| {' | '.join(_cell(text) for text in line)} |" for line in (head, *rows))
    return "\n".join([first, "|---" * len(head) + "|", *others])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def code(text: str) -> str:
    """Return a text as a code span; return an empty text unchanged."""
    return f"`{text}`" if text else ""
