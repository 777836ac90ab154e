"""Return the names that complete a command line: spokes, workspaces, places of `hvn reach`, rules.

No function raises an error: if the topology cannot be read, the functions return no names.
"""

from collections.abc import Iterable, Mapping

import click

from hvn.check import load
from hvn.options import default_topology
from hvn.yamlfile.source import Unreadable


def spokes(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the spokes that begin with the incomplete word, even if the topology has errors."""
    loaded = _load(ctx)
    data = loaded.source.data if loaded else None
    names = data.get("spokes") if isinstance(data, Mapping) else None
    return _matching(ctx, parameter, incomplete, map(str, names) if isinstance(names, Mapping) else ())


def workspaces(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the workspaces of a valid topology that begin with the incomplete word."""
    loaded = _load(ctx)
    known = loaded.checked.workspaces() if loaded and loaded.checked else ()
    return _matching(ctx, parameter, incomplete, (workspace.id for workspace in known))


def places(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the places of a valid topology that begin with the incomplete word."""
    from hvn.reach.build import build

    loaded = _load(ctx)
    if not loaded or not loaded.checked:
        return []
    network = build(loaded.checked.topology, lambda _: 0)
    sites = (name.partition(".")[2] for name in network.places if name.startswith("on_premises."))
    return _matching(ctx, parameter, incomplete, (*network.places, *sites, *network.parts, "internet"))


def apps(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the apps of the spoke on the command line that begin with the incomplete word."""
    loaded = _load(ctx)
    known = loaded.checked.topology.spokes if loaded and loaded.checked else {}
    spoke = known.get(str(ctx.params.get("spoke")))
    return _matching(ctx, parameter, incomplete, spoke.cluster.apps if spoke and spoke.cluster else ())


def rules(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the ids and names of rules that begin with the incomplete word."""
    from hvn import rulebook

    known = rulebook.rules()
    return _matching(ctx, parameter, incomplete, (*known, *(rule.name for rule in known.values())))


def _load(ctx: click.Context) -> load.Loaded | None:
    try:
        return load.load(ctx.params.get("file") or default_topology())
    except Unreadable:
        return None


def _matching(ctx: click.Context, parameter: click.Parameter, incomplete: str, names: Iterable[str]) -> list[str]:
    """Return the names that begin with the incomplete word, without the names that the command line already
    contains."""
    written = ctx.params.get(parameter.name or "")
    earlier = written if isinstance(written, tuple) else ()
    return [name for name in names if name.startswith(incomplete) and name not in earlier]
