"""`vault.database_engines` and `vault.pki_engines`: secrets engines that this project creates."""

from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Annotated, Literal

from pydantic import Field

from hvn.topology.fields import (
    CertificateName,
    DatabaseHost,
    DatabaseName,
    Duration,
    Frozen,
    Limit,
    Mount,
    RoleName,
    Statement,
)
from hvn.topology.model.base import Model

_PORT = Limit(why="TCP has the ports 1 to 65535", see="https://www.rfc-editor.org/rfc/rfc9293#section-3.1")
_SSLMODE = Limit(
    why="this project refuses the modes in which PostgreSQL may send credentials without TLS",
    see="https://www.postgresql.org/docs/current/libpq-ssl.html",
)
_STATEMENTS = Limit(
    why="Vault refuses requests for credentials of a role without creation statements",
    see="https://developer.hashicorp.com/vault/api-docs/secret/databases#create-role",
)
_ROLES = Limit(
    why="apps get credentials and certificates from roles only",
    see="https://developer.hashicorp.com/vault/docs/secrets",
)
_DOMAINS = Limit(
    why="a role without domains issues no certificate",
    see="https://developer.hashicorp.com/vault/api-docs/secret/pki#create-update-role",
)
Statements = tuple[Statement, ...]


class DatabaseRole(Model):
    """A role of a database engine: SQL that creates and deletes a user."""

    creation_statements: Annotated[Statements, Field(min_length=1), _STATEMENTS]
    """SQL that creates a user, with `{{name}}`, `{{password}}` and `{{expiration}}`."""
    revocation_statements: Statements = ()
    """SQL that deletes the user. [default: Vault drops the user]"""
    default_ttl: Duration = "1h"
    """Duration of a lease without renewal."""
    max_ttl: Duration = "24h"
    """Maximum duration of a lease with renewals."""


class DatabaseEngine(Model):
    """A [database engine](../how-to/dynamic-secrets.md) for one PostgreSQL server. After the deploy, a person writes
    the user's password into Vault: no file, plan or state contains the password."""

    host: DatabaseHost
    """The server, which Vault must reach."""
    port: Annotated[int, Field(ge=1, le=65535, examples=[5432]), _PORT] = 5432
    """TCP port."""
    database: DatabaseName = "postgres"
    """Database of the connection."""
    username: DatabaseName
    """PostgreSQL user with the attribute CREATEROLE. Only Vault uses this user."""
    sslmode: Annotated[Literal["verify-full", "require"], _SSLMODE] = "verify-full"
    """verify-full: Vault checks that a certificate of a public CA names `host`. require: TLS without this check."""
    roles: Annotated[Mapping[RoleName, DatabaseRole], Field(min_length=1), Frozen, _ROLES]
    """Roles for `dynamic_secrets`, by name."""

    @property
    def address(self) -> IPv4Address | None:
        """Return the address of the host, or None if the host is a name."""
        return IPv4Address(self.host) if self.host[-1].isdigit() else None


class PkiRole(Model):
    """A role of a PKI engine."""

    allowed_domains: Annotated[tuple[CertificateName, ...], Field(min_length=1), _DOMAINS]
    """Domains of the certificates."""
    allow_subdomains: bool = False
    """True: certificates may also have names below the domains."""
    max_ttl: Duration = "72h"
    """Maximum lifetime of a certificate."""


class PkiEngine(Model):
    """A PKI engine. A person creates the CA after the deploy of `vault`; its key stays in Vault."""

    max_ttl: Duration = "87600h"
    """Maximum lifetime of certificates, including the CA's."""
    roles: Annotated[Mapping[RoleName, PkiRole], Field(min_length=1), Frozen, _ROLES]
    """Roles for `certificates`."""


DatabaseEngines = Annotated[Mapping[Mount, DatabaseEngine], Frozen]
PkiEngines = Annotated[Mapping[Mount, PkiEngine], Frozen]
