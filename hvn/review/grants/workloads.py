"""Find changes of objects in a cluster: the operator's sources and settings, its logins, and objects of other kinds."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hvn.review.differences import normal
from hvn.review.grants.opening import Opening

RELEASE, MANIFEST = "helm_release", "kubernetes_manifest"
TYPES = (RELEASE, MANIFEST)
SOURCES = ("repository", "chart", "namespace", "postrender", "repository_ca_file")
# By kind of object: the fields of `spec` that give no access.
HARMLESS = {
    "VaultAuth": (),
    "VaultConnection": (),
    "VaultStaticSecret": ("destination", "refreshAfter", "rolloutRestartTargets"),
    "VaultDynamicSecret": ("destination", "refreshAfter", "rolloutRestartTargets", "renewalPercent", "revoke"),
    "VaultPKISecret": ("destination", "rolloutRestartTargets", "ttl", "expiryOffset"),
}


def openings(type_: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[Opening]:
    """Yield changed sources and values of a release, changed logins and secrets, and objects of other kinds."""
    if after is None:
        return
    if type_ == RELEASE:
        yield from _release(before or {}, after)
    else:
        yield from _object(_manifest(before), _manifest(after))


def _release(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Opening]:
    name = f"Helm release {after.get('name')}"
    old, new = _settings(before), _settings(after)
    for path, value in sorted(new.items()):
        if old.get(path) != value:
            yield Opening(name, path, value)


def _settings(values: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the sources and the chart's values by path. Tags of images are omitted, because a tag is a version."""
    settings = {argument: _text(normal(values[argument])) for argument in SOURCES if values.get(argument)}
    for number, text in enumerate(values.get("values") or ()):
        try:
            content = json.loads(text)
        except (TypeError, ValueError):
            content = {f"values[{number}]": text}
        settings |= {path: value for path, value in _leaves(content) if not path.endswith(".tag")}
    for block in values.get("set") or ():
        if isinstance(block, Mapping):
            settings[str(block.get("name"))] = str(block.get("value"))
    return settings


def _manifest(values: Mapping[str, Any] | None) -> Mapping[str, Any]:
    manifest = (values or {}).get("manifest")
    return manifest if isinstance(manifest, Mapping) else {}


def _object(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Opening]:
    kind, metadata = str(after.get("kind")), after.get("metadata")
    names = metadata if isinstance(metadata, Mapping) else {}
    name = f"{kind} {names.get('namespace')}/{names.get('name')}"
    if kind not in HARMLESS:
        if before != after:
            yield Opening(name, "object of another kind")
        return
    old, new = dict(_leaves(before.get("spec"))), dict(_leaves(after.get("spec")))
    for path, value in sorted(new.items()):
        if old.get(path) != value and not path.startswith(HARMLESS[kind]):
            yield Opening(name, path, value)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each value that is not null; a list of values is one value."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif value is not None:
        yield path, _text(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
