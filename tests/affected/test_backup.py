"""Test the output of `hvn affected` after edits of the backup HVN."""

import pytest

from tests.affected.conftest import Repository
from tests.affected.test_affected import affected, as_json, waves_of

BACKUP = "  backup: {id: hvn-southeastasia, cidr: 172.26.16.0/20, region: southeastasia}\n"
PEERINGS = ["peering-hub", "peering-orders", "peering-payments"]


def test_the_backup_hvn_is_removed_after_its_peerings(repository: Repository) -> None:
    repository.edit(("hvn:\n", f"hvn:\n{BACKUP}"))
    assert "hcp" in waves_of(as_json(repository))[0]
    repository.commit()
    repository.git("branch", "-f", "main")
    repository.edit((BACKUP, ""))
    first, *later = waves_of(as_json(repository))
    assert [one for one in first if one.startswith(("hcp", "peering"))] == PEERINGS
    assert later == [["hcp"]]
    assert "destroys a resource that workspaces of earlier waves use" in affected(repository)


@pytest.mark.parametrize("field", ["id: hvn-southeastasia", "cidr: 172.26.16.0/20", "region: southeastasia"])
def test_a_replaced_backup_hvn_is_created_before_its_peerings(repository: Repository, field: str) -> None:
    repository.edit(("hvn:\n", f"hvn:\n{BACKUP}"))
    repository.commit()
    repository.git("branch", "-f", "main")
    changed = {"id": "id: hvn-other", "cidr": "cidr: 172.26.32.0/20", "region": "region: westeurope"}
    repository.edit((field, changed[field.partition(":")[0]]))
    waves = waves_of(as_json(repository))
    assert "hcp" in waves[0]
    # HCP removes the peerings with the old HVN.
    assert {*PEERINGS} <= {id_ for wave in waves for id_ in wave}
