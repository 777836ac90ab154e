"""HVN632 policy-of-project: an app's login gets a policy of another app or of CI."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.apps import apps
from hvn.topology.model import Topology
from hvn.topology.policies import of_project

RULE = Rule(
    id="HVN632",
    name="policy-of-project",
    reports="An app's more_policies names a policy with the prefix of this project's policies.",
    why="the app could use the rights of another app, of the authors of secrets, or of CI",
    fix="write the needed paths in more_paths",
    example="""\
spokes:
  orders:
    cluster:
      apps:
        checkout:
          more_policies: [platform_payments_webapp_read]
""",
    see="https://developer.hashicorp.com/vault/docs/concepts/policies",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each policy name with the prefix of this project's policies."""
    for at, _, value in apps(topology):
        for index, policy in enumerate(value.more_policies):
            if of_project(topology.name, policy):
                yield Finding(
                    rule=RULE,
                    path=(*at, "more_policies", index),
                    message=Message("{policy} has the prefix of this project's policies", policy=policy),
                    fix=Message("write the needed paths in {field}", field="more_paths"),
                )
