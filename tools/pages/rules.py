"""docs/reference/rules.md: every rule of the registry."""

from hvn import rulebook
from hvn.diagnostics.finding import Rule
from pages.markdown import code, page, table


def made() -> str:
    """Return the page."""
    head = ("id", "name", "level", "reports", "why", "see")
    parts = [f"## {title}\n\n{table(head, map(_row, rules))}" for title, rules in rulebook.groups().items()]
    intro = (
        "The rules of `bin/hvn check`, `bin/hvn keys check`, `bin/hvn doctor` and `bin/hvn review`. "
        "`bin/hvn rule ID` prints a rule\nwith its fix and an example. Every finding has an id and a name; neither is "
        "used again for another meaning. An error makes\na command exit with 1, a warning does not. A command reports "
        "all findings at once."
    )
    return page("Rules", "the rules, by hvn/rulebook.py", intro, *parts)


def _row(rule: Rule) -> tuple[str, ...]:
    see = f"[source]({rule.see})" if "://" in rule.see else f"[here](../{rule.see.removeprefix('docs/')})"
    return code(rule.id), code(rule.name), rule.level.value, rule.reports, rule.why, see
