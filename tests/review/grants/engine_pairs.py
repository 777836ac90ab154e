"""Define pairs of values of Vault's engines before and after a change: some pairs open access, the others do not."""

from tests.review.grants.values import CONNECTION, CREATES, DATABASE, DATABASE_ROLE, ISSUES, PKI_ROLE, Values

OPENS: dict[str, tuple[str, Values | None, Values, str]] = {
    "another database server": (
        CONNECTION,
        DATABASE,
        {**DATABASE, "postgresql": [{"connection_url": "postgresql://evil.example/app", "username": "vault"}]},
        "evil.example",
    ),
    "another database user": (
        CONNECTION,
        DATABASE,
        {**DATABASE, "postgresql": [{"connection_url": "postgresql://db.example/app", "username": "postgres"}]},
        "postgres",
    ),
    "every role of a connection": (CONNECTION, DATABASE, {**DATABASE, "allowed_roles": ["*"]}, "*"),
    "a new connection": (CONNECTION, None, DATABASE, "db.example"),
    "other SQL": (DATABASE_ROLE, CREATES, {**CREATES, "creation_statements": ["CREATE ROLE a SUPERUSER"]}, "SUPERUSER"),
    "SQL at the end": (DATABASE_ROLE, CREATES, {**CREATES, "revocation_statements": ["DROP TABLE a"]}, "DROP TABLE"),
    "a longer life of users": (DATABASE_ROLE, CREATES, {**CREATES, "max_ttl": 7200}, "7200"),
    "a new role of a database": (DATABASE_ROLE, None, CREATES, "CREATE ROLE a"),
    "another domain": (
        PKI_ROLE,
        ISSUES,
        {**ISSUES, "allowed_domains": ["web.example", "evil.example"]},
        "evil.example",
    ),
    "all names below": (PKI_ROLE, ISSUES, {**ISSUES, "allow_subdomains": True}, "allow_subdomains"),
    "any name": (PKI_ROLE, ISSUES, {**ISSUES, "allow_any_name": True}, "allow_any_name"),
    "wildcards by default": (
        PKI_ROLE,
        ISSUES,
        {**ISSUES, "allow_wildcard_certificates": None},
        "allow_wildcard_certificates",
    ),
    "longer certificates": (PKI_ROLE, ISSUES, {**ISSUES, "max_ttl": "7200"}, "7200"),
    "a new role of a CA": (PKI_ROLE, None, ISSUES, "web.example"),
}
CLOSES: dict[str, tuple[str, Values, Values]] = {
    "a role less of a connection": (CONNECTION, {**DATABASE, "allowed_roles": ["web", "old"]}, DATABASE),
    "a shorter life of users": (DATABASE_ROLE, CREATES, {**CREATES, "max_ttl": 60}),
    "Vault's own SQL at the end": (DATABASE_ROLE, {**CREATES, "revocation_statements": ["DROP"]}, CREATES),
    "fewer domains": (PKI_ROLE, {**ISSUES, "allowed_domains": ["a.example", "web.example"]}, ISSUES),
    "shorter certificates": (PKI_ROLE, ISSUES, {**ISSUES, "max_ttl": "60"}),
}
