"""HVN318 backup-hvn: HCP cannot fail the Vault cluster over to the backup HVN."""

from collections.abc import Iterator

from hvn.check.rules.hcp_region import REGIONS
from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Words
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN318",
    name="backup-hvn",
    reports="The backup HVN has no region or repeats the HVN's region or id, or the Vault cluster has the tier dev.",
    why=(
        "HCP refuses a backup network in the region of the cluster, and offers disaster recovery only for production "
        "tiers"
    ),
    fix="use a different region and id for hvn.backup, and a standard or plus tier",
    example="""\
hvn:
  backup: {id: hvn-backup, cidr: 172.26.16.0/20, region: japaneast}
""",
    see="https://developer.hashicorp.com/hcp/docs/vault/cross-region-disaster-recovery",
)

PAIRS = {
    region: other
    for pair in (("canadacentral", "canadaeast"), ("centralus", "eastus2"), ("northeurope", "westeurope"))
    for region, other in (pair, pair[::-1])
}
"""Azure's paired regions that HCP supports (https://learn.microsoft.com/azure/reliability/regions-list)."""


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for the region, the id, and the tier that HCP refuses with a backup HVN.

    The regions of existing HVNs and the tier of an existing cluster are unknown.
    """
    hvn, backup, vault = topology.hvn, topology.hvn.backup, topology.vault
    if backup is None:
        return
    region = topology.azure.region if hvn.region is None else hvn.region
    if backup.region is None and not hvn.existing:
        yield Finding(
            rule=RULE,
            path=("hvn", "backup"),
            at_key=True,
            message=Message("a new backup HVN needs a region"),
            fix=_offer("add", region),
        )
    if backup.region == region and not hvn.existing:
        yield Finding(
            rule=RULE,
            path=("hvn", "backup", "region"),
            message=Message("{region} is also the region of the HVN {hvn}", region=region, hvn=hvn.id),
            fix=_offer("write", region),
        )
    if backup.id.casefold() == hvn.id.casefold():
        yield Finding(
            rule=RULE,
            path=("hvn", "backup", "id"),
            message=Message("{id} is also the id of the HVN", id=backup.id),
            why=Message("an HCP project cannot have two HVNs with the same id"),
            fix=Message("use another id"),
        )
    if vault.tier == "dev" and not vault.existing:
        yield Finding(
            rule=RULE,
            path=("vault", "tier"),
            message=Message("a cluster of the tier dev cannot use the backup HVN {backup}", backup=backup.id),
            fix=Message("use standard_small, or remove hvn.backup"),
        )


def _offer(verb: str, region: str) -> Message:
    """Return the fix for a missing or wrong region of the backup HVN. `region` is the HVN's region."""
    if pair := PAIRS.get(region):
        return Message("{verb} region: {pair}, Azure's paired region", verb=Words(verb), pair=pair)
    others = tuple(one for one in REGIONS if one != region)
    return Message("{verb} a nearby region of HCP: {others}", verb=Words(verb), others=others)
