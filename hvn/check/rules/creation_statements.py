"""HVN640 creation-statements: a database role's SQL lacks the user's name or password."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.engines import declared
from hvn.topology.model import DatabaseEngine, Topology

RULE = Rule(
    id="HVN640",
    name="creation-statements",
    reports="Creation statements lack `{{name}}` or `{{password}}`.",
    why="Vault replaces the placeholders with the user and the password that the app gets. Without a placeholder, the "
    "SQL creates a different user, or a user with a different password",
    fix="write both placeholders, for example CREATE ROLE \"{{name}}\" WITH LOGIN PASSWORD '{{password}}'",
    example="""\
vault:
  database_engines:
    orders:
      host: orders.postgres.database.azure.com
      username: vault
      roles: {checkout: {creation_statements: ['CREATE ROLE "{{user}}" LOGIN']}}
spokes:
  orders:
    cluster:
      apps:
        checkout:
          dynamic_secrets:
            - {mount: orders, role: checkout, destination: db, restart: [{kind: Deployment, name: checkout}]}
""",
    see="https://developer.hashicorp.com/vault/docs/secrets/databases/postgresql",
)
# Vault accepts both placeholders of the user's name (sdk/database/helper/dbutil).
PLACEHOLDERS = (("{{name}}", "{{username}}"), ("{{password}}",))


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each role with creation statements that lack a placeholder."""
    for one in declared(topology):
        for name, role in one.engine.roles.items() if isinstance(one.engine, DatabaseEngine) else ():
            text = " ".join(role.creation_statements)
            if missing := [names[0] for names in PLACEHOLDERS if not any(name in text for name in names)]:
                yield Finding(
                    rule=RULE,
                    path=(*one.at, "roles", name, "creation_statements"),
                    message=Message("the creation statements lack {missing}", missing=missing),
                )
