"""Generate firewall rules with destinations that no generated topology contains."""

from hypothesis import strategies as st

from tests.strategies.no_firewall import has_dns_proxy
from tests.strategies.values import Topology, labels


@st.composite
def firewall_rules(draw: st.DrawFn, hub: Topology, source: str, port: int) -> Topology:
    """Draw firewall rules with destinations outside this topology. No rule covers another rule. Without the DNS proxy,
    network rules have no host names."""
    outside: list[Topology] = [
        {"destinations": ["198.51.100.0/24", "198.51.101.7/32"], "ports": [f"tcp/{port}", f"udp/{port}-{port + 9}"]},
        {"service_tags": ["AzureMonitor", "Storage.JapanEast"], "ports": [f"tcp/{port}"]},
        *([{"fqdns": ["one.example.com", "two.example.com"], "ports": [f"tcp/{port}", "icmp"]}] * has_dns_proxy(hub)),
        {"fqdns": ["*.example.com"], "ports": [f"https/{port}", f"mssql/{port}"]},
        {"fqdn_tags": ["WindowsUpdate"], "ports": [f"https/{port}", f"http/{port}"]},
    ]
    rules = draw(st.lists(st.sampled_from(outside), max_size=3, unique_by=str))
    texts = labels() | st.sampled_from(("Allow DNS (UDP)", "ntp_v1.2"))
    names = draw(st.lists(texts, min_size=len(rules), max_size=len(rules), unique=True))
    return {
        name: {"sources": [source], "reason": draw(st.sampled_from(('say "{}" 100 % $', "r" * 200))), **rule}
        for name, rule in zip(names, rules, strict=True)
    }
