"""An explained login as text and as JSON. Neither holds the token or its signature."""

import json
from dataclasses import dataclass

import click

from hvn.diagnostics.printable import printable
from hvn.login.explain import Answer
from hvn.login.login import Outcome, Result

MARKS = {Result.PASS: "pass", Result.FAIL: "FAIL", Result.NOT_CHECKED: "not checked"}
COLOURS = {Result.PASS: "green", Result.FAIL: "red", Result.NOT_CHECKED: "yellow"}
WIDTH = 240
WHOLE = 4000
"""Characters of an error: whoever searches for it needs all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What was asked, what Vault answers, what OpenBao answers where that differs, and the place to change."""

    subject: str
    """Which mount and role, and when."""
    source: str
    """Where the claims come from: a token, a file of claims, or the manifests."""
    answer: Answer
    openbao: Answer | None
    where: str
    """`file:line:column path`, or empty."""
    hint: str = ""
    """What else is known of the reason, or empty."""
    spoke: str = ""
    """The spoke, or empty if none was asked for."""

    def filled(self, text: str) -> str:
        """A cause or a fix as a command that can be run: with the name of the spoke."""
        return text.replace("<spoke>", self.spoke) if self.spoke else text


def to_text(it: Explained) -> str:
    """For people: every check, then the answer."""
    lines = [click.style(printable(it.subject, WIDTH), bold=True), it.source, ""]
    for check, outcome in it.answer.checks:
        mark = click.style(f"{MARKS[outcome.result]:<11}", fg=COLOURS[outcome.result])
        about = f"{check.id}: {check.what}"
        lines.append(f"  {mark}  {about}")
        lines += [f"               {line}" for line in _details(outcome)]
    lines.append("")
    lines += _verdict(it)
    return "\n".join(lines)


def to_json(it: Explained) -> str:
    """For scripts; the keys are a contract (docs/reference/commands.md)."""
    failure = it.answer.first_failure
    message = failure[1].said[0][0] if failure else None
    return json.dumps(
        {
            "allow": it.answer.allow,
            "not_checked": _not_checked(it.answer),
            "status": it.answer.status,
            "message": it.answer.message,
            "messages": list(it.answer.messages),
            "cause": it.filled(message.cause) if message else "",
            "fix": it.filled(message.fix) if message else "",
            "where": it.where,
            "hint": it.hint,
            "checks": [
                {
                    "id": check.id,
                    "what": check.what,
                    "result": outcome.result.value,
                    "expected": outcome.expected,
                    "found": outcome.found,
                    "messages": [text for _, text in outcome.said],
                    "note": outcome.note,
                }
                for check, outcome in it.answer.checks
            ],
            "openbao": {"status": it.openbao.status, "messages": list(it.openbao.messages)} if it.openbao else None,
        },
        indent=2,
    )


def _not_checked(answer: Answer) -> list[str]:
    """What a login that is let in still depends on."""
    return [check.id for check, outcome in answer.checks if outcome.result is Result.NOT_CHECKED]


def _details(outcome: Outcome) -> list[str]:
    if outcome.result is Result.PASS:
        shown = outcome.found if outcome.found in ("", outcome.expected) else f"{outcome.expected} · {outcome.found}"
        return [printable(shown or outcome.expected, WIDTH)]
    lines = []
    if outcome.result is Result.FAIL:
        lines += [
            f"expected: {printable(outcome.expected, WIDTH)}",
            f"found:    {printable(outcome.found, WIDTH)}",
            *(f"error:    {printable(text, WHOLE)}" for _, text in outcome.said),
        ]
    if outcome.note:
        lines.append(printable(outcome.note, WIDTH))
    return lines


def _verdict(it: Explained) -> list[str]:
    answer, failure = it.answer, it.answer.first_failure
    if failure is None:
        open_checks = _not_checked(answer)
        but = f", if these pass, which were not checked: {', '.join(open_checks)}" if open_checks else ""
        lines = [click.style(f"Vault lets it in{but}", bold=True)]
    else:
        message = failure[1].said[0][0]
        lines = [
            click.style(f"Vault refuses it: {answer.status}", bold=True),
            *(f"  {printable(text, WHOLE)}" for text in answer.messages),
        ]
        if len(answer.messages) > 1:
            lines.append("  (one of these: which one differs from login to login)")
        lines += [f"cause: {it.filled(message.cause)}", f"fix: {it.filled(message.fix)}"]
        if it.hint:
            lines.append(f"hint: {printable(it.hint, WHOLE)}")
        if it.where:
            lines.append(f"where: {it.where}")
    if it.openbao:
        said = it.openbao.message or "it lets it in"
        lines.append(f"This is HashiCorp's Vault. OpenBao answers {it.openbao.status}: {printable(said, WHOLE)}")
    return lines
