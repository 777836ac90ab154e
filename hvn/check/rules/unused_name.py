"""HVN205 unused-name: a pattern or name belongs to a resource that this topology does not create."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.suggest import closest
from hvn.topology.created_names import created_names
from hvn.topology.kinds_of_names import without_effect
from hvn.topology.model import HubNames, NewHub, SpokeNames, Topology
from hvn.topology.naming import HUB, exception_field

RULE = Rule(
    id="HVN205",
    name="unused-name",
    reports="The file names a resource that this project does not create (error), or has a pattern that this kind of "
    "hub excludes (warning).",
    why="the name has no effect: this topology does not create the resource, or the key is misspelled",
    fix="remove the name, or correct its key",
    example="""\
spokes:
  analytics:
    names: {cluster: aks-analytics}
""",
    see="docs/how-to/use-your-own-names.md",
    needs_all_items=True,
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each name that no created resource uses, and for each pattern that later resources cannot
    use either."""
    used: dict[str, set[tuple[str, str]]] = {}
    for name in created_names(topology):
        used.setdefault(exception_field(name.kind, name.part), set()).add((name.owner, name.part))
    for kind in sorted(without_effect(topology)):
        yield Finding(
            rule=RULE,
            level=Level.WARNING,
            path=("naming", kind),
            at_key=True,
            message=Message("this kind of hub does not use the pattern {kind}", kind=kind),
            fix=Message("remove {kind}", kind=kind),
        )
    if isinstance(topology.hub, NewHub):
        yield from _unused(("hub", "names"), HUB, topology.hub.names, used)
    for spoke in sorted(topology.spokes.keys() - {HUB}):  # HVN201 reports the spoke `hub`
        yield from _unused(("spokes", spoke, "names"), spoke, topology.spokes[spoke].names, used)


def _unused(
    path: Path, owner: str, names: HubNames | SpokeNames, used: Mapping[str, set[tuple[str, str]]]
) -> Iterator[Finding]:
    for field in sorted(names.model_fields_set):
        value = getattr(names, field)
        if not isinstance(value, Mapping):
            if value and (owner, "") not in used.get(field, ()):
                yield _finding((*path, field), field, "")
            continue
        parts = {part for user, part in used.get(field, ()) if user == owner}
        for part in sorted(value.keys() - parts):
            yield _finding((*path, field, part), part, closest(part, sorted(parts)))


def _finding(path: Path, key: str, near: str) -> Finding:
    remove = Message("remove {key}", key=key)
    return Finding(
        rule=RULE,
        path=path,
        at_key=True,
        message=Message("this topology does not create a resource for the key {key}", key=key),
        fix=Message("did you mean {near}? Otherwise {remove}", near=near, remove=remove) if near else remove,
    )
