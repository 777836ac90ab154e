"""The resources of hub and spokes have the tags of the file. Private DNS zones allow fewer tags."""

import pathlib

import pytest
import yaml

from tests.conftest import SAMPLE, Synth
from tests.stacks.resources import resources

DNS = ("azurerm_private_dns_zone", "azurerm_private_dns_zone_virtual_network_link")


@pytest.fixture
def file(tmp_path: pathlib.Path) -> pathlib.Path:
    topology = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    topology["azure"]["tags"] = {"owner": "net", "Cost Center": "1", "1st": "x"}
    topology["spokes"]["analytics"]["tags"] = {"Owner": "data", **{f"t{number:02}": "v" for number in range(20)}}
    file = tmp_path / "topology.yaml"
    file.write_text(yaml.safe_dump(topology), encoding="utf-8")
    return file


def test_a_spokes_tags_replace_the_files_tags_and_private_dns_gets_those_that_it_takes(
    file: pathlib.Path, synth: Synth
) -> None:
    built = synth(file, only=["hub", "network-analytics", "network-orders"])
    expected = {
        "hub": ({"owner": "net", "Cost Center": "1", "1st": "x"}, {"owner": "net"}),
        "network-orders": ({"owner": "net", "Cost Center": "1", "1st": "x"}, {"owner": "net"}),
        "network-analytics": (
            {"Owner": "data", "Cost Center": "1", "1st": "x", **{f"t{number:02}": "v" for number in range(20)}},
            {"Owner": "data", **{f"t{number:02}": "v" for number in range(14)}},
        ),
    }
    for workspace, (tags, in_dns) in expected.items():
        tagged = [one for one in resources({"": built[workspace]}) if "tags" in one.arguments]
        assert {one.type for one in tagged} & {*DNS}
        assert len(tagged) > 2
        for one in tagged:
            assert one.arguments["tags"] == (in_dns if one.type in DNS else tags), one
