"""HVN928: a plan opens or grants access that the edit of the topology does not explain."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from hvn.affected.compare import Change
from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Words
from hvn.review.context import DESTROYS, Context
from hvn.review.explained import without
from hvn.review.grants.opening import SENSITIVE, Opening
from hvn.review.plan import Action, Explained, Openings, Plan, ResourceChange

RULE = Rule(
    id="HVN928",
    name="unreviewed-opening",
    reports=(
        "A plan opens a firewall rule, grants a right or widens a login, and neither an edit nor changed code "
        "explains it."
    ),
    why=(
        "the cause is unknown: an earlier change was never applied, somebody changed the resource outside Terraform, "
        "or different code made the plan"
    ),
    fix="find the cause before the apply",
    example="# The base allows evil.example.net in hub.firewall.allow_fqdns, and was never applied. The change adds\n"
    "# good.example.net: the apply opens both.\n",
    see="docs/how-to/review-a-pull-request.md",
)
LABEL = "hvn: opens"
# HVN957 compares the rules of the two security groups.
OF_SUBNETS = ("other security_group", "other security group")


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about openings that the edit does not explain, and about openings of drift that the plan keeps.

    The finding is a warning if an earlier, merged edit explains the openings, or if `hvn plans` did not make the plan.
    HVN929 reports openings by changed code.
    """
    code = bool(context.comparison.base.code)
    for plan in context.plans.values():
        if outside := _outside(plan):
            template = "somebody opened access outside Terraform, and the plan does not revert it: {openings}"
            yield _finding(plan, outside, template)
        known = _explained(context, plan)
        left = _left(plan, known.edit if known else None, (known.code if known and code else None) or {})
        if not left:
            continue
        if known is None or known.edit is None:
            template = (
                "the plan opens access, and the review cannot determine whether the edit explains the access: "
                "{openings}"
            )
            # Without `hvn plans` no comparison exists. With `hvn plans` the comparison failed.
            yield _finding(plan, left, template, Level.WARNING if known is None else Level.ERROR)
            continue
        pending = {address: opened for address, opened in left.items() if not without(opened, _at(known.base, address))}
        other = {address: opened for address, opened in left.items() if address not in pending}
        if other:
            yield _finding(plan, other, "the plan opens access that no edit explains: {openings}")
        if pending:
            template = "the apply also opens access that was merged earlier and not applied yet: {openings}"
            yield _finding(plan, pending, template, Level.WARNING)


def _explained(context: Context, plan: Plan) -> Explained | None:
    """Return the explained openings from the plan file. If the inputs and the code of the workspace equal the base, no
    edit explains an opening."""
    known, comparison = plan.explained, context.comparison
    edited = {one.workspace.id for one in comparison.affected if one.change in (Change.CHANGED, Change.CREATED)}
    if known is None or comparison.unknown_base or comparison.base.code or plan.workspace in edited:
        return known
    return replace(known, edit={})


def _left(plan: Plan, edit: Openings | None, code: Openings) -> Mapping[str, frozenset[Opening]]:
    """Return the openings of a plan that neither the edit nor changed code explains."""
    left_by_address: dict[str, frozenset[Opening]] = {}
    deleted = {drift.address for drift in plan.drift if drift.action is Action.DELETE}
    for change in plan.changes:
        if change.action is Action.CREATE and change.address in deleted:
            continue  # HVN930 reports a deleted resource
        openings = {opening for opening in change.openings if opening.aspect not in OF_SUBNETS}
        if left := without(openings, (*_at(edit, change.address), *_at(code, change.address))):
            left_by_address[change.address] = left_by_address.get(change.address, frozenset()) | left
    for name in plan.sensitive_outputs:
        if any(opening.aspect == SENSITIVE for opening in _at(code, f"output.{name}")):
            continue
        left_by_address[f"output.{name}"] = frozenset({Opening(f"output.{name}", SENSITIVE)})
    return left_by_address


def _outside(plan: Plan) -> Openings:
    """Return the openings of drift that the plan does not revert."""
    # If the plan adds an element to a list, the list is one difference, and the details contain the elements by name.
    reverted = {(change.address, path) for change in plan.changes for paths in _paths(change) for path in paths}
    destroyed = {change.address for change in plan.changes if change.action in DESTROYS}
    return {
        drift.address: drift.openings
        for drift in plan.drift
        if drift.openings and drift.address not in destroyed
        if not any({(drift.address, path) for path in paths} <= reverted for paths in _paths(drift) if paths)
    }


def _paths(change: ResourceChange) -> tuple[list[str], list[str]]:
    """Return the paths of the differences in two forms: with the indexes of list elements, and with their names."""
    return [one.path for one in change.differences], [one.path for one in change.details]


def _at(openings: Openings | None, address: str) -> Iterable[Opening]:
    return openings.get(address, ()) if openings else ()


def _finding(plan: Plan, left: Openings, template: str, level: Level | None = None) -> Finding:
    return Finding(
        rule=RULE,
        level=level,
        workspace=plan.workspace,
        message=Message(template, openings=listed(left)),
    )


def listed(opened: Openings) -> list[Message]:
    """Return all openings as messages, grouped by subject and aspect: wildcards first, then rare aspects."""
    groups: dict[tuple[str, str], list[str]] = {}
    for _, openings in sorted(opened.items()):
        for opening in sorted(openings):
            groups.setdefault((opening.subject, opening.aspect), []).append(opening.value)
    aspects = Counter(aspect for _, aspect in groups)
    ordered = sorted(
        groups.items(), key=lambda group: (not any(map(_wide, (group[0][0], *group[1]))), aspects[group[0][1]])
    )
    return [
        Message("{subject}: {aspect} {values}", subject=subject, aspect=Words(aspect), values=values)
        if any(values)
        else Message("{subject}: {aspect}", subject=subject, aspect=Words(aspect))
        for (subject, aspect), values in ordered
    ]


def _wide(value: str) -> bool:
    """Return whether a value is a wildcard, or the range of all addresses."""
    return value == "*" or value.endswith(("/*", "/0"))
