"""The manual steps for Vault: its namespace, the login of GitHub's pipelines, and the backup network."""

import re
from collections.abc import Iterator

from hvn.topology.model import Topology
from hvn.topology.step import Step


def vault_steps(topology: Topology) -> Iterator[Step]:
    """Yield the steps before the deploy of `vault`, then the step after all peerings."""
    parent, _, child = topology.vault.namespace.rpartition("/")
    if parent:
        create = f"vault namespace create -namespace={parent} {child}"
        yield Step(
            f"Create the Vault namespace {topology.vault.namespace} before you deploy `vault`: `{create}`",
            "vault",
            before="vault",
            commands=(create,),
        )
    github = topology.vault.ci.github
    if github and "@" not in github.subject_prefix:
        read = prefix_command(github.subject_prefix)
        yield Step(
            f"Check that `{read}` prints {github.subject_prefix}; otherwise write the output to "
            "vault.ci.github.subject_prefix. Newer repositories have ids in the prefix, and Vault compares the whole "
            "text.",
            "vault",
            before="vault",
            commands=(read,),
        )
    if backup := topology.hvn.backup:
        yield Step(
            f"After you deploy all peerings, open the Vault cluster {topology.vault.cluster_id} in HCP's portal, "
            f"choose Manage, Edit configuration, and select {backup.id} as the backup network. Vault is unavailable "
            "for about 10 minutes. HCP offers disaster recovery with flex or entitlement billing.",
            "vault",
            after=_last_peering(topology),
        )


def _last_peering(topology: Topology) -> str:
    direct = [f"peering-{name}" for name in sorted(topology.spokes) if topology.spokes[name].vault_route == "direct"]
    return [*(["peering-hub"] if topology.vault_peering else []), *direct, ""][-2]


def prefix_command(prefix: str) -> str:
    """Return the command that prints the prefix of the claim `sub` in the tokens of a GitHub repository. `prefix` is
    the known or guessed prefix."""
    repository = re.sub("@[0-9]+", "", prefix.removeprefix("repo:"))
    return f"gh api repos/{repository}/actions/oidc/customization/sub --jq .sub_claim_prefix"
