"""HVN310 policy-without-effect: a setting for Azure Policy or a DDoS plan applies to no resource of the topology."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Field
from hvn.kinds.policy_owned import ARGUMENTS, CLUSTER, VNET
from hvn.topology.model import NewHub, Topology
from hvn.topology.shared_vnets import vnets

RULE = Rule(
    id="HVN310",
    name="policy-without-effect",
    level=Level.WARNING,
    reports="The DDoS plan or an entry of azure.policy_owned has no effect, or the file also sets the argument.",
    why="Terraform does not change existing VNets, and ignores later changes of an argument in policy_owned",
    fix="remove the setting",
    example="""\
azure:
  policy_owned: [aks_policy]
spokes:
  payments: {cluster: null}
  orders: {cluster: null}
""",
    see="https://developer.hashicorp.com/terraform/language/meta-arguments#ignore_changes",
    needs_all_items=True,
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each setting that no resource uses, and for a DDoS plan or add-on that Azure Policy owns."""
    created = {
        VNET: isinstance(topology.hub, NewHub) or any(not spoke.existing for spoke in vnets(topology).values()),
        CLUSTER: any(spoke.new_cluster for spoke in topology.spokes.values()),
    }
    yield from _addons(topology)
    plan = ("azure", "ddos_plan_id")
    for index, choice in enumerate(topology.azure.policy_owned):
        if not created.get(ARGUMENTS[choice][0], True):
            yield _finding(
                ("azure", "policy_owned", index),
                Message("the resources of this topology do not have {choice}", choice=choice),
            )
    if topology.azure.ddos_plan_id is None:
        return
    if not created[VNET]:
        yield _finding(plan, Message("this topology creates no VNet"))
    elif "ddos_protection_plan" in topology.azure.policy_owned:
        yield _finding(
            plan, Message("Azure Policy owns ddos_protection_plan, so Terraform ignores a later change of the plan")
        )


ADDONS = {"azure_policy": "aks_policy", "microsoft_defender": "aks_defender", "oms_agent": "aks_monitoring"}


def _addons(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each add-on of the file that Azure Policy owns."""
    for name, spoke in topology.spokes.items():
        for addon, choice in ADDONS.items() if spoke.new_cluster else ():
            if getattr(spoke.new_cluster.addons, addon) and choice in topology.azure.policy_owned:  # type: ignore[union-attr]
                yield _finding(
                    ("spokes", name, "cluster", "addons", addon),
                    Message("Azure Policy owns {choice}, so Terraform ignores a later change", choice=choice),
                )


def _finding(path: tuple[str | int, ...], message: Message) -> Finding:
    return Finding(rule=RULE, path=path, message=message, fix=Message("remove {field}", field=Field(path)))
