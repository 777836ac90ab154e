"""What of a spoke has to be destroyed by hand before its network can move, and how it is built again."""

from collections.abc import Sequence

from hvn.kinds.aks.inputs import AksInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.kinds.vault_auth.inputs import VaultAuthInputs
from hvn.review.context import Situation
from hvn.review.plan import Action
from hvn.review.readdressing import TYPES, Move, of_spoke


def destroyed_first(situation: Situation, spoke: str) -> tuple[str, ...]:
    """What of a spoke's has to be destroyed by hand, for its network moves: workspaces of the base."""
    move = _move(situation, spoke)
    return to_destroy(situation, spoke, move) if move else ()


def still_to_destroy(situation: Situation, spoke: str) -> tuple[str, ...]:
    """The same, unless it is known to be gone already."""
    move = _move(situation, spoke)
    return to_destroy(situation, spoke, move) if move and not known_gone(situation, spoke, move) else ()


def _move(situation: Situation, spoke: str) -> Move | None:
    before, after = situation.before.get(f"network-{spoke}"), situation.after.get(f"network-{spoke}")
    old, new = before.inputs if before else None, after.inputs if after else None
    if not isinstance(old, NetworkInputs) or not isinstance(new, NetworkInputs):
        return None
    return of_spoke(old, new, situation.gone(*TYPES).get(f"network-{spoke}", []))


def to_destroy(situation: Situation, spoke: str, move: Move) -> tuple[str, ...]:
    """The spoke's workspaces of the base that stand in what moves, in the order of deployment."""
    aks = situation.before.get(f"aks-{spoke}")
    of_nodes = isinstance(aks.inputs, AksInputs) and aks.inputs.node_subnet.name in move.emptied if aks else False
    of_cluster = ("aks", "vault-auth", "vso", "secrets") if of_nodes else ()
    kinds = ("network", "peering", "aks", "vault-auth", "vso", "secrets") if move.anew else of_cluster
    return tuple(each for each in situation.of_spoke(spoke, *kinds) if each in situation.before)


def known_gone(situation: Situation, spoke: str, move: Move) -> str:
    """Why it is known that what has to go first is gone, or nothing."""
    id_, kind = (
        (f"network-{spoke}", "azurerm_virtual_network") if move.anew else (f"aks-{spoke}", "azurerm_kubernetes_cluster")
    )
    plan = situation.plans.get(id_)
    if plan and any(each.type == kind and each.action is Action.CREATE for each in plan.changes):
        return "the plan creates it"
    affected = {each.workspace.id for each in situation.comparison.affected}
    return "" if id_ in situation.wanted or id_ not in affected else "it was to be made in a wave before this one"


def by_hand(situation: Situation, spoke: str, again: Sequence[str]) -> str:
    """All steps, from the destroy to the last deploy, as Markdown; `again` are the workspaces to be built anew."""
    base = situation.comparison.base.commit[:12]
    return (
        f"before this is merged, destroy from the base: `git switch --detach {base}`, then `bin/cdktf destroy "
        f"{' '.join(again)}`; then plan and review this once more, for the plans are others now; after the merge apply "
        f"{after_merge(situation, spoke, again)}"
    )


def after_merge(situation: Situation, spoke: str, again: Sequence[str]) -> str:
    """The steps after the destroy, also those that are of no wave."""
    auth = situation.after.get(f"vault-auth-{spoke}")
    keys = auth and isinstance(auth.inputs, VaultAuthInputs) and auth.inputs.pubkeys and auth.id in again
    in_waves = {each.workspace.id for each in situation.comparison.affected}
    others = [each for each in again if each in situation.after and each not in in_waves]
    steps = ["wave by wave"]
    if keys:
        others = [each for each in others if auth and each != auth.id]
        steps.append(
            f"when `aks-{spoke}` is there, `bin/hvn keys pull {spoke} --issuer URL`, and a change of its own with the "
            f"keys, which applies `vault-auth-{spoke}`"
        )
    if others:
        steps.append(f"and what is in no wave: `bin/cdktf deploy {' '.join(others)}`")
    return "; ".join(steps)
