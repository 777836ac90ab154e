"""Run `bin/hvn` of the project in the working folder, as a workflow does. The script does not synthesize the
workspaces."""

import pathlib
from collections.abc import Sequence

from hvn import options
from hvn.affected import history
from hvn.cli import cli
from hvn.commands import plans
from hvn.plans import base


def synthesized(ids: Sequence[str], output: pathlib.Path, _: pathlib.Path | None) -> None:
    """Create a folder for each workspace; the fake Terraform reads the folder's name."""
    for id_ in ids:
        (output / "stacks" / id_).mkdir(parents=True, exist_ok=True)
        (output / "stacks" / id_ / "cdk.tf.json").write_text('{"provider": {}, "terraform": {}}')


if __name__ == "__main__":
    project = pathlib.Path.cwd().resolve()
    options.PROJECT, options.CONFIG = project, project / "config"
    history.PROJECT = project
    vars(plans).update(PROJECT=project, synthesize=synthesized)
    vars(base).update(synthesize=synthesized)
    cli(prog_name="hvn")
