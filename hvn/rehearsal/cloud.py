"""The cloud of a rehearsal: one file that all stand-ins share, so that data sources find what others made."""

import json
import pathlib
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Object = dict[str, Any]
"""A resource as Terraform's state has it."""

# A type `hvn:…` is what a behaviour remembers, nothing that the cloud has.
TABLES = """
    CREATE TABLE IF NOT EXISTS objects (kind TEXT, place TEXT, id TEXT, value TEXT, PRIMARY KEY (kind, place, id));
    CREATE INDEX IF NOT EXISTS by_id ON objects (id COLLATE NOCASE);
    CREATE VIEW IF NOT EXISTS things AS SELECT * FROM objects WHERE kind NOT LIKE 'hvn:%';
"""


class Cloud:
    """What exists, by type and id."""

    def __init__(self, file: pathlib.Path | str) -> None:
        """Open or make the file. Several threads may share one `Cloud`, several processes one file."""
        self._database = sqlite3.connect(file, check_same_thread=False, isolation_level=None, timeout=60)
        self._lock = threading.RLock()
        self._database.execute("PRAGMA journal_mode = WAL")
        # It lives as long as the rehearsal: nothing has to survive a crash of the machine.
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.executescript(TABLES)

    @contextmanager
    def change(self) -> Iterator[None]:
        """One at a time, and all or nothing: what was written is undone if the block raises."""
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def get(self, kind: str, id_: str, place: str = "") -> Object | None:
        """The resource of this type with this id, or None. `place` is the cluster or the Vault namespace it is in."""
        rows = self._ask("SELECT value FROM objects WHERE kind = ? AND id = ? AND place = ?", kind, id_, place)
        return rows[0] if rows else None

    def put(self, kind: str, id_: str, value: Object, place: str = "") -> None:
        """Make or change a resource."""
        with self._lock:
            self._database.execute("REPLACE INTO objects VALUES (?, ?, ?, ?)", (kind, place, id_, json.dumps(value)))

    def remove(self, kind: str, id_: str, place: str = "") -> None:
        """Take a resource away, if it is there."""
        with self._lock:
            self._database.execute("DELETE FROM objects WHERE kind = ? AND id = ? AND place = ?", (kind, id_, place))

    def find(self, kind: str, place: str = "", **arguments: Any) -> list[Object]:
        """Resources of a type whose arguments have these values, in the order of their ids."""
        found = self._ask("SELECT value FROM objects WHERE kind = ? AND place = ? ORDER BY id", kind, place)
        return [each for each in found if all(each.get(name) == wanted for name, wanted in arguments.items())]

    def named(self, id_: str) -> tuple[str, str] | None:
        """The type and the id of what has this id, in whatever case."""
        with self._lock:
            question = "SELECT kind, id FROM things WHERE id = ? COLLATE NOCASE LIMIT 1"
            row = self._database.execute(question, (id_,)).fetchone()
        return (str(row[0]), str(row[1])) if row else None

    def places(self, kind: str) -> list[str]:
        """Where there is anything of a type."""
        with self._lock:
            rows = self._database.execute("SELECT DISTINCT place FROM objects WHERE kind = ? ORDER BY place", (kind,))
            return [str(row[0]) for row in rows.fetchall()]

    def below(self, id_: str) -> list[str]:
        """The ids of what lies in this thing, by its id: resources in a group, links of a zone."""
        with self._lock:
            question = "SELECT id FROM things WHERE id > ? AND id < ? ORDER BY id"
            rows = self._database.execute(question, (f"{id_}/", f"{id_}0")).fetchall()
        return [str(row[0]) for row in rows]

    def _ask(self, question: str, *arguments: str) -> list[Object]:
        with self._lock:
            return [json.loads(row[0]) for row in self._database.execute(question, arguments).fetchall()]

    def count(self) -> int:
        """How many resources there are."""
        with self._lock:
            row = self._database.execute("SELECT count(*) FROM things").fetchone()
        return int(row[0])

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._database.close()


def same(one: object, other: object) -> bool:
    """Whether two ids name one thing to Azure, which does not look at case."""
    return isinstance(one, str) and isinstance(other, str) and one.casefold() == other.casefold()


def made_up(*parts: str) -> str:
    """A UUID that is the same whenever the same thing is made: clouds make random ones, reports should not differ."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(parts)))
