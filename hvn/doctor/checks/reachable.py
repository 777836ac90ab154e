"""Vault and the clusters' API servers have private names: they resolve here, and their ports answer."""

import socket
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from hvn.diagnostics.printable import printable
from hvn.doctor.context import Situation, Unanswered
from hvn.doctor.said import Said, fine, not_checked, wrong

SECONDS = 5
INSIDE = "look from a runner: docs/how-to/first-day.md, section 5"


def check(situation: Situation) -> Iterator[Said]:
    """VAULT_ADDR, port 8200 unless it says another; and the server of each cluster's context."""
    address = situation.environment.get("VAULT_ADDR")
    if address:
        yield from _look("Vault", address, 8200)
    else:
        yield not_checked("Vault", "VAULT_ADDR is not set", "bin/cdktf output hcp # vault_private_endpoint_url")
    for spoke in situation.clusters():
        about = f"API server of {spoke}"
        try:
            found = situation.kubectl(spoke, "config", "view", "--minify", "-o", "json")
            server = str(found["clusters"][0]["cluster"]["server"])
        except Unanswered as error:
            yield not_checked(about, str(error), error.then)
        except (KeyError, IndexError, TypeError):
            yield not_checked(about, "its context names no server", situation.credentials_command(spoke))
        else:
            yield from _look(about, server, 443)


def _look(about: str, url: str, port: int) -> Iterator[Said]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or port
    except ValueError:
        host = ""
    if not host:
        yield wrong(about, "its address is no URL", "correct it")
        return
    shown = printable(host, 120)
    try:
        addresses = sorted({str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})
    except (OSError, UnicodeError):
        then = f"{INSIDE}; a hub with DNS servers of its own ignores private zones that are linked to it"
        yield wrong(about, f"{shown} does not resolve here", then)
        return
    public = [each for each in addresses if ip_address(each.split("%")[0]).is_global]
    if public:
        yield wrong(about, f"{shown} is public here: {', '.join(public)}", f"{INSIDE}, and ask its DNS")
        return
    try:
        socket.create_connection((addresses[0], port), timeout=SECONDS).close()
    except OSError:
        yield wrong(about, f"{shown} ({addresses[0]}) does not answer on port {port}", INSIDE)
    else:
        yield fine(about, f"{shown} is {addresses[0]}, and port {port} answers")
