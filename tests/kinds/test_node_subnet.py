"""The first pool uses the subnet `nodes` of the file, and the cluster's identity may use the subnet's route table."""

import pathlib

import pytest

from hvn.check.load import require
from hvn.kinds.aks.inputs import AksInputs
from hvn.kinds.inputs import Inputs
from hvn.kinds.network.inputs import NetworkInputs
from tests.conftest import SAMPLE

NODE_CIDR = "      node_cidr: 10.64.0.0/20\n"
SPOKE = "    cidr: 10.64.0.0/16\n"
TABLE = "    route_tables: {own: {routes: {all: {destination: 0.0.0.0/0, next_hop: firewall}}}}\n"


def inputs(folder: pathlib.Path, *, subnet: str = "", outbound_type: str = "") -> dict[str, Inputs]:
    """Return the inputs of all workspaces, from the sample with the subnet `nodes` of the spoke payments."""
    text = SAMPLE.read_text(encoding="utf-8")
    assert NODE_CIDR in text
    if subnet:
        text = text.replace(NODE_CIDR, f"      outbound_type: {outbound_type}\n" if outbound_type else "")
        text = text.replace(SPOKE, f"{SPOKE}{TABLE if 'own' in subnet else ''}    subnets: {{nodes: {subnet}}}\n")
    file = folder / "topology.yaml"
    file.write_text(text, encoding="utf-8")
    return {workspace.id: workspace.inputs for workspace in require(file).workspaces() if workspace.inputs}


@pytest.mark.parametrize("subnet", ["10.64.0.0/20", "{cidr: 10.64.0.0/20}"])
def test_the_move_of_the_range_into_subnets_changes_nothing(tmp_path: pathlib.Path, subnet: str) -> None:
    assert inputs(tmp_path, subnet=subnet) == inputs(tmp_path)


@pytest.mark.parametrize(
    ("route", "outbound_type", "table"),
    [
        ("firewall", "", "rt-platform-payments"),
        ("own", "", "rt-platform-payments-own"),
        ("rg-net/rt-all", "", "rt-all"),
        ("rg-net/rt-all", "loadBalancer", None),  # AKS does not read the table
        ("none", "loadBalancer", None),
    ],
)
def test_the_identity_may_use_the_route_table_of_the_nodes(
    tmp_path: pathlib.Path, route: str, outbound_type: str, table: str | None
) -> None:
    subnet = f"{{cidr: 10.64.0.0/20, route: {route}}}"
    after = inputs(tmp_path, subnet=subnet, outbound_type=outbound_type)
    cluster, network = after["aks-payments"], after["network-payments"]
    assert isinstance(cluster, AksInputs)
    assert isinstance(network, NetworkInputs)
    assert (cluster.route_table.name if cluster.route_table else None) == table
    (nodes,) = (one for one in network.subnets if one.key == "nodes")
    assert cluster.node_pool.subnet.id == nodes.id
    assert nodes.route_table
    assert table in (None, nodes.route_table.name)
