"""A disk that forgets: what SQLite wrote and did not sync may be lost, in part or whole, when the power goes."""

# ruff: noqa: N802 -- the names are SQLite's

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import apsw

SECTOR = 512
"""What a disk writes whole or not at all."""


@dataclass
class DiskFile:
    """A file as the system shows it, and as it stands on the disk.

    `pending` is what was done since the last sync, in order: bytes at an offset, or a cut to a size (no bytes).
    """

    shown: bytearray
    durable: bytearray | None
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def settle(self, kept: Sequence[tuple[int, bytes | None]]) -> None:
        """Bring some of what is pending onto the disk."""
        self.durable = bytearray() if self.durable is None else self.durable
        for start, data in kept:
            _apply(self.durable, start, data)
        self.pending.clear()


class Disk:
    """The files of one folder, in memory. Counts each write, cut and sync; at `cut_at`, the power goes.

    `full_above` is how many bytes fit on it. `failing_syncs` are numbers of syncs that fail and, as on some systems,
    leave what was pending half written, while it is still shown. Once it `is_left_alone`, nothing more is done to it.
    """

    def __init__(self, folder: Path, drawn: Random) -> None:
        self.drawn = drawn
        self.files = {path.name: _file_of(path) for path in folder.iterdir()}
        self.operations = self.syncs = 0
        self.cut_at: int | None = None
        self.full_above: int | None = None
        self.failing_syncs: set[int] = set()
        self.is_dead = self.is_left_alone = False

    def step(self) -> None:
        self.operations += 1
        if self.cut_at is not None and self.operations >= self.cut_at:
            self.is_dead = True
        if self.is_dead:
            raise apsw.IOError("the power is off")

    def write(self, name: str, start: int, data: bytes | None) -> None:
        if self.is_left_alone:
            return
        file = self.files[name]
        size = sum(len(other.shown) for other in self.files.values())
        grows = 0 if data is None else max(0, start + len(data) - len(file.shown))
        if self.full_above is not None and data is not None and size + grows > self.full_above:
            raise apsw.FullError("the disk is full")
        file.pending.append((start, data))  # before the power goes: it may reach the disk all the same
        self.step()
        _apply(file.shown, start, data)

    def sync(self, name: str) -> None:
        if self.is_left_alone:
            return
        self.step()
        self.syncs += 1
        file = self.files[name]
        if self.syncs in self.failing_syncs:
            file.settle(self.survivors(file.pending))
            raise apsw.IOError("the sync failed")
        file.settle(file.pending)

    def survivors(self, pending: Sequence[tuple[int, bytes | None]]) -> list[tuple[int, bytes | None]]:
        """What of the pending reaches the disk: nothing, all, the first part of it, or any sectors of it."""
        how = self.drawn.choice(["none", "all", "first", "any", "any"])
        if how == "any":
            sectors = [sector for start, data in pending for sector in _sectors(start, data)]
            return [sector for sector in sectors if self.drawn.random() < 0.5]
        number = {"none": 0, "all": len(pending), "first": self.drawn.randint(0, len(pending))}[how]
        return list(pending[:number])

    def delete(self, name: str) -> None:
        if not self.is_left_alone:
            self.step()
            self.files.pop(name, None)

    def after_the_cut(self, folder: Path) -> None:
        """Write what is on the disk when the power is back."""
        for name, file in self.files.items():
            (folder / name).unlink(missing_ok=True)
            kept = self.survivors(file.pending)
            if file.durable is None and not kept:
                continue  # nobody synced it or its folder: it was never there
            file.settle(kept)
            assert file.durable is not None
            (folder / name).write_bytes(file.durable)


class DiskVfs(apsw.VFS):
    """SQLite's way to a `Disk`. One connection at a time."""

    def __init__(self, name: str, disk: Disk) -> None:
        self.disk = disk
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        path = name if isinstance(name, str) else name.filename()
        file = Path(path).name
        if file not in self.disk.files:
            if not flags[0] & apsw.SQLITE_OPEN_CREATE:
                raise apsw.CantOpenError("no such file")
            self.disk.files[file] = DiskFile(bytearray(), None)
        flags[1] = flags[0]
        return OpenFile(self.disk, file)

    def xDelete(self, name: str, _sync: bool) -> None:
        self.disk.delete(Path(name).name)

    def xAccess(self, name: str, _flags: int) -> bool:
        return Path(name).name in self.disk.files


class OpenFile:
    """An open file of a `Disk`. There is nobody else, so that every lock is had."""

    def __init__(self, disk: Disk, name: str) -> None:
        self._disk, self._name = disk, name

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._disk.files[self._name].shown[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.write(self._name, offset, bytes(data))

    def xTruncate(self, size: int) -> None:
        self._disk.write(self._name, size, None)

    def xSync(self, _flags: int) -> None:
        self._disk.sync(self._name)

    def xFileSize(self) -> int:
        return len(self._disk.files[self._name].shown)

    def xLock(self, _level: int) -> None: ...

    def xUnlock(self, _level: int) -> None: ...

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, _op: int, _pointer: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return 4096

    def xDeviceCharacteristics(self) -> int:
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE

    def xClose(self) -> None: ...


class Answer:
    """Rows, as `sqlite3` hands them out."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self._rows = rows

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows[0] if self._rows else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._rows

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._rows)


class Connection:
    """As much of a connection of `sqlite3` as a store uses, over a `Disk`."""

    def __init__(self, path: Path, vfs: str, checkpoint_every: int) -> None:
        self._commits, self._checkpoint_every = 0, checkpoint_every
        self._db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE, vfs=vfs)
        # Keeps the index of the write-ahead log in memory: this way to the disk has no shared memory.
        self.execute("PRAGMA locking_mode = EXCLUSIVE")
        self.execute("PRAGMA wal_autocheckpoint = 0")

    @property
    def in_transaction(self) -> bool:
        return self._db.in_transaction

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Answer:
        try:
            answer = Answer(list(self._db.execute(statement, tuple(values))))
        except apsw.Error as error:
            raise _as_sqlite3(error) from error
        if statement == "COMMIT":
            self._commits += 1
            if self._commits % self._checkpoint_every == 0:
                # As SQLite does by itself, and without a word if it fails: the commit is whole. Left to do it here, it
                # would keep silent too, but apsw would tell of the failure all the same.
                with suppress(apsw.Error):
                    list(self._db.execute("PRAGMA wal_checkpoint"))
        return answer

    def close(self) -> None:
        try:
            self._db.close(True)
        except apsw.Error as error:
            raise _as_sqlite3(error) from error


def connecting(vfs: str, settings: Sequence[str], checkpoint_every: int) -> Callable[[Path, str], sqlite3.Connection]:
    """What a store opens its file with: over a disk, with these settings."""

    def connect(path: Path, _mode: str) -> sqlite3.Connection:
        db: Any = Connection(path, vfs, checkpoint_every)
        for statement in settings:
            db.execute(statement)
        return db  # type: ignore[no-any-return]

    return connect


def syncing(disk: Disk) -> Callable[[Path], None]:
    """How a store syncs the write-ahead log beside its file, on a disk."""

    def sync(path: Path) -> None:
        if (log := path.name + "-wal") in disk.files:
            try:
                disk.sync(log)
            except apsw.Error as error:
                raise _as_sqlite3(error) from error

    return sync


def _file_of(path: Path) -> DiskFile:
    data = path.read_bytes()
    return DiskFile(bytearray(data), bytearray(data))


def _apply(content: bytearray, start: int, data: bytes | None) -> None:
    if data is None:
        del content[start:]
        return
    if len(content) < start:
        content.extend(bytes(start - len(content)))
    content[start : start + len(data)] = data


def _sectors(start: int, data: bytes | None) -> Iterator[tuple[int, bytes | None]]:
    if data is None:
        yield start, None
        return
    at = 0
    while at < len(data):
        end = at + SECTOR - (start + at) % SECTOR
        yield start + at, data[at:end]
        at = end


_NAMES = {
    apsw.IOError: "SQLITE_IOERR",
    apsw.FullError: "SQLITE_FULL",
    apsw.BusyError: "SQLITE_BUSY",
    apsw.CantOpenError: "SQLITE_CANTOPEN",
}


def _as_sqlite3(error: apsw.Error) -> sqlite3.Error:
    """The error that `sqlite3` would have raised."""
    kinds = {apsw.ConstraintError: sqlite3.IntegrityError, apsw.CorruptError: sqlite3.DatabaseError}
    raised = kinds.get(type(error), sqlite3.OperationalError)(str(error))
    raised.sqlite_errorname = _NAMES.get(type(error), "SQLITE_ERROR")
    return raised
