"""Whether what came first had to: a right order by luck is found here.

Terraform builds what does not depend on one another in any order, and two workspaces without an order may meet. So
the stand-ins remember what each thing could be made because of, and this asks whether the configuration says so: by a
reference or `depends_on` within a workspace, by the model's order between two.
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
    """Remember who made a thing, and because of what."""
    value = {"workspace": workspace, "kind": change.kind, "id": id_, "needs": change.needs}
    change.cloud.put(MADE, f"{change.kind}|{id_}", value, change.place)


def looked_up(change: Change, id_: str, workspace: str) -> None:
    """Remember that a workspace looked a thing up."""
    maker = change.cloud.get(MADE, f"{change.kind}|{id_}", change.place)
    if maker:
        change.cloud.put(LOOKED_UP, f"{workspace}|{change.kind}|{id_}", {"maker": maker["workspace"]}, workspace)


def by_luck(cloud: Cloud, workspace: str, state: pathlib.Path, before: Collection[str]) -> Iterator[tuple[str, str]]:
    """Of a workspace that was built: what was there in time without a reason, as an address and a sentence.

    `before` are the workspaces that come before it by the model.
    """
    for each in cloud.find(LOOKED_UP, workspace):
        if each["maker"] not in (workspace, *before):
            yield "", f"it looks up what {each['maker']} makes, and nothing says that {each['maker']} comes first"
    resources = _resources(state)
    for place in cloud.places(MADE):
        for each in cloud.find(MADE, place, workspace=workspace):
            if (each["kind"], each["id"]) not in resources:  # it was replaced
                continue
            address, dependencies = resources[each["kind"], each["id"]]
            for needed in each["needs"]:
                makers = [(*thing, cloud.get(MADE, "|".join(thing), place)) for thing in needed]
                if all(_is_luck(maker, workspace, before, resources, dependencies) for maker in makers):
                    kind, id_, _ = makers[0]
                    yield address, f"it needs {kind} {id_}, and nothing says that this comes first"


def _is_luck(
    maker: tuple[str, str, Mapping[str, Any] | None],
    workspace: str,
    before: Collection[str],
    resources: Mapping[tuple[str, str], tuple[str, list[str]]],
    dependencies: Collection[str],
) -> bool:
    kind, id_, found = maker
    if found is None:  # it exists already, or a person made it
        return False
    if found["workspace"] != workspace:
        return found["workspace"] not in before
    return resources.get((kind, id_), ("", []))[0] not in dependencies


def _resources(state: pathlib.Path) -> dict[tuple[str, str], tuple[str, list[str]]]:
    """Address and dependencies, the indirect ones too, of each resource of a state, by type and id."""
    content = json.loads(state.read_text(encoding="utf-8"))
    return {
        (each["type"], values.key(instance["attributes"])): (
            f"{each['type']}.{each['name']}",
            instance.get("dependencies", []),
        )
        for each in content["resources"]
        if each["mode"] == "managed"
        for instance in each["instances"]
    }
