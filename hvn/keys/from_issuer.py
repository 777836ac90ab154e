"""Keys by the cluster's OIDC issuer, which for AKS is public even where the cluster is private.

OpenID Connect Discovery 1.0, section 4: the document lies below the issuer, names the issuer character by character,
and says where the keys are.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
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


def fetch(issuer: str) -> Fetched:
    """The keys that the issuer's discovery document leads to. Raises `Unavailable`.

    Proxies come from HTTPS_PROXY and NO_PROXY, a CA of one's own from REQUESTS_CA_BUNDLE, as requests reads them.
    """
    _require_https(issuer, "the issuer")
    with _session() as session:
        # Vault takes one slash off as well (cap, jwt/keyset.go).
        document = _object(_get(session, issuer.removesuffix("/") + WELL_KNOWN), "the discovery document")
        named = document.get("issuer")
        if named != issuer:
            raise Unavailable(
                f"the document at {printable(issuer, 200)} is of another issuer, {printable(str(named), 200)}: they "
                "are compared character by character, slash at the end included. Name the issuer as iss has it"
            )
        url = document.get("jwks_uri")
        if not isinstance(url, str):
            raise Unavailable(f"the discovery document of {printable(issuer, 200)} has no jwks_uri: is it an issuer?")
        _require_https(url, "jwks_uri of the discovery document")
        return Fetched(_get(session, url), issuer, "issuer")


@contextmanager
def _session() -> Iterator[requests.Session]:
    retry = Retry(
        total=RETRIES,
        backoff_factor=0.3,
        status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods=("GET",),
        # The last answer is told as it is, not as "too many retries".
        raise_on_status=False,
        # A server must not make a pipeline wait for an hour.
        respect_retry_after_header=False,
    )
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=retry))
        session.headers["Accept"] = "application/json"
        yield session


def _get(session: requests.Session, url: str) -> bytes:
    """The body, at most 256 KiB of it and not for longer than a minute."""
    shown = printable(url, 200)
    until = time.monotonic() + WHOLE_SECONDS
    body = b""
    try:
        with session.get(url, timeout=(CONNECT_SECONDS, READ_SECONDS), stream=True, allow_redirects=False) as answer:
            if answer.is_redirect:
                raise Unavailable(
                    f"{shown} sends on to another address: an issuer answers itself. Name that of the iss"
                )
            if answer.status_code != requests.codes.ok:
                raise Unavailable(f"{shown} answers {answer.status_code}: {_advice(answer.status_code)}")
            for chunk in answer.iter_content(16 * 1024):
                body += chunk
                if len(body) > MAX_BYTES:
                    raise Unavailable(f"{shown} sends more than 256 KiB: it is no issuer, or a broken one")
                if time.monotonic() > until:
                    raise Unavailable(f"{shown} takes more than {WHOLE_SECONDS} s: try again")
    except requests.exceptions.SSLError:
        raise Unavailable(
            f"{shown} shows a certificate that nobody here trusts: name the file with your CA in REQUESTS_CA_BUNDLE"
        ) from None
    except requests.exceptions.ProxyError:
        raise Unavailable(f"the proxy does not lead to {shown}: look at HTTPS_PROXY and NO_PROXY") from None
    except requests.exceptions.Timeout:
        raise Unavailable(f"{shown} does not answer in time: is it reachable from here?") from None
    except (requests.exceptions.RequestException, ValueError, OSError) as error:
        raise Unavailable(
            f"{shown} cannot be reached ({type(error).__name__}): is the name right, and is it reachable from here? "
            "The keys of a private cluster without OIDC issuer come with --kubeconfig"
        ) from None
    return body


def _advice(status: int) -> str:
    if status in (401, 403):
        return "this issuer is not public. Fetch the keys with --kubeconfig, from where the API server is reachable"
    if status == 404:
        return "there is no discovery document. Take the issuer as it is: oidcIssuerProfile.issuerUrl of `az aks show`"
    return "try again later"


def _object(body: bytes, what: str) -> dict[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unavailable(f"{what} is no JSON object: does something else answer there, a proxy or a login page?")
    return found


def _require_https(url: str, what: str) -> None:
    try:
        parts = urlsplit(url)
        fit = parts.scheme == "https" and bool(parts.hostname) and url.isprintable() and " " not in url
        plain = not (parts.query or parts.fragment or parts.username or parts.password or parts.port == 0)
    except ValueError:
        fit = plain = False
    if not fit:
        raise Unavailable(f"{what} is not an https URL: keys that somebody on the way can change are worth nothing")
    if not plain:
        raise Unavailable(f"{what} has a user, a query or a fragment in it: an issuer has none")
