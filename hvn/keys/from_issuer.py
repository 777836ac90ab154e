"""Fetch a cluster's public keys from its OIDC issuer. AKS serves the issuer publicly even for a private cluster.

The URL of the discovery document begins with the issuer. The document's `issuer` must equal the issuer character by
character, and `jwks_uri` is the URL of the keys (OpenID Connect Discovery 1.0, section 4).
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from hvn.diagnostics.printable import printable
from hvn.keys.source import Fetched, Unavailable
from hvn.topology.jwks import MAX_BYTES

WELL_KNOWN = "/.well-known/openid-configuration"
CONNECT_SECONDS = 5
READ_SECONDS = 15
WHOLE_SECONDS = 60
RETRIES = 3
BACKOFF = 0.3
"""The factor of the seconds between two requests."""


def fetch(issuer: str) -> Fetched:
    """Return the key set of an issuer. Raises `Unavailable` if the issuer serves no key set within 60 seconds.

    The library requests reads the proxy from HTTPS_PROXY and NO_PROXY, and a private CA from REQUESTS_CA_BUNDLE.
    """
    _require_https(issuer, "the issuer")
    results: SimpleQueue[Fetched | Exception] = SimpleQueue()

    def work() -> None:
        try:
            results.put(_fetch(issuer))
        except Exception as error:  # noqa: BLE001 - raised in the other thread
            results.put(error)

    # The timeout of `requests` limits each read, so a server that sends one byte a second never exceeds the timeout.
    # The request runs in a daemon thread, so that a slow server does not delay the end of the process.
    threading.Thread(target=work, daemon=True).start()
    try:
        result = results.get(timeout=WHOLE_SECONDS)
    except Empty:
        raise Unavailable(f"{printable(issuer, 200)} took more than {WHOLE_SECONDS} s: try again") from None
    if isinstance(result, Exception):
        raise result
    return result


def _fetch(issuer: str) -> Fetched:
    with _session() as session:
        # Like Vault, remove one slash at the issuer's end before the path (cap, jwt/keyset.go).
        document = _object(_get(session, issuer.removesuffix("/") + WELL_KNOWN), "the discovery document")
        named = document.get("issuer")
        if named != issuer:
            raise Unavailable(
                f"the document at {printable(issuer, 200)} names another issuer, {printable(str(named), 200)}: Vault "
                "compares issuers character by character, including the final slash. Pass the issuer as in the claim "
                "iss"
            )
        url = document.get("jwks_uri")
        if not isinstance(url, str):
            raise Unavailable(
                f"the discovery document of {printable(issuer, 200)} has no jwks_uri: check that the URL is an issuer"
            )
        _require_https(url, "jwks_uri of the discovery document")
        return Fetched(_get(session, url), issuer, "issuer")


@contextmanager
def _session() -> Iterator[requests.Session]:
    retry = Retry(
        total=RETRIES,
        backoff_factor=BACKOFF,
        status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods=("GET",),
        # After the last retry, return the response so that the error message contains the status code.
        raise_on_status=False,
        # Ignore the header Retry-After: with it, a server could make a pipeline wait for an hour.
        respect_retry_after_header=False,
    )
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=retry))
        session.headers["Accept"] = "application/json"
        yield session


def _get(session: requests.Session, url: str) -> bytes:
    """Return the body of the response to a GET request. Raises `Unavailable` for an error, a redirect, or a body
    over 256 KiB."""
    shown = printable(url, 200)
    body = b""
    try:
        with session.get(url, timeout=(CONNECT_SECONDS, READ_SECONDS), stream=True, allow_redirects=False) as answer:
            if answer.is_redirect:
                raise Unavailable(
                    f"{shown} redirects to another address, so it is not an issuer. Pass the issuer as in the claim iss"
                )
            if answer.status_code != requests.codes.ok:
                raise Unavailable(f"{shown} returned {answer.status_code}: {_advice(answer.status_code)}")
            for chunk in answer.iter_content(16 * 1024):
                body += chunk
                if len(body) > MAX_BYTES:
                    raise Unavailable(f"{shown} returned more than 256 KiB: check that the URL is an issuer")
    except requests.exceptions.SSLError:
        raise Unavailable(
            f"{shown} has a certificate that this machine does not trust: set REQUESTS_CA_BUNDLE to the file of your CA"
        ) from None
    except requests.exceptions.ProxyError:
        raise Unavailable(f"the proxy does not connect to {shown}: check HTTPS_PROXY and NO_PROXY") from None
    except requests.exceptions.Timeout:
        raise Unavailable(f"{shown} did not answer in time: check that this machine can reach the address") from None
    except (requests.exceptions.RequestException, ValueError, OSError) as error:
        raise Unavailable(
            f"{shown} cannot be reached ({type(error).__name__}): check the name and the network. "
            "For a private cluster without an OIDC issuer, use --kubeconfig"
        ) from None
    return body


def _advice(status: int) -> str:
    if status in (401, 403):
        return "this issuer is not public. Use --kubeconfig on a machine that can reach the API server"
    if status == 404:
        return "no discovery document exists there. Pass the exact issuer: oidcIssuerProfile.issuerUrl of 'az aks show'"
    return "try again later"


def _object(body: bytes, what: str) -> dict[str, object]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise Unavailable(f"{what} is not a JSON object: a proxy or a login page may have answered")
    return document


def _require_https(url: str, what: str) -> None:
    try:
        parts = urlsplit(url)
        fit = parts.scheme == "https" and bool(parts.hostname) and url.isprintable() and " " not in url
        plain = not (parts.query or parts.fragment or parts.username or parts.password or parts.port == 0)
    except ValueError:
        fit = plain = False
    if not fit:
        raise Unavailable(f"{what} is not an https URL: without TLS anybody on the network path could replace the keys")
    if not plain:
        raise Unavailable(f"{what} contains a user, a query or a fragment, which an issuer cannot have")
