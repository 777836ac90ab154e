"""How rules tell what plans destroy: resource by resource, and what goes with it in the words of the topology."""

from collections.abc import Iterable, Mapping, Sequence

from hvn.review.context import Said, Situation
from hvn.review.markdown import code, codes
from hvn.review.plan import Plan, ResourceChange

MOST = 8
# Whose a shared workspace is, where no spoke is meant.
SHARED = {"hub": "the runners", "vault": "the CI"}


def listed(changes: Sequence[ResourceChange]) -> str:
    """What happens to resources, with the arguments that force it, as Markdown."""
    told: dict[str, list[str]] = {}
    for each in changes[:MOST]:
        why = f" (by {codes(each.replaced_by)})" if each.replaced_by else ""
        told.setdefault(each.action, []).append(code(each.address) + why)
    more = f" and {len(changes) - MOST} more" if len(changes) > MOST else ""
    return ", ".join(f"{action} of {', '.join(resources)}" for action, resources in told.items()) + more


def goes_with(situation: Situation, workspace: str, types: Iterable[str], goes: Mapping[str, str]) -> tuple[str, ...]:
    """What goes with resources of these types in a workspace, each once.

    In the texts of `goes` `{here}` stands for the workspace's spoke, `{all}` for every spoke and the hub's runners.
    """
    spokes = codes(situation.spokes)
    places = {"here": _here(situation, workspace), "all": f"{spokes} and the runners" if spokes else "the runners"}
    return tuple(dict.fromkeys(goes[each].format(**places) for each in types if each in goes))


def told(situation: Situation, workspace: str, changes: Sequence[ResourceChange], goes: Mapping[str, str]) -> Said:
    """What a plan destroys in a workspace, with what goes with it by type."""
    with_it = goes_with(situation, workspace, [each.type for each in changes], goes)
    text = f"the plan has {listed(changes)}{'. With it goes:' if with_it else ''}"
    return Said(workspace=workspace, text=text, goes_with=with_it)


def _here(situation: Situation, workspace: str) -> str:
    spoke = situation.spoke(workspace)
    return code(spoke) if spoke else SHARED.get(workspace, code(workspace))


def by_terraform(plan: Plan | None, changes: Sequence[ResourceChange], *, kept: bool = True) -> str:
    """Whether Terraform refuses it; `kept` says that `prevent_destroy` still stands in what it is given.

    A rule that is no longer in the file is none: Terraform then destroys what it protected.
    https://developer.hashicorp.com/terraform/language/meta-arguments#prevent_destroy
    """
    if kept and (plan is None or plan.failed):
        return "**Terraform refuses this** by `prevent_destroy`. If it is forced, this goes:"
    if plan is None or plan.failed or changes:
        return "**Terraform does this if it is applied**: nothing refuses it. With it goes:"
    return "The plan that was made does not destroy it: ask why before it is applied. If it is destroyed, this goes:"
