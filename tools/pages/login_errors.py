"""docs/reference/login-errors.md: Vault's errors at a JWT login, from the table that `hvn login explain` uses."""

import re

from hvn.login import messages, openbao
from hvn.login.checks import IN_ORDER
from pages.markdown import code, page, table

INTRO = """
Why can this pod not log in? Ask `bin/hvn login explain <spoke> <app> --token -`; it makes these checks with the token
at hand, and nothing leaves the machine. Here is every error that Vault's JWT login has, in the order in which Vault
looks: the first thing that is wrong is the answer, and what comes after it stays hidden. `…` stands for what differs.

The operator does not show the answer everywhere: look at the events of the VaultStaticSecret
(`kubectl -n <namespace> describe vaultstaticsecret <name>`), and at Vault's audit log.
"""

BEFORE = """
## Before the mount is asked

| status | error | cause | fix |
| --- | --- | --- | --- |
| 403 | `permission denied` | the namespace or the mount does not exist, or is misspelt: `admin` is missing, or `jwt` was meant to be `jwt-<spoke>` | compare `namespace` and `mount` of the VaultAuth with `bin/hvn workspaces`; apply `vault-auth-<spoke>` |
| 400 | `relative paths not supported` | the role's name has `..` in it | correct the name |
| none | `dial tcp: lookup <cluster>…: no such host` | not this method: Vault's `kubernetes` method asks the cluster, whose private name HCP does not know | use JWT: [why](../decisions/0003-jwt-not-kubernetes-auth.md) |
| none | `dial tcp: lookup <vault>…: no such host` | the cluster's DNS does not know Vault's private name, so Vault was not asked | compare the address in the VaultConnection with `bin/cdktf output hcp`; ask the network's DNS for it |
| none | `dial tcp …: i/o timeout` | Vault was not reached: route, peering or firewall | `bin/hvn reach <spoke> --to vault` |
"""  # noqa: E501 - a table is not wrapped

AFTER = """
## What the answer does not say

- **A login that worked goes on.** Renewing it checks that the role is still there, and nothing else: not the token, the
  keys or the service account. So what breaks logins today is seen up to `max_ttl` later.
- **The time that counts** is Vault's. Only `clock_skew_leeway` (60 seconds unless said) widens `exp`, `nbf` and `iat`.
  `expiration_leeway` and `not_before_leeway` stand in for a claim that is missing, and tokens of clusters miss none.
- **`kid` is not looked at** where the mount has public keys: each key is tried. With an issuer it chooses the key.
- **Names of roles** are turned into lower case, when they are written and when one logs in.
- **`aud` has to be asked for**: a TokenRequest without `audiences` gets the API server's own, which no role here takes.
"""


def made() -> str:
    """The page."""
    rows = [(str(each.status), code(_text(each)), each.cause, each.fix) for each in messages.ALL]
    checks = "\n".join(f"{number}. `{check.id}`: {check.what}" for number, check in enumerate(IN_ORDER, 1))
    return page(
        "Login errors",
        "hvn/login/messages.py",
        INTRO,
        BEFORE,
        f"## What the mount answers\n\n{table(('status', 'error', 'cause', 'fix'), rows)}",
        AFTER,
        f"## The checks\n\nIn Vault's order, with the names that `login explain` gives them:\n\n{checks}",
        f"## OpenBao\n\n{openbao.__doc__}",
    )


def _text(message: messages.Message) -> str:
    return re.sub(r"\{\w+\}", "…", message.text)
