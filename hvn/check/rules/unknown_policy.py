"""HVN631 unknown-policy: an app's login gets a policy that is managed outside this project."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.apps import apps
from hvn.topology.model import Topology
from hvn.topology.policies import of_project

RULE = Rule(
    id="HVN631",
    name="unknown-policy",
    level=Level.WARNING,
    reports="An app's more_policies names a policy outside this project.",
    why="the content of an existing policy is unknown: the policy may allow everything, or deny the app's own secrets",
    fix="write the paths in more_paths, or accept this warning after you read the policy",
    example="""\
spokes:
  orders:
    cluster:
      apps:
        checkout: {more_policies: [shop-transit]}
""",
    see="https://developer.hashicorp.com/vault/docs/concepts/policies",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each existing policy of an app."""
    for at, _, value in apps(topology):
        for index, policy in enumerate(value.more_policies):
            if not of_project(topology.name, policy):
                yield Finding(
                    rule=RULE,
                    path=(*at, "more_policies", index),
                    message=Message("the content of the existing policy {policy} is unknown", policy=policy),
                    fix=Message("write the policy's paths in {field}, or accept this warning", field="more_paths"),
                )
