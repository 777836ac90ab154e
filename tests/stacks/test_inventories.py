"""Each workspace of the sample is what its inventory says."""

import pytest

from tests.conftest import Synthesized
from tests.stacks import inventory

WORKSPACES = sorted(file.stem for file in inventory.FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("workspace", WORKSPACES)
def test_workspace(workspace: str, sample: Synthesized) -> None:
    assert workspace in sample, "there is an inventory of a workspace that is not built"
    found = list(inventory.differences(inventory.read(workspace), inventory.take(sample[workspace])))
    if found:
        again = f"If that is meant: .venv/bin/python -m tests.stacks.inventory {workspace}, and read what it changed."
        pytest.fail("\n".join((*found, again)), pytrace=False)


def test_every_workspace_has_an_inventory(sample: Synthesized) -> None:
    assert sorted(sample) == WORKSPACES
