"""HVN947: threat intelligence or intrusion detection of the firewall gets a weaker mode."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Words
from hvn.review.context import Context
from hvn.review.firewall_diff import firewalls
from hvn.review.grants.exposure import MODES

RULE = Rule(
    id="HVN947",
    name="threat-intelligence-weakened",
    level=Level.WARNING,
    reports="The mode of threat intelligence or intrusion detection changes from deny to alert or off, or from alert "
    "to off.",
    why=(
        "with alert, the firewall logs traffic with known malicious addresses and host names, but does not drop this "
        "traffic. With off, the firewall neither logs nor drops the traffic"
    ),
    fix="keep the mode, or check that other systems detect and block this traffic",
    example="""\
hub:
  firewall: {threat_intelligence: "off"}
""",
    see="https://learn.microsoft.com/azure/firewall/threat-intel",
)
LABEL = "hvn: opens"
# In the order of `MODES`.
FIELDS = (
    ("threat intelligence", "threat_intelligence_mode"),
    ("intrusion detection", "intrusion_detection_mode"),
)


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding if the hub's firewall policy gets a weaker mode."""
    for workspace, _, old, new in firewalls(context):
        for (what, field), (modes, _) in zip(FIELDS, MODES.values(), strict=True):
            before, after = getattr(old, field), getattr(new, field)
            # Only Premium has intrusion detection. HVN932 reports a change from Premium to a lower tier.
            if before and after and modes.index(after) < modes.index(before):
                yield Finding(
                    rule=RULE,
                    workspace=workspace,
                    message=Message(
                        "{what} of {policy}: {before} → {after}",
                        what=Words(what),
                        policy=new.policy,
                        before=before,
                        after=after,
                    ),
                )
