"""docs/reference/login-errors.md: Vault's errors at a JWT login, from the table that `hvn login explain` uses."""

import re

from hvn.login import messages, openbao
from hvn.login.checks import IN_ORDER
from pages.markdown import code, page, table

INTRO = """
To find out why a pod cannot log in, run `bin/hvn login explain <spoke> <app> --token -`. It runs Vault's checks on a
token, and the token does not leave the machine. This page lists every error of Vault's JWT login, in the order in which
Vault finds them: Vault reports only the first one. `…` is a placeholder for values that differ between logins.

Not every status of the operator has the error. The error is in the events of the VaultStaticSecret
(`kubectl -n <namespace> describe vaultstaticsecret <name>`), and in Vault's audit log.
"""

BEFORE = """
## Before the mount

| status | error | cause | fix |
| --- | --- | --- | --- |
| 403 | `permission denied` | the namespace or the mount does not exist, or is misspelled: `admin` is missing, or the mount is `jwt` instead of `jwt-<spoke>` | compare `namespace` and `mount` of the VaultAuth with `bin/hvn workspaces`; deploy `vault-auth-<spoke>` |
| none | `dial tcp: lookup <cluster>…: no such host` | this is Vault's `kubernetes` method: it calls the cluster, and HCP cannot resolve the cluster's private name | use JWT: [why](../decisions/0003-jwt-not-kubernetes-auth.md) |
| none | `dial tcp: lookup <vault>…: no such host` | the cluster's DNS cannot resolve Vault's private name | compare the address in the VaultConnection with `bin/cdktf output hcp`; ask the network team about DNS |
| none | `dial tcp …: i/o timeout` | the cluster cannot reach Vault: route, peering or firewall | `bin/hvn reach <spoke> --to vault` |
| none | `EOF` | Vault or a proxy closed the connection. Vault closes it if the role binds a claim to a list inside a list, and the token has such a list as well | check the proxy between cluster and Vault, and the role's `bound_claims` |
"""  # noqa: E501 - a table is not wrapped

AFTER = """
## Limits

- **A successful login continues.** A renewal checks only that the role exists: not the token, the keys or the service
  account. So a failure that breaks logins today appears up to `max_ttl` later.
- **Vault's clock counts.** Only `clock_skew_leeway` (default: 60 seconds) widens `exp`, `nbf` and `iat`. Vault uses
  `expiration_leeway` and `not_before_leeway` only for a claim that is missing, and tokens of clusters have all of them.
- **`kid` is ignored** where the mount has public keys: Vault tries each key. With an issuer, `kid` selects the key.
- **Role names** are converted to lower case, when they are written and at a login.
- **`aud` must be requested**: a TokenRequest without `audiences` gets the API server's own audience, which no role of
  this project accepts.
"""


def made() -> str:
    """Return the page."""
    rows = [(str(message.status), code(_text(message)), message.cause, message.fix) for message in messages.ALL]
    checks = "\n".join(f"{number}. `{check.id}`: {check.what}" for number, check in enumerate(IN_ORDER, 1))
    return page(
        "Login errors",
        "hvn/login/messages.py",
        INTRO,
        BEFORE,
        f"## Errors of the mount\n\n{table(('status', 'error', 'cause', 'fix'), rows)}",
        AFTER,
        f"## Checks\n\nIn Vault's order, with the ids that `login explain` prints:\n\n{checks}",
        f"## OpenBao\n\n{openbao.__doc__}",
    )


def _text(message: messages.Message) -> str:
    return re.sub(r"\{\w+\}", "…", message.text)
