"""`bin/hvn` as a workflow has it: of the project in the working folder, whose workspaces are not synthesized."""

import pathlib
from collections.abc import Sequence

from hvn import options
from hvn.affected import history
from hvn.cli import cli
from hvn.commands import plans
from hvn.plans import base


def synthesized(ids: Sequence[str], output: pathlib.Path, _: pathlib.Path | None) -> None:
    """A folder for each workspace, of which Terraform's stand-in knows the name."""
    for each in ids:
        (output / "stacks" / each).mkdir(parents=True, exist_ok=True)
        (output / "stacks" / each / "cdk.tf.json").write_text('{"provider": {}, "terraform": {}}')


if __name__ == "__main__":
    here = pathlib.Path.cwd().resolve()
    options.PROJECT, options.CONFIG = here, here / "config"
    history.PROJECT = here
    vars(plans).update(PROJECT=here, synthesize=synthesized)
    vars(base).update(synthesize=synthesized)
    cli(prog_name="hvn")
