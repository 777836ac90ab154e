"""HVN609: pull requests that may apply."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Level, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN609",
    name="apply-from-pull-request",
    level=Level.WARNING,
    why="whoever can open a pull request changes the workflow with it, and so applies what nobody has reviewed",
    see="https://docs.github.com/actions/reference/security/secure-use",
)


def check(topology: Topology) -> Iterator[Breach]:
    """`pull_request` among what vault.ci.github.apply lets apply."""
    github = topology.vault.ci.github
    for index, context in enumerate(github.apply if github else ()):
        if context == "pull_request":
            yield Breach(
                ("vault", "ci", "github", "apply", index),
                "lets every pull request write roles and policies in Vault",
                "name an environment with reviewers: environment:NAME",
            )
