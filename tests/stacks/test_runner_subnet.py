"""The runners' subnet can have a delegation and service endpoints."""

import pathlib

import pytest
import yaml

from hvn.check.load import require
from hvn.reach.answer import Verdict, reach
from hvn.reach.build import build
from tests.conftest import SAMPLE, Synth
from tests.strategies import dump


@pytest.mark.parametrize(
    ("delegation", "actions"),
    [
        ("GitHub.Network/networkSettings", ["Microsoft.Network/virtualNetworks/subnets/join/action"]),
        ("Microsoft.ContainerInstance/containerGroups", ["Microsoft.Network/virtualNetworks/subnets/action"]),
    ],
)
def test_the_runners_subnet_has_its_delegation_and_endpoints(
    delegation: str, actions: list[str], synth: Synth, tmp_path: pathlib.Path
) -> None:
    topology = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    topology["hub"]["runners"] |= {"delegation": delegation, "service_endpoints": ["Microsoft.Storage"]}
    file = tmp_path / "topology.yaml"
    file.write_text(dump(topology), encoding="utf-8")
    (tmp_path / "jwks").symlink_to(SAMPLE.parent / "jwks")
    (vnet,) = synth(file, only=["hub"])["hub"]["resource"]["azurerm_virtual_network"].values()
    (subnet,) = (one for one in vnet["subnet"] if one["name"] == "runners")
    (delegated,) = subnet["delegation"]
    (service,) = delegated["service_delegation"]
    assert (service["name"], service["actions"]) == (delegation, actions)
    assert subnet["service_endpoints"] == ["Microsoft.Storage"]
    assert subnet["route_table_id"]
    assert subnet["security_group"]

    (answer,) = reach(build(require(file).topology), "runners", "vault", 8200)
    assert answer.verdict is Verdict.REACHES
    (answer,) = reach(build(require(file).topology), "runners", "internet", 443)
    assert any("Microsoft.Storage" in setting for setting in answer.unknown)
