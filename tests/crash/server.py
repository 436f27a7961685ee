"""A PostgreSQL server of the tests' own: made, started, killed and started again; no TCP, nobody else's data."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import psycopg
import pytest

from tests.crash.programs import account, as_account, folder_of_programs

_MEMORY, _PLENTY_BYTES = "/dev/shm", 4_000_000_000
_SHARED_LINE = 6
"""Where the file of a running server's number names its piece of the system's memory."""


class Server:
    """One cluster in a folder of its own, reached through a socket in it.

    Parameters
    ----------
    settings : iterable of str
        Further lines of its configuration.
    options : iterable of str
        Further words for `initdb`.
    failing_disk : bool
        Whether its disk can be made to fail: see `failing`.
    """

    def __init__(
        self, settings: Iterable[str] = (), *, options: Iterable[str] = (), failing_disk: bool = False
    ) -> None:
        if failing_disk and shutil.which("cc") is None:
            pytest.skip("SKIPPED ALOUD: no C compiler, to put a failing disk under a server")
        self._programs = folder_of_programs()
        self.folder = Path(tempfile.mkdtemp(prefix="rf-pg-", dir=_quick_place()))
        self.data = self.folder / "data"
        if (other := account()) is not None:
            os.chown(self.folder, other.pw_uid, other.pw_gid)
        self._environment = dict(os.environ)
        if failing_disk:
            self._put_a_failing_disk_under()
        self._run(
            "initdb", "-D", self.data, "-U", "ringfence", "-A", "trust", "-E", "UTF8", "--no-locale", "-N", *options
        )
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(
                f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\nmax_connections = 40\n"
                "shared_buffers = 32MB\nautovacuum = off\nmin_wal_size = 32MB\n"
                "dynamic_shared_memory_type = mmap\n"  # of one that is killed nothing stays but in its folder
                "recovery_init_sync_method = syncfs\n"  # else a killed one syncs a thousand files before it is back
                + "\n".join([*settings, ""])
            )
        self._databases: list[str] = []
        self._places: dict[str, str] = {}
        self._kept, self._kept_places = self.folder / "kept", (0, self._places)
        self.start()

    def place(self, name: str) -> str:
        """A database of that name's own, with no ledger in it."""
        if name not in self._places:
            if len(self._places) == len(self._databases):
                self._databases.append(f"place{len(self._databases)}")
                self.make_database(self._databases[-1])
            self._places[name] = self._databases[len(self._places)]
        return self.url(self._places[name])

    def clear(self) -> None:
        """Take every ledger away."""
        for database in self._places.values():
            with self.connect(database) as db:
                found = db.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'ringfence%'").fetchall()
                for (schema,) in found:
                    db.execute(f'DROP SCHEMA "{schema}" CASCADE'.encode())
        self._places.clear()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://ringfence@/{database}?host={self.folder}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url(database), autocommit=True)

    def make_database(self, name: str) -> str:
        with self.connect() as db:
            db.execute(f'CREATE DATABASE "{name}"'.encode())
        return self.url(name)

    def start(self) -> None:
        for left in (self.data / "postmaster.pid", *self.folder.glob(".s.PGSQL*")):  # of one that was killed
            left.unlink(missing_ok=True)
        self._run("pg_ctl", "start", "-w", "-t", "60", "-D", self.data, "-l", self.folder / "log")

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "stop", "-w", "-m", mode, "-D", self.data)

    def kill(self) -> None:
        """End every process of the server at once, as a power cut would; the disk's own cache aside."""
        told = (self.data / "postmaster.pid").read_text(encoding="ascii").splitlines()
        main = int(told[0])
        os.kill(main, signal.SIGSTOP)  # it must not make one more process while they are counted
        processes = [main, *_children(main)]
        for process in processes:
            _kill(process)
        until = time.monotonic() + 30
        while any(map(_lives, processes)):
            assert time.monotonic() < until, "a killed server goes on"
            time.sleep(0.01)
        if len(told) > _SHARED_LINE:  # it would stay, and a system has only so many pieces
            subprocess.run(["ipcrm", "-m", told[_SHARED_LINE].split()[1]], capture_output=True, check=False)

    @contextmanager
    def failing(self, what: Literal["full", "full-log", "sync"]) -> Iterator[None]:
        """Meanwhile its tables find no room, or its log, or nothing can be synced."""
        (self.folder / what).touch()
        try:
            yield
        finally:
            self.heal()

    def set_point(self, process: int, number: int, how: str) -> None:
        """At so many writes and syncs of the log by a process of the server, its disk fails: see `failing_disk.c`."""
        self.heal()
        (self.folder / "point").write_text(f"{process} {number} {how}\n", encoding="ascii")

    def reached(self) -> str:
        """Where a process was stopped; nothing as long as none was."""
        reached = self.folder / "reached"
        return reached.read_text(encoding="ascii") if reached.exists() else ""

    def heal(self) -> None:
        """The disk is a good one again."""
        for mark in ("point", "told", "reached", "full", "full-log", "sync"):
            (self.folder / mark).unlink(missing_ok=True)

    def keep(self) -> None:
        """Keep what it holds, to be had again by `rewind`."""
        self.stop("fast")
        self._copy(self.data, self._kept)
        self._kept_places = len(self._databases), dict(self._places)
        self.start()

    def rewind(self) -> None:
        """Begin again at what was kept, byte for byte."""
        self._end()
        self.heal()
        shutil.rmtree(self.data)
        self._copy(self._kept, self.data)
        number, self._places = self._kept_places[0], dict(self._kept_places[1])
        del self._databases[number:]
        self.start()

    def _copy(self, old: Path, new: Path) -> None:
        subprocess.run(["cp", "-a", "--reflink=auto", old, new], check=True)  # with its owner

    def come_back(self) -> None:
        """Run again, whatever became of it."""
        self._end()
        self.start()

    def _end(self) -> None:
        if (self.data / "postmaster.pid").exists():
            with suppress(ProcessLookupError):
                self.kill()

    def _put_a_failing_disk_under(self) -> None:
        library, source = self.folder / "failing_disk.so", Path(__file__).with_name("failing_disk.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
        self._environment |= {"LD_PRELOAD": str(library), "FAILING_DISK": str(self.folder)}

    def remove(self) -> None:
        if (self.data / "postmaster.pid").exists():
            subprocess.run(self._command("pg_ctl", "stop", "-m", "immediate", "-D", self.data), check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, *words: str | Path) -> None:
        done = subprocess.run(
            self._command(*words),
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            timeout=120,
            env=self._environment,
        )
        log = self.folder / "log"
        told = log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else ""
        assert done.returncode == 0, f"{words[0]}: {done.stderr}\n{told}"

    def _command(self, *words: str | Path) -> list[str]:
        return [*as_account(), str(self._programs / words[0]), *map(str, words[1:])]


def _quick_place() -> str | None:
    """Memory, if there is plenty: what processes wrote there stays when they are killed, too.

    Either path is short: that of a socket has at most 107 bytes.
    """
    with suppress(FileNotFoundError):
        if shutil.disk_usage(_MEMORY).free >= _PLENTY_BYTES and os.access(_MEMORY, os.W_OK):
            return _MEMORY
    return None


def _kill(process: int) -> None:
    try:
        os.kill(process, 9)
    except ProcessLookupError:
        return


def _children(process: int) -> list[int]:
    listed = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [other for other in listed if _state(other)[1:2] == [str(process)]]


def _lives(process: int) -> bool:
    return _state(process)[:1] not in ([], ["Z"])


def _state(process: int) -> list[str]:
    """What the system tells of a process, from its state on; nothing where there is none."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
