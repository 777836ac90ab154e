"""Store the resources of a rehearsal's fake cloud: all fake providers write to one SQLite file."""

import json
import pathlib
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Object = dict[str, Any]
"""A resource with the arguments and results of Terraform's state."""

# Types that begin with `hvn:` are records of the rehearsal, not resources of the cloud.
TABLES = """
    CREATE TABLE IF NOT EXISTS objects (kind TEXT, place TEXT, id TEXT, value TEXT, PRIMARY KEY (kind, place, id));
    CREATE INDEX IF NOT EXISTS by_id ON objects (id COLLATE NOCASE);
    CREATE VIEW IF NOT EXISTS resources AS SELECT * FROM objects WHERE kind NOT LIKE 'hvn:%';
"""


class Cloud:
    """The resources of the cloud, by type and id."""

    def __init__(self, file: pathlib.Path | str) -> None:
        """Open or create the cloud's file. Threads can share a `Cloud`; processes can share the file."""
        self._database = sqlite3.connect(file, check_same_thread=False, isolation_level=None, timeout=60)
        self._lock = threading.RLock()
        self._database.execute("PRAGMA journal_mode = WAL")
        # No sync to disk is needed, because the file is deleted after the rehearsal.
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.executescript(TABLES)

    @contextmanager
    def change(self) -> Iterator[None]:
        """Run the block in an exclusive transaction of the cloud's file. If the block raises an exception, roll the
        transaction back."""
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def get(self, kind: str, id_: str, place: str = "") -> Object | None:
        """Return the resource of this type with this id, or None. `place` is the resource's cluster or Vault
        namespace."""
        rows = self._ask("SELECT value FROM objects WHERE kind = ? AND id = ? AND place = ?", kind, id_, place)
        return rows[0] if rows else None

    def put(self, kind: str, id_: str, value: Object, place: str = "") -> None:
        """Store a resource, and replace a stored resource with the same type, id and place."""
        with self._lock:
            self._database.execute("REPLACE INTO objects VALUES (?, ?, ?, ?)", (kind, place, id_, json.dumps(value)))

    def remove(self, kind: str, id_: str, place: str = "") -> None:
        """Remove a resource if the cloud has it."""
        with self._lock:
            self._database.execute("DELETE FROM objects WHERE kind = ? AND id = ? AND place = ?", (kind, id_, place))

    def find(self, kind: str, place: str = "", **arguments: Any) -> list[Object]:
        """Return the resources of a type with these values of arguments, in the order of the resources' ids."""
        resources = self._ask("SELECT value FROM objects WHERE kind = ? AND place = ? ORDER BY id", kind, place)
        return [one for one in resources if all(one.get(name) == value for name, value in arguments.items())]

    def named(self, id_: str) -> tuple[str, str] | None:
        """Return the type and the stored id of the resource with this id, regardless of case, or None if the resource
        does not exist."""
        with self._lock:
            question = "SELECT kind, id FROM resources WHERE id = ? COLLATE NOCASE LIMIT 1"
            row = self._database.execute(question, (id_,)).fetchone()
        return (str(row[0]), str(row[1])) if row else None

    def places(self, kind: str) -> list[str]:
        """Return the clusters or Vault namespaces that have resources of a type."""
        with self._lock:
            rows = self._database.execute("SELECT DISTINCT place FROM objects WHERE kind = ? ORDER BY place", (kind,))
            return [str(row[0]) for row in rows.fetchall()]

    def below(self, id_: str) -> list[str]:
        """Return the ids of the resources below this id, such as the resources in a group, or the links of a zone."""
        with self._lock:
            question = "SELECT id FROM resources WHERE id > ? AND id < ? ORDER BY id"
            rows = self._database.execute(question, (f"{id_}/", f"{id_}0")).fetchall()
        return [str(row[0]) for row in rows]

    def _ask(self, question: str, *arguments: str) -> list[Object]:
        with self._lock:
            return [json.loads(row[0]) for row in self._database.execute(question, arguments).fetchall()]

    def count(self) -> int:
        """Return the number of resources in the cloud, without the rehearsal's own records."""
        with self._lock:
            row = self._database.execute("SELECT count(*) FROM resources").fetchone()
        return int(row[0])

    def close(self) -> None:
        """Close the connection to the SQLite file."""
        with self._lock:
            self._database.close()


def same(one: object, other: object) -> bool:
    """Return whether two ids are equal in Azure, which ignores case."""
    return isinstance(one, str) and isinstance(other, str) and one.casefold() == other.casefold()


def made_up(*parts: str) -> str:
    """Return a UUID that depends only on `parts`, so that two runs print equal reports."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(parts)))
