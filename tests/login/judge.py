"""One login put to the server and to `login explain`, by the mount and role that the server says it has."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hvn.login import openbao
from hvn.login.explain import Answer, explain
from hvn.login.login import Login
from hvn.login.mount import Mount, Role
from hvn.login.values import Number
from tests.login.server import Refused, Server


@dataclass(frozen=True)
class Verdict:
    """What the server says, what `login explain` says of Vault, and of OpenBao."""

    status: int
    error: str
    vault: Answer
    openbao: Answer

    @property
    def agreed(self) -> bool:
        """The server says what `login explain` says of OpenBao."""
        expected = self.openbao.messages or ("",)
        return self.status == self.openbao.status and self.error in expected


def put(server: Server, mount: str, role: str, token: str) -> Verdict:
    """Log in, and explain the same login."""
    config, definition = read(server, f"auth/{mount}/config"), read(server, f"auth/{mount}/role/{role.lower()}")
    return put_to(server, mount, role, token, config, definition)


def put_to(
    server: Server, mount: str, role: str, token: str, config: Mapping[str, Any], definition: Mapping[str, Any]
) -> Verdict:
    """The same where mount and role have been read already; empty for what is not there."""
    now = time.time()
    status, error = 200, ""
    try:
        server.login(mount, {"role": role, "jwt": token})
    except Refused as refused:
        status, error = refused.status, refused.error
    login = Login(
        mount=Mount.of_vault(config) if config else None,
        role_name=role,
        role=Role.of_vault(definition) if definition else None,
        token=token,
        now=now,
        address="127.0.0.1",
    )
    return Verdict(status, error, explain(login), openbao.explain(login))


def read(server: Server, path: str) -> Mapping[str, Any]:
    """As `vault read -format=json` prints it, numbers as their text; empty if there is none."""
    try:
        text = json.dumps(server.ask("GET", path)["data"])
    except Refused:
        return {}
    found: dict[str, Any] = json.loads(text, parse_int=Number, parse_float=Number)
    return found
