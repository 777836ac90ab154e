"""HVN706: compare the committed public keys of the clusters with their issuers' keys."""

from collections.abc import Iterator
from datetime import UTC, datetime

from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Command, joined
from hvn.doctor.context import Context, one_line
from hvn.keys import committed, from_issuer, keyset
from hvn.keys.drift import SEE, compare
from hvn.keys.source import Unavailable
from hvn.topology import jwks

RULE = Rule(
    id="HVN706",
    name="cluster-keys",
    reports="A cluster's committed public keys are missing, or differ from its current keys.",
    why="Vault checks tokens against the committed keys: if the cluster uses other keys, every new login fails",
    fix="bin/hvn keys pull SPOKE --issuer URL",
    example="$ az aks oidc-issuer rotate-signing-keys -g GROUP -n CLUSTER # without 'hvn keys pull' after it",
    see=SEE,
)


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each cluster with apps and `keys: pubkeys`: whether the committed keys equal the issuer's
    keys, as `hvn keys check` compares them."""
    for spoke, cluster in context.clusters().items():
        if cluster.vault_login.keys != "pubkeys" or not cluster.apps:
            continue
        yield _keys(context, spoke)


def _keys(context: Context, spoke: str) -> Finding:
    path: Path = ("spokes", spoke, "cluster", "vault_login")
    file = context.file.parent / "jwks" / f"{spoke}.json"
    pull = Message("{command}", command=Command(f"bin/hvn keys pull {spoke} --issuer URL"))
    key_set = committed.read(file)
    if key_set is None:
        message = Message(
            "the keys of {spoke} are not committed: vault-auth-{spoke} and secrets-{spoke} are blocked", spoke=spoke
        )
        return Finding(rule=RULE, path=path, message=message, fix=pull)
    if not key_set.issuer:
        message = Message("the key file of {spoke} does not name an issuer", spoke=spoke)
        return Finding(rule=RULE, level=Level.NOT_CHECKED, path=path, message=message, fix=pull)
    try:
        live = keyset.parse(from_issuer.fetch(key_set.issuer).content)
    except (Unavailable, jwks.Unfit) as error:
        return Finding(
            rule=RULE,
            level=Level.NOT_CHECKED,
            path=path,
            message=Message("keys of {spoke}: {reason}", spoke=spoke, reason=one_line(str(error))),
            fix=Message("{command}", command=Command(f"bin/hvn keys check {spoke} --kubeconfig FILE")),
        )
    differences = [
        finding.message
        for finding in compare(spoke, file, key_set, live, issuer=key_set.issuer, now=datetime.now(UTC))
        if finding.severity is Level.ERROR and isinstance(finding.message, Message)
    ]
    if differences:
        message = Message("keys of {spoke}: {differences}", spoke=spoke, differences=joined(differences))
        fix = Message("{command}", command=Command(f"bin/hvn keys check {spoke}"))
        return Finding(rule=RULE, path=path, message=message, fix=fix)
    message = Message("all {count} keys of {spoke} are committed", count=len(live.keys), spoke=spoke)
    return Finding(rule=RULE, level=Level.PASS, path=path, message=message)
