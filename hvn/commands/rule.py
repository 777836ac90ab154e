"""`hvn rule`: explain a rule, or list all rules."""

import json
import pathlib
import sys
from collections.abc import Iterator, Mapping

import click

from hvn import completion
from hvn.check import own_rules
from hvn.diagnostics.finding import Rule
from hvn.diagnostics.message import plain_text
from hvn.diagnostics.printable import printable
from hvn.diagnostics.text import render
from hvn.options import format_option, place, stop, topology_option


@click.command()
@click.argument("name", required=False, metavar="[RULE]", shell_complete=completion.rules)
@topology_option
@format_option
def command(name: str | None, file: pathlib.Path | None, form: str) -> None:
    """Explain a rule, or list all rules.

    RULE is an id such as HVN111 or a name such as spoke-overlap. Without RULE, lists all rules, including the rules in
    rules/ beside the topology file.

    \b
    Examples:
      hvn rule HVN111
      hvn rule spoke-overlap --format json
    """
    from hvn import rulebook

    own = own_rules.beside(place(file))
    if own.findings:
        click.echo(render(own.findings), err=True)
    known = [*rulebook.rules().values(), *sorted((one.rule for one in own.rules), key=lambda rule: rule.id)]
    if name is None:
        if form == "json":
            click.echo(json.dumps([_as_json(rule) for rule in known], indent=2))
        else:
            click.echo("\n\n".join(_list(title, rules) for title, rules in rulebook.groups(known).items()))
        return
    rule = rulebook.find(name, known)
    if rule is None:
        similar = " or ".join(f"{rule.id} {rule.name}" for rule in rulebook.near(name, known))
        question = f" Did you mean {similar}?" if similar else ""
        stop(f"no rule has the id or name {printable(name)}.{question} 'hvn rule' lists all rules")
    click.echo(json.dumps(_as_json(rule), indent=2) if form == "json" else "\n".join(_as_text(rule)))


def _list(title: str, rules: tuple[Rule, ...]) -> str:
    width = max(len(rule.name) for rule in rules)
    lines = [f"  {rule.id}  {rule.name:<{width}}  {rule.level}" for rule in rules]
    return "\n".join([plain_text(title), *lines])


def _as_text(rule: Rule) -> Iterator[str]:
    from hvn.rulebook import group_of

    yield f"{rule.id} {rule.name} ({rule.level})"
    yield plain_text(group_of(rule))
    for heading, text in (("Reports", rule.reports), ("Why", rule.why), ("Fix", rule.fix)):
        if text:
            yield f"\n{heading}:"
            yield from _indented(plain_text(text))
    if rule.example:
        yield "\nExample:"
        yield from _indented(rule.example)
    yield f"\nSee: {rule.see}"


def _indented(text: str) -> Iterator[str]:
    # Do not truncate the texts of a rule.
    return (f"  {printable(line, sys.maxsize)}".rstrip() for line in text.strip("\n").split("\n"))


def _as_json(rule: Rule) -> Mapping[str, object]:
    from hvn.rulebook import group_of

    return {
        "id": rule.id,
        "name": rule.name,
        "level": rule.level,
        "group": plain_text(group_of(rule)),
        "reports": plain_text(rule.reports),
        "why": plain_text(rule.why),
        "fix": plain_text(rule.fix),
        "example": rule.example,
        "see": rule.see,
    }
