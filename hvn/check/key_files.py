"""The committed keys of all clusters, `jwks/<spoke>.json`, and the findings about these files."""

import pathlib
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hvn.diagnostics.finding import Finding, Level, Message, Rule, Span
from hvn.diagnostics.message import Command
from hvn.topology import jwks, made_up_keys
from hvn.topology.model import ExistingCluster, Topology
from hvn.topology.regions import AZURE

MISSING = Rule(
    id="HVN611",
    name="jwks-missing",
    level=Level.WARNING,
    reports="A cluster with apps and `vault_login: {keys: pubkeys}` has no file `jwks/<spoke>.json`.",
    why=(
        "Vault checks the logins of the apps with these keys. Until the file exists, the spoke's workspaces vault-auth "
        "and secrets are blocked"
    ),
    fix="deploy the cluster, then run `bin/hvn keys pull`",
    example="spokes:\n  payments:\n    cluster:\n      vault_login: {keys: pubkeys}",
    see="docs/how-to/cluster-keys.md",
)
SHARED = Rule(
    id="HVN612",
    name="jwks-shared",
    reports="Two files `jwks/<spoke>.json` have the same key.",
    why="with a shared key, pods of each cluster can log in as pods of the other cluster",
    fix="fetch both files again, each from its own cluster: `bin/hvn keys pull`",
    example="config/jwks/orders.json and config/jwks/payments.json contain the same key",
    see="https://developer.hashicorp.com/vault/docs/auth/jwt/oidc-providers/kubernetes",
)
ISSUER = Rule(
    id="HVN613",
    name="jwks-issuer",
    reports="No AKS cluster of the topology's region and tenant has the issuer in `jwks/<spoke>.json`.",
    why=("Vault compares the issuer with the claim `iss`, and refuses the login if one character differs"),
    fix="write the issuer that `az aks show --query oidcIssuerProfile.issuerUrl` prints, or remove `issuer`",
    example='config/jwks/payments.json: {"issuer": "https://westeurope.oic.prod-aks.azure.com/…", "keys": […]}',
    see="https://learn.microsoft.com/azure/aks/use-oidc-issuer",
)

LEFT_OVER = Rule(
    id="HVN615",
    name="jwks-left-over",
    level=Level.WARNING,
    reports="No spoke uses a file `jwks/<name>.json`.",
    why=(
        "a new spoke of this name would use these keys, and pods of the old cluster could log in as pods of the new "
        "cluster"
    ),
    fix="delete the file; if another topology uses the file, keep each topology in its own folder",
    example="config/jwks/payments.json exists, and the topology has no spoke payments",
    see="docs/how-to/remove-a-spoke.md",
)


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """The keys by spoke, the findings about the files, and the findings about the topology."""

    keys: Mapping[str, jwks.Jwks]
    findings: tuple[Finding, ...]
    in_topology: tuple[Finding, ...]


def read(topology: Topology, folder: pathlib.Path) -> KeyFiles:
    """Read and return the keys of each spoke with apps and `vault_login: {keys: pubkeys}`. A missing file is a
    warning."""
    keys: dict[str, jwks.Jwks] = {}
    findings: list[Finding] = []
    in_topology: list[Finding] = []
    for name in _by_keys(topology):
        file = folder / f"{name}.json"
        try:
            key_set = jwks.read(file)
        except jwks.Unfit as error:
            findings.append(_in_file(jwks.KEYS, file, Message("the file {problem}", problem=error.message), error.fix))
            continue
        if key_set:
            keys[name] = key_set
        else:
            in_topology.append(_missing(topology, name))
    findings += _shared(keys, folder)
    return KeyFiles(keys, tuple(findings), tuple(in_topology))


def with_made_up(topology: Topology, keys: Mapping[str, jwks.Jwks]) -> Mapping[str, jwks.Jwks]:
    """Return the keys, and made-up keys for each spoke without a key file."""
    return {name: keys.get(name) or made_up_keys.keys(name) for name in _by_keys(topology)}


def _by_keys(topology: Topology) -> Iterator[str]:
    """Yield the names of the spokes with apps and `vault_login: {keys: pubkeys}`."""
    for name, spoke in topology.spokes.items():
        if spoke.cluster and spoke.cluster.apps and spoke.cluster.vault_login.keys == "pubkeys":
            yield name


def _missing(topology: Topology, name: str) -> Finding:
    cluster = topology.spokes[name].cluster
    output, url = Command(f"bin/cdktf output aks-{name}"), "oidc_issuer_url"
    if isinstance(cluster, ExistingCluster):
        output = Command(f"az aks show --ids {shlex.quote(cluster.existing.cluster_id)} --query oidcIssuerProfile")
        url = "issuerUrl"
    return Finding(
        rule=MISSING,
        path=("spokes", name, "cluster", "apps"),
        message=Message("{file} with the cluster's public keys does not exist", file=f"jwks/{name}.json"),
        fix=Message(
            "when the cluster exists, run {pull}; the URL is {url} of {output}",
            pull=Command(f"bin/hvn keys pull {name} --issuer URL"),
            url=url,
            output=output,
        ),
    )


def _shared(keys: Mapping[str, jwks.Jwks], folder: pathlib.Path) -> Iterator[Finding]:
    """Yield a finding for each file with a key that an earlier file, by name, also contains."""
    first: dict[str, str] = {}
    for name in sorted(keys):
        others = {first.setdefault(pem, name) for pem in keys[name].pubkeys} - {name}
        for other in sorted(others):
            yield _in_file(
                SHARED,
                folder / f"{name}.json",
                Message("the file contains a key that {other} also contains", other=f"jwks/{other}.json"),
                Message(
                    "fetch both files again, each from its own cluster: {pull}, with --issuer or --kubeconfig",
                    pull=Command("bin/hvn keys pull"),
                ),
            )


def left_over(topology: Topology, folder: pathlib.Path) -> Iterator[Finding]:
    """Yield a finding for each file that no spoke uses."""
    readers = set(_by_keys(topology))
    for file in sorted(folder.glob("*.json")):
        if file.stem not in readers:
            message = Message("no spoke {name} has apps and {keys}", name=file.stem, keys="vault_login.keys: pubkeys")
            yield _in_file(
                LEFT_OVER,
                file,
                message,
                Message("delete the file; if another topology uses the file, keep each topology in its own folder"),
            )


def foreign(topology: Topology, keys: Mapping[str, jwks.Jwks], folder: pathlib.Path) -> Iterator[Finding]:
    """Yield a finding for each issuer that no AKS cluster of the topology's region and tenant has.

    HVN311 reports an unknown region.
    """
    if topology.azure.region not in AZURE:
        return
    prefix = f"https://{topology.azure.region}.oic.prod-aks.azure.com/{topology.azure.tenant_id}/"
    for name in sorted(keys):
        issuer = keys[name].issuer
        # The last part of every known issuer is a UUID, but Microsoft does not document this form.
        if issuer is not None and not re.fullmatch(re.escape(prefix) + r"[0-9A-Za-z-]+/", issuer):
            yield _in_file(
                ISSUER,
                folder / f"{name}.json",
                Message(
                    "the issuer {issuer} does not belong to a cluster of this topology: issuers of these clusters "
                    "begin with {prefix} and end with a slash",
                    issuer=issuer,
                    prefix=prefix,
                ),
                Message(
                    "copy the issuer that {show} prints, or remove `issuer` so that Vault does not compare it",
                    show=Command("az aks show … --query oidcIssuerProfile.issuerUrl"),
                ),
            )


def _in_file(rule: Rule, file: pathlib.Path, message: Message, fix: Message) -> Finding:
    return Finding(rule=rule, file=str(file), span=Span(1, 1, 1, 1), message=message, fix=fix)
