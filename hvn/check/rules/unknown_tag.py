"""HVN456 unknown-tag: a rule or route has a service tag or FQDN tag that Azure does not document."""

from collections.abc import Iterable, Iterator

from hvn.check.firewall_rules import written
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.suggest import closest
from hvn.topology.azure_tags import FQDN_TAGS, SERVICE_TAGS, is_fqdn_tag, is_service_tag
from hvn.topology.model import Topology
from hvn.topology.ranges import routes_of_file, rules_of_file
from hvn.topology.regions import AZURE

RULE = Rule(
    id="HVN456",
    name="unknown-tag",
    level=Level.WARNING,
    reports="A rule or route has an undocumented service tag or FQDN tag.",
    why="Azure refuses an unknown tag at apply; this project's list is of 2026-11-30",
    fix="correct the tag, or accept the warning if the tag is new",
    example="""\
spokes:
  orders:
    firewall_rules:
      logs: {sources: [spokes.orders], service_tags: [AzureMonitors], ports: [tcp/443], reason: logs}
""",
    see="https://learn.microsoft.com/azure/virtual-network/service-tags-overview",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each undocumented tag."""
    for path, tag in _service_tags(topology):
        if not is_service_tag(tag):
            name, dot, region = tag.partition(".")
            # A known service may have a misspelled region.
            near = (
                f"{name}.{closest(region.casefold(), sorted(AZURE))}"
                if dot and is_service_tag(name)
                else closest(name, SERVICE_TAGS)
            )
            yield _finding(path, tag, near)
    for one in written(topology):
        for index, tag in enumerate(one.rule.fqdn_tags):
            if not is_fqdn_tag(tag):
                yield _finding((*one.path, "fqdn_tags", index), tag, closest(tag, FQDN_TAGS))


def _finding(path: Path, tag: str, near: str) -> Finding:
    return Finding(
        rule=RULE,
        path=path,
        message=Message("{tag} is not a documented tag of Azure", tag=tag),
        fix=Message("did you mean {near}? Otherwise accept the warning", near=near)
        if near and not near.endswith(".")
        else RULE.fix,
    )


def _service_tags(topology: Topology) -> Iterator[tuple[Path, str]]:
    for one in written(topology):
        yield from _tags((*one.path, "service_tags"), one.rule.service_tags)
    for path, owner in rules_of_file(topology):
        for name, rule in owner.rules.items():
            yield from _tags((*path, "rules", name, "source"), rule.source)
            yield from _tags((*path, "rules", name, "destination"), rule.destination)
    for path, routes in routes_of_file(topology):
        for name, route in routes.items():
            if not route.destination[0].isdigit():
                yield (*path, name, "destination"), route.destination


def _tags(path: Path, values: Iterable[str]) -> Iterator[tuple[Path, str]]:
    yield from (((*path, index), value) for index, value in enumerate(values) if not value[0].isdigit())
