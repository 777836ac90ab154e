"""Test the page: its content security policy, its escaped data, and the answers of its script in Node."""

import json
import pathlib
import random
import re
import subprocess
import sys
from base64 import b64encode
from hashlib import sha256
from html import unescape
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from hvn.check import load
from hvn.commands.reach import PORTS, as_json
from hvn.graph.reach_data import reach_data
from hvn.graph.svg import ASSETS
from hvn.reach.answer import reach
from hvn.reach.api_servers import with_api_servers
from hvn.reach.build import build
from hvn.reach.find import find
from hvn.reach.traffic import Protocol
from tests.check.cases import merged
from tests.conftest import PROJECT, SAMPLE
from tests.graph.drawn import HOSTILE, TOPOLOGIES, graph, hostile_page
from tests.graph.many import many_spokes
from tests.reach.test_missing_rules import OF_HUB, SITE, data
from tests.stacks.resources import BASES
from tests.strategies import Topology, check, dump, topologies
from tests.strategies.hub import BASE_POLICY

TCP, UDP, ICMP = Protocol
NODE = pathlib.Path(sys.executable).parent / "node"
ASK = "const {n, qs} = JSON.parse(require('fs').readFileSync(0)); console.log(JSON.stringify(qs.map((q) => %s)))"

PUBLIC = [
    "internet",
    "20.1.2.3",
    "20.0.0.0/8",
    "mcr.microsoft.com",
    "a.blob.core.windows.net",
    "example.com",
    "10.250.3.4",
    "10.0.0.77",
    "0.0.0.0/0",
    "1.2.3.300",
    "168.63.129.16",
    "169.254.169.254",
    "168.63.128.0/22",
    "8.0.0.0/5",
    "128.0.0.0/1",
    "Example.COM",
]

Question = tuple[str, str, int, Protocol]

MORE_IN_WHOLE = pytest.mark.parametrize("times", [1, pytest.param(3, marks=pytest.mark.whole)])
"""Ask three times as many questions in `make whole`."""


def differing(loaded: load.Loaded, most: int = 400) -> list[tuple[Question, Any, Any]]:
    """Return the connections of a topology for which the page and `hvn reach` give different answers."""
    assert loaded.checked
    network = build(loaded.checked.topology, lambda path: loaded.source.span(path).line)
    network = with_api_servers(loaded.checked.topology, network)
    inside = [place.cidr for places in network.places.values() for place in places]
    addresses = [str(one) for cidr in inside for one in (cidr[-1], cidr[cidr.num_addresses // 2], cidr.supernet())]
    names = [*network.names, *network.parts, *PUBLIC, *addresses]
    ports = sorted({443, 8200, 53, 22, *(rule.ports[0][0] or 1 for rule in network.rules)})
    questions = [(one, other, port, TCP) for one in names for other in names for port in ports]
    questions += [(one, other, port, protocol) for one, other, port, _ in questions for protocol in (UDP, ICMP)]
    asked = random.Random(0).sample(questions, min(most, len(questions)))
    for rule in network.firewall.dnat if network.firewall else ():
        targets = [str(rule.destinations[0]), *(str(cidr) for cidr in inside if rule.destinations[0].subnet_of(cidr))]
        clients, port = ("internet", "203.0.113.7"), rule.ports[0][0]
        asked += [(one, to, port, protocol) for one in clients for to in targets for protocol in (TCP, UDP)]
    wanted = [[as_json(answer) for answer in reach(network, *question)] for question in asked]
    script = (ASSETS / "reach.js").read_text(encoding="utf-8") + ASK % "Reach.reach(n, ...q).map(Reach.asJson)"
    done = subprocess.run(
        [NODE, "-e", script],
        input=json.dumps({"n": reach_data(network), "qs": asked}),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = json.loads(done.stdout)
    wanted = json.loads(json.dumps(wanted))
    assert any(wanted)
    return [item for item in zip(asked, wanted, answers, strict=True) if item[1] != item[2]]


@pytest.mark.parametrize("file", TOPOLOGIES, ids=lambda file: file.stem)
def test_the_page_answers_as_hvn_reach(file: pathlib.Path) -> None:
    assert differing(load.load(file)) == []


def test_the_page_answers_as_hvn_reach_with_an_existing_route_table() -> None:
    topology = yaml.safe_load((BASES / "small.yaml").read_text(encoding="utf-8"))
    topology["spokes"]["orders"]["subnets"] = {"web": {"cidr": "10.64.0.0/24", "route": "rg-network/rt-web"}}
    topology["spokes"]["search"] = {"cidr": "10.65.0.0/16", "vault_route": "none", "subnets": {"jobs": "10.65.0.0/24"}}
    assert differing(check(dump(topology))) == []


@pytest.mark.parametrize("source", ["10.0.0.0/26", "10.0.0.4", "203.0.113.7"])
def test_the_page_answers_as_hvn_reach_about_dnat_rules(source: str) -> None:
    topology = yaml.safe_load((BASES / "cluster.yaml").read_text(encoding="utf-8"))
    target = {"translated_port": 8443, "reason": "shop"}
    topology["hub"]["firewall"]["dnat_rules"] = {
        "shop": {**target, "sources": ["internet"], "port": "tcp/443", "translated_address": "10.64.32.9"},
        "site": {**target, "sources": ["203.0.113.7"], "port": "tcp/444", "translated_address": "10.64.32.10"},
        "ssh": {**target, "sources": ["203.0.113.7"], "port": "tcp/445", "translated_address": "10.0.0.70"},
    }
    deny = {"priority": 200, "source": [source], "destination": ["10.64.32.9"], "ports": ["8443"], "access": "deny"}
    topology["spokes"]["orders"]["subnets"] = {"web": {"cidr": "10.64.32.0/24", "rules": {"no": deny}}}
    assert differing(check(dump(topology)), 100) == []


# Only translated sources may pass.
SNAT = {
    "hub": {"priority": 200, "source": ["10.0.0.0/24"], "ports": ["443"]},
    "deny": {"priority": 300, "access": "deny", "protocol": "any"},
}


@MORE_IN_WHOLE
@pytest.mark.parametrize("base", ["", BASE_POLICY])
@pytest.mark.parametrize("source", ["10.64.0.0/16", "10.0.0.0/26", "10.0.0.8"])
def test_the_page_answers_as_hvn_reach_about_application_rules(source: str, base: str, times: int) -> None:
    topology = yaml.safe_load((BASES / "cluster.yaml").read_text(encoding="utf-8"))
    spokes = topology["spokes"]
    rule = {"sources": ["spokes.orders"], "reason": "updates"}
    topology["on_premises"] = {"tokyo": ["192.168.0.0/16"]}
    topology["hub"]["firewall"] |= {"base_policy_id": base} if base else {}
    topology["hub"]["gateway"] = {"cidr": "10.0.3.0/27", "existing": True}
    topology["hub"]["firewall_rules"] = {
        "hosts": {**rule, "fqdns": ["*"], "ports": ["https/443"]},
        "part": {**rule, "destinations": ["10.65.0.9"], "ports": ["tcp/443"]},
    }
    web = {
        "cidr": "10.65.0.0/24",
        "rules": {
            "allow": {"priority": 200, "source": [source], "ports": ["443"]},
            "deny": {"priority": 300, "access": "deny", "protocol": "any"},
        },
    }
    cut = {"cidr": "10.65.1.0/24", "route": "none"}
    back = {"hub": {"destination": "10.0.0.0/22", "next_hop": "10.0.0.4"}}
    search = {"cidr": "10.65.0.0/16", "vault_route": "none", "subnets": {"web": web, "cut": cut}, "routes": back}
    spokes["search"] = search
    assert differing(check(dump(topology)), 500 * times) == []


@MORE_IN_WHOLE
def test_the_page_answers_as_hvn_reach_about_an_appliance_and_an_existing_vnet(times: int) -> None:
    topology = yaml.safe_load((BASES / "small.yaml").read_text(encoding="utf-8"))
    topology["hub"] |= {"firewall": "none", "subnets": {"nva": {"cidr": "10.0.0.192/27", "rules": SNAT}}}
    group = "/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-a"
    existing = {"vnet_id": f"{group}/providers/Microsoft.Network/virtualNetworks/vnet-a", "cidrs": ["10.67.0.0/16"]}
    topology["spokes"]["old"] = {"existing": existing, "vault_route": "none"}
    topology["spokes"]["fresh"] = {
        "cidr": "10.68.0.0/16",
        "vault_route": "none",
        "subnets": {"jobs": {"cidr": "10.68.0.0/24", "rules": SNAT}},
        "use_remote_gateways": True,
        "routes": {
            "default": {"destination": "0.0.0.0/0", "next_hop": "10.0.0.200"},
            "tokyo": {"destination": "192.168.0.0/16", "next_hop": "10.0.0.200"},
        },
    }
    topology["on_premises"] = {"tokyo": ["192.168.0.0/16"]}
    topology["hub"]["gateway"] = {"cidr": "10.0.0.96/27", "existing": True, "next_hop": "10.0.0.201"}
    assert differing(check(dump(topology)), 1000 * times) == []


def test_the_page_answers_as_hvn_reach_about_an_nsg_that_admits_the_internet() -> None:
    topology = yaml.safe_load((BASES / "small.yaml").read_text(encoding="utf-8"))
    rules = {
        "deny": {"priority": 200, "access": "deny", "source": ["Internet"], "ports": ["22"]},
        "half": {
            "priority": 210,
            "access": "deny",
            "destination": ["10.64.0.0/25"],
            "ports": ["443"],
            "protocol": "any",
        },
        "web": {"priority": 300, "source": ["Internet"], "destination": ["VirtualNetwork"], "ports": ["22", "443"]},
        "private": {"priority": 310, "source": ["10.0.0.0/8"], "ports": ["53"], "protocol": "any"},
    }
    subnet = {"route": "none", "rules": rules}
    topology["spokes"]["orders"]["subnets"] = {
        "web": {"cidr": "10.64.0.0/24", **subnet},
        "behind": {"cidr": "10.64.1.0/24", "rules": rules},
        "gateway": {"cidr": "10.64.64.0/24", **subnet, "delegation": "Microsoft.Network/applicationGateways"},
    }
    assert differing(check(dump(topology))) == []


@pytest.mark.parametrize(
    "patch", [merged(data(), SITE), merged(data(100), SITE), OF_HUB], ids=["subnet", "full", "hub"]
)
def test_the_page_names_all_missing_rules(patch: Topology) -> None:
    topology = merged(yaml.safe_load(SAMPLE.read_text(encoding="utf-8")), patch)
    assert differing(check(dump(topology)), 300) == []


@MORE_IN_WHOLE
def test_the_page_answers_as_hvn_reach_for_an_existing_hub_with_a_gateway(times: int) -> None:
    topology = yaml.safe_load((PROJECT / "tests" / "topologies" / "existing.yaml").read_text(encoding="utf-8"))
    topology["on_premises"] = {"frankfurt": ["192.168.0.0/24"]}
    topology["hub"]["existing"]["gateway"] = True
    topology["spokes"]["claims"] = {"cidr": "10.66.0.0/16", "vault_route": "none"}
    topology["spokes"]["dmz"] = {
        "cidr": "10.67.0.0/20",
        "vault_route": "none",
        "use_remote_gateways": True,
        "bgp_route_propagation": True,
        "subnets": {"jobs": {"cidr": "10.67.0.0/24", "rules": SNAT}},
    }
    assert differing(check(dump(topology)), 2000 * times) == []


@pytest.mark.parametrize("base", ["small", "no-hub"])
def test_the_page_answers_as_hvn_reach_without_a_gateway(base: str) -> None:
    topology = yaml.safe_load((BASES / f"{base}.yaml").read_text(encoding="utf-8"))
    topology["on_premises"] = {"tokyo": ["192.168.0.0/16"]}
    assert differing(check(dump(topology)), 1000) == []


def test_the_page_knows_the_paths_of_hub_subnets() -> None:
    network = build(load.require(PROJECT / "tests" / "topologies" / "everything.yaml").topology)
    script = (ASSETS / "reach.js").read_text(encoding="utf-8") + ASK % "Reach.find(n, q).map((place) => place.cidr)"
    questions = json.dumps({"n": reach_data(network), "qs": ["hub.subnets.jump", "hub/jump"]})
    done = subprocess.run([NODE, "-e", script], input=questions, capture_output=True, text=True, check=True)
    (jump,) = find(network, "hub.subnets.jump")
    assert json.loads(done.stdout) == [[str(jump.cidr)]] * 2


def test_the_page_knows_the_host_names_of_hvn_reach() -> None:
    network = build(load.require(SAMPLE).topology)
    labels = [
        "hub",
        "hubs",
        "vault",
        "default",
        "spoke",
        "on-premises",
        "onprem",
        "payment",
        "paint",
        "Vault",
        "orders",
        "analyst",
    ]
    names = [f"{label}.{end}" for label in labels for end in ("nodes", "jobs", "com", "fr", "local", "example.com")]
    script = (ASSETS / "reach.js").read_text(encoding="utf-8") + ASK % "Reach.find(n, q).map((place) => place.host)"
    questions = json.dumps({"n": reach_data(network), "qs": names})
    done = subprocess.run([NODE, "-e", script], input=questions, capture_output=True, text=True, check=True)
    wanted = [[place.host for place in find(network, name)] for name in names]
    assert json.loads(done.stdout) == wanted
    assert [] in wanted
    assert ["vault.example.com"] in wanted


def test_the_page_answers_as_hvn_reach_with_many_spokes(tmp_path: pathlib.Path) -> None:
    assert differing(load.load(many_spokes(tmp_path, 60)), 100) == []


@pytest.mark.whole
@given(topologies())
@settings(max_examples=8)
def test_the_page_answers_as_hvn_reach_for_any_topology(topology: Topology) -> None:
    assert differing(check(dump(topology)), 60) == []


def test_the_usual_ports_are_those_of_hvn_reach() -> None:
    script = (ASSETS / "reach.js").read_text(encoding="utf-8")
    ports = re.search(r"const PORTS = (\{.*?\});", script)
    assert ports
    assert dict(re.findall(r"([\w/.]+)\"?: (\d+)", ports[1])) == {name: str(port) for name, port in PORTS.items()}


def test_the_policy_allows_only_the_script_and_the_style_of_the_page() -> None:
    page = graph("--format", "html")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    style, script = re.search(r"<style>(.*?)</style>", page, re.S), re.search(r"<script>(.*?)</script>", page, re.S)
    assert policy
    assert style
    assert script
    hashes = {
        name: f"'sha256-{b64encode(sha256(match[1].encode()).digest()).decode()}'"
        for name, match in (("script-src", script), ("style-src", style))
    }
    rules = dict(rule.strip().split(" ", 1) for rule in unescape(policy[1]).split(";"))
    assert rules == {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'", **hashes}
    assert not re.search(r"(?:src|href)=|url\(|@import|style=", page.replace(script[1], ""))
    assert page.count("<script") == 2


def test_the_page_contains_boxes_rules_logins_and_the_file() -> None:
    match = re.search(r'<script type="application/json" id="data">(.*?)</script>', graph("--format", "html"), re.S)
    assert match
    data = json.loads(match[1])
    login = next(login for login in data["logins"] if login["who"] == "payments/webapp")
    assert login["subjects"] == ["system:serviceaccount:app:default"]
    assert ["kvv2/data/webapp/config", "read"] in login["rules"]
    box = data["boxes"]["spokes.payments"]
    assert box["workspaces"] == ["network-payments", "peering-payments"]
    assert data["lines"][box["line"] - 1].strip().startswith("payments:")


def test_hostile_texts_stay_text_in_the_page() -> None:
    page = hostile_page()
    scripts = re.findall(r"<script.*?</script>", page, re.S)
    assert len(scripts) == 2
    data = scripts[0].removeprefix('<script type="application/json" id="data">').removesuffix("</script>")
    assert not set("<>&") & set(data)
    assert json.loads(data)["lines"] == list(HOSTILE)
    rest = page.replace(scripts[0], "").replace(scripts[1], "")
    assert not re.search(r"<(?!/?(?:[a-z][a-z0-9]*|!DOCTYPE)\b)|<img|<script", rest)
    assert "\u202e" not in page
