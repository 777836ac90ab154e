"""HVN624 azure-devops-subject: the issuer does not sign tokens with this subject."""

import base64
import uuid
from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN624",
    name="azure-devops-subject",
    reports="A subject in vault.ci.azure_devops does not belong to the issuer.",
    why=(
        "a token of Entra has a subject `/eid1/c/pub/t/<tenant>/…`, and a token of Azure DevOps has a subject "
        "`sc://…`. Logins with another subject fail"
    ),
    fix="copy issuer and subject from the same service connection",
    example="""\
vault:
  namespace: admin/platform
  ci:
    azure_devops:
      issuer: https://login.microsoftonline.com/6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f/v2.0
      plan: sc://example-org/platform/hvn-plan
      apply: sc://example-org/platform/hvn-apply
""",
    see="https://learn.microsoft.com/azure/devops/pipelines/release/convert-service-connections",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each subject without the prefix that the subjects of the issuer's tokens have."""
    ci = topology.vault.ci.azure_devops
    if ci is None:
        return
    beginning = _beginning(ci.issuer)
    for field, subject in (("plan", ci.plan), ("apply", ci.apply)):
        if not subject.startswith(beginning):
            yield Finding(
                rule=RULE,
                path=("vault", "ci", "azure_devops", field),
                message=Message(
                    "tokens of {issuer} have subjects that begin with {beginning}, not {subject}",
                    issuer=ci.issuer,
                    beginning=beginning,
                    subject=subject,
                ),
            )


def _beginning(issuer: str) -> str:
    """Return the beginning of the subjects. Entra encodes the tenant's UUID in base64url, in Microsoft's byte order."""
    host, tenant = issuer.split("/")[2:4]
    if host != "login.microsoftonline.com":
        return "sc://"
    encoded = base64.urlsafe_b64encode(uuid.UUID(tenant).bytes_le).decode().rstrip("=")
    return f"/eid1/c/pub/t/{encoded}/"
