"""Send one login to the server, and explain the same login with the mount and the role that the server prints."""

import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from hvn.login import messages, openbao
from hvn.login.checks import identity
from hvn.login.explain import Answer, explain
from hvn.login.login import Login
from hvn.login.mount import Mount, Role
from hvn.login.values import Number
from tests.login.server import Refused, Server


@dataclass(frozen=True)
class Verdict:
    """The server's answer, the answers of Vault and of OpenBao that `login explain` predicts, and the user's name."""

    status: int
    error: str
    vault: Answer
    openbao: Answer
    user: str

    @property
    def agreed(self) -> bool:
        """Return whether the server's answer equals the answer that `login explain` predicts for OpenBao."""
        expected = self.openbao.messages or ("",)
        return self.status == self.openbao.status and self.error in expected


def put(server: Server, mount: str, role: str, token: str) -> Verdict:
    """Log in, explain the same login, and return both results. Read the mount and the role from the server."""
    config, definition = read(server, f"auth/{mount}/config"), read(server, f"auth/{mount}/role/{role.lower()}")
    return put_to(server, mount, role, token, config, definition)


def put_to(
    server: Server,
    mount: str,
    role: str,
    token: str,
    config: Mapping[str, Any],
    definition: Mapping[str, Any],
    *,
    users: Collection[str] = (),
) -> Verdict:
    """Log in, explain the login, and return both results. `config` and `definition` are the mount and the role as the
    server printed them, or empty mappings.

    `users` are the names of the users with an alias in the mount.
    """
    now = time.time()
    status, error = 200, ""
    try:
        server.login(mount, {"role": role, "jwt": token})
    except Refused as refused:
        status, error = refused.status, refused.error
    except requests.ConnectionError:
        status, error = 0, messages.NO_ANSWER.text
    login = Login(
        mount=Mount.of_vault(config) if config else None,
        role_name=role,
        role=Role.of_vault(definition) if definition else None,
        token=token,
        now=now,
        address="127.0.0.1",
    )
    # Names of users that differ only in case share one alias.
    user = str(identity.user(login) or "").lower()
    login.is_first = user not in users
    return Verdict(status, error, explain(login), openbao.explain(login), user)


def read(server: Server, path: str) -> Mapping[str, Any]:
    """Return the `data` that `vault read -format=json` prints, with numbers as text. For a missing path, return an
    empty mapping."""
    try:
        text = json.dumps(server.ask("GET", path)["data"])
    except Refused:
        return {}
    data: dict[str, Any] = json.loads(text, parse_int=Number, parse_float=Number)
    return data
