"""Values of the connection to a database, and SQL statements."""

from typing import Annotated

from hvn.topology.fields.marks import Text

_URLS = "https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS"
_BYTE = r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"

DatabaseHost = Annotated[
    str,
    Text(
        pattern=rf"(?=.{{4,253}}$)({_BYTE}(\.{_BYTE}){{3}}|([a-z0-9]([a-z0-9-]{{0,61}}[a-z0-9])?\.)+[a-z]{{2,63}})",
        kind="a host name with a domain, or an IPv4 address",
        rule="a host name with its domain, or an IPv4 address",
        example="orders.postgres.database.azure.com",
        why="Vault resolves the name in the HVN, where names without a domain do not exist",
        see="https://developer.hashicorp.com/hcp/docs/vault/private-dns",
        lower=True,
    ),
]
DatabaseName = Annotated[
    str,
    Text(
        pattern=r"[A-Za-z_][A-Za-z0-9_-]{0,62}",
        kind="the name of a database or of its user",
        rule="1 to 63 letters, digits, _ and -, beginning with a letter or _",
        example="postgres",
        why="PostgreSQL truncates names to 63 bytes, and a ? would add parameters to the connection URL",
        see=_URLS,
    ),
]
Statement = Annotated[
    str,
    Text(
        pattern=r"[^\x00-\x1f\x7f]{1,1000}",
        kind="an SQL statement",
        rule="SQL of 1 to 1,000 characters, on one line (`>-` joins lines)",
        example='GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{{name}}";',
        why="Vault runs the statement as the database's administrator, and a reviewer must see the whole statement",
        see="https://developer.hashicorp.com/vault/api-docs/secret/databases#create-role",
    ),
]
