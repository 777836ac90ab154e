"""Pairs of an NSG's rules before and after a change: some pairs open access, the others do not."""

from tests.review.grants.values import SECURITY, ordered, security

OPENS = {
    "inbound allowed": (SECURITY, security(), security(access="Allow"), "deny-inbound"),
    "a narrower denial": (SECURITY, security(), security(source_address_prefix="10.0.0.0/8"), "no longer denied"),
    "an allow rule that moves before a denial": (
        SECURITY,
        ordered(deny=200, allow=300),
        ordered(deny=200, allow=150),
        "now before deny rule no",
    ),
    "a denial that moves behind an allow rule": (
        SECURITY,
        ordered(deny=200, allow=300),
        ordered(deny=400, allow=300),
        "now before deny rule no",
    ),
    "a denial with another name behind an allow rule": (
        SECURITY,
        ordered(deny=200, allow=300),
        {"security_rule": [*ordered(deny=200, allow=300)["security_rule"][1:], *security()["security_rule"]]},
        "rule no removed",
    ),
    "a renamed denial with a source that is known after apply": (
        SECURITY,
        security(),
        security(name="shut", source_address_prefix=None),
        "rule deny-inbound removed",
    ),
    "a denial of the other direction": (
        SECURITY,
        security(),
        security(name="shut", direction="Outbound"),
        "rule deny-inbound removed",
    ),
    "an allow rule with another name before a denial": (
        SECURITY,
        ordered(deny=200, allow=300),
        {"security_rule": security(access="Allow", name="web", priority=100)["security_rule"]},
        "rule web new",
    ),
    "no denial": (SECURITY, security(), {"name": "nsg", "security_rule": []}, "removed"),
}
CLOSES = {
    "a denial that moves before an allow rule": (
        SECURITY,
        ordered(deny=300, allow=200),
        ordered(deny=100, allow=200),
    ),
    "other priorities in the same order": (SECURITY, ordered(deny=200, allow=300), ordered(deny=210, allow=310)),
    "a denial of the other direction": (
        SECURITY,
        ordered(deny=200, allow=300, direction="Outbound"),
        ordered(deny=400, allow=300, direction="Outbound"),
    ),
    "a denial with another name and priority": (SECURITY, security(), security(name="shut", priority=200)),
    "a denial that a wider denial replaces": (
        SECURITY,
        security(source_address_prefix="10.0.0.0/8"),
        security(name="shut", source_address_prefixes=["10.0.0.0/9", "10.128.0.0/9"]),
    ),
    "an allow rule that a wider allow rule contained": (
        SECURITY,
        security(access="Allow", name="all"),
        security(access="Allow", name="web", destination_port_range="443"),
    ),
    "a new denial": (SECURITY, {"name": "nsg", "security_rule": []}, security()),
}
