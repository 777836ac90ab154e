"""HVN619 stream-key-in-state: the key of a stream is in Terraform's state."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.kinds.hcp.inputs import STREAMS, key_variable
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN619",
    name="stream-key-in-state",
    level=Level.WARNING,
    reports="Vault streams its audit log or its metrics, and the stream's key is in the state of `hcp`.",
    why="Terraform stores sensitive arguments of hcp_vault_cluster in plain text: everybody who reads the state can "
    "use the key",
    fix="use a key that can only write to this stream, restrict who reads the state, and accept this warning",
    example="""\
vault:
  audit_log: {type: datadog, region: us1}
""",
    see="https://developer.hashicorp.com/terraform/language/manage-sensitive-data",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each stream of a new Vault cluster."""
    for name in STREAMS:
        stream = getattr(topology.vault, name)
        if stream and not topology.vault.existing:
            yield Finding(
                rule=RULE,
                path=("vault", name),
                at_key=True,
                message=Message(
                    "Terraform stores the key in {variable} in plain text in the state of {workspace}",
                    variable=f"TF_VAR_{key_variable(name)}",
                    workspace="hcp",
                ),
                fix=Message("use a key of {type} that can only write, and accept this warning", type=stream.type),
            )
