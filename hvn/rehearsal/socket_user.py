"""Find the user of a TCP connection on loopback.

Linux answers a query for one socket over netlink (sock_diag(7), linux/inet_diag.h) in microseconds. /proc/net/tcp lists
all sockets of the machine, which takes milliseconds.
"""

import errno
import pathlib
import socket
import struct

TABLES = (pathlib.Path("/proc/net/tcp"), pathlib.Path("/proc/net/tcp6"))

_LOOPBACK = socket.inet_aton("127.0.0.1")
_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_REQUEST = 1
_ERROR = 2
_HEADER = struct.Struct("=IHHII")
# Family, protocol, extensions and states; then the ports and addresses of both ends, the interface and no cookie.
_QUERY = struct.Struct("=BBBxI")
_ENDS = struct.Struct("!HH16s16sIQ")
_USER = struct.Struct("=I")
# The offset of `idiag_uid` in an answer: the header, four bytes, the ends, and three counters of four bytes.
_USER_AT = _HEADER.size + 4 + _ENDS.size + 12


def user_of(client: int, server: int) -> int | None:
    """Return the id of the user with the connection from port `client` to port `server`, or None if unknown."""
    try:
        return by_netlink(client, server)
    except (AttributeError, OSError):  # no Linux, or a sandbox without this family
        return by_proc(client)


def by_netlink(client: int, server: int) -> int | None:
    """Return the user's id from the kernel's answer about this connection. Raises `OSError` if the kernel does not
    support the query."""
    query = _QUERY.pack(socket.AF_INET, socket.IPPROTO_TCP, 0, 0xFFFFFFFF)
    query += _ENDS.pack(client, server, _LOOPBACK, _LOOPBACK, 0, 2**64 - 1)
    header = _HEADER.pack(_HEADER.size + len(query), _SOCK_DIAG_BY_FAMILY, _REQUEST, 0, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG) as kernel:
        kernel.sendto(header + query, (0, 0))
        answer = kernel.recv(4096)
    _, kind, *_ = _HEADER.unpack_from(answer)
    if kind != _ERROR:
        return int(_USER.unpack_from(answer, _USER_AT)[0])
    (status,) = struct.unpack_from("=i", answer, _HEADER.size)
    if status == -errno.ENOENT:
        return None
    raise OSError(-status, "sock_diag")


def by_proc(client: int) -> int | None:
    """Return the user's id from the tables of all sockets. Without Linux's /proc, the user is unknown."""
    local = f"0100007F:{client:04X}"
    for file in TABLES:
        rows = [line.split() for line in file.read_text().splitlines()] if file.exists() else []
        # Fields of a row: number, local address, remote address, state, two queues, timer, retries, uid (Linux's
        # documentation, proc_net_tcp). The local address of an IPv6 socket ends with the IPv4 address.
        for row in rows:
            if len(row) > 7 and row[1].endswith(local):
                return int(row[7])
    return None
