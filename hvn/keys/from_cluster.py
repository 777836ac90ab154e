"""Fetch a cluster's public keys from its API server, with `kubectl get --raw` and a kubeconfig.

Kubernetes serves the keys at a fixed path (pkg/routes/openidmetadata.go). On AKS, `jwks_uri` in the discovery document
names the public issuer, not the API server.
"""

import json
import pathlib
import subprocess

from hvn.diagnostics.printable import printable
from hvn.keys.source import Fetched, Unavailable
from hvn.topology.jwks import MAX_BYTES

KEYS = "/openid/v1/jwks"
DISCOVERY = "/.well-known/openid-configuration"
SECONDS = 60


def fetch(kubeconfig: pathlib.Path) -> Fetched:
    """Return the keys of the API server, and the issuer if the user may read the discovery document. Raises
    `Unavailable`."""
    if not kubeconfig.is_file():
        raise Unavailable(f"{printable(str(kubeconfig), 200)} is not a file: name the kubeconfig of the cluster")
    content = _raw(kubeconfig, KEYS)
    try:
        issuer = json.loads(_raw(kubeconfig, DISCOVERY)).get("issuer")
    except (Unavailable, ValueError, AttributeError, RecursionError):
        issuer = None
    if isinstance(issuer, str) and issuer.startswith("https://"):
        return Fetched(content, issuer, "cluster")
    # Old AKS clusters return a name in quotes as issuer, not a URL (Azure/AKS #2523, #4321).
    note = "the API server did not return its issuer as an https URL; the issuer in the file stays unchanged"
    return Fetched(content, None, "cluster", note)


def _raw(kubeconfig: pathlib.Path, path: str) -> bytes:
    command = ["kubectl", "--kubeconfig", str(kubeconfig), f"--request-timeout={SECONDS}s", "get", "--raw", path]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=2 * SECONDS)
    except FileNotFoundError:
        raise Unavailable(
            "kubectl is not in the PATH: install kubectl, or run 'kubectl get --raw /openid/v1/jwks' on another "
            "machine and pass its output with --file"
        ) from None
    except (OSError, subprocess.TimeoutExpired):
        raise Unavailable(
            f"kubectl did not end within {2 * SECONDS} seconds: the API server may be unreachable"
        ) from None
    if done.returncode != 0:
        # The last line of kubectl's error output is the API server's error. This error does not contain credentials.
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no message"]
        raise Unavailable(
            f"kubectl failed: {printable(lines[-1], 300)}. The API server of a private cluster is reachable only "
            "inside the network. Every cluster requires the right to get the nonResourceURL /openid/v1/jwks"
        )
    if len(done.stdout) > MAX_BYTES:
        raise Unavailable("the API server returned more than 256 KiB: check that the kubeconfig belongs to a cluster")
    return done.stdout
