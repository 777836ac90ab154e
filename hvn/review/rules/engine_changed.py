"""HVN983: an engine of Vault creates users with other SQL, on another server, or certificates with other names."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Text
from hvn.kinds.vault.engines import DatabaseEngine, DatabaseRole, PkiEngine, PkiRole
from hvn.kinds.vault.inputs import VaultInputs
from hvn.review.context import Context
from hvn.review.engines import Engine, engines

RULE = Rule(
    id="HVN983",
    name="engine-changed",
    level=Level.WARNING,
    reports="A database or PKI engine is new, or its server, SQL, names or lifetimes change.",
    why="the SQL runs with the rights of the database's administrator, and Vault sends the administrator's user and "
    "password to the server in the file",
    fix="check the SQL and the server with the owner of the database",
    example="""\
vault:
  database_engines:
    orders:
      host: orders.postgres.database.azure.com
      username: vault
      roles: {checkout: {creation_statements: ["CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}'"]}}
""",
    see="docs/how-to/dynamic-secrets.md",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each change of an engine, and for each new engine and role."""
    for workspace, before, after in context.built(VaultInputs):
        if before is None:
            continue
        old = engines(before)
        for path, engine in engines(after).items():
            earlier = old.get(path)
            # Vault replaces an engine of another type, so the roles of the old engine are not compared.
            for message in _changes(path, earlier if type(earlier) is type(engine) else None, engine):
                yield Finding(rule=RULE, workspace=workspace.id, message=message)


def _changes(path: str, old: Engine | None, new: Engine) -> Iterator[Message]:
    if isinstance(new, DatabaseEngine):
        before = old if isinstance(old, DatabaseEngine) else None
        if before is None or (before.connection_url, before.username) != (new.connection_url, new.username):
            yield Message(
                "{engine} connects as {user} to {new}{old}",
                engine=path,
                user=new.username,
                new=Text(_server(new)),
                old=_earlier(before, new) if before else Message(""),
            )
    if isinstance(new, PkiEngine) and isinstance(old, PkiEngine) and old.max_ttl != new.max_ttl:
        yield Message(
            "the longest lifetime of certificates of {engine} changes from {old} s to {new} s",
            engine=path,
            old=old.max_ttl,
            new=new.max_ttl,
        )
    roles = {role.name: role for role in old.roles} if old else {}
    for role in new.roles:
        if (earlier := roles.get(role.name)) != role:
            yield Message(
                "role {role} of {engine} {change}",
                role=role.name,
                engine=path,
                change=Message("changes from {old} to {new}", old=_text(earlier), new=_text(role))
                if earlier
                else Message("is new: {new}", new=_text(role)),
            )


def _earlier(old: DatabaseEngine, new: DatabaseEngine) -> Message:
    """Return the old user and server. Vault keeps the password of the old user when Terraform changes the
    connection."""
    template = "; before, as {user} to {old}"
    if (_server(old).partition("/")[0], old.username) != (_server(new).partition("/")[0], new.username):
        template += ". After the apply, write the password of the new user or server into Vault"
    return Message(template, user=old.username, old=Text(_server(old)))


def _server(engine: DatabaseEngine) -> str:
    """Return host, port, database and TLS mode of the connection URL."""
    return engine.connection_url.partition("@")[2]


def _text(role: DatabaseRole | PkiRole) -> Message:
    if isinstance(role, PkiRole):
        names = Message("all names below ") if role.allow_subdomains else Message("")
        return Message("{names}{domains}, at most {ttl} s", names=names, domains=role.allowed_domains, ttl=role.max_ttl)
    revoke = [Text(one) for one in role.revocation_statements]
    return Message(
        "{create}{revoke}, for {ttl} s, at most {most} s",
        create=[Text(one) for one in role.creation_statements],
        revoke=Message(", revoked by {sql}", sql=revoke) if revoke else Message(""),
        ttl=role.default_ttl,
        most=role.max_ttl,
    )
