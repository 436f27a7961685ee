"""Live events. Each stream knows only its own position; all wait on one event, so a slow viewer costs no memory."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, get_args

from pydantic import Field, JsonValue
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from ringfence.base.errors import BadInput, Fault
from ringfence.desk.alarms import alarm_events, as_read_now
from ringfence.desk.left_out import left_out_in_words
from ringfence.desk.views import Knowledge, LogItem, Replay
from ringfence.model.alarms import AlarmEvent, Alarms
from ringfence.model.answers import AnswerWord
from ringfence.model.record import Record
from ringfence.server.etags import json_bytes
from ringfence.server.limits import Limits
from ringfence.server.problems import Refusal
from ringfence.server.workers import Shared, Workers

if TYPE_CHECKING:
    from ringfence.desk.live import LiveDesk

_log = logging.getLogger(__name__)

NEVER = datetime.max.replace(tzinfo=UTC)

_CACHED_EVENTS = 1000
"""Entries whose event is kept as bytes; older ones are made again for whoever asks."""

_NOT_WATCHED = Fault(
    "watch-failed",
    "server",
    "the log taken in as it grows",
    "a failure of Ringfence",
    "See the server's log; report it.",
)

Track = list[tuple[object, ...]]
"""What one promise answers, change by change."""


class AnswerNow(Record):
    """What a promise answers at the present."""

    id: str
    answer: AnswerWord
    certain: bool


class PromisesEvent(Record):
    """Data of the event `promises`."""

    last_position: int = Field(description="of the last entry that the answers rest on")
    changed: tuple[str, ...] = Field(
        description="promises whose replay, or answer at the present, is another than this stream was told last"
    )
    answers: tuple[AnswerNow, ...]
    left_out: str | None = Field(
        description="what no answer counts, in words: entries that name what this folder lacks"
    )
    texts: int = Field(
        description="another number than before: texts of older entries went or came; fetch the log again"
    )


class _Alarms:
    """What happened to alarms since this process watches, numbered; the oldest are forgotten."""

    def __init__(self, find_item: Callable[[str], LogItem | None]) -> None:
        self.count = 0
        self._find_item = find_item
        self._now: Alarms | None = None
        self._told: deque[tuple[int, AlarmEvent, bytes]] = deque(maxlen=_CACHED_EVENTS)

    def take(self, alarms: Alarms) -> bool:
        """Hold the alarms against those before; whether anything happened. The first ones are no news."""
        before, self._now = self._now, alarms
        count = self.count
        for event in () if before is None else alarm_events(before, alarms):
            self.count += 1
            self._told.append(self._read(self.count, event))
        return self.count > count

    def read_again(self) -> None:
        """Tell from now on what is left of the texts: some were erased."""
        self._told = deque((self._read(count, event) for count, event, _ in self._told), maxlen=_CACHED_EVENTS)

    def after(self, number: int) -> bytes:
        """The events behind a number."""
        return b"".join(data for count, _, data in self._told if count > number)

    def _read(self, number: int, event: AlarmEvent) -> tuple[int, AlarmEvent, bytes]:
        now = as_read_now(event, self._find_item)
        return number, now, _event("alarm", json_bytes(now))


def _tell(error: Exception, *, is_away: bool) -> None:
    """Why the ledger is not watched, for whoever runs the server: the words of a fault, or where Ringfence failed."""
    if is_away:
        words = str(error).replace("\n", " ")
        _log.warning("The ledger can't be watched, and no screen is live until it can: %s", words)
    else:
        _log.error("watching the ledger failed", exc_info=error)


class Feed:
    """Watches the ledger, and tells every stream what is new."""

    def __init__(self, live: LiveDesk, workers: Workers, limits: Limits) -> None:
        self.position = live.version
        self.streams = 0
        self.trouble: tuple[Fault, ...] = ()
        """Why the ledger can't be looked at, if it can't: nobody then hears what other desks write."""
        self._live, self._workers, self._limits = live, workers, limits
        self._news, self._nudge = asyncio.Event(), asyncio.Event()
        self._closed = False
        self._bytes: OrderedDict[int, tuple[LogItem, bytes]] = OrderedDict()
        self._edition = live.desk.edition
        self._judged: tuple[int, int] | None = None
        self._turns_at = NEVER
        self._reached = 0
        self._tracks: dict[Knowledge, dict[str, Track]] = {}
        self._replays = Shared()
        self._round = 0
        self._changed_in: dict[str, int] = {}
        self._answers: tuple[AnswerNow, ...] = ()
        self._beside: tuple[str | None, int] = (None, live.desk.edition)
        self._alarms = _Alarms(live.find_item)

    def announce(self) -> None:
        """Tell all streams of entries that the desk has taken in."""
        self._move()
        self._nudge.set()

    def close(self) -> None:
        """End all streams at once."""
        self._closed = True
        self._wake()

    async def replay(self, knowledge: Knowledge) -> Replay:
        """The replay as of now; worked out once, however many ask."""
        return await self._replays.get(
            knowledge,
            self._live.state,
            lambda: self._workers.run("watch", lambda: self._live.replay(knowledge)),
        )

    async def watch(self) -> None:
        """Take in what other processes write, and say which promises changed; until cancelled."""
        said = ""
        while True:
            self._nudge.clear()
            try:
                await self._look_once()
                if self._live.state != self._judged or self._live.clock() >= self._turns_at:
                    if self._alarms.take(await self._workers.run("watch", self._live.alarms)):  # before all replays
                        self._wake()
                    await self._judge()
                if said:
                    _log.warning("The ledger is watched again: the streams are live.")
                said = ""
            except Exception as error:  # one bad moment must not end the watch; the same trouble is told once
                is_away = isinstance(error, BadInput)
                trouble = "away" if is_away else repr(error)  # a server that is away says so in changing words
                if said != trouble:
                    _tell(error, is_away=is_away)
                    said = trouble
            with suppress(TimeoutError):
                async with asyncio.timeout(self._limits.refresh_s):
                    await self._nudge.wait()

    async def events(self, after: int | None) -> AsyncIterator[bytes]:
        """One stream, from the entry behind `after` (None: only new ones) up to its end of life."""
        seen = self.position if after is None else min(after, self.position)
        told: int | None = None
        rung = self._alarms.count
        clock = asyncio.get_running_loop().time
        ends = clock() + self._limits.stream_s
        yield f"retry: {self._limits.retry_ms}\n\n".encode()
        while not self._closed and not self.trouble and clock() < ends:
            news = self._news
            while seen < self.position and not self._closed:
                block, seen = self._entries(seen)
                yield block
            if self._alarms.count > rung:
                block, rung = self._alarms.after(rung), self._alarms.count
                yield block
            if self._round and told != self._round:
                block, told = self._promises(told), self._round
                yield block
            try:
                async with asyncio.timeout(min(self._limits.heartbeat_s, max(ends - clock(), 0))):
                    await news.wait()
            except TimeoutError:
                yield b": keep-alive\n\n"

    def _move(self) -> None:
        if self._live.desk.edition != self._edition:
            self._edition = self._live.desk.edition
            self._alarms.read_again()
        if self._live.version != self.position:
            self.position = self._live.version
            self._wake()

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _look_once(self) -> None:
        """Take in what is new. While that can't be done all streams end: a screen must not look as if it were live."""
        try:
            await self._workers.run("watch", self._look)
        except Exception as error:
            self.trouble = error.faults if isinstance(error, BadInput) else (_NOT_WATCHED,)
            self._wake()
            raise
        self.trouble = ()
        self._move()

    def _look(self) -> None:
        if self._live.refresh():
            self._live.items_after(self.position)  # worked out here, so that the event loop finds it ready

    def _entries(self, after: int) -> tuple[bytes, int]:
        """The events of the next entries, and the position that they reach."""
        items = self._live.items_after(after)[: self._limits.stream_events]
        return b"".join(map(self._entry, items)), items[-1].position if items else self.position

    def _entry(self, item: LogItem) -> bytes:
        held = self._bytes.get(item.position)
        if held is None or held[0] is not item:
            held = self._bytes[item.position] = (item, _event("entry", json_bytes(item), item.position))
            while len(self._bytes) > _CACHED_EVENTS:
                self._bytes.popitem(last=False)
        return held[1]

    def _promises(self, told: int | None) -> bytes:
        """The event for a stream that was last told in round `told`."""
        changed = () if told is None else (name for name, when in self._changed_in.items() if when > told)
        event = PromisesEvent(
            last_position=self._reached,
            changed=tuple(sorted(changed)),
            answers=self._answers,
            left_out=self._beside[0],
            texts=self._beside[1],
        )
        return _event("promises", json_bytes(event))

    async def _judge(self) -> None:
        """Work out both replays anew; tell the streams of each in turn, if any promise changed in it."""
        state, now = self._live.state, self._live.clock()
        for knowledge in get_args(Knowledge):
            await self._compare(knowledge, await self.replay(knowledge))
        turns = await self._workers.run("watch", lambda: self._live.turns_after(now))
        self._turns_at = turns or NEVER
        self._judged = state  # only now: what failed on the way is tried, and told, again

    async def _compare(self, knowledge: Knowledge, replay: Replay) -> None:
        """Hold a replay, and the answers at the present, against those before, and tell the streams of any change."""
        tracks, answers = await self._workers.run("watch", lambda: (tracks_of(replay), self._answers_now()))
        before = self._tracks.get(knowledge, tracks)
        changed = {name for name in before.keys() | tracks.keys() if before.get(name) != tracks.get(name)}
        if self._round:  # an answer can also turn because time went by
            changed |= {one.id for one, was in zip(answers, self._answers, strict=True) if one != was}
        self._tracks[knowledge], self._answers, self._reached = tracks, answers, replay.last_position
        desk = self._live.desk
        beside = left_out_in_words(desk.left_out) if desk.left_out else None, desk.edition
        if changed or not self._round or beside != self._beside:
            self._round += 1
            self._changed_in.update(dict.fromkeys(changed, self._round))
            self._beside = beside
            self._wake()

    def _answers_now(self) -> tuple[AnswerNow, ...]:
        return tuple(AnswerNow(id=one.id, answer=one.answer, certain=one.certain) for one in self._live.answers_now())


class EventStream(StreamingResponse):
    """A stream of events; it counts among the open ones while it is sent."""

    media_type = "text/event-stream"

    def __init__(self, feed: Feed, after: int | None, limits: Limits) -> None:
        super().__init__(feed.events(after), headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        self._feed, self._limits = feed, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, unless too many are open, or the ledger is away."""
        if self._feed.trouble:
            raise Refusal(503, *self._feed.trouble, headers={"retry-after": "2"})
        if self._feed.streams >= self._limits.streams:
            found = f"{self._feed.streams} that are open"
            fault = Fault("too-many-streams", "server", f"at most {self._limits.streams} streams", found, "Come later.")
            raise Refusal(503, fault, headers={"retry-after": "30"})

        self._feed.streams += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._feed.streams -= 1


POSITION: dict[str, JsonValue] = {"pattern": "^[0-9]{0,15}$"}
"""What the API document says of an event id."""


def parse_position(text: str, where: Literal["header Last-Event-ID", "query last_event_id"]) -> int | None:
    """A position in the ledger; None if nothing is given.

    Raises
    ------
    Refusal
        400 if it is none.
    """
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 15:
        return int(text)
    do = "Send the id of the last event, or leave it out."
    raise Refusal(400, Fault("bad-event-id", where, "a position in the ledger", repr(text[:60]), do))


def _event(name: str, data: bytes, position: int | None = None) -> bytes:
    head = f"event: {name}\n" + (f"id: {position}\n" if position is not None else "")
    return head.encode() + b"data: " + data + b"\n\n"


def tracks_of(replay: Replay) -> dict[str, Track]:
    """What each promise answers, and since when, change by change, by its id."""
    marks = [(finding.id, json.dumps(finding.model_dump(mode="json"))) for finding in replay.findings]
    tracks: dict[str, Track] = {}
    for frame in replay.frames:
        for answer in frame.answers:
            name, mark = marks[answer.finding]
            track = tracks.setdefault(name, [])
            said = (mark, answer.since, answer.certain_since)
            if not track or track[-1][1:] != said:
                track.append((frame.at, *said))
    return tracks
