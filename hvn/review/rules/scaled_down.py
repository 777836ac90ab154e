"""HVN932: a node pool gets lower limits or more taints, or a cluster, Vault or the firewall gets a lower tier."""

from collections.abc import Iterator, Sequence
from typing import get_args

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Words
from hvn.kinds.aks.inputs import AksInputs
from hvn.kinds.hcp.inputs import HcpInputs
from hvn.review.context import Context
from hvn.review.firewall_diff import firewalls
from hvn.topology.model import Cluster, Firewall, Vault

RULE = Rule(
    id="HVN932",
    name="scaled-down",
    level=Level.WARNING,
    reports="A node pool gets lower limits or more taints, or a cluster, Vault or the firewall gets a lower tier.",
    why=(
        "capacity or a feature is lost: pods stay pending, Vault answers more slowly, the firewall filters less, or "
        "an API server loses its SLA"
    ),
    fix="before the apply, check that load, taints and features allow the new values, or undo the edit",
    example="""\
spokes:
  payments:
    cluster:
      node_pool: {vm_size: Standard_D4s_v5, min_count: 2, max_count: 2}
""",
    see="https://learn.microsoft.com/azure/aks/cluster-autoscaler-overview",
)
LABEL = "hvn: interrupts"
LIMITS = ("min_count", "max_count")
VAULT_TIERS: tuple[str, ...] = get_args(Vault.model_fields["tier"].annotation)
CLUSTER_TIERS: tuple[str, ...] = get_args(Cluster.model_fields["sku_tier"].annotation)
FIREWALL_TIERS: tuple[str, ...] = get_args(Firewall.model_fields["sku_tier"].annotation)


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about lower limits and new taints of node pools, and about lower tiers."""
    for workspace, aks, new_aks in context.changed(AksInputs):
        now = {pool.name: pool for pool in (new_aks.node_pool, *new_aks.node_pools)} if new_aks else {}
        for pool in (aks.node_pool, *aks.node_pools):
            new_pool = now.get(pool.name, pool)
            for limit in LIMITS:
                if (new := getattr(new_pool, limit)) < (old := getattr(pool, limit)):
                    yield _lower(workspace.id, limit, old, new, pool.name)
            if taints := [taint for taint in new_pool.taints if taint not in pool.taints]:
                yield _tainted(workspace.id, pool.name, taints)
        if new_aks and CLUSTER_TIERS.index(new_aks.sku_tier) < CLUSTER_TIERS.index(aks.sku_tier):
            yield _lower(workspace.id, "sku_tier", aks.sku_tier, new_aks.sku_tier)
    for workspace, hcp, new_hcp in context.changed(HcpInputs):
        if hcp.new_vault and new_hcp and new_hcp.new_vault:
            tiers = hcp.new_vault.tier, new_hcp.new_vault.tier
            if VAULT_TIERS.index(tiers[1]) < VAULT_TIERS.index(tiers[0]):
                yield _lower(workspace.id, "tier", *tiers)
    for id_, _, firewall, new_firewall in firewalls(context):
        if FIREWALL_TIERS.index(new_firewall.sku_tier) < FIREWALL_TIERS.index(firewall.sku_tier):
            yield _lower(id_, "sku_tier", firewall.sku_tier, new_firewall.sku_tier)


def _tainted(workspace: str, pool: str, taints: Sequence[str]) -> Finding:
    """Return the finding about a pool that gets taints.

    https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
    """
    message = Message(
        "{pool} gets the taints {taints}: its nodes no longer accept pods without a matching toleration{evicted}",
        pool=pool,
        taints=taints,
        evicted=Words(", and evict such pods") if any(one.endswith(":NoExecute") for one in taints) else "",
    )
    return Finding(rule=RULE, workspace=workspace, message=message)


def _lower(workspace: str, argument: str, before: int | str, after: int | str, pool: str = "") -> Finding:
    message = Message(
        "{argument} {before} → {after}{pool}",
        argument=Words(argument),
        before=before,
        after=after,
        pool=Message(" (node pool {pool})", pool=pool) if pool else Words(""),
    )
    return Finding(rule=RULE, workspace=workspace, message=message)
