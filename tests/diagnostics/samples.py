"""Define sample findings of every kind for tests."""

from ipaddress import IPv4Network

from hvn.diagnostics.finding import Finding, Level, Message, Rule, Span
from hvn.diagnostics.message import Command, Field, Words, joined

RULE = Rule(
    id="HVN111",
    name="spoke-overlap",
    reports="Two spokes have `overlapping` ranges.",
    why="the hub routes an address to **one** spoke: see `spokes`",
    fix="use another `cidr` {in braces}",
    example="spokes: {a: {cidr: 10.0.0.0/8}}",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview",
)
PAGE = Rule(id="HVN905", name="app-lost", level=Level.WARNING, why="a login is removed", see="docs/reference/facts.md")

IN_FILE = Finding(
    rule=RULE,
    file="config/topology.yaml",
    span=Span(42, 11, 42, 25),
    path=("spokes", "orders", "cidrs", 0),
    message=Message(
        "{cidr} overlaps `{other}` (line {line}){end}",
        cidr=IPv4Network("10.64.128.0/17"),
        other=Field(("spokes", "payments", "cidr")),
        line=31,
        end=Words(": **change** one `cidr`"),
    ),
    fix=Message("use `{cidr}`", cidr=IPv4Network("10.65.0.0/17")),
)
OF_A_WORKSPACE = Finding(
    rule=PAGE,
    workspace="vault-auth-payments",
    message=Message("the login of {apps} is **removed**", apps=["web", "api"]),
    why=Message("the role {role} is destroyed", role="web"),
    impact=("`web` loses its secrets", Message("{app} fails", app="api")),
    manual_steps=(Message("{command}", command=Command("vault token revoke -accessor X")),),
)
PASSED = Finding(rule=RULE, level=Level.PASS, message=Message("no overlap"))
NOT_CHECKED = Finding(rule=RULE, level=Level.NOT_CHECKED, message="no `kubectl`", fix="install `kubectl`")
JOINED = Finding(rule=RULE, message=joined([Message("{a} `b`", a="x"), Message("**c**")]))

ALL = (IN_FILE, OF_A_WORKSPACE, PASSED, NOT_CHECKED, JOINED)
