"""HVN634 path-of-other-app: an app can read or change the secrets of other apps."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.topology import kv
from hvn.topology.apps import apps
from hvn.topology.model import App, Certificate, DynamicSecret, Topology
from hvn.topology.policies import below
from hvn.topology.policy_paths import matches

RULE = Rule(
    id="HVN634",
    name="path-of-other-app",
    level=Level.WARNING,
    reports="An app's paths cover a secret of another app, or a whole kv engine.",
    why="a pod of the app can read or change secrets of other apps",
    fix="name the app's own paths, without a wildcard, or accept the warning",
    example="""\
spokes:
  orders:
    cluster:
      apps:
        checkout: {more_paths: {kvv2/data/webapp/*: [read]}}
""",
    see="https://developer.hashicorp.com/vault/docs/concepts/policies",
)
AREAS = ("data", "delete", "destroy", "metadata", "subkeys", "undelete")
"""The parts of the API of kv version 2 that contain a secret's path."""


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each secret with the name of another app that reads it too, and for each allowed path that
    covers a whole kv engine or a secret of another app."""
    yield from _secrets(topology)
    if not any(app.more_paths for _, _, app in apps(topology)):
        return
    places = {at: dict(_places(topology, app)) for at, _, app in apps(topology)}
    for at, _, app in apps(topology):
        for path, capabilities in app.more_paths.items():
            if "deny" not in capabilities:
                pattern = f"{below(app.vault_namespace)}{path}"
                message = _engine(topology, pattern, path) or _app(at, pattern, path, places)
                if message:
                    yield Finding(rule=RULE, path=(*at, "more_paths", path), message=message)


def _secrets(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each static secret that belongs to an app with another name in another spoke or Kubernetes
    namespace, according to its path. Apps with equal names are the same app in several clusters."""
    readers: dict[tuple[str | None, str, str], list[tuple[Path, str, App]]] = {}
    for at, name, app in apps(topology):
        for place in set(kv.places(topology, app)):
            readers.setdefault((app.vault_namespace, *place), []).append((at, name, app))
    for (_, mount, path), users in readers.items():
        words = set(path.casefold().split("/"))
        owners = [one for one in users if words & {one[1], one[0][1]}]
        names = {name for _, name, _ in owners}
        for at, name, app in users if owners else ():
            apart = (one for one, _, owner in owners if (one[1], owner.namespace) != (at[1], app.namespace))
            other = None if name in names else next(apart, None)
            if other:
                message = Message("{secret} belongs to {other}", secret=path, other=Field(other))
                index = [*kv.places(topology, app)].index((mount, path))
                yield Finding(rule=RULE, path=(*at, "secrets", index, "path"), message=message)


def _engine(topology: Topology, pattern: str, path: str) -> Message | None:
    for name in (None, *topology.vault.namespaces):
        for mount in kv.mounts(topology, name):
            if any(matches(pattern, f"{below(name)}{mount}/{area}/*") for area in AREAS):
                return Message("{path} covers the kv engine {mount}", path=path, mount=f"{below(name)}{mount}")
    return None


def _app(at: Path, pattern: str, path: str, places: Mapping[Path, Mapping[str, str]]) -> Message | None:
    for other, secrets in places.items():
        for place, secret in secrets.items() if other != at else ():
            if matches(pattern, place) and place not in places[at]:
                return Message("{path} covers {secret} of {other}", path=path, secret=secret, other=Field(other))
    return None


def _places(topology: Topology, app: App) -> Iterator[tuple[str, str]]:
    """Yield each path of the API that belongs to a secret of an app, and the secret's path."""
    inside = below(app.vault_namespace)
    for mount, path in kv.places(topology, app):
        yield from ((f"{inside}{mount}/{area}/{path}", f"{inside}{mount}/{path}") for area in AREAS)
    engines: tuple[DynamicSecret | Certificate, ...] = (*app.dynamic_secrets, *app.certificates)
    for engine in engines:
        yield f"{inside}{engine.mount}/{engine.path}", f"{inside}{engine.mount}/{engine.path}"
