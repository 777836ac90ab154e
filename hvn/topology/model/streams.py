"""`vault.audit_log` and `vault.metrics`: the systems to which HCP sends the Vault cluster's audit log and metrics."""

from typing import Annotated, Literal

from hvn.topology.fields import Limit, StreamEndpoint, StreamRegion, StreamUser
from hvn.topology.model.base import Model

# New Relic is not supported: the provider reads New Relic's settings only if `http` is also set, so every plan would
# set these settings again (flattenObservabilityConfig in resource_vault_cluster.go, hcp 0.111.0).
_TYPE = Limit(
    why="HCP streams to these systems; with hcp 0.111.0 New Relic would cause a change in every plan, because the "
    "provider does not read New Relic's settings",
    see="https://registry.terraform.io/providers/hashicorp/hcp/0.111.0/docs/resources/vault_cluster",
)


class Stream(Model):
    """A system to which HCP sends a stream. Terraform reads the key from `TF_VAR_vault_audit_log_key` or
    `TF_VAR_vault_metrics_key`, and **stores the key in plain text in the state of `hcp`**: use a key that can only
    write."""

    type: Annotated[Literal["cloudwatch", "datadog", "elasticsearch", "grafana", "http", "splunk"], _TYPE]
    """Type of the system. With `http`, HCP sends JSON in POST requests."""
    endpoint: StreamEndpoint | None = None
    """URL, for `elasticsearch`, `grafana`, `http` and `splunk`."""
    region: StreamRegion | None = None
    """Region, for `cloudwatch` and `datadog`."""
    user: StreamUser | None = None
    """User of `elasticsearch` and `grafana`, access key id of `cloudwatch`. `http`: the key is the user's password, or
    a bearer token if `user` is missing."""
