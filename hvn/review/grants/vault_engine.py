"""Find openings of Vault's database and PKI engines: changed SQL, servers, allowed roles and certificates."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hvn.review.grants.opening import Opening, blocks, new_values, number, texts

CONNECTION, ROLE = "vault_database_secret_backend_connection", "vault_database_secret_backend_role"
PKI_ROLE = "vault_pki_secret_backend_role"
TYPES = (CONNECTION, ROLE, PKI_ROLE)
SQL = ("creation_statements", "revocation_statements", "rollback_statements", "renew_statements")
# Arguments of a PKI role that allow more certificates if they are true; the defaults of some are true.
ALLOWS: Mapping[str, bool] = {
    "allow_any_name": False,
    "allow_bare_domains": False,
    "allow_glob_domains": False,
    "allow_ip_sans": True,
    "allow_localhost": True,
    "allow_subdomains": False,
    "allow_wildcard_certificates": True,
    "allowed_domains_template": False,
    "code_signing_flag": False,
}
NAMES = ("allowed_domains", "allowed_uri_sans", "allowed_other_sans")


def openings(type_: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[Opening]:
    """Yield the changes by which Vault connects to another server, runs other SQL or issues other certificates."""
    if after is not None:
        name = f"{'connection' if type_ == CONNECTION else 'role'} {after.get('name')} at {after.get('backend')}"
        rule = {CONNECTION: _connection, ROLE: _role, PKI_ROLE: _pki}[type_]
        yield from rule(name, before or {}, after)


def _connection(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Opening]:
    old = {key: value for block in _databases(before) for key, value in block.items()}
    for block in _databases(after):
        for key in ("connection_url", "username"):
            if block.get(key) != old.get(key):
                yield Opening(name, key, str(block.get(key)))
    for role in new_values(texts(before.get("allowed_roles")), texts(after.get("allowed_roles"))):
        yield Opening(name, "role", role)


def _databases(values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the blocks of all types of databases."""
    for key in sorted(values):
        yield from (block for block in blocks(values[key]) if "connection_url" in block or "username" in block)


def _role(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Opening]:
    for key in SQL:
        if after.get(key) and after.get(key) != before.get(key):
            yield Opening(name, key, json.dumps(after[key]))
    yield from _longer(name, before, after, ("default_ttl", "max_ttl"))


def _pki(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Opening]:
    for key in NAMES:
        for value in new_values(texts(before.get(key)), texts(after.get(key))):
            yield Opening(name, key, value)
    for key, default in ALLOWS.items():
        now = after.get(key)
        allowed = default if now is None else now
        earlier = before.get(key)
        known = before != {} and (default if earlier is None else earlier)
        if allowed and not known:
            yield Opening(name, key)
    yield from _longer(name, before, after, ("max_ttl", "ttl"))


def _longer(name: str, before: Mapping[str, Any], after: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[Opening]:
    """Yield longer lifetimes. In the provider's schema, the lifetime of a certificate is a text with the number of
    seconds."""
    for key in keys if before else ():
        old, new = (_seconds(side.get(key)) for side in (before, after))
        if new > old or (old and not new):
            yield Opening(name, key, str(after.get(key)))


def _seconds(value: Any) -> float:
    return float(value) if isinstance(value, str) and value.isdecimal() else number(value)
