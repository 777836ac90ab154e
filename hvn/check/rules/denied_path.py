"""HVN635 denied-path: a policy of an app denies a path that the policy also allows."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.kinds.vault_auth.inputs import own_rules
from hvn.topology.apps import apps
from hvn.topology.model import Topology
from hvn.topology.policies import below

RULE = Rule(
    id="HVN635",
    name="denied-path",
    reports="An app's more_paths denies a path that the app's policy also allows.",
    why="deny overrides all other capabilities of the same path, also from other policies",
    fix="remove deny",
    example="""\
spokes:
  orders:
    cluster:
      apps:
        checkout: {more_paths: {kvv2/data/orders/checkout: [deny]}}
""",
    see="https://developer.hashicorp.com/vault/docs/concepts/policies#capabilities",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each denied path that the policy of the same app also allows.

    A pattern with deny does not deny a secret: Vault applies only the rule of the most specific path.
    """
    for at, app, value in apps(topology):
        allowed = {rule.path for rule in own_rules(topology, value)}
        for path, capabilities in value.more_paths.items():
            place = (*at, "more_paths", path)
            if "deny" in capabilities and f"{below(value.vault_namespace)}{path}" in allowed:
                message = Message("{path} denies a secret of {app}", path=path, app=app)
                yield Finding(rule=RULE, path=place, message=message)
            elif "deny" in capabilities and len({*capabilities}) > 1:
                message = Message("deny overrides the other capabilities on {path}", path=path)
                yield Finding(rule=RULE, path=place, message=message)
