"""docs/reference/login-errors.md: Vault's errors at a JWT login, from the table that `hvn login explain` uses."""

import itertools
import re
from collections.abc import Iterator

from hvn.login import messages
from pages.markdown import code, page

INTRO = """
`bin/hvn login explain` [explains the error for a token](../how-to/refused-login.md). This page lists every error of
Vault's JWT login, in the order of Vault's checks. Vault reports only the first error. `…` is a value of the login.

Read the error in Vault's audit log, or in the events of the VaultStaticSecret
(`kubectl -n <namespace> describe vaultstaticsecret <name>`).
"""

BEFORE = """
## Before the mount

`permission denied` (403): the namespace or the mount does not exist. Often the namespace lacks `admin`, or the mount is `jwt` instead of `jwt-<spoke>`. Fix: compare `namespace` and `mount` of the VaultAuth with the topology file; deploy `vault-auth-<spoke>`.

`dial tcp: lookup <cluster>…: no such host`: Vault's `kubernetes` method calls the cluster, and HCP cannot resolve the cluster's private name. Fix: [use JWT](../decisions/0003-jwt-not-kubernetes-auth.md).

`dial tcp: lookup <vault>…: no such host`: the cluster's DNS cannot resolve Vault's private name. Fix: compare the address in the VaultConnection with `bin/cdktf output hcp`; ask the network team about DNS.

`dial tcp …: i/o timeout`: a route, a peering or the firewall blocks the connection between cluster and Vault. Fix: run `bin/hvn reach <spoke> --to vault`.

`EOF`: a proxy closed the connection. Vault also closes the connection if role and token have a list inside a list for a bound claim. Fix: check the proxy between cluster and Vault, and the role's `bound_claims`.
"""  # noqa: E501 - an item is not wrapped

BAD_REQUEST = 400


def made() -> str:
    """Return the Markdown of docs/reference/login-errors.md."""
    errors = "\n\n".join(_errors())
    return page(
        "Login errors",
        "hvn/login/messages.py",
        INTRO,
        BEFORE,
        f"## Errors of the mount\n\nThe status is 400, or as shown.\n\n{errors}",
        "## OpenBao\n\nOpenBao's answers differ from Vault's in four cases (`hvn/login/openbao.py`). `login explain` "
        "reports them.",
    )


def _errors() -> Iterator[str]:
    """Yield a paragraph for each error. A sentence before consecutive errors names their common prefix."""
    for number, (prefix, errors) in enumerate(itertools.groupby(messages.ALL, _prefix)):
        if number:
            yield f"These errors begin with `{prefix}`:" if prefix else "These errors have no prefix:"
        for message in errors:
            yield f"{_text(message, prefix)}: {message.cause}. Fix: {message.fix}."


def _prefix(message: messages.Message) -> str:
    return next((prefix for prefix in (messages.TOKEN, messages.CLAIMS) if message.text.startswith(prefix)), "")


def _text(message: messages.Message, prefix: str) -> str:
    status = "" if message.status == BAD_REQUEST else f" ({message.status})"
    return code(re.sub(r"\{\w+\}", "…", message.text.removeprefix(prefix))) + status
