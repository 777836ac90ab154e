"""`hvn reach` follows connections from the internet through the DNAT rules of the firewall."""

import pathlib

import pytest

from tests.reach.test_addresses import asked

RULE = {"port": "tcp/443", "translated_address": "10.64.0.9", "translated_port": 8443, "reason": "shop"}


@pytest.mark.parametrize(
    ("sources", "protocol", "question", "verdict"),
    [
        (["internet"], "tcp", ("internet", "10.64.0.9", "8443"), "unknown"),
        (["internet"], "tcp", ("203.0.113.7", "payments", "8443"), "unknown"),
        (["203.0.113.0/24"], "tcp", ("internet", "payments", "8443"), "unknown"),
        (["203.0.113.0/24"], "tcp", ("203.0.113.7", "10.64.0.9", "8443"), "unknown"),
        (["203.0.113.0/24"], "tcp", ("198.51.100.7", "10.64.0.9", "8443"), "blocked"),
        (["internet"], "tcp", ("internet", "10.64.0.10", "8443"), "blocked"),
        (["internet"], "tcp", ("internet", "10.64.0.9", "443"), "blocked"),
        (["internet"], "udp", ("internet", "10.64.0.9", "8443"), "blocked"),
        (["internet"], "tcp", ("orders", "10.64.0.9", "8443"), "blocked"),
    ],
)
def test_only_the_translated_address_and_port_may_be_reached(
    sources: list[str], protocol: str, question: tuple[str, str, str], verdict: str, tmp_path: pathlib.Path
) -> None:
    rule = {**RULE, "sources": sources, "port": f"{protocol}/443"}
    patch = {"hub": {"firewall": {"dnat_rules": {"shop": rule}}}}
    source, to, port = question
    answer = asked(tmp_path, patch, source, "--to", to, "--port", port)
    assert answer["verdict"] == verdict
    named = any("hub.firewall.dnat_rules.shop (line" in reason for reason in answer["unknown"])
    assert named == (verdict == "unknown")
