"""HVN609 apply-from-pull-request: pull requests can apply changes to Vault."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN609",
    name="apply-from-pull-request",
    level=Level.WARNING,
    reports="Pull requests can apply changes to Vault: `vault.ci.github.apply` contains pull_request, or "
    "`azure_devops` has one service connection.",
    why="everyone who can open a pull request can change its workflow, and apply changes without a review",
    fix="use an environment with required reviewers",
    example="""\
vault:
  namespace: admin/platform
  ci:
    github:
      audience: https://github.com/example-org
      subject_prefix: repo:example-org/platform
      apply: [pull_request]
""",
    see="https://docs.github.com/actions/reference/security/secure-use",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for `pull_request` in `github.apply`, and for a service connection that also plans."""
    github = topology.vault.ci.github
    for index, context in enumerate(github.apply if github else ()):
        if context == "pull_request":
            yield Finding(
                rule=RULE,
                path=("vault", "ci", "github", "apply", index),
                message=Message("{context} lets every pull request write roles and policies in Vault", context=context),
                fix=Message(
                    "use an environment with required reviewers, for example {example}",
                    example="environment:production",
                ),
            )
    azure_devops = topology.vault.ci.azure_devops
    if azure_devops and azure_devops.apply == azure_devops.plan:
        yield Finding(
            rule=RULE,
            path=("vault", "ci", "azure_devops", "apply"),
            message=Message("the service connection for plans, which pull requests use, can also apply"),
            see="https://learn.microsoft.com/azure/devops/pipelines/process/approvals",
            fix=Message("use a second service connection, with an approval and a branch control"),
        )
