"""docs/reference/rules.md: every rule of the registry."""

from hvn import rulebook
from hvn.diagnostics.finding import Level, Rule
from pages.markdown import page


def made() -> str:
    """Return the Markdown of docs/reference/rules.md."""
    parts = [
        "\n\n".join((f"## {title}", *map(_line, rules)))
        for title, rules in rulebook.groups(rulebook.rules().values()).items()
    ]
    intro = (
        "This page lists the rules of `bin/hvn check`, `bin/hvn keys check`, `bin/hvn doctor` and `bin/hvn review`. "
        "`bin/hvn rule ID` prints\nthe reason, the fix and an example. Each id links to the source. The names of "
        "warnings are in italics. An error makes a command\nexit with 1, a warning does not."
    )
    return page("Rules", "the rules, by hvn/rulebook.py", intro, *parts)


def _line(rule: Rule) -> str:
    source = rule.see if "://" in rule.see else f"../{rule.see.removeprefix('docs/')}"
    name = f"*{rule.name}*" if rule.level is Level.WARNING else rule.name
    return f"[`{rule.id}`]({source}) {name}: {rule.reports}"
