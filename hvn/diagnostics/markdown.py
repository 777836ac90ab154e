"""Messages and findings as GitHub's Markdown. Foreign text is in code spans, where GitHub makes no link or mention.

A backslash does not prevent a mention, because GitHub looks for mentions in the rendered text.
https://github.github.com/gfm/#code-spans
"""

import re
from collections.abc import Iterator, Sequence

from hvn.diagnostics.finding import Finding
from hvn.diagnostics.message import Message, written
from hvn.diagnostics.printable import printable

# Characters that would end the code span, or the table cell around it.
_MARKS = str.maketrans({"`": "\\u{60}", "|": "\\u{7c}"})

# GitHub gives these characters no special meaning in any context.
_PLAIN = re.compile("[A-Za-z0-9 ,;:.'()/-]*")


def code(text: str, limit: int = 200) -> str:
    """Return a text as one code span on one line, cut at `limit` characters."""
    return f"`{printable(text, limit).translate(_MARKS) or ' '}`"


def codes(texts: Sequence[str]) -> str:
    """Return the texts as code spans, separated by commas."""
    return ", ".join(map(code, texts))


def markdown(message: Message | str) -> str:
    """Return a message as Markdown, with its values in code spans."""
    return written(message, lambda words: words, code) if isinstance(message, Message) else sentence(message)


def sentence(text: str, limit: int = 4000) -> str:
    """Return a sentence of this project, with its code spans.

    Words outside code spans that GitHub could interpret, such as field paths with `_`, become code spans.
    """
    parts = printable(text, limit).split("`")
    if len(parts) % 2:
        return "".join(code(part, limit) if index % 2 else _quoted(part) for index, part in enumerate(parts))
    return _quoted("`".join(parts))


def _quoted(text: str) -> str:
    """Return a text with a code span around each word that GitHub could interpret; punctuation stays outside."""
    words = []
    for word in text.split(" "):
        if not _PLAIN.fullmatch(word):
            inner = word.lstrip("(").rstrip(".,:;)")
            before, _, after = word.partition(inner) if inner else ("", "", "")
            word = f"{before}{code(inner or word, len(word) * 8)}{after}"
        words.append(word)
    return " ".join(words)


def bullet(finding: Finding, workspaces: Sequence[str] = (), page: str = "") -> str:
    """Return a finding as a list item with rule, workspaces and message, and its impact as nested items.

    `workspaces` are all workspaces with an equal finding. `page` is the URL of the page that documents the rules; the
    item links to the page.
    """
    return "\n".join(_lines(finding, workspaces or ((finding.workspace,) if finding.workspace else ()), page))


def _lines(finding: Finding, workspaces: Sequence[str], page: str) -> Iterator[str]:
    where = f" {codes(workspaces)}:" if workspaces else ""
    link = f" ([{finding.rule.id}]({page}))" if page else ""
    yield f"- **{finding.rule.name}**{where} {markdown(finding.message)}{link}"
    yield from (f"  - impact: {markdown(impact)}" for impact in finding.impact)
