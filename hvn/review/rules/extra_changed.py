"""HVN974: the change edits the user's own Terraform in `extra/`."""

import json
from collections.abc import Iterator, Mapping

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Words
from hvn.kinds.inputs import Inputs
from hvn.review.context import Context
from hvn.review.plan import Openings
from hvn.review.rules.unreviewed_opening import listed

RULE = Rule(
    id="HVN974",
    name="extra-changed",
    level=Level.WARNING,
    reports="The change adds, edits or removes blocks of `extra/<workspace>/*.tf.json`.",
    why="`hvn reach` ignores these blocks, and `hvn check` only validates them, without rules about their resources",
    fix="read the blocks, and check the access that the finding lists",
    example='config/extra/hub/alerts.tf.json: {"resource": {"azurerm_monitor_action_group": {"extra_network": {…}}}}\n',
    see="docs/how-to/extend.md",
)
LABEL = "hvn: read the file"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each workspace with changed extra blocks. It lists the access that these blocks open."""
    for id_ in dict.fromkeys((*context.after, *context.before)):
        old, new = (_blocks(side[id_].inputs) if id_ in side else {} for side in (context.before, context.after))
        if old == new or (id_ in context.after and context.after[id_].blocked):
            continue
        edits = {
            "adds": sorted(new.keys() - old.keys()),
            "changes": sorted(address for address in new.keys() & old.keys() if new[address] != old[address]),
            "removes": sorted(old.keys() - new.keys()),
        }
        changes = [
            Message("{verb} {addresses}", verb=Words(verb), addresses=some) for verb, some in edits.items() if some
        ]
        opened = listed(_opened(context, id_))
        template = "{folder} {changes}; the plan opens: {opened}" if opened else "{folder} {changes}"
        yield Finding(
            rule=RULE,
            workspace=id_,
            message=Message(template, folder=f"extra/{id_}", changes=changes, opened=opened),
        )


def _blocks(inputs: Inputs | None) -> Mapping[str, object]:
    """Return the extra blocks of a workspace by address."""
    blocks: dict[str, object] = {}
    for _, text in inputs.extra if inputs else ():
        content = json.loads(text)
        blocks |= {f"output.{name}": body for name, body in content.get("output", {}).items()}
        for kind, prefix in (("resource", ""), ("data", "data.")):
            for type_, named in content.get(kind, {}).items():
                blocks |= {f"{prefix}{type_}.{name}": body for name, body in named.items()} if type_ != "//" else {}
    return blocks


def _opened(context: Context, workspace: str) -> Openings:
    plan = context.plans.get(workspace)
    changes = plan.changes if plan else ()
    return {one.address: frozenset(one.openings) for one in changes if ".extra_" in one.address and one.openings}
