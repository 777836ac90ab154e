"""The cloud of a rehearsal: one file that all stand-ins share, so that a data source finds what another workspace made."""

import fcntl
import json
import pathlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Object = dict[str, Any]
"""A resource as Terraform's state has it."""


@dataclass(slots=True)
class Cloud:
    """What exists, by type and id. A change is written when the `with` block that opened it ends."""

    objects: dict[str, dict[str, Object]] = field(default_factory=dict)

    def get(self, kind: str, id_: str) -> Object | None:
        """The resource of this type with this id, or None."""
        return self.objects.get(kind, {}).get(id_)

    def put(self, kind: str, id_: str, value: Object) -> None:
        """Make or change a resource."""
        self.objects.setdefault(kind, {})[id_] = value

    def remove(self, kind: str, id_: str) -> None:
        """Take a resource away, if it is there."""
        self.objects.get(kind, {}).pop(id_, None)

    def find(self, kind: str, **arguments: Any) -> Iterator[tuple[str, Object]]:
        """Resources of a type whose arguments have these values, with their ids."""
        for id_, value in self.objects.get(kind, {}).items():
            if all(value.get(name) == wanted for name, wanted in arguments.items()):
                yield id_, value


@contextmanager
def opened(file: pathlib.Path) -> Iterator[Cloud]:
    """The cloud in a file, locked against all other processes until the block ends."""
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        cloud = Cloud(json.loads(file.read_text(encoding="utf-8")) if file.exists() else {})
        before = json.dumps(cloud.objects)
        yield cloud
        after = json.dumps(cloud.objects)
        if after != before:
            fresh = file.with_suffix(".new")
            fresh.write_text(after, encoding="utf-8")
            fresh.replace(file)


def made_up(*parts: str) -> str:
    """A UUID that is the same whenever the same thing is made: clouds make random ones, reports should not differ."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(parts)))
