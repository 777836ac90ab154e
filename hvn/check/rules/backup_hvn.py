"""HVN318 backup-hvn: HCP cannot fail the Vault cluster over to the backup HVN."""

from collections.abc import Iterator

from hvn.check.hcp_regions import proposal
from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN318",
    name="backup-hvn",
    reports="The backup HVN has no region or repeats the HVN's region or id, or the Vault cluster has the tier dev.",
    why=(
        "HCP refuses a backup HVN in the region of the cluster, and offers disaster recovery only for production tiers"
    ),
    fix="use a different region and id for hvn.backup, and a standard or plus tier",
    example="""\
hvn:
  backup: {id: hvn-backup, cidr: 172.26.16.0/20, region: japaneast}
""",
    see="https://developer.hashicorp.com/hcp/docs/vault/cross-region-disaster-recovery",
)

FIELD = ("hvn", "backup", "region")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each region, id or tier that HCP refuses with a backup HVN.

    The file has neither the regions of existing HVNs nor the tier of an existing cluster.
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
            fix=proposal(FIELD, region),
        )
    if backup.region == region and not hvn.existing:
        yield Finding(
            rule=RULE,
            path=FIELD,
            message=Message("{region} is also the region of the HVN {hvn}", region=region, hvn=hvn.id),
            fix=proposal(FIELD, region),
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
