"""Print an explained login as text or JSON, without the token and its signature."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import click

from hvn.diagnostics.printable import printable
from hvn.login.checks import Check
from hvn.login.explain import Answer
from hvn.login.login import Outcome, Result
from hvn.printed import Printed

MARKS = {Result.PASS: "pass", Result.FAIL: "FAIL", Result.NOT_CHECKED: "not checked"}
COLOURS = {Result.PASS: "green", Result.FAIL: "red", Result.NOT_CHECKED: "yellow"}
WIDTH = 240
WHOLE = 4000
"""The maximum number of characters of a printed error. The limit is large because people search for the whole text."""
# The texts that replace `vault-auth-<spoke>` and the key file in a report without a spoke.
_WITHOUT_SPOKE = (
    ("`vault-auth-<spoke>`", "the workspace that manages this mount"),
    ("`config/jwks/<spoke>.json`", "the spoke's key file"),
    (" <spoke>", ""),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """The content of a report: the login, Vault's answer, OpenBao's answer if it differs, and the places to change."""

    subject: str
    """The first line of the report: mount, role and time."""
    source: str
    """The source of the claims: a token, a file of claims, or the manifests."""
    answer: Answer
    openbao: Answer | None
    places: Mapping[str, str] = field(default_factory=dict)
    """`file:line:column path` of the setting to change, by the id of the failed check."""
    fixes: Mapping[str, str] = field(default_factory=dict)
    """The fixes that replace those of hvn/login/messages.py, by the id of the failed check."""
    hint: str = ""
    """A hint about the first failed check, or an empty text."""
    spoke: str = ""
    """The name of the spoke, or an empty text if the command line names no spoke."""
    commands: Printed | None = None
    """The printed commands of the causes and fixes. None: the commands for the default file."""

    def plain(self, text: str) -> str:
        """Return a cause or a fix as plain text, with the spoke's name in place of `<spoke>`."""
        if self.spoke:
            text = text.replace("<spoke>", self.spoke)
        for old, new in _WITHOUT_SPOKE:
            text = text.replace(old, new)
        text = text.replace("`", "'")
        return self.commands.text(text) if self.commands else text


def to_text(explained: Explained) -> str:
    """Return the report as text: every check, then Vault's answer and the fixes."""
    lines = [click.style(printable(explained.subject, WIDTH), bold=True), explained.source, ""]
    for check, outcome in explained.answer.checks:
        mark = click.style(f"{MARKS[outcome.result]:<11}", fg=COLOURS[outcome.result])
        lines.append(f"  {mark}  {check.id}: {check.what}")
        lines += [f"               {line}" for line in _details(outcome)]
    lines.append("")
    lines += _verdict(explained)
    return "\n".join(lines)


def to_json(explained: Explained) -> str:
    """Return the report as JSON. Scripts depend on its keys (docs/reference/commands.md)."""
    answer = explained.answer
    failures = [_failure(explained, check, outcome) for check, outcome in answer.failures]
    first = failures[0] if failures else {"cause": "", "fix": "", "where": ""}
    return json.dumps(
        {
            "allow": answer.allow,
            "certain": not answer.depends_on,
            "depends_on": list(answer.depends_on),
            "not_checked": list(answer.not_checked),
            "status": answer.status,
            "message": answer.message,
            "messages": list(answer.messages),
            "cause": first["cause"],
            "fix": first["fix"],
            "where": first["where"],
            "hint": explained.hint,
            "failures": failures,
            "checks": [
                {
                    "id": check.id,
                    "what": check.what,
                    "result": outcome.result.value,
                    "expected": outcome.expected,
                    "actual": outcome.actual,
                    "messages": [text for _, text in outcome.errors],
                    "note": outcome.note,
                }
                for check, outcome in answer.checks
            ],
            "openbao": {"status": explained.openbao.status, "messages": list(explained.openbao.messages)}
            if explained.openbao
            else None,
        },
        indent=2,
    )


def _failure(explained: Explained, check: Check, outcome: Outcome) -> dict[str, Any]:
    message = outcome.errors[0][0]
    return {
        "id": check.id,
        "status": message.status,
        "messages": [text for _, text in outcome.errors],
        "cause": explained.plain(message.cause),
        "fix": explained.plain(explained.fixes.get(check.id, message.fix)),
        "where": explained.places.get(check.id, ""),
    }


def _details(outcome: Outcome) -> list[str]:
    if outcome.result is Result.PASS:
        both = outcome.actual not in ("", outcome.expected)
        line = f"{outcome.expected} · {outcome.actual}" if both else outcome.expected
        return [printable(text, WIDTH) for text in (line, outcome.note) if text]
    lines = []
    if outcome.result is Result.FAIL:
        lines += [
            f"expected: {printable(outcome.expected, WIDTH)}",
            f"actual:   {printable(outcome.actual, WIDTH)}",
            *(f"error:    {printable(text, WHOLE)}" for _, text in outcome.errors),
        ]
    if outcome.note:
        lines.append(printable(outcome.note, WIDTH))
    return lines


def _verdict(explained: Explained) -> list[str]:
    answer = explained.answer
    depends = ""
    if answer.depends_on:
        depends = f" if these skipped checks pass: {', '.join(answer.depends_on)}"
    if answer.allow:
        lines = [click.style(f"Vault allows the login{depends}", bold=True)]
    else:
        lines = [
            click.style(f"Vault refuses the login with {_status(answer)}{depends}", bold=True),
            *(f"  {printable(text, WHOLE)}" for text in answer.messages),
        ]
        if len(answer.messages) > 1:
            lines.append("  (one of these errors, at random)")
        lines += _fixes(explained)
    if explained.openbao:
        text = explained.openbao.message or "it allows the login"
        lines.append(
            "The answer above is from HashiCorp's Vault. "
            f"OpenBao answers {_status(explained.openbao)}: {printable(text, WHOLE)}"
        )
    return lines


def _status(answer: Answer) -> str:
    return str(answer.status) if answer.status else "no answer"


def _fixes(explained: Explained) -> list[str]:
    """Return the cause and the fix of each failed check as lines, in the order of Vault's checks."""
    failures = [_failure(explained, check, outcome) for check, outcome in explained.answer.failures]
    several = len(failures) > 1
    lines = [f"{len(failures)} checks fail. Fix them in this order:"] if several else []
    for number, failure in enumerate(failures, 1):
        indent = "   " if several else ""
        if several:
            lines.append(f"{number}. {failure['id']}")
        lines += [f"{indent}cause: {failure['cause']}", f"{indent}fix: {failure['fix']}"]
        if explained.hint and number == 1:
            lines.append(f"{indent}hint: {printable(explained.hint, WHOLE)}")
        if failure["where"]:
            lines.append(f"{indent}where: {failure['where']}")
    return lines
