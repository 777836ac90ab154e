"""Write the comment on a pull request: verdicts first, then manual steps, impact and details.

Only this package and hvn/diagnostics/markdown.py write Markdown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hvn.check.load import Checked
from hvn.diagnostics.finding import Finding, Level
from hvn.diagnostics.markdown import bullet, code, codes, markdown
from hvn.diagnostics.message import Message
from hvn.review.approval import STICKY, mark
from hvn.review.commands import pull_keys
from hvn.review.comment.changes import by_spoke, order
from hvn.review.comment.headline import headline
from hvn.review.comment.impact import logins, reachability
from hvn.review.comment.picture import picture
from hvn.review.comment.resources import drift, not_shown, resources
from hvn.review.context import Context
from hvn.review.groups import grouped, merged_steps
from hvn.review.links import Links
from hvn.review.truncate import GITHUB, Section, fit, size
from hvn.topology.manual_steps import manual_steps

TOO_MANY = "**This comment cannot approve so many plans**: split the change."
NAMED = 3
"""The maximum number of unapproved workspaces that the comment names."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment in GitHub's Markdown.

    If the comment was cut, `whole` is the uncut comment. If a verdict was cut, `unseen` is true, and the comment
    approves fewer plans.
    """

    text: str
    whole: str = ""
    unseen: bool = False


def comment(
    context: Context,
    findings: Sequence[Finding],
    checked: Checked,
    limit: int = GITHUB,
    links: Links = Links(),  # noqa: B008 - frozen
) -> Comment:
    """Return a comment of at most `limit` bytes. Equal arguments give equal bytes."""
    errors = [finding for finding in findings if finding.severity is Level.ERROR]
    warnings = [finding for finding in findings if finding.severity is Level.WARNING]
    sections = [
        _verdicts(context, "Errors", errors, 100, links),
        _verdicts(context, "Warnings", warnings, 90, links),
        Section("Manual steps", tuple(_manual_steps(context, findings, checked)), 85),
        Section("Network reachability", tuple(reachability(context)), 80),
        Section("Vault logins and permissions", tuple(logins(context)), 80),
        Section("Changes by spoke", tuple(by_spoke(context)), 70),
        Section("Picture of the change", tuple(picture(context, checked)), 20, folded=True),
        Section("Order of deployment", tuple(order(context, any(one.manual_steps for one in findings))), 60),
        Section("Drift: changed outside Terraform", tuple(drift(context)), 50),
        Section("Resource changes", tuple(resources(context)), 10, folded=True),
    ]
    head = _head(headline(context, errors, warnings, checked.topology, links.job), limit)
    sections, footer, plans = [one for one in sections if one.lines], not_shown(context), context.plans.values()
    approved = mark(plans)
    whole = _joined(head, *(section.render() for section in sections), footer, approved)
    if size(whole) <= limit:
        return Comment(whole)
    # Leave room for the longest possible note: all titles, and the longest names.
    longest = sorted(context.plans, key=lambda name: -size(code(name)))
    note = _cut_note([section.title for section in sections], longest)
    few = len(approved) <= limit // 2
    fitted = fit(sections, limit - size(_joined(head, note, footer, approved if few else TOO_MANY)))
    # A cut verdict that belongs to no single plan may concern every plan.
    seen = [plan for plan in plans if plan.workspace not in fitted.unseen]
    if fitted.unseen - {*context.plans}:
        seen = []
    note = _cut_note(fitted.cut, [plan.workspace for plan in plans if plan not in seen])
    return Comment(
        _joined(head, note, *fitted.shown, footer, mark(seen) if few else TOO_MANY), whole, unseen=bool(fitted.unseen)
    )


def _head(parts: Sequence[str], limit: int) -> str:
    """Return the head of the comment. If the head needs more than a quarter of `limit`, return only its heading."""
    head = "\n\n".join(parts)
    return f"{STICKY}\n{head if size(head) <= limit // 4 else parts[0]}"


def _joined(*parts: str) -> str:
    return "\n\n".join(parts) + "\n"


def _cut_note(titles: Sequence[str], unseen: Sequence[str]) -> str:
    note = f"**Cut for length**: {', '.join(titles)}. The output of the job has the whole comment."
    if unseen:
        more = f" and {len(unseen) - NAMED} more" if len(unseen) > NAMED else ""
        note += f" **Not approved**, because a verdict was cut: {codes(unseen[:NAMED])}{more}. Split the change."
    return note


def _verdicts(context: Context, title: str, findings: Sequence[Finding], weight: int, links: Links) -> Section:
    groups = grouped(findings, context.spoke)
    return Section(
        title,
        tuple(bullet(group.finding, group.workspaces, links.rules) for group in groups),
        weight,
        of=tuple(group.workspaces or ("",) for group in groups),
    )


def _manual_steps(context: Context, findings: Sequence[Finding], checked: Checked) -> Iterator[str]:
    steps = [step for finding in findings for step in finding.manual_steps]
    before = context.comparison.base.loaded
    known = {task.text for task in manual_steps(before.checked.topology)} if before and before.checked else set()
    new = [task.text for task in manual_steps(checked.topology) if task.text not in known]
    yield from (f"- {markdown(step)}" for step in merged_steps([*steps, *_new_keys(context), *new]))


def _new_keys(context: Context) -> Iterator[Message]:
    """Yield one manual step for each spoke with workspaces that wait for the keys of a new cluster."""
    waiting = [one for one in context.comparison.blocked if one not in context.newly_blocked]
    for spoke in dict.fromkeys(workspace.spoke or "" for workspace in waiting):
        yield Message(
            "when the cluster of {spoke} exists, run {pull} and commit the keys in a separate change: {workspaces} "
            "wait for the keys",
            spoke=spoke,
            pull=pull_keys(spoke),
            workspaces=[workspace.id for workspace in waiting if workspace.spoke == spoke],
        )
