"""A real server on a real socket: what is too big, too slow or no HTTP; event streams, which miss nothing and end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from ringfence.base.errors import BadInput
from ringfence.server import Limits, serve
from ringfence.server.problems import MEDIA_TYPE
from tests.conftest import EXAMPLE
from tests.contract.test_api import API, draft
from tests.serving import running

NARROW = Limits(
    header_s=1.0,
    body_s=1.0,
    keep_alive_s=1.0,
    connections=40,
    streams=3,
    heartbeat_s=0.3,
    refresh_s=0.1,
    stream_events=10,
)
POST = (
    f"POST {API}/log HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\n".encode()
)
PLENTY = 10 * 1024 * 1024


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("limits") / "operation"
    shutil.copytree(EXAMPLE, copy)
    return copy


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    with running(folder, limits=NARROW) as it:
        yield it


def connect(url: str) -> socket.socket:
    there = httpx.URL(url)
    return socket.create_connection((there.host, there.port or 80), timeout=20)


def answer_of(line: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """All that comes until the server closes: status, headers, body. Nothing at all is status 0."""
    received = b""
    while part := line.recv(65536):
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): text for name, _, text in (line.partition(": ") for line in lines)}
    return int(first.split()[1]) if first else 0, headers, body


def envelope(line: socket.socket, status: int, code: str) -> None:
    """The server answers with the envelope and closes."""
    found, headers, body = answer_of(line)
    assert (found, headers["content-type"]) == (status, MEDIA_TYPE)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["connection"] == "close"
    assert "server" not in headers
    told = json.loads(body)
    assert (told["status"], [fault["code"] for fault in told["faults"]]) == (status, [code])


def send_all_that_is_taken(line: socket.socket, parts: Iterator[bytes]) -> int:
    """How many bytes could be sent before the server hung up, if it did."""
    sent = 0
    try:
        for part in parts:
            line.sendall(part)
            sent += len(part)
    except OSError:
        pass
    return sent


def test_a_huge_body_is_refused_before_it_is_sent(url: str) -> None:
    with connect(url) as line:
        line.sendall(POST + f"Content-Length: {PLENTY}\r\n\r\n".encode())  # and not one byte of it
        envelope(line, 413, "too-long")


def test_a_huge_body_sent_all_the_same_gets_to_see_the_answer(url: str) -> None:
    answer = httpx.post(
        url + f"{API}/log",
        content=b" " * PLENTY,
        headers={"Content-Type": "application/json", "Idempotency-Key": "huge"},
    )
    assert answer.status_code == 413
    assert answer.json()["faults"][0]["code"] == "too-long"


def test_a_huge_body_without_a_length_is_refused_on_the_way(url: str) -> None:
    with connect(url) as line:
        line.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n")
        block = b"10000\r\n" + b" " * 65536 + b"\r\n"
        line.sendall(block * 5)  # 320 KiB of endlessly many
        envelope(line, 413, "too-long")
    with connect(url) as line:
        line.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n")
        send_all_that_is_taken(line, (block for _ in range(PLENTY // 65536)))
        envelope(line, 413, "too-long")


def test_a_body_may_be_as_long_as_the_limit(url: str) -> None:
    body = json.dumps(draft()).encode().ljust(NARROW.body_bytes)
    headers = {"Content-Type": "application/json", "Idempotency-Key": "long"}
    assert httpx.post(url + f"{API}/log", content=body, headers=headers).status_code == 201
    assert httpx.post(url + f"{API}/log", content=iter([body, b" "]), headers=headers).status_code == 413


def test_long_notes_are_held_few_at_a_time_and_only_for_as_long_as_they_come(url: str) -> None:
    head = POST.replace(b"/log", b"/notes") + f"Content-Length: {PLENTY}\r\n\r\n".encode()
    first, second = connect(url), connect(url)
    with first, second:
        for line in (first, second):
            line.sendall(head + b" ")
        time.sleep(0.3)
        with connect(url) as third:
            third.sendall(head)
            envelope(third, 503, "too-busy")
        short = httpx.post(url + f"{API}/notes", json={"typed": "short"}, headers={"Idempotency-Key": "short"})
        assert short.status_code == 201, "what is short takes no place"
        for line in (first, second):
            envelope(line, 408, "too-slow")
    long = {"typed": "x" * NARROW.body_bytes}
    assert httpx.post(url + f"{API}/notes", json=long, headers={"Idempotency-Key": "long note"}).status_code == 201


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"hello\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        POST + b"Content-Length: -1\r\n\r\n",
        POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n",
    ],
)
def test_what_is_no_http_gets_the_envelope(url: str, garbage: bytes) -> None:
    with connect(url) as line:
        line.sendall(garbage)
        envelope(line, 400, "bad-http")


def test_huge_headers_and_urls_are_refused(url: str) -> None:
    with connect(url) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 100_000)
        envelope(line, 431, "headers-too-long")
    with connect(url) as line:
        line.sendall(b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        envelope(line, 414, "url-too-long")


def test_slow_headers_are_not_waited_for(url: str) -> None:
    with connect(url) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: loc")
        envelope(line, 408, "too-slow")
    with connect(url) as line:  # nor after a first request on the same connection
        line.sendall(f"HEAD {API}/area HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert line.recv(65536).startswith(b"HTTP/1.1 200")
        line.sendall(b"GET")
        envelope(line, 408, "too-slow")
    with connect(url) as line:  # drop by drop is slow too
        send_all_that_is_taken(line, (one for one in _drops(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 200)))
        envelope(line, 408, "too-slow")
    with connect(url) as line:  # who says nothing is told nothing
        assert answer_of(line)[0] == 0


def _drops(text: bytes) -> Iterator[bytes]:
    for letter in text:
        time.sleep(0.1)
        yield bytes([letter])


def test_a_slow_body_is_not_waited_for(url: str) -> None:
    with connect(url) as line:
        line.sendall(POST + b"Content-Length: 100\r\n\r\n{")
        envelope(line, 408, "too-slow")


def test_a_client_that_goes_away_in_the_middle_does_no_harm(url: str) -> None:
    for rest in (b"", b"Content-Length: 100\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n5\r\nhe"):
        with connect(url) as line:
            line.sendall(POST + rest)
    assert httpx.get(url + f"{API}/area").status_code == 200


@contextmanager
def asking(url: str, path: str, times: int) -> Iterator[socket.socket]:
    """A client that asks for so many answers in a row, and takes next to nothing of them unless they are read."""
    there = httpx.URL(url)
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(20)
        line.connect((there.host, there.port or 80))
        line.sendall(f"GET {API}{path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * times)
        yield line


@pytest.mark.parametrize(("path", "times"), [("/streets", 200), ("/events?last_event_id=0", 1)])
def test_who_asks_and_never_reads_is_let_go(folder: Path, path: str, times: int) -> None:
    limits = Limits(take_s=1.0, connections=1)
    with running(folder, limits=limits, held_bytes=4096) as there, asking(there, path, times):
        assert httpx.get(f"{there}{API}/area").status_code == 503
        assert_soon(lambda: httpx.get(f"{there}{API}/area").status_code == 200)


def test_who_reads_slowly_but_reads_gets_all(folder: Path) -> None:
    limits = Limits(take_s=0.6)
    with running(folder, limits=limits, held_bytes=4096) as url, asking(url, "/openapi.json", 3) as line:
        received = b""
        for _ in range(40):  # each answer waits longer than a client may that takes nothing
            received += line.recv(4096)
            time.sleep(0.05)
        while received.count(b"HTTP/1.1 200 OK") < 3:
            part = line.recv(65536)
            assert part, "it was let go"
            received += part


def test_too_many_connections_are_turned_away(url: str) -> None:
    lines = [connect(url) for _ in range(NARROW.connections + 5)]
    try:
        envelope(lines[-1], 503, "too-many-connections")
    finally:
        for line in lines:
            line.close()
    assert_soon(lambda: httpx.get(url + f"{API}/area").status_code == 200)


def assert_soon(holds: Any) -> None:
    ends = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.1)


class Viewer:
    """Reads one stream of events."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.iter_lines()

    def next(self, kind: str) -> dict[str, str]:
        """The next event of that kind; comments are of kind ``comment``."""
        event: dict[str, str] = {}
        for line in self._lines:
            name, _, text = line.partition(": ") if not line.startswith(":") else ("comment", "", line)
            if line:
                event[name] = text
            elif kind in (event.get("event"), "comment" if "comment" in event else None):
                return event
            else:
                event = {}
        raise AssertionError("the stream ended")


@contextmanager
def viewer(url: str, *, after: int | None = None, query: int | None = None) -> Iterator[Viewer]:
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    params = {} if query is None else {"last_event_id": query}
    with (
        httpx.Client(timeout=30) as client,
        client.stream("GET", url + f"{API}/events", headers=headers, params=params) as response,
    ):
        yield Viewer(response)


def end_of(url: str) -> int:
    return int(httpx.get(url + f"{API}/log?limit=1").json()["last_position"])


def write(url: str, key: str, **changes: Any) -> int:
    answer = httpx.post(url + f"{API}/log", json=draft(**changes), headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["position"])


def test_a_stream_tells_the_promises_first_and_then_what_is_new(url: str) -> None:
    with viewer(url) as one:
        assert one.response.headers["content-type"].startswith("text/event-stream")
        assert one.response.headers["cache-control"] == "no-store"
        assert "content-encoding" not in one.response.headers
        assert "etag" not in one.response.headers
        first = json.loads(one.next("promises")["data"])
        assert first["changed"] == []
        promises = httpx.get(url + f"{API}/operation").json()["promises"]
        assert [answer["id"] for answer in first["answers"]] == [promise["id"] for promise in promises]
        position = write(url, "new")
        event = one.next("entry")
        assert int(event["id"]) == position
        assert json.loads(event["data"]) == httpx.get(url + f"{API}/log?limit=1").json()["items"][0]


def test_an_entry_that_changes_answers_is_followed_by_the_promises(url: str) -> None:
    barrier = next(one["id"] for one in httpx.get(url + f"{API}/operation").json()["barriers"])
    at = "2022-02-22T09:00:00+13:00"
    with viewer(url) as one:
        one.next("promises")
        so = {"precision": "exact", "from": at, "to": at}
        position = write(url, "away", kind="barrier", barriers=[barrier], state="removed", certainty="confirmed", so=so)
        told = json.loads(one.next("promises")["data"])
        assert told["last_position"] == position
        assert "sealed-lawful" in told["changed"]


def test_who_comes_back_misses_nothing(url: str) -> None:
    before = end_of(url)
    written = [write(url, f"missed-{number}") for number in range(25)]  # more than one handful of `stream_events`
    for arguments in ({"after": before}, {"query": before}, {"after": before, "query": 0}):
        with viewer(url, **arguments) as one:
            assert [int(one.next("entry")["id"]) for _ in written] == written
    with viewer(url, after=0) as one:
        assert [int(one.next("entry")["id"]) for _ in range(written[-1])] == list(range(1, written[-1] + 1))
    with viewer(url, after=10**12) as one:  # of another ledger: the promises tell where the end is
        assert json.loads(one.next("promises")["data"])["last_position"] <= written[-1]
        position = write(url, "after the end")
        assert int(one.next("entry")["id"]) == position


def test_an_event_id_that_is_none_is_refused(url: str) -> None:
    for text in ("x", "-1", "1.5", "9" * 30, "0x10"):
        answer = httpx.get(url + f"{API}/events", headers={"Last-Event-ID": text})
        assert (answer.status_code, answer.headers["content-type"]) == (400, MEDIA_TYPE)


def test_entries_of_another_process_appear(url: str, folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from ringfence.desk.live import LiveDesk; "
        "from ringfence.model.entries import EntryDraft; "
        "LiveDesk.open(Path(sys.argv[1])).add(EntryDraft.model_validate_json(sys.argv[2]), key='other')"
    )
    with viewer(url) as one:
        one.next("promises")
        words = json.dumps(draft(what="From elsewhere."))
        subprocess.run([sys.executable, "-c", script, str(folder), words], check=True, timeout=60)
        assert json.loads(one.next("entry")["data"])["entry"]["what"] == "From elsewhere."


def test_a_promise_that_turns_by_the_clock_alone_is_told(spoilable: Path) -> None:
    now = [datetime.fromisoformat("2022-02-21T12:00:00+13:00")]
    with running(spoilable, clock=lambda: now[0]) as url, viewer(url) as one:
        first = json.loads(one.next("promises")["data"])
        assert {"id": "sealed-lawful", "answer": "kept", "certain": True} in first["answers"]
        now[0] = datetime.fromisoformat("2022-02-22T12:00:00+13:00")
        turned = json.loads(one.next("promises")["data"])
        assert {"id": "sealed-lawful", "answer": "broken", "certain": False} in turned["answers"]
        assert "sealed-lawful" in turned["changed"]


@pytest.mark.parametrize(
    ("swept", "turns"),
    [
        ("2022-02-23T09:00:00+13:00", "2022-02-23T13:00:00+13:00"),  # of no use any longer
        ("2022-03-01T23:00:00+13:00", "2022-03-02T00:00:00.000001+13:00"),  # a week over: the end itself is meant
    ],
)
def test_what_turns_by_the_clock_alone_is_told_behind_the_planned_end_too(
    spoilable: Path, swept: str, turns: str
) -> None:
    now = [datetime.fromisoformat(swept)]
    limits = replace(NARROW, stream_s=20.0)  # what is never told ends the test
    with running(spoilable, limits=limits, clock=lambda: now[0]) as url, viewer(url) as one:
        so = {"precision": "exact", "from": swept, "to": swept}
        write(url, "swept", kind="sweep", swept="perimeter", certainty="confirmed", so=so)
        while contained(one) != "kept":
            pass
        one.next("comment")  # both replays are done with
        now[0] = datetime.fromisoformat(turns)
        assert contained(one) == "unknown"


def contained(one: Viewer) -> str:
    """What the next event says of the perimeter."""
    answers = json.loads(one.next("promises")["data"])["answers"]
    return str(next(answer["answer"] for answer in answers if answer["id"] == "contained"))


def test_a_file_of_the_console_has_one_name_only(url: str) -> None:
    assert httpx.get(f"{url}/index.html").status_code == 200
    for other in ("/.//index.html", "/assets%2F..%2Findex.html", "/%2e/index.html"):
        with connect(url) as line:
            line.sendall(f"GET {other} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            assert answer_of(line)[0] == 404, other


def test_a_quiet_stream_shows_that_it_lives(url: str) -> None:
    with viewer(url) as one:
        for _ in range(3):
            assert one.next("comment")["comment"] == ": keep-alive"


def test_too_many_streams_are_turned_away_until_one_ends(url: str) -> None:
    def status() -> int:
        with httpx.stream("GET", url + f"{API}/events") as response:
            return response.status_code

    assert_soon(lambda: status() == 200)
    with viewer(url), viewer(url), viewer(url):
        refused = httpx.get(url + f"{API}/events")
        assert (refused.status_code, refused.headers["content-type"]) == (503, MEDIA_TYPE)
        assert refused.headers["retry-after"]
        assert refused.json()["faults"][0]["code"] == "too-many-streams"
    assert_soon(lambda: status() == 200)


def test_a_stream_ends_after_its_life_and_when_the_server_stops(folder: Path) -> None:
    ended = pytest.raises(AssertionError, match="the stream ended")
    with running(folder, limits=Limits(stream_s=0.5)) as url, viewer(url) as one, ended:
        one.next("nothing")
    with running(folder, limits=Limits(stop_s=60)) as url:
        stream = viewer(url)
        one = stream.__enter__()
        one.next("promises")
    with ended:  # `running` has checked that the server stopped
        one.next("nothing")
    stream.__exit__(None, None, None)


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_an_interrupt_stops_the_command_though_somebody_watches(folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from ringfence.server import serve; "
        "serve(Path(sys.argv[1]), port=0, ready=lambda url: print(url, flush=True))"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip().rstrip("/")
        with viewer(url) as one:
            one.next("promises")
            process.send_signal(signal.SIGINT)
            process.wait(20)
    finally:
        process.kill()
        process.wait()


def test_a_port_that_is_taken_is_told_before_anything_else(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(BadInput) as caught:
        serve(tmp_path / "nowhere", port=taken.getsockname()[1])
    assert [fault.code for fault in caught.value.faults] == ["cannot-listen"]
    for host, port in (("256.0.0.1", 0), ("127.0.0.1", 99999), ("192.0.2.1", 0), ("\ud800", 0)):
        with pytest.raises(BadInput) as caught:
            serve(tmp_path / "nowhere", host=host, port=port)
        assert [fault.code for fault in caught.value.faults] == ["cannot-listen"]


def test_an_address_beyond_this_machine_gets_a_warning(tmp_path: Path) -> None:
    said: list[str] = []
    with pytest.raises(BadInput):  # there is no operation to serve, so nothing is
        serve(tmp_path / "nowhere", host="0.0.0.0", port=0, warn=said.append)
    assert "no roles" in said[0]
    with pytest.raises(BadInput):
        serve(tmp_path / "nowhere", port=0, warn=said.append)
    assert len(said) == 1
