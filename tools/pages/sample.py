"""The sample, synthesized as it is and as other teams would have it: what several pages look at."""

import json
import pathlib
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import main as app
from hvn.check.load import Checked
from hvn.kinds.workspace import Workspace
from hvn.topology.model import Ci, GithubCi, HcpTerraformCi, VaultLogin

SAMPLE = pathlib.Path(__file__).parents[2] / "config" / "topology.yaml"


class Built(NamedTuple):
    """A workspace and the JSON that was synthesized for it."""

    workspace: Workspace
    json: Mapping[str, Any]


def synthesized(checked: Checked) -> list[Built]:
    """All workspaces of a topology, in their order."""
    wanted = [each for each in checked.workspaces() if each.inputs]
    with tempfile.TemporaryDirectory() as output:
        app.synthesize(wanted, output)
        stacks = pathlib.Path(output) / "stacks"
        return [Built(each, json.loads((stacks / each.id / "cdk.tf.json").read_text())) for each in wanted]


def variants(checked: Checked) -> Iterator[Checked]:
    """The sample as other teams would have it, so that every type and every order appears.

    Entra groups, issuer keys, CI, an HCP project that is not named, a cluster behind the hub.
    """
    given = checked.topology
    groups = ("88888888-8888-4888-8888-888888888888",)
    cluster = next(spoke.cluster for spoke in given.spokes.values() if spoke.cluster)
    spokes = {
        name: spoke.model_copy(
            update={
                "cluster": (spoke.cluster or cluster).model_copy(
                    update={"admin_groups": groups, "vault_login": VaultLogin(keys="issuer")}
                )
            }
        )
        for name, spoke in given.spokes.items()
    }
    ci = Ci(
        github=GithubCi(
            audience="https://github.com/example-org",
            subject_prefix="repo:example-org@1234/platform@5678",
            apply=("environment:production",),
        ),
        hcp_terraform=HcpTerraformCi(organization="example-org", project="platform"),
    )
    update = {
        "spokes": spokes,
        "vault": given.vault.model_copy(update={"ci": ci}),
        "hvn": given.hvn.model_copy(update={"project_id": None}),
    }
    yield Checked(given.model_copy(update=update), checked.keys)
