"""The committed public keys are those that the clusters have: else logins fail at the next one."""

from collections.abc import Iterator
from datetime import UTC, datetime

from hvn.diagnostics.finding import Level
from hvn.doctor.context import Situation
from hvn.doctor.said import Said, fine, not_checked, wrong
from hvn.keys import committed, from_issuer, keyset
from hvn.keys.drift import compare
from hvn.keys.source import Unavailable
from hvn.topology import jwks


def check(situation: Situation) -> Iterator[Said]:
    """By the issuer that the file names, as `hvn keys check` does."""
    for spoke, cluster in situation.clusters().items():
        if cluster.vault_login.keys != "pubkeys" or not cluster.apps:
            continue
        about = f"keys of {spoke}"
        file = situation.file.parent / "jwks" / f"{spoke}.json"
        before = committed.read(file)
        pull = f"bin/hvn keys pull {spoke} --issuer URL"
        if before is None:
            yield wrong(about, "none are committed: vault-auth and secrets are held back", pull)
            continue
        if not before.issuer:
            yield not_checked(about, "the file names no issuer to ask", pull)
            continue
        try:
            live = keyset.parse(from_issuer.fetch(before.issuer).content)
        except (Unavailable, jwks.Unfit) as error:
            yield not_checked(about, str(error), f"bin/hvn keys check {spoke} --kubeconfig FILE")
            continue
        found = list(compare(spoke, file, before, live, issuer=before.issuer, now=datetime.now(UTC)))
        drift = [each for each in found if each.severity is Level.ERROR]
        if drift:
            yield wrong(about, "; ".join(str(each.message) for each in drift), f"bin/hvn keys check {spoke}")
        else:
            yield fine(about, f"{len(live.keys)} keys, all committed")
