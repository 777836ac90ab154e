"""HVN633 powerful-path: a policy of an app covers logins, entities or settings of Vault, or of a declared engine."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.apps import apps
from hvn.topology.engines import CONNECTION, declared
from hvn.topology.model import Topology
from hvn.topology.policies import below
from hvn.topology.policy_paths import matches, powerful

RULE = Rule(
    id="HVN633",
    name="powerful-path",
    level=Level.WARNING,
    reports="An app's more_paths allows a path below sys/, auth/ or identity/, or settings of a new engine.",
    why="an app that writes policies, roles or entities can give itself every right in the namespace. With an "
    "engine's settings, an app can run its own SQL, or send the administrator's password to its own server",
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

SETTINGS = ("config", "root", "roles", "rotate-root")
"""The parts of the API of the database and PKI engines that change an engine."""


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each allowed path below sys/, auth/ or identity/, or to settings of a declared engine."""
    for at, _, value in apps(topology):
        for path, capabilities in value.more_paths.items():
            pattern = f"{below(value.vault_namespace)}{path}"
            part = (
                f"{part}/" if (part := powerful(pattern, topology.vault.namespaces)) else _settings(topology, pattern)
            )
            if part and "deny" not in capabilities:
                yield Finding(
                    rule=RULE,
                    path=(*at, "more_paths", path),
                    message=Message("{path} allows requests to {part}", path=path, part=part),
                )


def _settings(topology: Topology, pattern: str) -> str:
    """Return the settings of a declared engine that a path of a policy covers, or an empty text."""
    for one in declared(topology):
        for area in SETTINGS:
            place = f"{below(one.namespace)}{one.mount}/{area}"
            names = ("*", CONNECTION, *one.engine.roles)
            if pattern.startswith(f"{place}/") or any(matches(pattern, f"{place}/{name}") for name in names):
                return f"{place}/"
    return ""
