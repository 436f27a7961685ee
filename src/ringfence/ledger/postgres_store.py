"""The store for several desks: a schema of a PostgreSQL server, in which all of them write in one order of arrival."""

from __future__ import annotations

import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from ringfence.base.errors import BadInput, Fault
from ringfence.ledger.chain import Head
from ringfence.ledger.lines import genesis
from ringfence.ledger.postgres_schema import DURABLE, FORMAT, TABLES, lock_of, schema_of
from ringfence.ledger.store import Damaged, Row, StoredText, damaged, refuse_unless_rising, stray_text

LOCK_TIMEOUT_MS = 5_000
"""How long a writer waits for another one."""
_PATIENCE: dict[str, Any] = {
    "connect_timeout": 5,
    # A network that swallows everything gives no error: without these, a desk would wait for hours.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""How long a server may be silent: seconds, and the last one milliseconds."""

_COLUMNS: LiteralString = "position, desk, seq, stored_at, key, prev, hash, entry, entry_id, erases, arrival"
_ROWS: LiteralString = (
    "SELECT position, desk, seq, stored_at, key, prev, hash, entry, entry_id, erases, arrival,"
    " (SELECT json_agg(json_build_array(field, state, salt, text) ORDER BY field)"
    " FROM texts WHERE texts.position = lines.position) FROM lines WHERE "
)
_INTEGER_MAX = 2**63 - 1
_AT_ONCE = 1_000


def create_schema(url: str, operation: str) -> None:
    """Make an operation's tables, unless they are there; whole or not at all, also if two make them at once."""
    where, schema = place_in_words(url, operation), schema_of(operation)
    with plain_errors(where, "cannot-write"), _connect(url, schema) as db, db.transaction():
        _refuse_unless_durable(db, where)
        db.execute("SELECT pg_advisory_xact_lock(%s)", (lock_of(schema),))
        if _has_tables(db, schema):
            return
        db.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
        db.execute(TABLES)
        db.execute("INSERT INTO ledger (operation) VALUES (%s)", (operation,))


class PostgresStore:
    """See `Store`. One connection; lost, it is made anew with the next call."""

    def __init__(self, url: str, operation: str, desk: str) -> None:
        self.operation, self.desk = operation, desk
        self.where = place_in_words(url, operation)
        # Of all desks together: no desk has this id.
        self.first_arrival = genesis(operation, "")
        self._url, self._schema = url, schema_of(operation)
        self._own_writes, self._to_scrub, self._writable = 0, False, False
        with plain_errors(self.where, "cannot-read"):
            self._db = self._connected()

    @property
    def is_writable(self) -> bool:
        return self._writable

    @property
    def is_snapshot(self) -> bool:
        return False

    def close(self) -> None:
        self._db.close()

    def apart(self) -> PostgresStore | None:
        return PostgresStore(self._url, self.operation, self.desk)

    @contextmanager
    def reading(self) -> Iterator[None]:
        with plain_errors(self.where, "cannot-read"):
            try:
                self._begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                yield
            finally:
                self._roll_back()

    @contextmanager
    def writing(self) -> Iterator[None]:
        self._to_scrub = False
        with plain_errors(self.where, "cannot-write"):
            try:
                # Held to the end of the transaction: so positions have no gaps, and what is read holds to the end.
                # Stated, whatever the server's default: in a stricter one, what is read would be as of the begin, and
                # whoever waited for the lock would not see what the desk before it wrote.
                lock = f"SELECT pg_advisory_xact_lock({lock_of(self._schema)})"
                self._begin(f"BEGIN ISOLATION LEVEL READ COMMITTED; {lock}")
                yield
                self._db.execute("UPDATE writes SET number = number + 1; COMMIT")
                self._own_writes += 1
            finally:
                self._roll_back()
        if self._to_scrub:
            self._rewrite_texts()

    def changes_by_others(self) -> object:
        found = self._db.execute("SELECT number FROM writes").fetchone()
        return None if found is None else found[0] - self._own_writes

    def last(self) -> tuple[int, str]:
        found = self._db.execute("SELECT position, arrival FROM lines ORDER BY position DESC LIMIT 1").fetchone()
        return (0, self.first_arrival) if found is None else (found[0], found[1])

    def head(self, desk: str) -> Head | None:
        found = self._db.execute("SELECT seq, hash FROM lines WHERE desk = %s ORDER BY seq DESC LIMIT 1", (desk,))
        row = found.fetchone()
        return None if row is None else (row[0], row[1])

    def heads(self) -> dict[str, Head]:
        found = self._db.execute("SELECT DISTINCT ON (desk) desk, seq, hash FROM lines ORDER BY desk, seq DESC")
        return {desk: (seq, hash_) for desk, seq, hash_ in found}

    def find_seq(self, desk: str, seq: int) -> Row | None:
        return self._find("desk = %s AND seq = %s", desk, seq)

    def find_key(self, desk: str, key: str) -> Row | None:
        return self._find("desk = %s AND key = %s", desk, key)

    def find_entry(self, entry_id: str) -> Row | None:
        return self._find("entry_id = %s", entry_id)

    def withheld(self) -> frozenset[tuple[str, str]]:
        query: LiteralString = "SELECT entry_id, field FROM lines JOIN texts USING (position) WHERE state = 'withheld'"
        return frozenset((name, field) for name, field in self._db.execute(query))

    def erasures(self, entry_id: str) -> list[Row]:
        return self._rows("erases = %s ORDER BY position", entry_id)

    def rows(self, after: int, limit: int | None) -> Iterator[Row]:
        left = _INTEGER_MAX if limit is None else max(limit, 0)
        after = min(after, _INTEGER_MAX)
        while left:
            found = self._rows("position > %s ORDER BY position LIMIT %s", after, min(left, _AT_ONCE))
            if not found:
                return
            refuse_unless_rising(found, after)
            yield from found
            after, left = found[-1].position, left - len(found)

    def put(self, row: Row) -> None:
        self._db.execute(
            f"INSERT INTO lines ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", row[:-1]
        )
        if row.texts:
            columns = tuple(list(column) for column in zip(*row.texts, strict=True))
            self._db.execute(
                "INSERT INTO texts (position, field, state, salt, text)"
                " SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[])",
                (row.position, *columns),
            )

    def settle_text(self, position: int, text: StoredText) -> None:
        query: LiteralString = "UPDATE texts SET state = %s, salt = %s, text = %s WHERE position = %s AND field = %s"
        self._db.execute(query, (text.state, text.salt, text.text, position, text.field))

    def scrub(self) -> None:
        self._to_scrub = True

    def faults(self) -> Iterator[Fault]:
        query: LiteralString = (
            "SELECT DISTINCT position FROM texts WHERE NOT EXISTS"
            " (SELECT 1 FROM lines WHERE lines.position = texts.position) ORDER BY position"
        )
        for (position,) in self._db.execute(query).fetchall():
            yield stray_text(position)

    def _find(self, where: LiteralString, *values: object) -> Row | None:
        found = self._rows(where, *values)
        return found[0] if found else None

    def _rows(self, where: LiteralString, *values: object) -> list[Row]:
        found = self._db.execute(_ROWS + where, values).fetchall()
        return [Row._make((*row, tuple(StoredText(*text) for text in texts or ()))) for *row, texts in found]

    def _begin(self, statement: str) -> None:
        """Begin a transaction, on a new connection if the old one was lost."""
        if self._is_lost():
            self._db.close()
            self._db = self._connected()
        self._db.execute(statement.encode())

    def _is_lost(self) -> bool:
        if self._db.closed:
            return True
        if select.select([self._db.fileno()], [], [], 0)[0]:  # something came unasked, such as the end
            try:
                self._db.execute("SELECT 1")
            except psycopg.OperationalError:
                return True
        return False

    def _roll_back(self) -> None:
        if not self._db.closed and self._db.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            try:
                self._db.execute("ROLLBACK")
            except psycopg.OperationalError:
                self._db.close()  # the server rolls back by itself

    def _connected(self) -> psycopg.Connection[Any]:
        db = _connect(self._url, self._schema)
        try:
            _refuse_unless_durable(db, self.where)
            if not _has_tables(db, self._schema):
                do = "Check the address and the operation's id, or create the ledger."
                raise BadInput([Fault("no-ledger", self.where, "a ledger", "none", do)])
            _check_kind(db, self.where, self.operation)
            found = db.execute(
                "SELECT NOT pg_is_in_recovery() AND has_table_privilege('lines', 'INSERT')"
                " AND current_setting('transaction_read_only') = 'off'"
            ).fetchone()
            self._writable = found is not None and bool(found[0])
        except BaseException:
            db.close()
            raise
        return db

    def _rewrite_texts(self) -> None:
        """Write the table of texts anew: in the old one, what was erased still stands in rows that nobody sees."""
        try:
            self._db.execute("VACUUM (FULL) texts")
        except psycopg.Error as error:
            expected, found = "that the table of texts can be written anew", _first_line(error)
            do = "The erasure is stored. Erase again, as the tables' owner: then the bytes go from the tables, too."
            raise BadInput([Fault("erasure-unsettled", self.where, expected, found, do)]) from error


def place_in_words(url: str, operation: str) -> str:
    """What a store is called in faults: the server and the operation, neither user nor password."""
    about = _parts(url)
    port = f":{about['port']}" if "port" in about else ""
    return f"PostgreSQL {about.get('host', 'here')}{port}, database {about.get('dbname', 'by default')}, {operation}"


def has_password(url: str) -> bool:
    """Whether a password stands in an address."""
    return bool({"password", "sslpassword"} & _parts(url).keys())


def _parts(url: str) -> dict[str, Any]:
    try:
        return conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        do = "Write it as postgresql://user@host:port/database."
        raise BadInput([Fault("bad-address", "ledger", "the address of a server", "another text", do)]) from None


@contextmanager
def plain_errors(where: str, code: str) -> Iterator[None]:
    """Errors of PostgreSQL as `BadInput` with `code`, in words for the person at the desk."""
    try:
        yield
    except psycopg.Error as error:
        raise BadInput([_fault_of(error, where, code)]) from error
    except Damaged as error:
        raise BadInput([damaged(where, str(error))]) from error


def _connect(url: str, schema: str) -> psycopg.Connection[Any]:
    db = psycopg.connect(url, autocommit=True, application_name="ringfence", **_PATIENCE)
    try:
        db.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(schema)))
        db.execute(sql.SQL("SET lock_timeout TO {}").format(LOCK_TIMEOUT_MS))
    except BaseException:
        db.close()
        raise
    return db


def _has_tables(db: psycopg.Connection[Any], schema: str) -> bool:
    query: LiteralString = "SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = 'ledger'"
    return db.execute(query, (schema,)).fetchone() is not None


def _check_kind(db: psycopg.Connection[Any], where: str, operation: str) -> None:
    row = db.execute("SELECT operation, format FROM ledger").fetchone()
    if row is None:
        raise BadInput([damaged(where, "no operation in it")])
    if row[1] != FORMAT:
        found, do = f"version {row[1]}", "Use the Ringfence that fits."
        raise BadInput([Fault("newer-ledger", where, f"a ledger of version {FORMAT}", found, do)])
    if row[0] != operation:
        found = f"that of operation {row[0]}"
        raise BadInput([_fault("other-operation", where, f"the ledger of operation {operation}", found)])


def _refuse_unless_durable(db: psycopg.Connection[Any], where: str) -> None:
    query: LiteralString = "SELECT name, setting FROM pg_settings WHERE name = ANY(%s) ORDER BY name"
    off = [name for name, setting in db.execute(query, (list(DURABLE),)) if setting == "off"]
    do = "Turn it on: without it, an entry that was acknowledged may be lost when the power fails."
    faults = [Fault("not-durable", where, f"{name}: {DURABLE[name]}", "off", do) for name in off]
    if faults:
        raise BadInput(faults)


_AWAY = ("a server that does not answer", "Start it or check the address, and try again: with the same key, nothing is "
         "stored twice.")  # fmt: skip
_REFUSES = (
    "a server that refuses",
    "Check the address, the database, the account and its password (PGPASSFILE or PGPASSWORD), and try again.",
)
_RIGHTS = ("somebody without the right to do this", "Get the right, or use another account.")
_TROUBLES = {
    "53100": ("no space left", "Make room, and try again."),
    "53300": ("a server with too many connections", "Close some, and try again."),
    "55P03": ("another desk writing to it all the time", "Wait, or end that program, and try again."),
    "25006": ("a server or database that may only be read", "Use the one that can be written."),
    "42501": _RIGHTS,
    "28": _RIGHTS,
    "3D000": ("a server without this database", "Check the address, or create the database."),
    "3F000": ("no ledger", "Check the operation's id, or create the ledger."),
    "42P01": ("no ledger", "Check the operation's id, or create the ledger."),
    "58": ("a disk that fails", "Check the server's disk, and try again: with the same key, nothing is stored twice."),
    "08": _AWAY,
    "57": _AWAY,
}


def _fault_of(error: psycopg.Error, where: str, code: str) -> Fault:
    state = error.sqlstate
    if state is None and isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        is_refused = "FATAL" in str(error) or "no password supplied" in str(error)
        found, do = _REFUSES if is_refused else _AWAY
        return Fault(code, where, "a ledger that can be used", f"{found} ({_first_line(error)})", do)
    for start, (found, do) in _TROUBLES.items():
        if state is not None and state.startswith(start):
            return Fault(code, where, "a ledger that can be used", found, do)
    return damaged(where, _first_line(error))


def _first_line(error: psycopg.Error) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _fault(code: str, where: str, expected: str, found: str) -> Fault:
    return Fault(code, where, expected, found, "Check the address.")
