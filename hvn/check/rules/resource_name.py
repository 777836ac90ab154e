"""HVN204 resource-name: a pattern gives a resource a name that Azure, AKS or Vault refuses."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Words
from hvn.topology.created_names import CreatedName, created_names, place
from hvn.topology.fields.marks import compiled
from hvn.topology.fields.resource_names import LIMITS
from hvn.topology.model import Topology
from hvn.topology.naming import AZURE_SUBNETS

RULE = Rule(
    id="HVN204",
    name="resource-name",
    reports="A pattern of `naming` gives a resource a name that Azure, AKS or Vault refuses.",
    why="the vendor refuses the name, often only at apply",
    fix="shorten or change the pattern, or set the resource's name in `names`",
    example="""\
naming: {dns_prefix: "{topology}-{spoke}-of-the-platform-team-in-the-region-japan-east"}
""",
    see="https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
)

SERVICE = Message("Azure reserves this subnet name for one of its services")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each pattern or owner with invalid names. The message contains the longest invalid name."""
    wrong: dict[Path, CreatedName] = {}
    for name in created_names(topology):
        if not _accepted(name):
            path = place(topology, name)
            longest = wrong.setdefault(path, name)
            if len(name.name) > len(longest.name):
                wrong[path] = name
    for path, name in wrong.items():
        limit = LIMITS[name.kind]
        reserved = compiled(limit.pattern).fullmatch(name.name) is not None
        yield Finding(
            rule=RULE,
            path=path,
            message=Message(
                "{name} ({length} characters) of {owner} is not valid as {kind}",
                name=name.name,
                length=len(name.name),
                owner=name.owner,
                kind=Words(limit.kind),
            ),
            why=SERVICE if reserved else Message("{why} ({see})", why=Words(limit.why), see=Words(limit.see)),
            fix=Message("use another name")
            if reserved
            else Message("change the pattern: {rule}", rule=Words(limit.rule)),
        )


def _accepted(name: CreatedName) -> bool:
    if not compiled(LIMITS[name.kind].pattern).fullmatch(name.name):
        return False
    return name.kind != "subnet" or name.name.casefold() not in AZURE_SUBNETS or name.name == name.part
