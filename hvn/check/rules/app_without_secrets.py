"""HVN620 app-without-secrets: an app has no secret of any kind."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.apps import apps
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN620",
    name="app-without-secrets",
    reports="An app has neither secrets, nor dynamic_secrets, nor certificates, nor more_paths.",
    why="Vault would accept the app's login, but the app could not read secrets",
    fix="add a secret, or remove the app",
    example="""\
spokes:
  orders:
    cluster:
      apps:
        checkout: {secrets: []}
""",
    see="https://developer.hashicorp.com/vault/docs/concepts/policies",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each app without a secret and without more_paths."""
    for at, app, value in apps(topology):
        if not any(value.synced) and not value.more_paths:
            yield Finding(
                rule=RULE,
                path=at,
                at_key=True,
                message=Message("{app} has no secret", app=app),
            )
