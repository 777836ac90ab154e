"""Generate subnets with their network security groups, rules and delegations."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.strategies.values import Topology, optional


@cache
def subnet_names() -> st.SearchStrategy[str]:
    """Return a strategy for names that Azure allows, except the name of the node subnet."""
    return st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,10}[A-Za-z0-9_])?", fullmatch=True).filter(
        lambda name: name.casefold() != "nodes"
    ) | st.sampled_from(("9" * 75, "A.b_" * 18, "A_b_" * 18))


POLICIES = ("Disabled", "Enabled", "NetworkSecurityGroupEnabled", "RouteTableEnabled")
DELEGATIONS = ("Microsoft.Web/serverFarms", "Microsoft.App/environments", "Microsoft.DBforMySQL/flexibleServers")
MANAGED_INSTANCE = {"delegation": "Microsoft.Sql/managedInstances", "nsg": "rg_sql/nsg-sql", "route": "none"}


@cache
def subnets(cidr: str) -> st.SearchStrategy[Any]:
    """Return a strategy for a subnet in its short or its long form."""
    fields = optional(
        route=st.sampled_from(("firewall", "none")),
        nat_gateway=st.booleans(),
        service_endpoints=st.permutations(("Microsoft.Storage", "Microsoft.Sql")),
        private_endpoint_network_policies=st.sampled_from(POLICIES),
    )
    group = st.just({"nsg": "rg-shared/NSG_1"}) | optional(rules=nsg_rules(cidr))
    delegation = optional(delegation=st.sampled_from(DELEGATIONS))
    free = st.builds(lambda one, two, three: one | two | three, fields, group, delegation)
    return st.just(cidr) | (free | st.just(MANAGED_INSTANCE)).map(lambda more: {"cidr": cidr, **more})


@cache
@st.composite
def nsg_rules(draw: st.DrawFn, cidr: str) -> Topology:
    """Draw rules of an NSG; each has its own priority. Deny rules follow the rules for nodes and pods, because HVN526
    refuses other deny rules. An allow rule can have 150, the preferred priority of hvn-in."""
    ends = st.sampled_from(([], ["VirtualNetwork"], [cidr, "192.0.2.7"], ["Internet"], ["172.16.0.0/13"]))
    names = draw(st.lists(st.sampled_from(("web", "Deny_all", "a.b-c_", "9")), max_size=3, unique=True))
    denied = {name: draw(st.booleans()) for name in names}
    return {
        name: {
            "priority": 1000 * index + (201 if denied[name] else draw(st.sampled_from((150, 201)))),
            **({"access": "deny"} if denied[name] else draw(optional(access=st.just("allow")))),
            **draw(
                optional(
                    direction=st.sampled_from(("inbound", "outbound")),
                    source=ends,
                    destination=ends,
                )
            ),
            **draw(
                st.just({"protocol": "icmp"})
                | optional(
                    protocol=st.sampled_from(("tcp", "udp", "any")),
                    ports=st.sampled_from(([], ["443"], ["8000-9000", "22"], ["0-65535"])),
                )
            ),
        }
        for index, name in enumerate(names)
    }


GROUP = "shared-1"


@st.composite
def with_security_group(draw: st.DrawFn, owner: Topology) -> Topology:
    """Draw a shared NSG of a spoke or of a new hub, and use it in some subnets that have no rules."""
    forms = {name: one if isinstance(one, dict) else {"cidr": one} for name, one in owner.get("subnets", {}).items()}
    names = [name for name, subnet in forms.items() if not subnet.keys() & {"nsg", "rules"}]
    chosen = draw(st.lists(st.sampled_from(names), max_size=2, unique=True)) if names else []
    if not chosen:
        return {}
    group = draw(optional(rules=nsg_rules(forms[chosen[0]]["cidr"])))
    subnets = {**owner["subnets"], **{name: {**forms[name], "nsg": GROUP} for name in chosen}}
    return {"network_security_groups": {GROUP: group}, "subnets": subnets}


def is_shadowed(rules: Topology) -> bool:
    """Return whether a generated rule matches all traffic from a source of a later rule, so that the check warns about
    the later rule."""
    rows = sorted(rules.values(), key=lambda rule: int(rule["priority"]))
    return any(_contains(wide, rule) for number, rule in enumerate(rows) for wide in rows[:number])


def _contains(wide: Topology, rule: Topology) -> bool:
    def fits(key: str, everything: tuple[list[str], ...] = ([],)) -> bool:
        own = wide.get(key, [])
        return own in everything or own == rule.get(key, [])

    protocols = {"any", rule.get("protocol", "tcp")}
    return (
        wide.get("direction", "inbound") == rule.get("direction", "inbound")
        and wide.get("protocol", "tcp") in protocols
        and fits("source")
        and fits("destination")
        and fits("ports", ([], ["0-65535"]))
    )
