"""The loss of a private DNS zone that is not the zone of AKS does not affect API servers."""

import pytest

from tests.affected.conftest import Repository
from tests.review.findings import findings, impact
from tests.review.plans import plan, resource


@pytest.mark.parametrize("type_", ["azurerm_private_dns_zone", "azurerm_private_dns_zone_virtual_network_link"])
def test_the_impact_names_the_zones(repository: Repository, monkeypatch: pytest.MonkeyPatch, type_: str) -> None:
    lost = resource(f"{type_}.zone_corp_example_com", actions=("delete",))
    (finding,) = findings(repository, monkeypatch, hub=plan(lost))["dns-lost"]
    assert "zones" in impact(finding)
    assert "API server" not in impact(finding)
