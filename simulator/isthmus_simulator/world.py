"""The simulated world: what exists in it, kept in one SQLite file outside every process.

Each change is one immediate transaction, so that the engine's parallel calls and a killed process leave
either all of a resource or nothing of it.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isthmus_simulator.values import Properties

SCHEMA = """
CREATE TABLE IF NOT EXISTS resources (
  key INTEGER PRIMARY KEY, cloud TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
  region TEXT NOT NULL, account TEXT NOT NULL, urn TEXT NOT NULL, inputs TEXT NOT NULL,
  outputs TEXT NOT NULL, builtin INTEGER NOT NULL,
  UNIQUE (cloud, type, id, account, region));
CREATE TABLE IF NOT EXISTS identities (
  cloud TEXT NOT NULL, value TEXT NOT NULL, type TEXT NOT NULL,
  key INTEGER NOT NULL REFERENCES resources ON DELETE CASCADE);
CREATE INDEX IF NOT EXISTS identities_by_value ON identities (cloud, value);
CREATE INDEX IF NOT EXISTS identities_by_key ON identities (key);
CREATE TABLE IF NOT EXISTS links (
  source INTEGER NOT NULL REFERENCES resources ON DELETE CASCADE, path TEXT NOT NULL,
  target INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS links_by_target ON links (target);
CREATE INDEX IF NOT EXISTS links_by_source ON links (source);
CREATE TABLE IF NOT EXISTS uniques (
  cloud TEXT NOT NULL, scope TEXT NOT NULL, value TEXT NOT NULL,
  key INTEGER NOT NULL REFERENCES resources ON DELETE CASCADE, UNIQUE (cloud, scope, value));
CREATE TABLE IF NOT EXISTS usage (
  cloud TEXT NOT NULL, quota TEXT NOT NULL, region TEXT NOT NULL, amount REAL NOT NULL,
  key INTEGER NOT NULL REFERENCES resources ON DELETE CASCADE);
CREATE TABLE IF NOT EXISTS quotas (
  cloud TEXT NOT NULL, quota TEXT NOT NULL, region TEXT NOT NULL, amount REAL NOT NULL,
  UNIQUE (cloud, quota, region));
CREATE TABLE IF NOT EXISTS faults (
  key INTEGER PRIMARY KEY, operation TEXT NOT NULL, type TEXT NOT NULL, message TEXT NOT NULL,
  seconds REAL NOT NULL, remaining INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS generations (urn TEXT PRIMARY KEY, count INTEGER NOT NULL);
"""

DATABASE = "world.sqlite"
BUSY_SECONDS = 60
"""How long a transaction waits for another process's; creates are milliseconds, so this is a dead end."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing that exists. `inputs` and `outputs` hold fingerprints in place of secrets."""

    key: int
    cloud: str
    type: str
    id: str
    name: str
    region: str
    account: str
    urn: str
    inputs: Properties
    outputs: Properties
    builtin: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong on purpose: an error message, a delay in seconds, or both."""

    operation: str
    type: str
    message: str
    seconds: float


class World:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._local = threading.local()

    @contextmanager
    def transaction(self) -> Generator["Session"]:
        connection = self._connect()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield Session(connection)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def close(self) -> None:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def _connect(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            connection = sqlite3.connect(
                self.folder / DATABASE, timeout=BUSY_SECONDS, isolation_level=None
            )
            _write_ahead(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.executescript(SCHEMA)
            self._local.connection = connection
        return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Threads and plugins that open a new world at once: SQLite does not wait for the lock here itself."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


class Session:
    """The world inside one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(query, values).fetchall()

    def insert(self, row: Resource) -> int:
        cursor = self._connection.execute(
            "INSERT INTO resources (cloud, type, id, name, region, account, urn, inputs, outputs, builtin)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row.cloud,
                row.type,
                row.id,
                row.name,
                row.region,
                row.account,
                row.urn,
                json.dumps(row.inputs),
                json.dumps(row.outputs),
                row.builtin,
            ),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def update(self, key: int, inputs: Properties, outputs: Properties) -> None:
        self._connection.execute(
            "UPDATE resources SET inputs = ?, outputs = ? WHERE key = ?",
            (json.dumps(inputs), json.dumps(outputs), key),
        )

    def delete(self, key: int) -> None:
        self._connection.execute("DELETE FROM resources WHERE key = ?", (key,))

    def retire(self, key: int) -> None:
        """Keep what no stack holds any more and nobody can delete: its name stays taken."""
        self._connection.execute("UPDATE resources SET builtin = 1 WHERE key = ?", (key,))
        self.release_quota(key)

    def get(
        self, cloud: str, type_token: str, resource_id: str, home: tuple[str, str] = ("", "")
    ) -> Resource | None:
        """The resource of this id. Ids that a cloud gives in each account and region anew (the name of a
        log group) may be there twice: `home`, an account and a region, says which one is meant."""
        rows = self._rows(
            "SELECT * FROM resources WHERE cloud = ? AND type = ? AND id = ?"
            " ORDER BY account = ? AND region = ? DESC, key",
            cloud,
            type_token,
            resource_id,
            *home,
        )
        return _resource(rows[0]) if rows else None

    def by_key(self, key: int) -> Resource | None:
        rows = self._rows("SELECT * FROM resources WHERE key = ?", key)
        return _resource(rows[0]) if rows else None

    def resources(
        self, cloud: str | None = None, type_token: str | None = None, *, builtin: bool = False
    ) -> list[Resource]:
        rows = self._rows(
            "SELECT * FROM resources WHERE builtin <= ? AND (? IS NULL OR cloud = ?)"
            " AND (? IS NULL OR type = ?) ORDER BY key",
            builtin,
            cloud,
            cloud,
            type_token,
            type_token,
        )
        return [_resource(row) for row in rows]

    def inside(self, cloud: str, beginning: str) -> list[Resource]:
        """Resources whose ids begin like this, in any case: what lies in a thing that has paths for ids."""
        rows = self._rows(
            "SELECT * FROM resources WHERE cloud = ? AND lower(substr(id, 1, ?)) = lower(?) ORDER BY key",
            cloud,
            len(beginning),
            beginning,
        )
        return [_resource(row) for row in rows]

    def add_identities(self, cloud: str, key: int, values: Iterable[tuple[str, str]]) -> None:
        """`values` are pairs of type token and identity (id, ARN, self link, name within its kind)."""
        self._connection.executemany(
            "INSERT INTO identities (cloud, value, type, key) VALUES (?, ?, ?, ?)",
            [(cloud, value, type_token, key) for type_token, value in values],
        )

    def clear_identities(self, key: int) -> None:
        self._connection.execute("DELETE FROM identities WHERE key = ?", (key,))

    def find(self, cloud: str, value: str, types: Sequence[str]) -> list[Resource]:
        """Resources of one of these types that answer to this id, ARN, self link or name, newest last."""
        marks = ", ".join("?" * len(types))
        rows = self._rows(
            "SELECT DISTINCT r.* FROM identities i JOIN resources r ON r.key = i.key"  # noqa: S608
            f" WHERE i.cloud = ? AND i.value = ? AND i.type IN ({marks}) ORDER BY r.key",
            cloud,
            value,
            *types,
        )
        return [_resource(row) for row in rows]

    def set_links(self, source: int, links: Iterable[tuple[str, int]]) -> None:
        self._connection.execute("DELETE FROM links WHERE source = ?", (source,))
        self._connection.executemany(
            "INSERT INTO links (source, path, target) VALUES (?, ?, ?)",
            [(source, path, target) for path, target in links],
        )

    def linked_from(self, target: int) -> list[tuple[str, Resource]]:
        """What refers to this resource: pairs of property path and the referring resource."""
        rows = self._rows(
            "SELECT l.path, r.* FROM links l JOIN resources r ON r.key = l.source"
            " WHERE l.target = ? AND r.key != ? ORDER BY r.key",
            target,
            target,
        )
        return [(row[0], _resource(row[1:])) for row in rows]

    def claim(self, cloud: str, scope: str, value: str, key: int) -> bool:
        """Take a unique name; False when somebody has it."""
        try:
            self._connection.execute(
                "INSERT INTO uniques (cloud, scope, value, key) VALUES (?, ?, ?, ?)",
                (cloud, scope, value, key),
            )
        except sqlite3.IntegrityError:
            return False
        return True

    def use_quota(self, cloud: str, quota: str, region: str, amount: float, key: int) -> None:
        self._connection.execute(
            "INSERT INTO usage (cloud, quota, region, amount, key) VALUES (?, ?, ?, ?, ?)",
            (cloud, quota, region, amount, key),
        )

    def release_quota(self, key: int) -> None:
        self._connection.execute("DELETE FROM usage WHERE key = ?", (key,))

    def quota_used(self, cloud: str, quota: str, region: str) -> float:
        rows = self._rows(
            "SELECT COALESCE(SUM(amount), 0) FROM usage WHERE cloud = ? AND quota = ? AND region = ?",
            cloud,
            quota,
            region,
        )
        return rows[0][0]

    def quota_limit(self, cloud: str, quota: str, region: str) -> float | None:
        """The limit a user set for this world, None for the catalogue's default."""
        rows = self._rows(
            "SELECT amount FROM quotas WHERE cloud = ? AND quota = ? AND region IN (?, '*')"
            " ORDER BY region DESC",
            cloud,
            quota,
            region,
        )
        return rows[0][0] if rows else None

    def set_quota_limit(self, cloud: str, quota: str, region: str, amount: float) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO quotas (cloud, quota, region, amount) VALUES (?, ?, ?, ?)",
            (cloud, quota, region, amount),
        )

    def add_fault(self, fault: Fault, times: int) -> None:
        self._connection.execute(
            "INSERT INTO faults (operation, type, message, seconds, remaining) VALUES (?, ?, ?, ?, ?)",
            (fault.operation, fault.type, fault.message, fault.seconds, times),
        )

    def take_fault(self, operation: str, type_token: str) -> Fault | None:
        """The next planned fault for this call, counted down."""
        rows = self._rows(
            "SELECT key, operation, type, message, seconds FROM faults"
            " WHERE remaining > 0 AND operation = ? AND ? GLOB type ORDER BY key LIMIT 1",
            operation,
            type_token,
        )
        if not rows:
            return None
        self._connection.execute(
            "UPDATE faults SET remaining = remaining - 1 WHERE key = ?", (rows[0][0],)
        )
        return Fault(*rows[0][1:])

    def clear_faults(self) -> None:
        self._connection.execute("DELETE FROM faults")

    def next_generation(self, urn: str) -> int:
        """How often this URN was created before: makes ids new and yet the same in every world."""
        rows = self._rows(
            "INSERT INTO generations (urn, count) VALUES (?, 1)"
            " ON CONFLICT (urn) DO UPDATE SET count = count + 1 RETURNING count",
            urn,
        )
        return rows[0][0]


def _resource(row: Sequence[Any]) -> Resource:
    key, cloud, type_token, resource_id, name, region, account, urn, inputs, outputs, builtin = row
    return Resource(
        key,
        cloud,
        type_token,
        resource_id,
        name,
        region,
        account,
        urn,
        json.loads(inputs),
        json.loads(outputs),
        bool(builtin),
    )


def as_json(resource: Resource) -> Mapping[str, Any]:
    return {
        "cloud": resource.cloud,
        "type": resource.type,
        "id": resource.id,
        "name": resource.name,
        "region": resource.region,
        "account": resource.account,
        "urn": resource.urn,
    }
