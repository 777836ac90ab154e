"""Run an OIDC issuer on loopback with real TLS. The test sets the issuer's responses."""

import json
import pathlib
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

Answer = tuple[int, bytes] | Callable[[BaseHTTPRequestHandler], None]


class Issuer:
    """A running issuer. `url` ends with a slash. `answers` has the responses of each path in their order; the issuer
    repeats the last response.
    """

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.url = f"https://127.0.0.1:{server.server_address[1]}/tenant/"
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[str] = []

    def says(self, *keys: dict[str, Any], **document: Any) -> None:
        """Set the responses of a valid issuer with these keys."""
        named = {"issuer": self.url, "jwks_uri": f"{self.url}openid/v1/jwks", **document}
        self.answers["/tenant/.well-known/openid-configuration"] = [(200, json.dumps(named).encode())]
        self.answers["/tenant/openid/v1/jwks"] = [(200, json.dumps({"keys": list(keys)}).encode())]


@contextmanager
def issuer(folder: pathlib.Path) -> Iterator[Issuer]:
    """Yield a running issuer; the CA of its certificate is `folder/ca.pem`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            answers = made.answers.get(self.path, [(404, b"")])
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            if callable(answer):
                answer(self)
                return
            status, body = answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(folder))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        made = Issuer(server)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


def certificate(folder: pathlib.Path) -> pathlib.Path:
    """Return a self-signed certificate for loopback, with its key."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuer of a test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    ca, both = folder / "ca.pem", folder / "server.pem"
    ca.write_bytes(made.public_bytes(Encoding.PEM))
    both.write_bytes(ca.read_bytes() + private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return both
