"""Run `hvn spoke add` on a file with comments in empty brackets, and on an unreadable file."""

import os
import pathlib
import re

import pytest
import yaml

from hvn.check.load import load
from tests.commands.test_spoke_add import BASE, add, file

__all__ = ["file"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("tail", "wanted"),
    [
        ("spokes: { # one\n}\n", "spokes: # one\n  +\n"),
        ("spokes: { # one\n}", "spokes: # one\n  +"),
        ("spokes: { # one\n  # two\n  } # three\n# end\n", "spokes: # one\n  # two\n# three\n  +\n# end\n"),
        ("spokes: {\n  # two\n} # three", "spokes:\n  # two\n# three\n  +"),
    ],
)
def test_comments_in_empty_brackets_stay(tail: str, wanted: str, newline: str, file: pathlib.Path) -> None:
    file.write_bytes((BASE + tail).replace("\n", newline).encode())
    done = add(file, "shipping", "--size", "16", "--vault-route", "none", "--pool", "spokes")
    assert done.exit_code == 0, done.output
    assert (b"\n" in file.read_bytes().replace(b"\r\n", b"")) == (newline == "\n")
    shown = file.read_bytes().decode().replace("\r\n", "\n").removeprefix(BASE)
    assert re.sub(r"shipping:\n +cidr: \S+\n +vault_route: none", "+", shown) == wanted


def test_unreadable_topology_is_one_line(file: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(pathlib.Path, "open", refuse)
    done = add(file, "shipping", "--size", "16")
    assert done.exit_code == 2
    assert done.output.count("\n") == 1
    assert str(file) in done.output


ORDERS = "  orders: # its own peering with the HVN\n"
RULE = "{sources: [spokes.orders], destinations: [spokes.shipping], ports: [tcp/443], reason: orders}"


@pytest.mark.parametrize(("pools", "left"), [("[transit]", ""), ("[transit, more]", "HVN301")])
def test_the_file_is_judged_with_the_new_spoke(pools: str, left: str, file: pathlib.Path) -> None:
    text = file.read_text(encoding="utf-8").replace("transit_pools: [transit]", f"transit_pools: {pools}")
    assert ORDERS in text
    file.write_text(text.replace(ORDERS, f"{ORDERS}    firewall_rules: {{shipping: {RULE}}}\n"), encoding="utf-8")
    assert "HVN420" in {finding.rule.id for finding in load(file).findings}
    before = file.read_bytes()
    done = add(file, "shipping", "--size", "16")
    assert done.exit_code == bool(left), done.output
    assert left in done.stderr
    assert "HVN420" not in done.output
    assert (file.read_bytes() == before) is bool(left)


GROUP = "6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f"


def test_a_new_cluster_has_the_settings_that_all_clusters_share(file: pathlib.Path) -> None:
    text = file.read_text(encoding="utf-8").replace("1.36", "1.35").replace("Standard_D4s_v5", "Standard_D8s_v5", 1)
    text = text.replace("    cluster:\n", f"    cluster:\n      admin_groups: [{GROUP}]\n")
    file.write_text(text, encoding="utf-8")
    assert add(file, "shipping", "--size", "16", "--cluster").exit_code == 0
    cluster = yaml.safe_load(file.read_text(encoding="utf-8"))["spokes"]["shipping"]["cluster"]
    assert (cluster["kubernetes_version"], cluster["admin_groups"]) == ("1.35", [GROUP])
    assert cluster["node_pool"]["vm_size"] == "Standard_D4s_v5", "the VM sizes of the other clusters differ"
    options = ("--node-size", "Standard_D16s_v5", "--node-pool", "apps=Standard_D8s_v5:0-5")
    assert add(file, "mail", "--size", "16", "--cluster", *options).exit_code == 0
    cluster = yaml.safe_load(file.read_text(encoding="utf-8"))["spokes"]["mail"]["cluster"]
    assert cluster["node_pool"]["vm_size"] == "Standard_D16s_v5"
    assert cluster["node_pools"] == {"apps": {"vm_size": "Standard_D8s_v5", "min_count": 0, "max_count": 5}}
