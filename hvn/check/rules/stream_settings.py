"""HVN617 stream-settings: a stream of Vault lacks a setting of its type, or has a setting of another type."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Field
from hvn.kinds.hcp.inputs import STREAMS
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN617",
    name="stream-settings",
    reports="A stream (vault.audit_log, vault.metrics) lacks a setting of its type, or has a setting that its type "
    "ignores.",
    why="HCP requires exactly the settings of one system; otherwise the apply fails",
    fix="set endpoint, region and user as the stream's type requires",
    example="""\
vault:
  audit_log: {type: splunk, region: us1}
""",
    see=(
        "https://github.com/hashicorp/terraform-provider-hcp/blob/v0.111.0/internal/providersdkv2/resource_vault_cluster.go"
    ),
)

NEEDED: Mapping[str, tuple[str, ...]] = {
    "cloudwatch": ("region", "user"),
    "datadog": ("region",),
    "elasticsearch": ("endpoint", "user"),
    "grafana": ("endpoint", "user"),
    "http": ("endpoint",),
    "splunk": ("endpoint",),
}
ALSO: Mapping[str, tuple[str, ...]] = {"http": ("user",)}


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each missing and each superfluous setting of a stream."""
    for name in STREAMS:
        stream = getattr(topology.vault, name)
        if stream is None:
            continue
        taken = (*NEEDED[stream.type], *ALSO.get(stream.type, ()))
        for setting in ("endpoint", "region", "user"):
            value, field = getattr(stream, setting), Field(("vault", name, setting))
            if value is None and setting in NEEDED[stream.type]:
                yield Finding(
                    rule=RULE,
                    path=("vault", name),
                    message=Message("{type} needs {setting}", type=stream.type, setting=setting),
                    fix=Message("add {field}", field=field),
                )
            elif value is not None and setting not in taken:
                yield Finding(
                    rule=RULE,
                    path=("vault", name, setting),
                    at_key=True,
                    message=Message("{type} does not use {setting}", type=stream.type, setting=setting),
                    fix=Message("delete {field}; {type} uses {taken}", field=field, type=stream.type, taken=taken),
                )
