"""A site's range inside another site's range is an error only for two HVN routes or equal ranges."""

import pathlib

import pytest
import yaml

from hvn.check.load import load
from hvn.diagnostics.finding import Level
from tests.conftest import PROJECT
from tests.strategies import dump


@pytest.mark.parametrize(
    ("sites", "routed", "levels"),
    [
        ({"dc": ["10.200.0.0/16"], "br": ["10.200.4.0/24"]}, [], {"br": Level.WARNING}),
        ({"dc": ["10.200.0.0/16"], "br": ["10.200.4.0/24"]}, ["br"], {"br": Level.WARNING}),
        ({"dc": ["10.200.0.0/16"], "br": ["10.200.4.0/24"]}, ["br", "dc"], {"br": Level.ERROR}),
        ({"dc": ["10.200.0.0/16"], "br": ["10.200.0.0/16"]}, [], {"br": Level.ERROR}),
        ({"dc": ["10.200.0.0/16", "10.200.4.0/24"]}, [], {"dc": Level.ERROR}),
        (
            {"all": ["10.192.0.0/12"], "dc": ["10.200.0.0/16"], "br": ["10.200.4.0/24"]},
            ["br", "dc"],
            {"dc": Level.WARNING, "br": Level.ERROR},
        ),
    ],
)
def test_the_hvn_routes_decide_about_nested_sites(
    sites: dict[str, list[str]], routed: list[str], levels: dict[str, Level], tmp_path: pathlib.Path
) -> None:
    data = yaml.safe_load((PROJECT / "tests" / "check" / "bases" / "small.yaml").read_text(encoding="utf-8"))
    data["on_premises"] = sites
    data["hub"]["vault_peering"]["on_premises"] = routed
    file = tmp_path / "topology.yaml"
    file.write_text(dump(data), encoding="utf-8")
    found = {one.path[1]: one.severity for one in load(file).findings if one.rule.id == "HVN110"}
    assert found == levels
