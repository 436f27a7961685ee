"""Several desks on one PostgreSQL server, each a process of its own: one log, nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from ringfence.base.errors import BadInput
from ringfence.base.where import OperationPlace
from ringfence.desk import Desk
from ringfence.desk.live import LiveDesk
from ringfence.desk.opening import LEDGER_FILE, system_clock
from ringfence.desk.review import history
from ringfence.ledger import Ledger
from ringfence.model.entries import EntryDraft
from tests.command_line import answer, ringfence
from tests.conftest import EXAMPLE
from tests.contract.test_api import API, draft, refused
from tests.crash.server import Server

NOTE = ("--by", "gate 6", "--certainty", "observed")
MOVED = ("Blocks pushed aside", *NOTE, "--kind", "barrier", "--state", "moved", "--so", "2022-02-21T12:00")
PATIENCE_S = 60


@pytest.fixture
def address(postgres: Server) -> Iterator[str]:
    """A database without a ledger."""
    yield postgres.place("desks")
    postgres.clear()


class Served:
    """A desk: `ringfence serve` as a process."""

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        command = [sys.executable, "-m", "ringfence.cli.main", "serve", str(folder), "--port=0", "--json", *options]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, **environment}
        )

    def wait_until_it_listens(self) -> None:
        assert self.process.stdout is not None
        said = "".join(self.process.stdout.readline() for _ in range(3))
        self.client = httpx.Client(base_url=json.loads(said)["url"], timeout=PATIENCE_S)

    def post(self, key: str, **changes: Any) -> httpx.Response:
        return self.client.post(f"{API}/log", json=draft(**changes), headers={"Idempotency-Key": key})

    def verified(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"{API}/log/verify").json()
        assert found["faults"] == []
        return found

    def heard(self, after: int, until: int) -> list[tuple[int, str]]:
        """Positions and entries that a stream tells from behind one position up to another."""
        told = []
        with self.client.stream("GET", f"{API}/events", headers={"Last-Event-ID": str(after)}) as stream:
            assert stream.status_code == 200
            for line in stream.iter_lines():
                if line.startswith("data: ") and "position" in (item := json.loads(line[6:])):
                    told.append((item["position"], item["entry"]["what"]))
                    if item["position"] == until:
                        break
        return told


@pytest.fixture(scope="module")
def desks(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    """Two that are started at the same moment, where there is no ledger yet."""
    folder, at = tmp_path_factory.mktemp("desks"), server.place("served")
    shutil.copytree(EXAMPLE, folder / "east")
    shutil.copytree(EXAMPLE, folder / "west")
    east = Served(folder / "east", "--ledger", at, "--desk", "east")
    west = Served(folder / "west", RINGFENCE_LEDGER=at, RINGFENCE_DESK="west")
    try:
        for one in (east, west):
            one.wait_until_it_listens()
        yield east, west
    finally:
        for one in (east, west):
            one.process.terminate()
            one.process.wait(PATIENCE_S)
    assert not list(folder.rglob(f"{LEDGER_FILE}*")), "a log on a server leaves nothing in the folder"


def test_what_one_desk_logs_the_other_tells_and_each_writes_its_own_chain(desks: tuple[Served, Served]) -> None:
    east, west = desks
    names = [desk.client.get(f"{API}/operation").json()["desk"] for desk in desks]
    assert names == ["east", "west"]
    begun = east.verified()
    assert begun["lines"] == 156
    assert len(begun["heads"]) == 1, "one of them put the log file in, whole"
    heard: list[tuple[int, str]] = []
    listener = threading.Thread(target=lambda: heard.extend(west.heard(156, 158)))
    listener.start()
    for number in (1, 2):
        assert east.post(f"k{number}", what=f"East says {number}").status_code == 201
    listener.join(PATIENCE_S)
    assert heard == [(157, "East says 1"), (158, "East says 2")]
    assert west.post("k1", what="West says 1").status_code == 201, "a key counts for its desk"
    assert east.heard(157, 159) == [(158, "East says 2"), (159, "West says 1")]
    assert west.heard(157, 159) == east.heard(157, 159), "a position is the same at every desk"
    assert east.verified() == west.verified()
    seqs = {desk: head["seq"] for desk, head in east.verified()["heads"].items()}
    assert seqs in ({"east": 158, "west": 1}, {"east": 2, "west": 157})


def test_a_server_that_goes_is_told_and_when_it_is_back_nothing_is_lost_or_doubled(
    server: Server, desks: tuple[Served, Served]
) -> None:
    east, west = desks
    before = east.verified()["lines"]
    stop = threading.Event()
    answered: list[dict[str, int]] = []

    def write(desk: Served, name: str) -> None:
        """Send each entry until it is stored, as a desk does whose screen says that it was not."""
        statuses: dict[str, int] = {}
        number = 0
        while not stop.is_set() or number < 5:
            status = desk.post(f"{name} {number}", what=f"{name} {number}").status_code
            statuses[f"{status}"] = statuses.get(f"{status}", 0) + 1
            if status in {200, 201}:
                number += 1
        answered.append(statuses | {"stored": number})

    ended = threading.Event()

    def listen() -> None:
        with west.client.stream("GET", f"{API}/events") as stream:
            for _ in stream.iter_lines():
                pass
        ended.set()

    writers = [threading.Thread(target=write, args=(desk, name)) for desk, name in ((east, "e"), (west, "w"))]
    for thread in (*writers, threading.Thread(target=listen)):
        thread.start()
    server.kill()
    assert ended.wait(PATIENCE_S), "a stream that hears nothing more must not look as if it did"
    body = refused(east.post("lost", what="Said while it was away"), 503, "cannot-read")
    assert "does not answer" in body["detail"] or "refuses" in body["detail"]
    assert "try again" in body["detail"]
    refused(west.client.get(f"{API}/events"), 503, "cannot-read")
    assert west.client.get(f"{API}/promises").status_code == 200, "what is known is still told"
    server.start()
    stop.set()
    for thread in writers:
        thread.join(PATIENCE_S)
    assert all(one.get("503") for one in answered), "both were told"
    assert {status for one in answered for status in one} <= {"200", "201", "503", "stored"}
    stored = sum(one["stored"] for one in answered)
    assert east.post("lost", what="Said while it was away").status_code == 201
    assert east.post("lost", what="Said while it was away").status_code == 200
    assert east.verified()["lines"] == before + stored + 1
    told = west.heard(before, before + stored + 1)
    assert [position for position, _ in told] == list(range(before + 1, before + stored + 2))
    assert len({what for _, what in told}) == stored + 1


OPENING = """
import sys
from pathlib import Path
from ringfence.base.where import OperationPlace
from ringfence.desk.opening import open_for_writing, open_folder
print("ready", flush=True)
for line in sys.stdin:
    where = OperationPlace(Path(sys.argv[1]), line.strip(), sys.argv[2])
    known = len(open_folder(where)[0].entries)
    ledger = open_for_writing(where)[1]
    print(known, ledger.last_position(), len(ledger.verify().faults), flush=True)
    ledger.close()
"""


def test_desks_that_begin_a_log_at_the_same_moment_put_the_log_file_in_once(postgres: Server, spoilable: Path) -> None:
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", OPENING, str(spoilable), f"desk{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    try:
        for one in starting:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        for turn in range(3):
            for one in starting:
                assert one.stdin is not None
                one.stdin.write(postgres.place(f"race {turn}") + "\n")
                one.stdin.flush()
            assert {one.stdout.readline() for one in starting if one.stdout} == {"156 156 0\n"}
    finally:
        for one in starting:
            one.communicate(timeout=PATIENCE_S)
        postgres.clear()


def test_questions_begin_no_log_and_what_was_begun_half_is_taken_up(spoilable: Path, address: str) -> None:
    where = ("--ledger", address, "--desk", "east")
    assert len(answer("log", "list", spoilable, *where)["entries"]) == 156
    assert "no-ledger" in ringfence("log", "verify", spoilable, *where).stderr
    Ledger.create(address, operation="wellington-2022", desk="west", clock=system_clock).close()
    assert len(Desk.open(OperationPlace(spoilable, address)).operation.entries) == 156, "tables alone are no log"
    answer("log", "add", spoilable, "A note", *NOTE, *where)
    verified = answer("log", "verify", spoilable, *where)
    assert (verified["lines"], verified["heads"]["east"]["seq"], verified["faults"]) == (157, 157, [])
    assert [path.name for path in spoilable.glob("ledger*")] == []


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--ledger", "{}"), "desk-missing"),
        (("--ledger", "{}", "--desk", "a b"), "bad-id"),
        (("--ledger", "postgresql://spy:s3cret@/x?host=/nowhere", "--desk", "a"), "password-in-address"),
        (("--ledger", "postgresql://spy@/x?password=s3cret", "--desk", "a"), "password-in-address"),
        (("--ledger", "ledger.db", "--desk", "a"), "bad-address"),
        (("--ledger", "postgresql://a@[b", "--desk", "a"), "bad-address"),
        (("--ledger", "postgresql://nobody@/x?host=/nowhere", "--desk", "a"), "cannot-read"),
    ],
)
def test_a_place_that_cannot_be_meant_is_refused_and_nothing_secret_is_shown(
    spoilable: Path, address: str, options: tuple[str, ...], code: str
) -> None:
    done = ringfence("log", "add", spoilable, "A note", *NOTE, *(option.format(address) for option in options))
    assert done.returncode == 2
    assert code in done.stderr
    assert "s3cret" not in done.stderr + done.stdout


def test_a_password_comes_from_a_file_or_the_environment_and_is_shown_nowhere(
    server: Server, spoilable: Path, tmp_path: Path
) -> None:
    address, secret = server.place("guarded").replace("ringfence@", "officer@"), "op3n-s3same"
    with server.connect(address.split("/")[3].split("?")[0]) as db:
        db.execute(f"CREATE ROLE officer SUPERUSER LOGIN PASSWORD '{secret}'".encode())
    rules = server.data / "pg_hba.conf"
    rules.write_text("local all officer scram-sha-256\n" + rules.read_text(encoding="utf-8"), encoding="utf-8")
    with server.connect() as db:
        db.execute("SELECT pg_reload_conf()")
    note = ["log", "add", str(spoilable), "A note", *NOTE, "--ledger", address, "--desk", "east"]
    passwords = tmp_path / "passwords"
    passwords.write_text(f"*:*:*:officer:{secret}\n", encoding="ascii")
    passwords.chmod(0o600)
    cases = [
        ({"PGPASSFILE": str(passwords)}, 0),
        ({"PGPASSWORD": secret}, 0),
        ({"PGPASSWORD": secret[:-1]}, 2),
        ({}, 2),
    ]
    for environment, status in cases:
        done = subprocess.run(
            [sys.executable, "-m", "ringfence.cli.main", *note],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
            env={**os.environ, **environment},
        )
        assert done.returncode == status, done.stderr
        assert secret[:-1] not in done.stdout + done.stderr
        assert status == 0 or "a server that refuses" in done.stderr


def test_an_account_that_may_only_read_watches(postgres: Server, spoilable: Path, address: str) -> None:
    reading = OperationPlace(spoilable, address.replace("ringfence@", "watcher@"), "east")
    with psycopg.connect(address, autocommit=True) as db:
        db.execute("DO $$ BEGIN CREATE ROLE watcher LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        with pytest.raises(BadInput, match="without the right"):
            LiveDesk.open(reading)
        answer("log", "add", spoilable, "A note", *NOTE, "--ledger", address, "--desk", "west")
        db.execute('GRANT USAGE ON SCHEMA "ringfence_wellington-2022" TO watcher')
        db.execute('GRANT SELECT ON ALL TABLES IN SCHEMA "ringfence_wellington-2022" TO watcher')
    with closing(LiveDesk.open(reading)) as live:
        assert (live.writable, live.version, live.operation().desk) == (False, 157, None)
        with pytest.raises(BadInput, match="read-only"):
            live.add(EntryDraft.model_validate(draft()), key=None)
        answer("log", "add", spoilable, "Another", *NOTE, "--ledger", address, "--desk", "west")
        assert live.refresh()
        assert live.version == 158


def test_a_file_and_a_server_are_never_two_logs(spoilable: Path, tmp_path: Path, address: str) -> None:
    """The file's lines go to the server with their hashes, and its desk goes on there."""
    answer("log", "add", spoilable, "Said before there was a server", *NOTE)
    where = ("--ledger", address, "--desk", "control")
    for command in (("check", spoilable), ("log", "add", spoilable, "A note", *NOTE), ("log", "verify", spoilable)):
        assert "two-ledgers" in ringfence(*command, *where).stderr
    exported = tmp_path / "ledger.jsonl"
    answer("log", "export", spoilable, "-o", exported)
    heads = answer("log", "verify", spoilable)["heads"]
    (spoilable / LEDGER_FILE).rename(tmp_path / "kept.sqlite")
    assert answer("log", "import", spoilable, exported, *where) == {"added": 157}
    assert answer("log", "verify", spoilable, *where)["heads"] == heads
    assert answer("log", "add", spoilable, "And after", *NOTE, *where)["entry"]["id"] == "control-158"


def test_a_file_grows_the_chain_of_the_desk_that_was_named(spoilable: Path) -> None:
    assert answer("log", "add", spoilable, "A note", *NOTE, "--desk", "east")["entry"]["id"] == "east-157"
    assert answer("log", "add", spoilable, "A note", *NOTE)["entry"]["id"] == "east-158", "the file knows its desk"
    assert "other-desk" in ringfence("log", "add", spoilable, "A note", *NOTE, "--desk", "west").stderr


def test_what_is_played_with_stays_off_the_server(tmp_path: Path) -> None:
    """`demo --serve` writes to a copy, also where the environment names the server of the real log."""
    command = [sys.executable, "-m", "ringfence.cli.main", "demo", "--serve", "--port=0", "--json", "-o"]
    away = {"RINGFENCE_LEDGER": "postgresql://nobody@/x?host=/nowhere", "RINGFENCE_DESK": "east"}
    demo = subprocess.Popen(
        [*command, str(tmp_path / "demo.html")],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **away},
        start_new_session=True,
    )
    try:
        assert demo.stdout is not None
        url = json.loads(demo.stdout.readline())["url"]
        assert httpx.get(f"{url}api/v1/operation", timeout=PATIENCE_S).json()["desk"] == "control"
    finally:
        os.killpg(demo.pid, signal.SIGTERM)  # it, and the process that serves
        demo.communicate(timeout=PATIENCE_S)


def test_desks_that_a_network_split_parted_exchange_their_lines_and_see_one_picture(
    spoilable: Path, tmp_path: Path, address: str
) -> None:
    """East stays on the server; west goes on alone, on a file begun with an export, until both can talk again."""
    server, alone = ("--ledger", address, "--desk", "east"), ("--desk", "west")
    shutil.copytree(spoilable, tmp_path / "west")
    west = tmp_path / "west"
    answer("log", "add", spoilable, "Before the split", *NOTE, *server)
    answer("log", "export", spoilable, "-o", tmp_path / "begin.jsonl", *server)
    assert answer("log", "import", west, tmp_path / "begin.jsonl", *alone) == {"added": 157}
    east_said = answer("log", "add", spoilable, *MOVED, "--barrier", "bunny-street", *server)
    west_said = answer("log", "add", west, *MOVED, "--barrier", "hill-street", *alone)
    assert (east_said["entry"]["id"], west_said["entry"]["id"]) == ("east-158", "west-1")

    def asked() -> list[tuple[Any, ...]]:
        """What both desks answer: the picture at noon, the promises then, and each promise's whole history."""
        both = (Desk.open(OperationPlace(spoilable, address, "east")), Desk.open(OperationPlace(west, None, "west")))
        noon = both[0].moment("2022-02-21T12:30")
        return [
            (desk.picture(at=noon), desk.check(at=noon), history(desk, promise_id="sealed-determined", known_at=None))
            for desk in both
        ]

    apart = asked()
    assert apart[0] != apart[1]
    answer("log", "export", spoilable, "-o", tmp_path / "east.jsonl", *server)
    answer("log", "export", west, "-o", tmp_path / "west.jsonl", *alone)
    assert answer("log", "import", spoilable, tmp_path / "west.jsonl", *server) == {"added": 1}
    assert answer("log", "import", west, tmp_path / "east.jsonl", *alone) == {"added": 1}
    assert answer("log", "import", west, tmp_path / "east.jsonl", *alone) == {"added": 0}
    together = asked()
    assert together[0] == together[1]
    assert together[0] not in apart
    moved = {barrier.id for barrier in together[0][0].barriers if barrier.state == "moved"}
    assert {"bunny-street", "hill-street"} <= moved
    verified = [answer("log", "verify", spoilable, *server), answer("log", "verify", west, *alone)]
    assert verified[0] == verified[1]
    assert {desk: head["seq"] for desk, head in verified[0]["heads"].items()} == {"east": 158, "west": 1}
