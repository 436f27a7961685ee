"""The HTTP API held against its document, its envelope and its promises: through the application, and over a socket."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from ringfence.base.errors import BadInput, Fault
from ringfence.desk.live import LiveDesk
from ringfence.server import Limits
from ringfence.server.api import document_bytes
from ringfence.server.problems import MEDIA_TYPE
from tests.command_line import answer as answer_of
from tests.conftest import EXAMPLE, ROOT
from tests.serving import running

# Else it is read while a request is drawn, so deep down that Python 3.11 may fail to parse it (SystemError).
importlib.import_module("schemathesis.specs.openapi.object_authorization")

API = "/api/v1"
TYPED = "0412 barrier moved Bunny/Featherston, reported by gate 6"
DOCUMENT: dict[str, Any] = json.loads(document_bytes())

GETS = [
    "/operation",
    "/streets",
    "/area",
    "/replay",
    "/replay?knowledge=then",
    "/promises",
    "/promises?at=2022-02-22T12:00&known_at=2022-02-22T10:00",
    "/picture?at=2022-02-22T12:00%2B13:00",
    "/review?at=2022-02-22T12:00",
    "/review?at=2022-02-22T12:00&known_at=2022-02-21T08:00",
    "/history",
    "/history?promise=sealed-lawful&known_at=2022-02-22T12:00",
    "/alarms",
    "/alarms?at=2022-02-22T12:00&known_at=2022-02-22T10:00",
    "/hindsight",
    "/hindsight?promise=sealed-lawful",
    "/log",
    "/log?kind=barrier&kind=count&text=block&limit=3&before=100",
    "/log/verify",
    "/log/W001",
    "/disclosure?role=public",
    "/places?words=Molesworth%20Street%20near%20Pipitea%20Street",
    "/places/names?starts=moles",
    "/plan?threat=determined",
    "/plans",
    "/plans/kept",
    "/plans/kept/question",
    "/plans/kept/export?form=csv",
    "/plans/kept/export?form=geojson",
    "/plans/kept/export?form=pdf&crews=2",
    "/plans/kept/export?form=toml",
]
APART = {"/events": "a stream is never the same again"}
"""GETs without an ETag, and why."""


def draft(**changes: Any) -> dict[str, Any]:
    return {"kind": "note", "what": "A note.", "source": {"by": "a test"}, "certainty": "observed", **changes}


def documented(question: str) -> str:
    """The path in the document that answers a question; one without parameters goes first."""
    asked = question.partition("?")[0]
    paths: list[str] = sorted((path.removeprefix(API) for path in DOCUMENT["paths"]), key=lambda path: "{" in path)
    return next(path for path in paths if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), asked))


def conforms(response: httpx.Response, path: str, method: str = "get") -> None:
    """The body is what the document says of this status and content type."""
    operation = DOCUMENT["paths"][API + path][method]
    kind = response.headers["content-type"].partition(";")[0]
    schema = operation["responses"][str(response.status_code)]["content"][kind]["schema"]
    validator = jsonschema_rs.validator_for({**schema, "components": DOCUMENT["components"]})
    body = response.json() if kind.endswith("json") else response.text
    assert [error.message for error in validator.iter_errors(body)] == []


def refused(response: httpx.Response, status: int, *codes: str) -> dict[str, Any]:
    """It is the envelope, with these codes."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == MEDIA_TYPE
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.content.isascii()
    body: dict[str, Any] = response.json()
    validator = jsonschema_rs.validator_for(
        {"$ref": "#/components/schemas/Problem", "components": DOCUMENT["components"]}
    )
    assert [error.message for error in validator.iter_errors(body)] == []
    assert body["status"] == status
    assert {fault["code"] for fault in body["faults"]} == set(codes)
    return body


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("api") / "operation"
    shutil.copytree(EXAMPLE, copy)
    return copy


@pytest.fixture(scope="module")
def client(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    console = tmp_path_factory.mktemp("console")
    (console / "assets").mkdir()
    (console / "index.html").write_text("<!doctype html><title>Ringfence</title>")
    (console / "assets" / "app-1a2b.js").write_text("'use strict';" * 2000)
    (console.parent / "secret.txt").write_text("outside")
    with running(folder, console=console) as url, httpx.Client(base_url=url, timeout=30) as it:
        kept = {"title": "Kept", "question": {"threat": "determined"}}
        assert it.post(f"{API}/plans/kept", json=kept).status_code == 201
        yield it


def post(client: httpx.Client, body: Any, key: str, **headers: str) -> httpx.Response:
    return client.post(f"{API}/log", json=body, headers={"Idempotency-Key": key, **headers})


def test_the_document_in_docs_is_the_one_that_is_served(client: httpx.Client) -> None:
    stored = (ROOT / "docs" / "openapi.json").read_bytes()
    assert stored == document_bytes(), "run: python -m ringfence.server.openapi > docs/openapi.json"
    served = client.get(f"{API}/openapi.json")
    assert (served.content, served.headers["etag"]) == (stored, f'"{hashlib.sha256(stored).hexdigest()}-gzip"')
    assert DOCUMENT["openapi"].startswith("3.1")
    for path, operations in DOCUMENT["paths"].items():
        for operation in operations.values():
            assert {"summary", "description", "tags", "operationId"} <= operation.keys(), path


def test_every_get_of_the_document_is_looked_at() -> None:
    gets = {path.removeprefix(API) for path, operations in DOCUMENT["paths"].items() if "get" in operations}
    assert {documented(question) for question in GETS} == gets - APART.keys()


@pytest.mark.parametrize("question", GETS)
def test_every_get_answers_as_documented_with_a_strong_etag_and_honours_it(client: httpx.Client, question: str) -> None:
    answer = client.get(API + question)
    assert answer.status_code == 200, answer.text
    conforms(answer, documented(question))
    assert answer.headers["cache-control"] == "no-cache"
    tag = answer.headers["etag"]
    assert tag.startswith('"')
    if question != "/operation":  # its `now` moves; the example's days are over, so it stands still here all the same
        assert client.get(API + question).headers["etag"] == tag
    again = client.get(API + question, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(API + question, headers={"If-None-Match": '"other"'}).status_code == 200
    head = client.head(API + question)
    assert (head.status_code, head.headers["etag"]) == (200, tag)


@pytest.mark.parametrize("known_at", [None, "2022-02-22T12:00"])
def test_the_picture_is_the_same_at_every_door(client: httpx.Client, folder: Path, known_at: str | None) -> None:
    moment = {"at": "2022-02-22T19:00", **({"known_at": known_at} if known_at else {})}
    served = client.get(f"{API}/picture", params=moment).json()
    options = [word for name, time in moment.items() for word in (f"--{name.replace('_', '-')}", time)]
    assert served == answer_of("picture", folder, *options)
    look = client.get(f"{API}/review", params=moment).json()["then" if known_at else "now"]  # what the console draws
    told = {name: look[name] for name in ("counts", "rivals", "wordings")}
    assert served == {**look["picture"], **told}
    assert all(told.values())


def test_the_packed_form_has_an_etag_of_its_own(client: httpx.Client) -> None:
    plain = client.get(f"{API}/replay", headers={"Accept-Encoding": "identity"})
    packed = client.get(f"{API}/replay", headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert (packed.headers["content-encoding"], packed.content) == ("gzip", plain.content)
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == packed.headers["vary"] == "accept-encoding"
    assert plain.headers["etag"] == f'"{hashlib.sha256(plain.content).hexdigest()}"' != packed.headers["etag"]
    asked = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]}
    assert client.get(f"{API}/replay", headers=asked).status_code == 304
    assert "content-encoding" not in client.get(f"{API}/replay", headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_questions_leave_the_ledger_as_it_is(client: httpx.Client, folder: Path) -> None:
    def files() -> dict[str, str]:
        return {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in folder.rglob("*") if one.is_file()}

    before, version = files(), client.get(f"{API}/log?limit=1").json()["last_position"]
    for question in GETS:
        client.get(API + question)
    supposed = {"at": "2022-02-22T12:00:00+13:00", "changes": []}
    assert client.post(f"{API}/what-if", json=supposed).status_code == 200
    assert client.post(f"{API}/typed-line", json={"text": TYPED}).status_code == 200
    assert client.get(f"{API}/log?limit=1").json()["last_position"] == version
    assert files() == before


def test_a_typed_line_is_read_and_its_draft_can_be_sent_as_it_is(client: httpx.Client) -> None:
    answer = client.post(f"{API}/typed-line", json={"text": TYPED, "now": "2022-02-22T06:00:00+13:00"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    conforms(answer, "/typed-line", "post")
    read = answer.json()
    assert read["ready"]
    assert read["draft"]["so"]["from"] == "2022-02-22T04:12:00+13:00"
    stored = post(client, read["draft"], "typed")
    assert stored.status_code == 201, stored.text
    assert stored.json()["entry"]["what"] == TYPED
    unclear = client.post(f"{API}/typed-line", json={"text": "barrier moved Lambton Quay"})
    conforms(unclear, "/typed-line", "post")
    assert not unclear.json()["ready"]
    assert {doubt["code"] for doubt in unclear.json()["doubts"]} >= {"several-barriers", "no-source"}
    assert post(client, unclear.json()["note"], "typed note").status_code == 201


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": " "}, "bad-value"),
        ({"text": "turned \u202e round"}, "bad-value"),
        ({"text": "bell \u0007"}, "bad-value"),
        ({"text": "x" * 4001}, "bad-value"),
        ({"text": "x", "now": "tomorrow"}, "bad-value"),
        ({}, "missing-field"),
    ],
)
def test_a_typed_line_that_no_entry_can_hold_is_refused(client: httpx.Client, body: Any, code: str) -> None:
    refused(client.post(f"{API}/typed-line", json=body), 422, code)


def test_an_entry_is_stored_once_under_its_key(client: httpx.Client) -> None:
    first = post(client, draft(), "once")
    assert first.status_code == 201
    conforms(first, "/log", "post")
    again = post(client, draft(), "once")
    assert (again.status_code, again.json()["position"]) == (200, first.json()["position"])
    assert again.headers["location"] == first.headers["location"]
    read = client.get(first.headers["location"])
    conforms(read, "/log/{entry_id}")
    assert read.json()["entry"]["what"] == "A note."
    refused(post(client, draft(what="Another note."), "once"), 409, "key-reused")
    refused(client.post(f"{API}/log", json=draft()), 422, "missing-field")


def test_markup_in_an_entry_stays_text(client: httpx.Client) -> None:
    markup = "<script>alert(1)</script> & \u05d0\u05d1 \u2028"
    answer = post(client, draft(what=markup), "markup")
    read = client.get(answer.headers["location"])
    for one in (answer, read):
        assert one.headers["content-type"] == "application/json"
        assert one.headers["x-content-type-options"] == "nosniff"
        assert "script-src 'self';" in one.headers["content-security-policy"]
        assert one.content.isascii()
        assert one.json()["entry"]["what"] == markup


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (draft(what="turned \u202e round"), {"bad-value"}),
        (draft(what=""), {"bad-value"}),
        (draft(what=" \u200b"), {"bad-value"}),
        (draft(what="x" * 4001), {"bad-value"}),
        (draft(extra=1), {"unknown-field"}),
        ({"kind": "note"}, {"missing-field"}),
        (draft(kind="rumour", nonsense={}), {"bad-value", "unknown-field"}),
        (draft(so={"precision": "exact", "from": 0, "to": 0}), {"bad-value"}),
        (draft(so={"precision": "exact"}), {"bad-value"}),
        ([], {"bad-value"}),
        (None, {"bad-value"}),
        ("\ud800", {"bad-json"}),
    ],
)
def test_bodies_that_cannot_be_used_are_refused_with_every_fault(
    client: httpx.Client, body: Any, codes: set[str]
) -> None:
    headers = {"Idempotency-Key": "bad", "Content-Type": "application/json"}
    answer = client.post(f"{API}/log", content=json.dumps(body), headers=headers)
    refused(answer, 400 if codes == {"bad-json"} else 422, *codes)


def test_what_an_entry_names_must_be_there(client: httpx.Client) -> None:
    answer = post(client, draft(kind="barrier", barriers=["nowhere"], state="installed"), "nowhere")
    assert answer.status_code == 422
    assert refused(answer, 422, *{fault["code"] for fault in answer.json()["faults"]})["faults"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": 1, "a": 2}',
        b"[NaN]",
        b"\xff",
        b'{"a":' * 30_000,
        b"[" * 200_000,
        b'"' + b'\\"' * 100_000,
        b"1" * 10_000,
    ],
    ids=[
        "nothing",
        "half",
        "quotes",
        "a name twice",
        "no number",
        "no UTF-8",
        "deep objects",
        "deep lists",
        "no end",
        "huge number",
    ],
)
@pytest.mark.parametrize("path", ["/log", "/what-if", "/typed-line"])
def test_malformed_json_is_told_as_such(client: httpx.Client, path: str, content: bytes) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": "malformed"}
    answer = client.post(API + path, content=content, headers=headers)
    refused(answer, 400, "bad-json")


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "text/json", "nonsense"])
def test_only_json_is_read(client: httpx.Client, kind: str) -> None:
    headers = {"Idempotency-Key": "kind", "Content-Type": kind}
    refused(client.post(f"{API}/log", content=json.dumps(draft()), headers=headers), 415, "not-json")


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        ("/operation?x=1", 422, "unknown-query"),
        ("/log?knid=barrier", 422, "unknown-query"),
        ("/promises?at=2022-02-22&at=2022-02-23", 422, "repeated-query"),
        ("/log?limit=0", 422, "bad-value"),
        ("/log?limit=1001", 422, "bad-value"),
        ("/log?kind=rumour", 422, "bad-value"),
        ("/promises?at=tomorrow", 422, "bad-time"),
        ("/replay?knowledge=some", 422, "bad-value"),
        ("/places", 422, "missing-field"),
        ("/log/nothing", 404, "no-such-entry"),
        ("/log/%3Cscript%3E%00%ff", 404, "no-such-entry"),
        ("/nothing", 404, "no-such-path"),
        ("/operation/", 404, "no-such-path"),
        ("", 404, "no-such-path"),
        ("/log?text=" + "x" * 9000, 414, "url-too-long"),
        ("/events?last_event_id=-1", 400, "bad-event-id"),
        ("/events?last_event_id=1e3", 400, "bad-event-id"),
    ],
)
def test_questions_that_cannot_be_answered(client: httpx.Client, question: str, status: int, code: str) -> None:
    refused(client.get(API + question), status, code)


def test_an_unknown_place_comes_with_suggestions(client: httpx.Client) -> None:
    answer = client.get(f"{API}/places?words=Molesworth%20Street%20near%20Pipitaea%20Rd")
    assert answer.status_code == 422
    assert "Molesworth" in answer.text


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/log", "GET, HEAD, POST"),
        ("PUT", "/operation", "GET, HEAD"),
        ("GET", "/what-if", "POST"),
        ("OPTIONS", "/what-if", "POST"),
        ("HEAD", "/events", "GET"),
        ("TRACE", "/log/verify", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(client: httpx.Client, method: str, path: str, allowed: str) -> None:
    answer = client.request(method, API + path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    if method != "HEAD":
        refused(answer, 405, "wrong-method")


def test_no_method_makes_an_unknown_path_known(client: httpx.Client) -> None:
    refused(client.post(f"{API}/nothing"), 404, "no-such-path")
    refused(client.post("/index.html"), 405, "wrong-method")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://localhost"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_pages_of_other_origins_cannot_write(client: httpx.Client, headers: dict[str, str]) -> None:
    refused(post(client, draft(), "origin", **headers), 403, "foreign-origin")


def test_the_console_itself_can_write(client: httpx.Client) -> None:
    headers = {"Origin": str(client.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert post(client, draft(), "own", **headers).status_code == 201


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1@evil", "", "10.0.0.1", "[", "a:b"]
)
def test_hosts_that_are_not_ours_get_nothing(client: httpx.Client, host: str) -> None:
    refused(client.get(f"{API}/operation", headers={"Host": host}), 421, "foreign-host")


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1:8300", "[::1]:8300", "LOCALHOST"])
def test_this_machine_is_ours_under_every_name_of_the_loopback(client: httpx.Client, host: str) -> None:
    assert client.get(f"{API}/area", headers={"Host": host}).status_code == 200


def test_listening_everywhere_any_address_is_ours_but_no_foreign_name(folder: Path) -> None:
    with running(folder, hosts=["0.0.0.0", "Cordon.example"]) as url, httpx.Client(base_url=url) as client:
        for host in ("10.0.0.7:8300", "cordon.example", "[fe80::1]"):
            assert client.get(f"{API}/area", headers={"Host": host}).status_code == 200
        refused(client.get(f"{API}/area", headers={"Host": "evil.example"}), 421, "foreign-host")


def test_what_breaks_inside_stays_inside(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        message = "secret detail"
        raise RuntimeError(message)

    monkeypatch.setattr(LiveDesk, "picture", broken)
    answer = client.get(f"{API}/picture")
    assert refused(answer, 500)["instance"].startswith("urn:uuid:")
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"]


def test_where_nothing_can_be_written_entries_are_refused_and_questions_answered(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: Any, **__: Any) -> None:
        raise BadInput([Fault("read-only", "folder", "a folder that can be written", "none", "Copy it.")])

    monkeypatch.setattr(LiveDesk, "add", read_only)
    refused(post(client, draft(), "read-only"), 503, "read-only")
    assert client.get(f"{API}/log?limit=1").status_code == 200


def test_the_console_is_handed_out_with_etags_and_nothing_beside_it(client: httpx.Client) -> None:
    page = client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    assert client.get("/", headers={"If-None-Match": page.headers["etag"]}).status_code == 304
    script = client.get("/assets/app-1a2b.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    assert script.headers["content-encoding"] == "gzip"
    for path in (
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/../../secret.txt",
        "//etc/passwd",
        "/assets",
        "/%00",
    ):
        refused(client.get(path), 404, "no-such-path")


def test_without_a_built_console_the_page_says_what_to_do(folder: Path, tmp_path: Path) -> None:
    with running(folder, console=tmp_path / "none") as url:
        assert "make" in refused(httpx.get(url), 503, "no-console")["detail"]


API_EXAMPLES = int(os.environ.get("RINGFENCE_API_EXAMPLES", "0"))
"""Drawn requests of each kind, beside one for each value that a schema names; `make fuzz` asks for so many.

Without a number the tests stay short: few are drawn, and none for each value.
"""

DOCUMENTED = schemathesis.openapi.from_dict(
    DOCUMENT,
    config=SchemathesisConfig.from_dict(
        {
            "seed": 20220221,
            "phases": {"coverage": {"enabled": API_EXAMPLES > 0}},
            "checks": {
                # A request may fit the document and still name what the operation does not have.
                "positive_data_acceptance": {"expected-statuses": [200, 201, 404, 409, 413, 422]},
                "negative_data_rejection": {"expected-statuses": [400, 404, 405, 413, 414, 415, 421, 422, 431]},
            },
        }
    ),
)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    copy = tmp_path_factory.mktemp("fuzzed") / "operation"
    shutil.copytree(EXAMPLE, copy)
    with running(copy, limits=Limits(stream_s=0.05)) as url:
        yield url


@DOCUMENTED.parametrize()
@settings(derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), max_examples=API_EXAMPLES or 15)
def test_whatever_is_asked_the_answer_is_one_that_the_document_has(case: schemathesis.Case[Any], fuzzed: str) -> None:
    case.call_and_validate(base_url=fuzzed)
