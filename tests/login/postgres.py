"""Run a real PostgreSQL server on loopback for the database engine of Vault."""

import datetime
import getpass
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

# initdb refuses to run as root.
UNPRIVILEGED = ("postgres", "nobody")
SETTINGS = "-c ssl=on -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c shared_buffers=1MB"


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server, and the password of its administrator `root`."""

    port: int
    password: str

    @property
    def url(self) -> str:
        """Return the connection URL for the database engine. The engine fills in user and password."""
        return f"postgresql://{{{{username}}}}:{{{{password}}}}@127.0.0.1:{self.port}/postgres?sslmode=disable"


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Start and yield a server on a free port, and stop the server at the end. Skips the test without PostgreSQL."""
    # Other users cannot read the folders of pytest.
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        yield from _started(pathlib.Path(folder))


def _started(folder: pathlib.Path) -> Iterator[Postgres]:
    initdb, control = _program("initdb"), _program("pg_ctl")
    if initdb is None or control is None:
        pytest.skip("PostgreSQL is missing: install the package postgresql")
    user = _user() if getpass.getuser() == "root" else None
    password = "a-password-of-this-test"  # noqa: S105
    (folder / "password").write_text(password)
    if user:
        for path in (folder, folder / "password"):
            os.chown(path, user.pw_uid, user.pw_gid)
    as_user: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}

    def run(*arguments: str | pathlib.Path) -> None:
        subprocess.run(
            arguments,
            check=True,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C"},
            stdout=subprocess.DEVNULL,
            **as_user,
        )

    data = folder / "data"
    run(initdb, "-D", data, "-U", "root", "-A", "scram-sha-256", "--pwfile", folder / "password", "--no-sync")
    _certificate(data, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run(control, "start", "-w", "-D", data, "-l", folder / "log", "-o", f"-p {port} {SETTINGS}")
    try:
        yield Postgres(port, password)
    finally:
        run(control, "stop", "-m", "immediate", "-D", data)


def _certificate(data: pathlib.Path, user: pwd.struct_passwd | None) -> None:
    """Write a self-signed certificate. With the certificate, the server accepts connections with and without TLS."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    signed = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1)).sign(key, SHA256())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for file, content in (("server.crt", signed.public_bytes(Encoding.PEM)), ("server.key", private)):
        (data / file).write_bytes(content)
        (data / file).chmod(0o600)
        if user:
            os.chown(data / file, user.pw_uid, user.pw_gid)


def _program(name: str) -> str | None:
    """Return the path of a PostgreSQL program, which Debian does not put on the PATH; None if it is missing."""
    folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(name) or next((str(folder / name) for folder in folders if (folder / name).exists()), None)


def _user() -> pwd.struct_passwd:
    users = {user.pw_name: user for user in pwd.getpwall()}
    return next(users[name] for name in UNPRIVILEGED if name in users)
