"""HVN607: pipelines that configure the topmost namespace."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Level, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN607",
    name="ci-in-admin",
    level=Level.WARNING,
    why="who may write roles there can give one the policy hcp-root, and then owns the whole cluster",
    see="https://developer.hashicorp.com/hcp/docs/vault/get-started/manage-namespaces",
)


def check(topology: Topology) -> Iterator[Breach]:
    """`vault.ci` together with namespace admin."""
    ci = topology.vault.ci
    if topology.vault.namespace == "admin" and (ci.github or ci.hcp_terraform):
        yield Breach(
            ("vault", "ci"),
            "lets pipelines configure the namespace admin",
            "use a namespace below it, for example admin/platform, or guard what may use the role apply",
        )
