"""HVN947: the threat intelligence of the firewall gets a weaker mode."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.review.context import Context
from hvn.review.grants.exposure import MODES

RULE = Rule(
    id="HVN947",
    name="threat-intelligence-weakened",
    level=Level.WARNING,
    reports="The mode of threat intelligence changes from deny to alert or off, or from alert to off.",
    why="with alert, the firewall logs but does not drop traffic with known malicious addresses and host names; with "
    "off, the firewall does neither",
    fix="keep the mode, or check that other systems detect and block this traffic",
    example="""\
hub:
  firewall: {threat_intelligence: "off"}
""",
    see="https://learn.microsoft.com/azure/firewall/threat-intel",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding if the hub's firewall policy gets a weaker mode."""
    modes, _ = MODES["threat_intelligence_mode"]
    for workspace, hub, new_hub in context.changed(HubInputs):
        if new_hub is None:
            continue
        before, after = hub.firewall.threat_intelligence_mode, new_hub.firewall.threat_intelligence_mode
        if modes.index(after) < modes.index(before):
            yield Finding(
                rule=RULE,
                workspace=workspace.id,
                message=Message(
                    "threat intelligence of {policy}: {before} → {after}",
                    policy=new_hub.firewall.policy,
                    before=before,
                    after=after,
                ),
            )
