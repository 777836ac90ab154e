"""The models and fields of the topology at a path of the file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hvn.diagnostics.finding import Path
from hvn.topology.descriptions import description
from hvn.topology.model import (
    AzurermState,
    CloudState,
    Cluster,
    ExistingCluster,
    ExistingHub,
    Firewall,
    LocalState,
    NewHub,
    OtherUpgrade,
    PeeringWithSpoke,
    PeeringWithVnet,
    ScheduledUpgrade,
    Subnet,
    Topology,
)

Location = Sequence[str | int]
"""A location in an error of pydantic: a path that contains the tags of unions."""

# The tags that pydantic adds to a location at a union, each with its model, or None for a value without fields. `*`
# matches any key of a mapping.
CHOICES: Mapping[Path, Mapping[str, type[BaseModel] | None]] = {
    ("state",): {"local": LocalState, "azurerm": AzurermState, "cloud": CloudState},
    ("hub",): {"<none>": None, "<new>": NewHub, "<existing>": ExistingHub},
    ("hub", "firewall"): {"<none>": None, "<firewall>": Firewall},
    ("hub", "existing", "firewall_private_ip"): {"<none>": None, "<address>": None},
    ("vault", "upgrade"): {"SCHEDULED": ScheduledUpgrade, "AUTOMATIC": OtherUpgrade, "MANUAL": OtherUpgrade},
    ("hub", "subnets", "*"): {"<range>": None, "<subnet>": Subnet},
    ("spokes", "*", "cluster"): {"<new>": Cluster, "<existing>": ExistingCluster},
    ("spokes", "*", "peerings", "*"): {"<vnet>": PeeringWithVnet, "<spoke>": PeeringWithSpoke},
    ("spokes", "*", "subnets", "*"): {"<range>": None, "<subnet>": Subnet},
}

# The keys that select another model of a union, by the tag of a value without the key: a hub without `existing` is new.
SELECTING: Mapping[str, str] = {"<new>": "existing", "<vnet>": "spoke"}


def clean(location: Location) -> Path:
    """Return the path of a location, without the tags of unions."""
    return tuple(part for part, is_tag, _ in _steps(location) if not is_tag)


def choices(path: Path) -> Mapping[str, type[BaseModel] | None]:
    """Return the tags of the union at a path, each with its model; an empty mapping if the path has no union."""
    return next((tags for place, tags in CHOICES.items() if _is_at(path, place)), {})


def _is_at(path: Path, place: Path) -> bool:
    return len(path) == len(place) and all(part in ("*", key) for key, part in zip(path, place, strict=True))


def _steps(location: Location) -> Iterator[tuple[str | int, bool, type[BaseModel] | None]]:
    """Yield each part of a location, whether the part is a union's tag, and the model of this tag."""
    path: Path = ()
    is_tag = False
    for part in location:
        tags = {} if is_tag else choices(path)
        is_tag = str(part) in tags
        if not is_tag:
            path = (*path, part)
        yield part, is_tag, tags.get(str(part))


def keys(location: Location) -> tuple[str, ...]:
    """Return the keys that the mapping at a location may have, in the order of the model."""
    names = [name for model in models(location) for name in model.model_fields]
    selecting = SELECTING.get(str(location[-1])) if location else None
    return tuple(dict.fromkeys([*names, selecting] if selecting else names))


def elsewhere(location: Location) -> Path:
    """Return the path of a field that has the name of an unknown key, or (). The search reads mappings up to two levels
    below the key's mapping, then the mappings above."""
    *above, key = location
    inside: list[tuple[Path, type[BaseModel]]] = [((), model) for model in models(above)]
    for _ in range(2):
        inside = [
            ((*path, name), inner)
            for path, model in inside
            for name, info in model.model_fields.items()
            for inner in models_in(info.annotation)
        ]
        for path, model in inside:
            if key in model.model_fields:
                return (*clean(above), *path, key)
    for end in range(len(above) - 1, -1, -1):
        place = clean(above[:end])
        if place and place != clean(above) and key in keys(above[:end]):
            return (*place, key)
    return ()


def field(location: Location) -> FieldInfo | None:
    """Return the field at a location; for an item of a list or mapping, the field with the list or mapping."""
    owner = _owner(location)
    return owner[0].model_fields[owner[1]] if owner else None


def purpose(location: Location) -> str:
    """Return the description of the field at a location on one line, or an empty string."""
    owner = _owner(location)
    return " ".join(description(*owner).split()) if owner else ""


def _owner(location: Location) -> tuple[type[BaseModel], str] | None:
    """Return the model and the name of the field at a location."""
    for end in range(len(location), 0, -1):
        name = str(location[end - 1])
        for model in models(location[: end - 1]):
            if name in model.model_fields:
                return model, name
    return None


def models(location: Location) -> Iterator[type[BaseModel]]:
    """Yield the models that the mapping at a location may have: several if the location is a union without a tag."""
    for annotation in annotations(location):
        yield from models_in(annotation)


def annotations(location: Location) -> list[Any]:
    """Return the types that the value at a location may have: several if the location is a union without a tag."""
    alternatives: list[Any] = [Topology]
    for part, is_tag, chosen in _steps(location):
        alternatives = [chosen] if is_tag else [inner for outer in alternatives for inner in _step(outer, part)]
    return alternatives


def marks(location: Location) -> list[Any]:
    """Return the marks of the value at a location: of its field, or of the type of a list's items."""
    items = bool(location) and isinstance(location[-1], int)
    described = None if items else field(location)
    own = list(described.metadata) if described and str(location[-1]) in keys(location[:-1]) else []
    members = [one for outer in annotations(location) for one in (outer, *get_args(outer))]
    return own + [mark for member in members for mark in getattr(member, "__metadata__", ())]


def _step(annotation: Any, part: str | int) -> Iterator[Any]:
    if get_origin(annotation) is tuple:
        yield get_args(annotation)[0]
    elif get_origin(annotation) is Mapping:
        yield get_args(annotation)[1]
    else:
        for model in models_in(annotation):
            if part in model.model_fields:
                yield model.model_fields[str(part)].annotation


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models in a type, except the models of a mapping's values."""
    if isinstance(annotation, type):
        if issubclass(annotation, BaseModel):
            yield annotation
    elif get_origin(annotation) is not Mapping:
        for member in get_args(annotation):
            yield from models_in(member)
