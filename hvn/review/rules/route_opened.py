"""HVN970: a route of the file bypasses the firewall, or a route that dropped traffic is removed."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.inputs import Inputs, Route, RouteTable
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.context import Context
from hvn.topology import naming

RULE = Rule(
    id="HVN970",
    name="route-opened",
    level=Level.WARNING,
    reports="A new or changed route bypasses the firewall, or an edit removes a route that dropped traffic or led "
    "to the firewall.",
    why="the firewall neither filters nor logs traffic with a different next hop",
    fix="check that the traffic may bypass the firewall",
    example="""\
spokes:
  payments:
    routes: {azure: {destination: AzureCloud, next_hop: internet}}
""",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview",
)
LABEL = "hvn: opens"
# These are this project's own routes, which HVN913 and HVN914 compare.
OWN = ("default", naming.HVN_ROUTE, naming.BACKUP_ROUTE)
Key = tuple[str, str]
"""The route table's name and the destination."""


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each new route that bypasses the firewall, and for each removed route that did not bypass
    it."""
    for id_, workspace in context.after.items():
        before = context.before.get(id_)
        was, now = _routes(before.inputs if before else None), _routes(workspace.inputs)
        firewall = _firewall(workspace.inputs)
        for key, hop in sorted(now.items()):
            if was.get(key) != hop and hop not in ("None", firewall):
                yield _finding(str(id_), "{destination} leads to {hop} in {table}", key, hop)
        kept = {table for table, _ in now} | {table.resource.name for table in _tables(workspace.inputs)}
        for key, hop in sorted(was.items()):
            if key not in now and key[0] in kept and hop in ("None", firewall):
                yield _finding(str(id_), "{destination} no longer leads to {hop} in {table}", key, hop)


def _finding(workspace: str, text: str, key: Key, hop: str) -> Finding:
    message = Message(text, destination=key[1], hop=hop, table=key[0])
    return Finding(rule=RULE, workspace=workspace, message=message)


def _tables(inputs: Inputs | None) -> tuple[RouteTable, ...]:
    return inputs.tables if isinstance(inputs, NetworkInputs | HubInputs) else ()


def _routes(inputs: Inputs | None) -> Mapping[Key, str]:
    """Return the next hop of each route of the file."""
    firewall = _firewall(inputs)
    return {
        (table.resource.name, route.cidr): _hop(route)
        for table in _tables(inputs)
        for route in table.routes
        # Routes of the file may have these names where this project has no such route.
        if table.key or route.name not in OWN or not route.next_hop or route.next_hop != firewall
    }


def _hop(route: Route) -> str:
    return route.next_hop or route.next_hop_type


def _firewall(inputs: Inputs | None) -> str:
    """Return the address of the firewall: the next hop of the default route."""
    own = [route for table in _tables(inputs) if not table.key for route in table.routes if route.name == "default"]
    return own[0].next_hop if own else ""
