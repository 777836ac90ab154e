"""docs/reference/login-errors.md: Vault's errors at a JWT login, from the table that `hvn login explain` uses."""

import re

from hvn.login import messages
from pages.markdown import code, page

INTRO = """
`bin/hvn login explain` [explains the error for a token](../how-to/refused-login.md). This page lists every error of
Vault's JWT login, in the order of Vault's checks. Vault reports only the first error. `…` is a value of the login.

The events of the VaultStaticSecret (`kubectl -n <namespace> describe vaultstaticsecret <name>`) and Vault's audit log
contain the error.
"""

BEFORE = """
## Before the mount


`permission denied` (403): the namespace or the mount does not exist, or is misspelled: `admin` is missing, or the mount is `jwt` instead of `jwt-<spoke>`. Fix: compare `namespace` and `mount` of the VaultAuth with `bin/hvn workspaces`; deploy `vault-auth-<spoke>`.

`dial tcp: lookup <cluster>…: no such host`: Vault's `kubernetes` method calls the cluster, and HCP cannot resolve the cluster's private name. Fix: use JWT: [why](../decisions/0003-jwt-not-kubernetes-auth.md).

`dial tcp: lookup <vault>…: no such host`: the cluster's DNS cannot resolve Vault's private name. Fix: compare the address in the VaultConnection with `bin/cdktf output hcp`; ask the network team about DNS.

`dial tcp …: i/o timeout`: the cluster cannot reach Vault: route, peering or firewall. Fix: `bin/hvn reach <spoke> --to vault`.

`EOF`: a proxy closed the connection, or Vault, because role and token have a list inside a list for a bound claim. Fix: check the proxy between cluster and Vault, and the role's `bound_claims`.
"""  # noqa: E501 - an item is not wrapped

BAD_REQUEST = 400


def made() -> str:
    """Return the Markdown of docs/reference/login-errors.md."""
    errors = "\n\n".join(f"{_text(message)}: {message.cause}. Fix: {message.fix}." for message in messages.ALL)
    return page(
        "Login errors",
        "hvn/login/messages.py",
        INTRO,
        BEFORE,
        f"## Errors of the mount\n\nThe status is 400, or as shown.\n\n{errors}",
        "## OpenBao\n\nOpenBao's answers differ from Vault's in four points (`hvn/login/openbao.py`), which "
        "`login explain` reports.",
    )


def _text(message: messages.Message) -> str:
    status = "" if message.status == BAD_REQUEST else f" ({message.status})"
    return code(re.sub(r"\{\w+\}", "…", message.text)) + status
