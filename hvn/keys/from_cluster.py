"""Keys by a kubeconfig, from where the API server is reachable: `kubectl get --raw`.

The path is fixed in Kubernetes (pkg/routes/openidmetadata.go). It is not taken from the discovery document: on AKS that
names the public issuer, whose path is none of the API server's.
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
    """The keys as the API server has them, and the issuer if it may be asked. Raises `Unavailable`."""
    if not kubeconfig.is_file():
        raise Unavailable(f"{printable(str(kubeconfig), 200)} is no file: name the kubeconfig of the cluster")
    content = _raw(kubeconfig, KEYS)
    try:
        issuer = json.loads(_raw(kubeconfig, DISCOVERY)).get("issuer")
    except (Unavailable, ValueError, AttributeError, RecursionError):
        issuer = None
    if isinstance(issuer, str) and issuer.startswith("https://"):
        return Fetched(content, issuer, "cluster")
    # Old clusters write a name in quotes (Azure/AKS #2523, #4321).
    note = "the API server did not say its issuer as an https URL: the one in the file stays as it is"
    return Fetched(content, None, "cluster", note)


def _raw(kubeconfig: pathlib.Path, path: str) -> bytes:
    command = ["kubectl", "--kubeconfig", str(kubeconfig), f"--request-timeout={SECONDS}s", "get", "--raw", path]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=2 * SECONDS)
    except FileNotFoundError:
        raise Unavailable(
            "kubectl is not in the PATH: install it, or save what `kubectl get --raw /openid/v1/jwks` prints elsewhere "
            "and name that with --file"
        ) from None
    except (OSError, subprocess.TimeoutExpired):
        raise Unavailable("kubectl does not come to an end: is the API server reachable from here?") from None
    if done.returncode != 0:
        # Its last line says what the server answered; kubectl prints no credentials there.
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no message"]
        raise Unavailable(
            f"kubectl says: {printable(lines[-1], 300)}. The API server of a private cluster answers inside the "
            "network only, and asks for the right to get the nonResourceURL /openid/v1/jwks"
        )
    if len(done.stdout) > MAX_BYTES:
        raise Unavailable("the API server sends more than 256 KiB: is this the kubeconfig of a cluster?")
    return done.stdout
