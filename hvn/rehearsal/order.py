"""Detect dependencies that the configuration does not declare, but that the order of creation satisfied by luck.

Terraform creates independent resources in any order. The fake providers record the resources that each creation needs.
Within a workspace, a reference or `depends_on` declares a dependency; between workspaces, the kinds' `after` declares
it.
"""

import json
import pathlib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from hvn.rehearsal import values
from hvn.rehearsal.behaviours import Change
from hvn.rehearsal.cloud import Cloud

MADE, LOOKED_UP = "hvn:made", "hvn:looked-up"


def made(change: Change, id_: str, workspace: str) -> None:
    """Record the workspace that created a resource, and the resources that the creation needed."""
    value = {"workspace": workspace, "kind": change.kind, "id": id_, "needs": change.needs, "turns": change.turns}
    change.cloud.put(MADE, f"{change.kind}|{id_}", value, change.place)


def looked_up(change: Change, id_: str, workspace: str) -> None:
    """Record that a data source of a workspace read a resource that a workspace created."""
    maker = change.cloud.get(MADE, f"{change.kind}|{id_}", change.place)
    if maker:
        change.cloud.put(LOOKED_UP, f"{workspace}|{change.kind}|{id_}", {"maker": maker["workspace"]}, workspace)


def undeclared(
    cloud: Cloud, workspace: str, state: pathlib.Path, before: Collection[str], earlier: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield the undeclared dependencies of a built workspace, each as a resource address and a sentence.

    `before` has the direct and indirect dependencies of the workspace. `earlier` also has the other workspaces that the
    run builds before this workspace.
    """
    for lookup in cloud.find(LOOKED_UP, workspace):
        if lookup["maker"] not in (workspace, *before):
            yield "", f"it reads a resource of {lookup['maker']}, but does not depend on {lookup['maker']}"
    resources = _resources(state)
    for place in cloud.places(MADE):
        for note in cloud.find(MADE, place, workspace=workspace):
            if (note["kind"], note["id"]) not in resources:  # The resource was replaced.
                continue
            address, dependencies = resources[note["kind"], note["id"]]
            for kind, id_ in note["turns"]:
                other = cloud.get(MADE, f"{kind}|{id_}", place)
                if other and other["workspace"] not in (workspace, *before, *earlier):
                    yield address, f"{other['workspace']} may write {kind} {id_} at the same time"
            for needed in note["needs"]:
                # A replaced resource is no longer in the cloud.
                kept = [resource for resource in needed if cloud.get(resource[0], resource[1], place) is not None]
                makers = [(*resource, cloud.get(MADE, "|".join(resource), place)) for resource in kept]
                if makers and all(
                    _is_undeclared(maker, workspace, before, resources, dependencies) for maker in makers
                ):
                    kind, id_, _ = makers[0]
                    yield address, f"it needs {kind} {id_}, but does not depend on this resource"


def _is_undeclared(
    maker: tuple[str, str, Mapping[str, Any] | None],
    workspace: str,
    before: Collection[str],
    resources: Mapping[tuple[str, str], tuple[str, list[str]]],
    dependencies: Collection[str],
) -> bool:
    kind, id_, note = maker
    if note is None:  # The resource is managed outside this project.
        return False
    if note["workspace"] != workspace:
        return note["workspace"] not in before
    return resources.get((kind, id_), ("", []))[0] not in dependencies


def _resources(state: pathlib.Path) -> dict[tuple[str, str], tuple[str, list[str]]]:
    """Return the address and the direct and indirect dependencies of each resource in a state, by type and id."""
    content = json.loads(state.read_text(encoding="utf-8"))
    return {
        (resource["type"], values.key(instance["attributes"])): (
            f"{resource['type']}.{resource['name']}",
            instance.get("dependencies", []),
        )
        for resource in content["resources"]
        if resource["mode"] == "managed"
        for instance in resource["instances"]
    }
