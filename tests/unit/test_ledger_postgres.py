"""The ledger on a PostgreSQL server: several desks in one order, nothing rewritten, and plain words when it is away."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from ringfence.base.errors import BadInput
from ringfence.ledger import Ledger, postgres_store
from ringfence.ledger.postgres_schema import NAME_LENGTH_MAX, lock_of, schema_of
from tests.crash.server import Server
from tests.unit.test_ledger import Clock, assert_gapless, codes, create, draft, entry, fill_two_chains, plain, raw
from tests.unit.test_ledger_texts import SAID, erase, faults


@pytest.fixture
def place(postgres: Server) -> Iterator[str]:
    yield postgres.place("ledger")
    postgres.clear()


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A server that a test may spoil and stop."""
    server = Server()
    yield server
    server.remove()


def opened(place: str, desk: str = "control") -> Ledger:
    return Ledger.open(place, operation="op", desk=desk, clock=Clock())


def test_desks_on_one_server_write_into_one_order_each_into_its_chain(place: str) -> None:
    names = ["control", "east", "south", "west"]
    ledgers = {name: create(place, desk=name) for name in names}

    def write(name: str) -> None:
        for turn in range(25):
            ledgers[name].add(draft(f"{name} {turn}"), key=f"{turn}")

    threads = [threading.Thread(target=write, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = ledgers["control"].lines()
    assert [position for position, _ in held] == list(range(1, 101))
    for name in names:
        assert ledgers[name].lines() == held
        assert [line.seq for _, line in held if line.desk == name] == list(range(1, 26))
        assert not faults(ledgers[name])
        assert not ledgers[name].add(draft(f"{name} 3"), key="3").was_new, "a key counts for its desk"
        ledgers[name].close()


def test_what_one_desk_writes_the_others_notice(place: str) -> None:
    with closing(create(place)) as ledger, closing(create(place, desk="east")) as east:
        assert not ledger.changed_by_others()
        ledger.add(draft())
        assert not ledger.changed_by_others()
        assert east.changed_by_others()
        erase(east, "control-1", "what")
        assert ledger.changed_by_others()
        assert not ledger.changed_by_others()


def test_operations_on_one_server_do_not_see_each_other(place: str, postgres: Server) -> None:
    long = "o" * 70
    names = ["op", "op.2", long + "a", long + "b"]
    assert len({schema_of(name) for name in names}) == 4
    assert all(len(schema_of(name)) <= NAME_LENGTH_MAX for name in names)
    for name in names:
        with closing(create(place, operation=name)) as ledger:
            ledger.add(draft(f"of {name}"))
    for name in names:
        with closing(Ledger.open(place, operation=name, clock=Clock())) as ledger:
            assert [line.entry.what for line in plain(ledger)] == [f"of {name}"]


REWRITING = [
    "UPDATE lines SET entry = entry",
    "DELETE FROM lines",
    "TRUNCATE lines",
    "INSERT INTO lines SELECT * FROM lines WHERE position = 2 ON CONFLICT (position) DO UPDATE SET hash = 'x'",
    "INSERT INTO lines SELECT 9, 'new', 1, stored_at, 'n', prev, hash, entry, 'n', NULL, arrival FROM lines LIMIT 1",
    "INSERT INTO lines SELECT 6, 'new', 1, stored_at, 'n', prev, hash, entry, 'n', NULL, arrival FROM lines LIMIT 1",
    "UPDATE texts SET text = 'other'",
    "UPDATE texts SET state = 'withheld', text = NULL, salt = NULL",
    "UPDATE texts SET state = 'erased', text = NULL, salt = NULL, position = position + 9",
    "DELETE FROM texts",
    "TRUNCATE texts",
    "INSERT INTO texts SELECT position, 'why', state, salt, text FROM texts WHERE position = 2",
    "UPDATE ledger SET operation = 'other'",
    "DELETE FROM ledger",
]


@pytest.mark.parametrize("statement", REWRITING)
def test_the_tables_themselves_refuse_to_be_rewritten(place: str, postgres: Server, statement: str) -> None:
    fill_two_chains(place, postgres.place("east"))
    with pytest.raises(psycopg.errors.RaiseException, match=r"never|only added"):
        raw(place, statement)
    with closing(opened(place)) as ledger:
        assert ledger.verify().lines == 6
        assert not faults(ledger)


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_may_forget_is_refused(own_server: Server, setting: str) -> None:
    place = own_server.place("careless")
    create(place).close()
    with own_server.connect() as db:
        db.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        db.execute("SELECT pg_reload_conf()")
    own_server.stop("fast")
    own_server.start()
    try:
        for make in (opened, create):
            with pytest.raises(BadInput, match=setting) as caught:
                make(place)
            assert codes(caught) == ["not-durable"]
    finally:
        with own_server.connect() as db:
            db.execute("ALTER SYSTEM RESET ALL")
            db.execute("SELECT pg_reload_conf()")
        own_server.stop("fast")
        own_server.start()
    with closing(opened(place)) as ledger:
        assert not faults(ledger)


def test_a_server_away_is_told_in_words_and_found_again(own_server: Server) -> None:
    with closing(create(own_server.place("away"))) as ledger:
        ledger.add(draft("before"), key="k")
        own_server.stop()
        for call in (ledger.lines, lambda: ledger.add(draft("lost")), lambda: ledger.import_entries([entry("e")])):
            with pytest.raises(BadInput, match="a server that does not answer"):
                call()
        with pytest.raises(BadInput, match="a server that does not answer") as caught:
            opened(own_server.place("away"))
        assert codes(caught) == ["cannot-read"]
        assert [fault.code for fault in ledger.verify().faults] == ["cannot-read"]
        own_server.start()
        assert not ledger.add(draft("before"), key="k").was_new
        assert ledger.add(draft("after")).position == 2
        assert_gapless(ledger, 2)


def test_a_lost_connection_is_made_anew(place: str, postgres: Server) -> None:
    with closing(create(place)) as ledger:
        for number in range(1, 4):
            with postgres.connect() as db:
                query = (
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'ringfence'"
                )
                db.execute(query.encode())
            assert ledger.add(draft()).position == number
        assert_gapless(ledger, 3)


def test_a_writer_waits_for_another_but_not_for_ever(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_store, "LOCK_TIMEOUT_MS", 50)
    with closing(create(place)) as ledger, psycopg.connect(place) as other:
        ledger.add(draft())
        other.execute("SELECT pg_advisory_xact_lock(%s)", (lock_of(schema_of("op")),))
        with pytest.raises(BadInput, match="another desk writing") as caught:
            ledger.add(draft())
        assert codes(caught) == ["cannot-write"]
        assert ledger.last_position() == 1
        other.rollback()
        assert ledger.add(draft()).position == 2


WRONG = {
    "no server": ("postgresql://nobody@/postgres?host=/nowhere", "op", "cannot-read"),
    "no address": ("postgresql://a@[b", "op", "bad-address"),
    "no database": ("{url}", "op", "cannot-read"),
    "no operation said": ("{place}", None, "operation-missing"),
    "no ledger": ("{place}", "other", "no-ledger"),
    "no id": ("{place}", "a b", "bad-id"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_opened_is_refused_in_words(place: str, postgres: Server, name: str) -> None:
    address, operation, code = WRONG[name]
    create(place).close()
    with pytest.raises(BadInput) as caught:
        Ledger.open(address.format(place=place, url=postgres.url("missing")), operation=operation, clock=Clock())
    assert codes(caught) == [code]


def test_no_password_is_shown(postgres: Server) -> None:
    address = f"postgresql://spy:s3cret@/missing?host={postgres.folder}&password=s3cret"
    with pytest.raises(BadInput) as caught:
        Ledger.create(address, operation="op", clock=Clock())
    assert codes(caught) == ["cannot-write"]
    assert "a server that refuses" in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in str(caught.value.__cause__)


def test_an_account_without_rights_may_read_what_it_is_granted_and_writes_nothing(place: str, postgres: Server) -> None:
    with closing(create(place)) as ledger:
        ledger.add(draft())
    with psycopg.connect(place, autocommit=True) as db:
        db.execute("DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        db.execute("GRANT USAGE ON SCHEMA ringfence_op TO reader")
        db.execute("GRANT SELECT ON ALL TABLES IN SCHEMA ringfence_op TO reader")
    with closing(opened(place.replace("ringfence@", "reader@"))) as reader:
        assert not reader.is_writable
        assert_gapless(reader, 1)
        with pytest.raises(BadInput, match="without the right") as caught:
            reader.add(draft())
        assert codes(caught) == ["cannot-write"]


def test_the_bytes_are_gone_from_the_tables(own_server: Server) -> None:
    """From the log that the server writes ahead they go as it is written over, which is the server's own business."""
    words = "Zebra crossing at the quiet house. " * 100
    with closing(create(own_server.place("tables"))) as ledger:
        line = ledger.add(SAID.model_copy(update={"what": words, "place": "The quiet house"})).line
        ledger.add(draft("Something else"))
        with own_server.connect() as db:
            db.execute("CHECKPOINT")
        assert b"The quiet house" in tables(own_server)
        erase(ledger, line.entry.id, "what", "place")
        with own_server.connect() as db:
            db.execute("CHECKPOINT")
        held = tables(own_server)
        assert b"Something else" in held
        for field in ("what", "place"):
            kept = line.texts[field]
            assert kept is not None
            assert kept.salt.encode() not in held
        assert b"The quiet house" not in held
        assert b"Zebra crossing" not in held
        assert not faults(ledger)


def tables(server: Server) -> bytes:
    return b"".join(file.read_bytes() for file in Path(server.data / "base").rglob("*") if file.is_file())


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_a_desk_that_waited_for_another_sees_what_it_wrote_whatever_the_server_isolates(place: str, level: str) -> None:
    strict = f"{place}{'&' if '?' in place else '?'}options=-c%20default_transaction_isolation%3D{quote(quoted(level))}"
    with closing(create(strict)) as first, closing(create(strict, desk="east")) as second:
        first.add(draft())
        results: list[bool] = []
        waiter = threading.Thread(target=lambda: results.append(second.add(draft("second")).was_new))
        told = Clock()

        def once_another_waits() -> datetime:
            waiter.start()
            with psycopg.connect(place, autocommit=True) as watch:
                query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                while watch.execute(query).fetchone() != (1,):
                    time.sleep(0.01)
            return told()

        first._clock = once_another_waits
        first.add(draft("first"))
        waiter.join(60)
        assert results == [True]
        assert [line.entry.what for _, line in first.lines()][-2:] == ["first", "second"]


def quoted(level: str) -> str:
    """As a server's options want it: a backslash before each space."""
    return level.replace(" ", "\\ ")
