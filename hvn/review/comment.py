"""The comment: verdicts first, then what to do, what it means for whom, and the detail."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hvn.affected.compare import Affected, Change
from hvn.affected.waves import waves
from hvn.check.load import Checked
from hvn.diagnostics.finding import Level
from hvn.reach.answer import Answer
from hvn.review.access import Login, as_named_now, gained
from hvn.review.approval import STICKY, mark
from hvn.review.context import Notice, Situation
from hvn.review.markdown import code, codes, own, paths
from hvn.review.namespaces import not_found_there
from hvn.review.plan import Action, Plan, ResourceChange
from hvn.review.rebuild_steps import still_to_destroy
from hvn.review.truncate import GITHUB, Section, fit, size
from hvn.topology.manual_steps import by_hand

COUNTED = (
    (Action.CREATE, "+"),
    (Action.UPDATE, "~"),
    (Action.REPLACE, "±"),
    (Action.DELETE, "−"),
    (Action.FORGET, " forgotten"),
    (Action.IMPORT, " imported"),
    (Action.MOVE, " moved"),
    (Action.UNKNOWN, "?"),
)


IN_ORDER = 100
"""Workspaces of one order: it is of no use without its end."""
TOO_MANY = "**Too many plans for one comment to approve**: split the change."


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment in GitHub's Markdown. `whole` is the same without a limit, `unseen` why it approves less; or both are
    empty, if nothing that a reviewer has to see was cut.
    """

    text: str
    whole: str = ""
    unseen: bool = False


def comment(situation: Situation, notices: Sequence[Notice], checked: Checked, limit: int = GITHUB) -> Comment:
    """One comment of at most `limit` bytes. The same for the same change, to the byte."""
    errors = [each for each in notices if each.rule.level is Level.ERROR]
    warnings = [each for each in notices if each.rule.level is Level.WARNING]
    sections = [
        Section("Destroyed, replaced, refused or not known", tuple(_told(errors)), 100, of=_of(errors)),
        Section("To be looked at", tuple(_told(warnings)), 90, of=_of(warnings)),
        Section("What a person has to do", tuple(_by_hand(situation, notices, checked)), 85),
        Section("Who can talk to whom", tuple(_reach(situation)), 80),
        Section("Who may log in to Vault, and read what", tuple(_access(situation)), 80),
        Section("What changes", tuple(_changes(situation)), 70),
        Section("What first", tuple(_order(situation)), 60),
        Section("Changed outside of Terraform (drift)", tuple(_drift(situation)), 50),
        Section("Resources", tuple(_resources(situation)), 10, folded=True),
    ]
    head = f"{STICKY}\n## {_verdict(errors, warnings, situation)}"
    sections, quiet, plans = [each for each in sections if each.lines], _quiet(situation), situation.plans.values()
    approved = mark(plans)
    whole = _joined(head, *(each.render() for each in sections), quiet, approved)
    if size(whole) <= limit:
        return Comment(whole)
    # The most that can be said of what was cut: all of it, and the longest names.
    said = _cut([each.title for each in sections], sorted(situation.plans, key=lambda name: -size(code(name))))
    few = len(approved) <= limit // 2
    fitted = fit(sections, limit - size(_joined(head, said, quiet, approved if few else TOO_MANY)))
    # What speaks of no plan may speak of all of them.
    seen = [] if fitted.unseen - {*situation.plans} else [each for each in plans if each.workspace not in fitted.unseen]
    said = _cut(fitted.cut, [each.workspace for each in plans if each not in seen])
    return Comment(
        _joined(head, said, *fitted.shown, quiet, mark(seen) if few else TOO_MANY), whole, unseen=bool(fitted.unseen)
    )


def _joined(*parts: str) -> str:
    return "\n\n".join(parts) + "\n"


def _cut(titles: Sequence[str], unseen: list[str]) -> str:
    said = f"**Cut for length**: {', '.join(titles)}. The whole is in the output of the job that wrote this."
    if unseen:
        said += f" **Not approved**, for something said of them was cut: {codes(unseen, 3)}. Split the change."
    return said


def _of(notices: Sequence[Notice]) -> tuple[str, ...]:
    return tuple(each.said.workspace for each in notices)


def _verdict(errors: Sequence[Notice], warnings: Sequence[Notice], situation: Situation) -> str:
    names = list(dict.fromkeys(each.rule.name for each in errors))
    comparison = situation.comparison
    touched = len(comparison.affected) + len(comparison.removed) + len(situation.out_of_sight)
    scope = f"{touched} workspace{'s' if touched != 1 else ''}"
    if errors:
        more = f", and {len(warnings)} to look at" if warnings else ""
        return f"Stop and read: {', '.join(names)}{more} ({scope})"
    if warnings:
        return f"{len(warnings)} thing{'s' if len(warnings) != 1 else ''} to look at ({scope})"
    return f"Nothing destroyed, replaced or widened that these plans and the topology show ({scope})"


def _told(notices: Sequence[Notice]) -> Iterator[str]:
    for each in notices:
        where = f" {code(each.said.workspace)}:" if each.said.workspace else ""
        lines = [f"- **{each.rule.name}**{where} {each.said.text}", *(f"  - {what}" for what in each.said.goes_with)]
        yield "\n".join(lines)


def _reach(situation: Situation) -> Iterator[str]:
    for each in situation.reach:
        name = f"{code(each.source)} → {code(each.destination)}, TCP {each.port}"
        yield f"- {name}: {_answer(each.before)} → {_answer(each.after)}"


def _answer(answer: Answer | None) -> str:
    if answer is None:
        return "not there"
    way = " through the firewall" if answer.there.by_firewall and not answer.died else ""
    return f"**{answer.verdict}**{way}"


def _access(situation: Situation) -> Iterator[str]:
    before = as_named_now(situation.access_before, situation.before, situation.after).logins
    after = situation.access_after.logins
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        name = f"{code(key[1])} at {code(key[0])}"
        if new is None and old is not None:
            yield f"- {name} **can no longer log in**: {_login(old)}"
        elif old is None and new is not None:
            yield f"- {name} **can log in**: {_login(new)}"
        elif old is not None and new is not None and (differs := list(_differs(old, new))):
            yield "\n".join((f"- {name} changes", *(f"  - {each}" for each in differs)))


def _differs(old: Login, new: Login) -> Iterator[str]:
    if _taken(old) != _taken(new):
        yield f"{_tokens(old)} → {_tokens(new)}"
    if more := gained(old, new):
        yield f"may now, too: {paths(more)}"
    if less := gained(new, old):
        yield f"may no longer: {paths(less)}"


def _login(login: Login) -> str:
    return f"{_tokens(login)}: {paths(login.paths)}"


def _tokens(login: Login) -> str:
    """Which tokens a role takes, and for how long."""
    # Whole: what differs at its end only would be seen by nobody.
    times = f", for {login.ttl} s, renewable to {login.max_ttl} s" if login.ttl else ""
    subjects, audience = (
        ", ".join(code(each, len(each)) for each in some) for some in (login.subjects, [login.audience])
    )
    return f"{subjects} with audience {audience}{times}"


def _taken(login: Login) -> tuple[object, ...]:
    return login.subjects, login.audience, login.ttl, login.max_ttl


def _changes(situation: Situation) -> Iterator[str]:
    """A table: a row for each spoke, and one for what all share."""
    groups: dict[str, list[Affected]] = defaultdict(list)
    for each in (*situation.comparison.affected, *situation.comparison.removed):
        groups[each.workspace.spoke or ""].append(each)
    for plan in situation.plans.values():
        workspace = situation.after.get(plan.workspace) or situation.before.get(plan.workspace)
        if plan.changes and workspace:
            groups.setdefault(workspace.spoke or "", [])
    if groups:
        yield "| spoke | workspaces | resources | lines |\n|---|---|---|---|"
    for spoke in sorted(groups):
        names, lines = _names(groups[spoke]), _lines(groups[spoke])
        removed = groups[spoke] and all(each.change is Change.REMOVED for each in groups[spoke])
        kept = any(each.lives_on for each in groups[spoke])
        by_whom = "by hand" if kept else "destroyed by hand"
        none = f"not planned: {by_whom}" if removed else "no plan or no change"
        counts = _counts(situation, spoke) or none
        yield f"| {code(spoke) if spoke else 'shared'} | {names} | {counts} | {lines} |"


def _names(group: Sequence[Affected]) -> str:
    return ", ".join(f"{code(each.workspace.id)} {each.change}" for each in group) or "none by the topology"


def _counts(situation: Situation, spoke: str) -> str:
    counted: Counter[Action] = Counter()
    for plan in situation.plans.values():
        workspace = situation.after.get(plan.workspace) or situation.before.get(plan.workspace)
        if workspace and (workspace.spoke or "") == spoke:
            counted.update(each.action for each in plan.changes if not each.silent)
    return " ".join(f"{counted[action]}{sign}" for action, sign in COUNTED if counted[action])


def _lines(group: Sequence[Affected]) -> str:
    found = sorted({line for each in group for line in each.lines})
    texts = [f"{code(f'{line.file}:{line.line}', 200)} {code(line.path)}" for line in found]
    texts = [f"{text} (was)" if line.before else text for text, line in zip(texts, found, strict=True)]
    more = f" and {len(texts) - 12} more" if len(texts) > 12 else ""
    reason = "code or locked versions" if any(each.change is Change.CODE for each in group) else ""
    return ", ".join(texts[:12]) + more or reason or "none"


def _order(situation: Situation) -> Iterator[str]:
    comparison = situation.comparison
    removed = [each.workspace.id for each in comparison.removed if not each.lives_on]
    moved = [id_ for spoke in situation.spokes for id_ in reversed(still_to_destroy(situation, spoke))]
    if destroyed := list(dict.fromkeys((*moved, *removed))):
        yield f"- before the merge, destroyed from the base in this order: {codes(destroyed, IN_ORDER)}"
    if kept := [each.workspace.id for each in comparison.removed if each.lives_on]:
        yield f"- before the merge, taken out of the state and not destroyed: {codes(kept)}"
    groups = waves(comparison.affected)
    for number, wave in enumerate(groups, 1):
        ids = [each.workspace.id for each in wave]
        note = "" if number == 1 else ": planned only after the one before was applied, and to be approved by itself"
        yield f"- wave {number}, applied in this order: {codes(ids, IN_ORDER)}{note}"
    for each in comparison.blocked:
        yield f"- held back: {code(each.id)}, {own(each.blocked)}"


def _by_hand(situation: Situation, notices: Sequence[Notice], checked: Checked) -> Iterator[str]:
    yield from dict.fromkeys(f"- {each.said.by_hand}" for each in notices if each.said.by_hand)
    yield from _new_keys(situation)
    before = situation.comparison.base.loaded
    known = set(by_hand(before.checked.topology)) if before and before.checked else set()
    yield from (f"- {own(task, 400)}" for task in by_hand(checked.topology) if task not in known)


def _new_keys(situation: Situation) -> Iterator[str]:
    """What waits for the keys of a cluster that this change makes."""
    built = situation.out_of_sight
    waiting = [each for each in situation.comparison.blocked if each not in built]
    for spoke in dict.fromkeys(each.spoke or "" for each in waiting):
        ids = [each.id for each in waiting if each.spoke == spoke]
        pull = code(f"bin/hvn keys pull {spoke} --issuer URL")
        waits = f"for {codes(ids)}, which wait for it"
        yield f"- when {code(f'aks-{spoke}')} is applied: {pull}, and a change of its own with the keys, {waits}"


def _drift(situation: Situation) -> Iterator[str]:
    for plan in situation.plans.values():
        elsewhere = not_found_there(situation, plan.workspace)
        for change in plan.drift:
            if change.address in elsewhere:
                continue
            paths = [each.path for each in change.differences]
            what = f", {codes(paths, 4)}" if paths else ""
            yield f"- {code(plan.workspace)}: {code(change.address)} {change.action}{what}"


def _resources(situation: Situation) -> Iterator[str]:
    for plan in situation.plans.values():
        for change in plan.changes:
            if change.silent:
                continue
            yield f"- {code(plan.workspace)} {change.action} {code(change.address)}{_object(change)}"
            for each in change.differences:
                yield f"  - {code(each.path)}: {code(each.before)} → {code(each.after)}"


def _object(change: ResourceChange) -> str:
    """Which object it is, where the address does not say it."""
    told = (("left over as", change.deposed), ("moved from", change.moved_from), ("with the id", change.imported))
    return "".join(f", {word} {code(value, 200)}" for word, value in told if value)


def _quiet(situation: Situation) -> str:
    plans: list[Plan] = list(situation.plans.values())
    silent = sum(each.silent for plan in plans for each in plan.changes)
    reads, unknown = sum(plan.reads for plan in plans), sum(each.unknown for plan in plans for each in plan.changes)
    sensitive = sum(each.sensitive for plan in plans for each in plan.changes)
    outputs = sum(len(plan.outputs) for plan in plans)
    count = f"{len(plans)} plan{'s' if len(plans) != 1 else ''}"
    return (
        f"{count} read. Not shown: {silent} updates of computed values only, {reads} data sources read at "
        f"apply, {outputs} outputs. {unknown} values are known after apply only, {sensitive} that differ are "
        "sensitive. A plan does not say what a cloud refuses, or what else is changed meanwhile."
    )
