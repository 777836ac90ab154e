"""All resources of a spoke with its own region are in this region, and HCP gets the region of the VNet."""

import pathlib

import yaml

from tests.conftest import SAMPLE, Synth
from tests.strategies import dump

SPOKE = {"cidr": "10.79.0.0/16", "vault_route": "direct", "region": "koreacentral", "subnets": {"web": "10.79.0.0/24"}}


def test_a_spoke_is_in_its_own_region(synth: Synth, tmp_path: pathlib.Path) -> None:
    topology = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    topology["spokes"]["far"] = SPOKE
    file = tmp_path / "topology.yaml"
    file.write_text(dump(topology), encoding="utf-8")
    built = synth(file, only=["network-far", "peering-far", "network-analytics"])
    locations = {
        workspace: {
            arguments["location"]
            for resources in built[workspace]["resource"].values()
            for arguments in resources.values()
            if "location" in arguments
        }
        for workspace in ("network-far", "network-analytics")
    }
    assert locations == {"network-far": {"koreacentral"}, "network-analytics": {"japaneast"}}
    (peering,) = built["peering-far"]["resource"]["hcp_azure_peering_connection"].values()
    assert peering["peer_vnet_region"] == "koreacentral"
