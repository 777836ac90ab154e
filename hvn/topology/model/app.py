"""`spokes.<spoke>.cluster.apps`: the apps, their logins to Vault, and their secrets."""

from typing import Annotated, Literal

from pydantic import Field

from hvn.topology.fields import Audience, Duration, Label, Limit, ObjectName, SecretPath
from hvn.topology.model.base import Model

_RESTART = Limit(
    why="Vault Secrets Operator restarts these kinds of workloads",
    see="https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference",
)
_SECRETS = Limit(
    why="an app without a secret would have a login to Vault that allows nothing",
    see="https://developer.hashicorp.com/vault/docs/concepts/policies",
)


class RestartTarget(Model):
    """A workload that restarts when a secret changes."""

    kind: Annotated[Literal["Deployment", "DaemonSet", "StatefulSet"], _RESTART]
    """Kind of the workload."""
    name: ObjectName
    """Name of the workload, in the app's namespace."""


class Secret(Model):
    """A secret in Vault that the operator syncs to a Kubernetes Secret."""

    path: SecretPath
    """Path below the kv mount, without `data/`."""
    destination: ObjectName
    """Name of the Kubernetes Secret."""
    refresh_after: Duration = "60s"
    """Interval at which the operator reads the secret from Vault."""
    restart: tuple[RestartTarget, ...] = ()
    """Workloads that restart when the secret changes."""


class App(Model):
    """A workload that reads secrets: one service account, and in Vault one role and two policies (read, write)."""

    namespace: Label
    """Kubernetes namespace of the workload."""
    service_account: ObjectName = "default"
    """Service account that logs in to Vault."""
    audience: Audience = "vault"
    """Audience of the token that logs in."""
    ttl: Duration = "1h"
    """Time after which a login must be renewed."""
    max_ttl: Duration = "24h"
    """Time after which a login cannot be renewed. Renewals check neither token nor keys: an app can read until then,
    even if its service account is deleted or its cluster's keys change."""
    secrets: Annotated[tuple[Secret, ...], Field(min_length=1), _SECRETS]
    """The secrets that the app may read, and no others."""
