"""Each workspace of the sample matches its inventory."""

import pytest

from tests.conftest import Synthesized
from tests.stacks import inventory

WORKSPACES = sorted(file.stem for file in inventory.FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("workspace", WORKSPACES)
def test_workspace(workspace: str, sample: Synthesized) -> None:
    assert workspace in sample, "this inventory has no workspace"
    lines = list(inventory.differences(inventory.read(workspace), inventory.take(sample[workspace])))
    if lines:
        advice = f"If this is intended: .venv/bin/python -m tests.stacks.inventory {workspace}, and read its changes."
        pytest.fail("\n".join((*lines, advice)), pytrace=False)


def test_each_workspace_has_an_inventory(sample: Synthesized) -> None:
    assert sorted(sample) == WORKSPACES
