"""Write the head of the comment: the rules with findings, the edits in a sentence, and counts."""

from collections import Counter
from collections.abc import Iterator, Sequence

from hvn.diagnostics.finding import Finding
from hvn.diagnostics.markdown import markdown
from hvn.review.context import Context
from hvn.review.intent import intent
from hvn.review.plan import Action
from hvn.topology.model import Topology

ALWAYS = {
    Action.CREATE: "to create",
    Action.UPDATE: "to change",
    Action.REPLACE: "to replace",
    Action.DELETE: "to destroy",
}
IF_ANY = {
    Action.FORGET: "to forget",
    Action.IMPORT: "to import",
    Action.MOVE: "to move",
    Action.UNKNOWN: "unknown",
}


def headline(
    context: Context, errors: Sequence[Finding], warnings: Sequence[Finding], topology: Topology, job: str
) -> list[str]:
    """Return the heading, a line about the edits (if any), and a line of counts with a link to the job."""
    lines = [
        f"## {_verdict(errors, warnings)} ({_scope(context)})",
        " ".join(markdown(sentence) for sentence in intent(context, topology)),
        _counts(context) + (f" [Job]({job})" if job else ""),
    ]
    return [line for line in lines if line]


def _verdict(errors: Sequence[Finding], warnings: Sequence[Finding]) -> str:
    if errors and warnings:
        return f"Stop and read: {_names(errors)}; warnings: {_names(warnings)}"
    if errors:
        return f"Stop and read: {_names(errors)}"
    if warnings:
        return f"Warnings: {_names(warnings)}"
    return "The plans and the topology show no destroyed or replaced resource and no wider access"


def _names(findings: Sequence[Finding]) -> str:
    return ", ".join(dict.fromkeys(finding.rule.name for finding in findings))


def _scope(context: Context) -> str:
    comparison = context.comparison
    count = len(comparison.affected) + len(comparison.removed) + len(context.newly_blocked)
    return f"{count} workspace{'s' if count != 1 else ''}"


def _counts(context: Context) -> str:
    counter: Counter[Action] = Counter()
    for plan in context.plans.values():
        counter.update(change.action for change in plan.changes if not change.silent)
    plans = len(context.plans)
    if not plans:
        return "No plan was read."
    unknown = sum(not plan.code for plan in context.plans.values())
    verb = "was" if unknown == 1 else "were"
    hedge = f" {unknown} of them {verb} not made by `hvn plans`: the commit is unknown." if unknown else ""
    return f"{plans} plan{'s' if plans != 1 else ''}: **{', '.join(_parts(counter))}**.{hedge}"


def _parts(counter: Counter[Action]) -> Iterator[str]:
    yield from (f"{counter[action]} {words}" for action, words in ALWAYS.items())
    yield from (f"{counter[action]} {words}" for action, words in IF_ANY.items() if counter[action])
