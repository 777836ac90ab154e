"""The committed keys of all clusters, `jwks/<spoke>.json`: which are there, and what is wrong with them together."""

import pathlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hvn.diagnostics.finding import Breach, Finding, Level, Rule, Span, finding
from hvn.diagnostics.printable import printable
from hvn.topology import jwks
from hvn.topology.model import Topology

MISSING = Rule(
    id="HVN611",
    name="jwks-missing",
    level=Level.WARNING,
    why="without the cluster's public keys Vault cannot check its logins: vault-auth and secrets are held back",
    see="docs/how-to/cluster-keys.md",
)
SHARED = Rule(
    id="HVN612",
    name="jwks-shared",
    why="each cluster has keys of its own: with these, pods of the other cluster could log in as this one's",
    see="https://developer.hashicorp.com/vault/docs/auth/jwt/oidc-providers/kubernetes",
)
ISSUER = Rule(
    id="HVN613",
    name="jwks-issuer",
    why="Vault compares it with the tokens' character by character, and refuses every login if it is another",
    see="https://learn.microsoft.com/azure/aks/use-oidc-issuer",
)

LEFT_OVER = Rule(
    id="HVN615",
    name="jwks-left-over",
    level=Level.WARNING,
    why="the next spoke of that name would be given these keys, and pods of the old cluster could log in as its own",
    see="docs/how-to/remove-a-spoke.md",
)


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """The keys by spoke, what is wrong in the files themselves, and what is to be said of the topology."""

    keys: Mapping[str, jwks.Jwks]
    findings: tuple[Finding, ...]
    in_topology: tuple[Finding, ...]


def read(topology: Topology, folder: pathlib.Path) -> KeyFiles:
    """Read the file of each spoke that Vault checks by keys; one that is not there is a warning."""
    keys: dict[str, jwks.Jwks] = {}
    findings: list[Finding] = []
    in_topology: list[Finding] = []
    for name in _by_keys(topology):
        file = folder / f"{name}.json"
        try:
            found = jwks.read(file)
        except jwks.Unfit as error:
            findings.append(_in_file(jwks.KEYS, file, str(error), error.fix))
            continue
        if found:
            keys[name] = found
        else:
            in_topology.append(_missing(name).finding(MISSING))
    findings += _shared(keys, folder)
    return KeyFiles(keys, tuple(findings), tuple(in_topology))


def _by_keys(topology: Topology) -> Iterator[str]:
    """The spokes whose keys are in files."""
    for name, spoke in topology.spokes.items():
        if spoke.cluster and spoke.cluster.apps and spoke.cluster.vault_login.keys == "pubkeys":
            yield name


def _missing(name: str) -> Breach:
    return Breach(
        ("spokes", name, "cluster", "apps"),
        f"log in by the cluster's public keys, and jwks/{name}.json is not there",
        f"when the cluster is there: `bin/hvn keys pull {name} --issuer URL`, which `bin/cdktf output aks-{name}` "
        "shows as oidc_issuer_url, or --kubeconfig FILE",
    )


def _shared(keys: Mapping[str, jwks.Jwks], folder: pathlib.Path) -> Iterator[Finding]:
    """Files with a key that the file of a spoke before them, in the order of names, has as well."""
    first: dict[str, str] = {}
    for name in sorted(keys):
        others = {first.setdefault(pem, name) for pem in keys[name].pubkeys} - {name}
        for other in sorted(others):
            yield _in_file(
                SHARED,
                folder / f"{name}.json",
                f"holds a key that jwks/{other}.json holds as well",
                "fetch both anew, each from its own cluster: bin/hvn keys pull, with --issuer or --kubeconfig",
            )


def left_over(topology: Topology, folder: pathlib.Path) -> Iterator[Finding]:
    """Files that no spoke reads."""
    read_by = set(_by_keys(topology))
    for file in sorted(folder.glob("*.json")):
        if file.stem not in read_by:
            yield _in_file(
                LEFT_OVER,
                file,
                f"no spoke {printable(file.stem, 80)} has its keys in a file",
                "delete it; two topologies have a folder each",
            )


def foreign(topology: Topology, keys: Mapping[str, jwks.Jwks], folder: pathlib.Path) -> Iterator[Finding]:
    """Issuers that no AKS cluster of the topology's region and tenant has."""
    wanted = f"https://{topology.azure.region}.oic.prod-aks.azure.com/{topology.azure.tenant_id}/"
    for name in sorted(keys):
        issuer = keys[name].issuer
        # The last part is a UUID wherever one was seen, but that is documented nowhere.
        if issuer is not None and not re.fullmatch(re.escape(wanted) + r"[0-9A-Za-z-]+/", issuer):
            yield _in_file(
                ISSUER,
                folder / f"{name}.json",
                f"has an issuer that no cluster of this topology has: theirs begin with {wanted} and end with a slash",
                "write it as the tokens have it in `iss` (az aks show … --query oidcIssuerProfile.issuerUrl), or take "
                "`issuer` out: then Vault does not compare it",
            )


def _in_file(rule: Rule, file: pathlib.Path, message: str, fix: str) -> Finding:
    return finding(rule, file=str(file), span=Span(1, 1, 1, 1), path=(), message=message, fix=fix)
