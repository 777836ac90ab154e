"""Build findings about resources that plans destroy, with the spokes and users that lose these resources."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hvn.diagnostics.finding import Finding, Rule
from hvn.diagnostics.message import Fact, Message, Words, joined
from hvn.review.context import Context
from hvn.review.plan import Action, Plan, ResourceChange

RUNNERS = Message("the runners")
# The users of a shared workspace, by its kind.
USERS = {"hub": RUNNERS, "vault": Message("CI")}

VERBS = {
    Action.DELETE: "destroys {resources}",
    Action.REPLACE: "replaces {resources}",
    Action.FORGET: "forgets {resources}",
}


@dataclass(frozen=True, slots=True)
class Loss:
    """The impact of losing a resource. `{who}` in the template is the
    workspace's spoke, or the users of a shared workspace.

    With `everyone`, `{who}` is every spoke and the runners.
    """

    template: str
    everyone: bool = False


def listed(changes: Sequence[ResourceChange]) -> Message:
    """Return a message with the plan's actions on these resources, and the arguments that force a replacement."""
    by_action: dict[Action, list[Fact]] = {}
    for change in changes:
        by_action.setdefault(change.action, []).append(_resource(change))
    return Message(
        "the plan {actions}",
        actions=joined([Message(VERBS[action], resources=resources) for action, resources in by_action.items()], ", "),
    )


def _resource(change: ResourceChange) -> Fact:
    if change.replaced_by:
        return Message("{address} (forced by {arguments})", address=change.address, arguments=change.replaced_by)
    if change.reason:
        return Message("{address} ({reason})", address=change.address, reason=Words(change.reason))
    if change.deposed:
        return Message("{address} (deposed object {key})", address=change.address, key=change.deposed)
    return change.address


def with_plan(reasons: Sequence[Message], changes: Sequence[ResourceChange]) -> Message:
    """Return one message with the reasons and the resources that the plan destroys."""
    return joined([*reasons, listed(changes)] if changes else list(reasons))


def impact(context: Context, workspace: str, types: Iterable[str], losses: Mapping[str, Loss]) -> tuple[Message, ...]:
    """Return the impact of losing resources of these types in a workspace, without repetitions."""
    used = dict.fromkeys(losses[type_] for type_ in types if type_ in losses)
    here, everyone = _users(context, workspace), joined([*_spokes(context), RUNNERS], " and ")
    return tuple(Message(loss.template, who=everyone if loss.everyone else here) for loss in used)


def _spokes(context: Context) -> list[Message]:
    return [Message("{spokes}", spokes=context.spokes)] if context.spokes else []


def _users(context: Context, name: str) -> Message:
    workspace = context.workspace(name)
    if workspace is None:
        return Message("{workspace}", workspace=name)
    if workspace.spoke:
        return Message("{spoke}", spoke=workspace.spoke)
    return USERS.get(workspace.id.kind, Message("{workspace}", workspace=name))


def destroyed(
    rule: Rule, context: Context, workspace: str, changes: Sequence[ResourceChange], losses: Mapping[str, Loss]
) -> Finding:
    """Return the finding about the resources that a plan destroys in a workspace."""
    return Finding(
        rule=rule,
        workspace=workspace,
        message=listed(changes),
        impact=impact(context, workspace, [change.type for change in changes], losses),
    )


def enforcement(plan: Plan | None, changes: Sequence[ResourceChange], *, protected: bool = True) -> Message:
    """Return a sentence about whether Terraform refuses to destroy the resource.

    `protected` is true if the resource is still in the configuration, with `prevent_destroy`. Terraform destroys a
    resource that is removed from the configuration, because its `prevent_destroy` is removed too.
    https://developer.hashicorp.com/terraform/language/meta-arguments#prevent_destroy
    """
    if protected and (plan is None or plan.failed):
        return Message("**Terraform refuses this** (`prevent_destroy`)")
    if plan is None or plan.failed or changes:
        return Message("**Terraform does this on apply**: the resource is not protected")
    return Message("This plan does not destroy the resource: find out why before you apply")
