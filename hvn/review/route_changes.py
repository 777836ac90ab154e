"""Find the user-defined routes of the file with a next hop that an edit changes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.inputs import Inputs, Route, RouteTable
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.context import Context
from hvn.topology import naming

DROPS = "None"
"""Azure's next hop type of a route that drops traffic."""
# This project's own routes, which HVN913 and HVN914 compare.
OWN = ("default", naming.HVN_ROUTE, naming.BACKUP_ROUTE)
Key = tuple[str, str]
"""The route table's name and the destination."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteChange:
    """One route. `before` and `after` are next hops: an address or a type, or empty without the route.

    `firewall` is the next hop of the default route; empty without a firewall.
    """

    workspace: str
    table: str
    destination: str
    before: str
    after: str
    firewall: str
    new_table: bool

    def finding(self, rule: Rule, text: str) -> Finding:
        """Return a finding about this route."""
        parts = {"destination": self.destination, "before": self.before, "after": self.after, "table": self.table}
        return Finding(
            rule=rule,
            workspace=self.workspace,
            message=Message(text, **{name: value for name, value in parts.items() if f"{{{name}}}" in text}),
        )


def changed(context: Context) -> Iterator[RouteChange]:
    """Yield each route with a changed next hop, except the routes of removed tables."""
    for id_, workspace in context.after.items():
        before = context.before.get(id_)
        old = before.inputs if before else None
        was, now = _routes(old), _routes(workspace.inputs)
        firewall, moved = _firewall(workspace.inputs), _firewall(old)
        if firewall and moved:  # a route to the firewall follows its address
            was = {key: firewall if hop == moved else hop for key, hop in was.items()}
        tables_before, tables = _names(old), _names(workspace.inputs)
        for table, destination in (*sorted(now), *sorted(was.keys() - now.keys())):
            hops = was.get((table, destination), ""), now.get((table, destination), "")
            if hops[0] != hops[1] and table in tables:
                yield RouteChange(
                    workspace=str(id_),
                    table=table,
                    destination=destination,
                    before=hops[0],
                    after=hops[1],
                    firewall=firewall,
                    new_table=table not in tables_before,
                )


def _tables(inputs: Inputs | None) -> tuple[RouteTable, ...]:
    return inputs.tables if isinstance(inputs, NetworkInputs | HubInputs) else ()


def _names(inputs: Inputs | None) -> set[str]:
    return {table.resource.name for table in _tables(inputs)}


def _routes(inputs: Inputs | None) -> Mapping[Key, str]:
    """Return the next hop of each route of the file."""
    firewall = _firewall(inputs)
    return {
        (table.resource.name, route.cidr): _hop(route)
        for table in _tables(inputs)
        for route in table.routes
        # Routes of the file may have these names in tables without this project's own routes.
        if table.key or route.name not in OWN or not route.next_hop or route.next_hop != firewall
    }


def _hop(route: Route) -> str:
    return route.next_hop or route.next_hop_type


def _firewall(inputs: Inputs | None) -> str:
    """Return the address of the firewall: the next hop of the default route."""
    own = [route for table in _tables(inputs) if not table.key for route in table.routes if route.name == "default"]
    return own[0].next_hop if own else ""
