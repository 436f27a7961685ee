"""The SQLite file under a ledger: made whole or not at all, opened as far as its folder allows."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from ringfence.base.errors import BadInput, Fault
from ringfence.base.files import appears
from ringfence.ledger.store import damaged

APPLICATION_ID = 0x52466C67
"""Marks the file as ours ("RFlg"); SQLite keeps it in the header, where `file` shows it."""
BUSY_TIMEOUT_MS = 5_000
"""How long a writer waits for another one."""

SETTINGS = (
    "PRAGMA trusted_schema = OFF",  # the file may come from anybody
    "PRAGMA synchronous = FULL",  # in WAL mode, only FULL puts each commit on the disk
    "PRAGMA secure_delete = ON",  # what is erased is overwritten with zeros
)
"""What holds on every connection."""

FORMAT = 2
"""The version of the file, in SQLite's `user_version`. In version 1, lines were hashed over the texts themselves."""

Connect = Callable[[Path, str], sqlite3.Connection]
"""Opens a file in one of SQLite's modes: rw, or rwc to make it."""

_SCHEMA = (
    """CREATE TABLE ledger (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        operation TEXT NOT NULL,
        desk TEXT NOT NULL
    ) STRICT""",
    # `arrival` chains the hashes in order of position, across desks: without it, lines of two desks could be swapped.
    """CREATE TABLE lines (
        position INTEGER PRIMARY KEY,
        desk TEXT NOT NULL,
        seq INTEGER NOT NULL CHECK (seq >= 1),
        stored_at TEXT NOT NULL,
        key TEXT,
        prev TEXT NOT NULL,
        hash TEXT NOT NULL,
        entry TEXT NOT NULL,
        entry_id TEXT NOT NULL UNIQUE,
        erases TEXT,
        arrival TEXT NOT NULL,
        UNIQUE (desk, seq)
    ) STRICT""",
    "CREATE UNIQUE INDEX lines_by_key ON lines (desk, key) WHERE key IS NOT NULL",
    "CREATE INDEX lines_by_erased ON lines (erases) WHERE erases IS NOT NULL",
    """CREATE TABLE texts (
        position INTEGER NOT NULL,
        field TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('kept', 'withheld', 'erased')),
        salt TEXT CHECK ((salt IS NOT NULL) = (state = 'kept')),
        text TEXT CHECK ((text IS NOT NULL) = (state = 'kept')),
        PRIMARY KEY (position, field)
    ) STRICT, WITHOUT ROWID""",
    "CREATE TRIGGER lines_never_change BEFORE UPDATE ON lines BEGIN SELECT RAISE(ABORT, 'a line never changes'); END",
    "CREATE TRIGGER lines_never_go BEFORE DELETE ON lines BEGIN SELECT RAISE(ABORT, 'a line is never deleted'); END",
    # INSERT OR REPLACE deletes without asking the trigger above.
    """CREATE TRIGGER lines_only_grow BEFORE INSERT ON lines
        WHEN NEW.position <> (SELECT COALESCE(MAX(position), 0) + 1 FROM lines)
          OR EXISTS (SELECT 1 FROM lines WHERE entry_id = NEW.entry_id)
          OR EXISTS (SELECT 1 FROM lines WHERE desk = NEW.desk AND seq = NEW.seq)
          OR EXISTS (SELECT 1 FROM lines WHERE desk = NEW.desk AND key = NEW.key)
        BEGIN SELECT RAISE(ABORT, 'a line is only added at the end'); END""",
    """CREATE TRIGGER texts_only_go BEFORE UPDATE ON texts
        WHEN NEW.position <> OLD.position OR NEW.field <> OLD.field OR OLD.state = 'erased'
          OR NOT (NEW.state = 'erased' OR (OLD.state = 'withheld' AND NEW.state = 'kept'))
        BEGIN SELECT RAISE(ABORT, 'a text never changes: it is kept, or erased'); END""",
    "CREATE TRIGGER texts_never_go BEFORE DELETE ON texts BEGIN SELECT RAISE(ABORT, 'never deleted, only erased'); END",
    """CREATE TRIGGER texts_only_grow BEFORE INSERT ON texts
        WHEN NEW.position <> (SELECT MAX(position) FROM lines)
          OR EXISTS (SELECT 1 FROM texts WHERE position = NEW.position AND field = NEW.field)
        BEGIN SELECT RAISE(ABORT, 'a text is only added with its line'); END""",
    "CREATE TRIGGER ledger_never_changes BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'never changed'); END",
    "CREATE TRIGGER ledger_never_goes BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'never deleted'); END",
)


def create_file(path: Path, operation: str, desk: str) -> None:
    """A new ledger at `path`, unless something is there; whole or not at all, also if two make it at once.

    Raises
    ------
    BadInput
        If the folder can't be written, or holds what is left of a ledger that was taken away.
    """
    with plain_errors(path, "cannot-write"):
        if path.exists():
            return
        for left in filter(Path.exists, _journals(path)):
            # SQLite would play what is left of the old ledger into the new one.
            do = "Put the ledger's own file back beside it, or move it away."
            raise BadInput([_fault("ledger-left-over", path, "nothing of a ledger", left.name, do)])
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".ledger-") as aside:
            new = Path(aside) / path.name
            _write_new(new, operation, desk)
            if not appears(new, path):
                return
            _sync_folder(path.parent)


class LedgerFile(NamedTuple):
    """An open file: whose log it is, and whether `db` is only a copy in memory."""

    db: sqlite3.Connection
    is_snapshot: bool
    operation: str
    desk: str


def open_file(path: Path, connect: Connect | None = None) -> LedgerFile:
    """The ledger at `path`.

    A file that may only be read is read in place. In a folder where SQLite can't put the files it needs beside the
    ledger, a copy is read into memory, provided that nobody has the ledger open for writing.

    Parameters
    ----------
    path : Path
    connect : callable, optional
        What opens it instead of this module: for tests that put something between SQLite and the disk.

    Raises
    ------
    BadInput
        If there is no ledger, it is something else, another version made it, or it can't be read.
    """
    with plain_errors(path, "cannot-read"):
        if not path.is_file():
            found = "something else than a file" if path.exists() else "nothing"
            raise BadInput([_fault("no-ledger", path, "a ledger", found, "Check the path, or create the ledger.")])
        # Nothing but SQLite may open the file: whoever closes it drops every lock that this process has on it.
        try:
            db, is_snapshot = (connect or connected)(path, "rw"), False
        except sqlite3.DatabaseError as error:
            if _error_name(error) == "SQLITE_NOTADB":
                raise _not_a_ledger(path, "no file of SQLite, or one whose beginning is damaged") from error
            if not _error_name(error).startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")):
                raise
            db, is_snapshot = _snapshot(path), True
        try:
            _check_kind(db, path)
            row = db.execute("SELECT operation, desk FROM ledger").fetchone()
            if row is None:
                raise BadInput([damaged(str(path), "no operation in it")])
        except BaseException:
            db.close()
            raise
        return LedgerFile(db, is_snapshot, *row)


def signature(path: Path) -> tuple[int, ...]:
    """What tells a file from the same file written to since; all zero if it is gone."""
    try:
        about = path.stat()
    except OSError:
        return (0, 0, 0)
    return about.st_ino, about.st_size, about.st_mtime_ns


def sync_log(path: Path) -> None:
    """Have the length of a file's write-ahead log on the disk, if it has one."""
    try:
        with path.with_name(path.name + "-wal").open("rb+") as log:
            os.fsync(log.fileno())
    except FileNotFoundError:
        return


@contextmanager
def plain_errors(path: Path, code: str) -> Iterator[None]:
    """Errors of SQLite and of the file system as `BadInput` with `code`, in words for the person at the desk."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise BadInput([_fault_of(error, path, code)]) from error
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise BadInput([_fault(code, path, "a usable file and folder", found, "Check the path and rights.")]) from error


def _write_new(path: Path, operation: str, desk: str) -> None:
    with closing(connected(path, "rwc")) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN IMMEDIATE")
        for statement in _SCHEMA:
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {FORMAT}")
        db.execute("INSERT INTO ledger VALUES (1, ?, ?)", (operation, desk))
        db.execute("COMMIT")


def connected(path: Path, mode: str) -> sqlite3.Connection:
    """A connection that has read the file's schema: only then does SQLite notice what it can't do in a folder."""
    uri, timeout_s = f"{path.absolute().as_uri()}?mode={mode}", BUSY_TIMEOUT_MS / 1_000
    db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=timeout_s)
    try:
        for statement in SETTINGS:
            db.execute(statement)
        db.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()
    except BaseException:
        db.close()
        raise
    return db


def _snapshot(path: Path) -> sqlite3.Connection:
    before = signature(path)
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as there:
        data = bytearray(there.serialize())
    unsettled = [journal.name for journal in _journals(path) if signature(journal)[1]]
    if unsettled or signature(path) != before:
        raise BadInput(
            [
                _fault(
                    "cannot-read",
                    path,
                    "a settled ledger, since its folder may only be read",
                    f"{unsettled[0]} beside it" if unsettled else "somebody writing to it",
                    "Open it where its folder can be written, or copy it with the files beside it.",
                )
            ]
        )
    data[18:20] = b"\x01\x01"  # says "no WAL": a database in memory can't have one
    db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    db.deserialize(bytes(data))
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA query_only = ON")
    return db


def _check_kind(db: sqlite3.Connection, path: Path) -> None:
    application, version = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
    if application != APPLICATION_ID:
        raise _not_a_ledger(path, "a database of another program")
    if version > FORMAT:
        expected = f"a ledger of version {FORMAT}"
        raise BadInput([_fault("newer-ledger", path, expected, f"version {version}", "Install a newer Ringfence.")])
    if version < FORMAT:
        # Its hashes were made over the texts. New ones would be another chain, which no head that was written down
        # fits: an upgrade would look like what the chain is there to show.
        do = (
            "Export it with the Ringfence that made it, take the entries alone (what stands at `entry` in each line), "
            "and import them as a plain log. Keep the old file: its hashes prove it."
        )
        expected = f"a ledger of version {FORMAT}, whose texts can be erased"
        raise BadInput([_fault("older-ledger", path, expected, f"version {version}", do)])


def _journals(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + ending) for ending in ("-wal", "-journal"))


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":  # elsewhere a folder can't be opened, and needs no sync
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _fault(code: str, path: Path, expected: str, found: str, do: str) -> Fault:
    return Fault(code, str(path), expected, found, do)


def _not_a_ledger(path: Path, found: str) -> BadInput:
    return BadInput(
        [_fault("not-a-ledger", path, "a ledger of Ringfence", found, "Check the path, or bring back a backup.")]
    )


_TROUBLES = {
    "SQLITE_BUSY": ("another program writing to it all the time", "Wait, or end that program, and try again."),
    "SQLITE_FULL": ("no space left", "Make room, and try again."),
    "SQLITE_READONLY": ("a file or folder that may only be read", "Get the right to write, or use another folder."),
    "SQLITE_CANTOPEN": ("a file or folder that can't be opened", "Check the path and the rights."),
    "SQLITE_IOERR": ("a disk that fails", "Check the disk, and try again: with the same key, nothing is stored twice."),
}


def _error_name(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", "")  # missing where Python itself refused, such as stray bytes in a text


def _fault_of(error: sqlite3.DatabaseError, path: Path, code: str) -> Fault:
    for name, (found, do) in _TROUBLES.items():
        if _error_name(error).startswith(name):
            return _fault(code, path, "a ledger file that can be used", found, do)
    return damaged(str(path), str(error))
