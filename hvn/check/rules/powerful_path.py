"""HVN633 powerful-path: a policy of an app covers logins, entities or settings of Vault."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.apps import apps
from hvn.topology.model import Topology
from hvn.topology.policies import below
from hvn.topology.policy_paths import powerful

RULE = Rule(
    id="HVN633",
    name="powerful-path",
    level=Level.WARNING,
    reports="An app's more_paths allows a path below sys/, auth/ or identity/.",
    why="an app that writes policies, roles or entities can give itself every right in the namespace",
    fix="use paths of secrets engines only, or accept this warning",
    example="""\
spokes:
  orders:
    cluster:
      apps:
        checkout: {more_paths: {sys/policies/acl/shop: [read, update]}}
""",
    see="https://developer.hashicorp.com/vault/docs/concepts/policies#root-protected-api-endpoints",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each allowed path that can match a path below sys/, auth/ or identity/."""
    for at, _, value in apps(topology):
        for path, capabilities in value.more_paths.items():
            part = powerful(f"{below(value.vault_namespace)}{path}", topology.vault.namespaces)
            if part and "deny" not in capabilities:
                yield Finding(
                    rule=RULE,
                    path=(*at, "more_paths", path),
                    message=Message("{path} allows requests to {part}", path=path, part=f"{part}/"),
                )
