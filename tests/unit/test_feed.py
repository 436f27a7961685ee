"""What streams of events tell: nothing that is gone, all that happened, and no look of being live when it isn't."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ringfence.base.errors import BadInput, Fault, OurFault
from ringfence.desk.live import LiveDesk
from ringfence.desk.opening import LEDGER_FILE
from ringfence.desk.views import Knowledge, Replay
from ringfence.ledger import Ledger
from ringfence.model.answers import PromiseAnswer
from ringfence.server.events import Feed, tracks_of
from ringfence.server.limits import Limits
from ringfence.server.workers import Workers
from tests.unit.test_growing import STRANGE, said

NIGHT = datetime(2022, 2, 22, 8, 0, tzinfo=UTC)
"""21:00 in Wellington: of all promises only `contained` is not kept."""
LIMITS = replace(Limits(), refresh_s=0.02, heartbeat_s=0.2)


@dataclass
class Stumbling(LiveDesk):
    """A desk whose next replays fail, as many as `stumbles` says; `answered` counts what a feed has held beside one."""

    stumbles: int = 0
    answered: int = 0

    def replay(self, knowledge: Knowledge) -> Replay:
        if self.stumbles:
            self.stumbles -= 1
            message = "once"
            raise OurFault(message)
        return super().replay(knowledge)

    def answers_now(self) -> tuple[PromiseAnswer, ...]:
        found = super().answers_now()
        self.answered += 1
        return found


class Hands:
    """A clock that is set."""

    def __init__(self) -> None:
        self.at = NIGHT

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def live(spoilable: Path, hands: Hands) -> Iterator[Stumbling]:
    with closing(Stumbling.open(spoilable, clock=hands)) as live:
        yield live


@dataclass
class Viewer:
    """One stream, read when it likes."""

    stream: AsyncIterator[bytes]
    text: str = ""

    async def until(self, wanted: str) -> str:
        """All that came, up to the block that holds what is waited for."""
        while wanted not in self.text:
            self.text += (await anext(self.stream)).decode()
        return self.text

    def told(self, name: str) -> list[dict[str, Any]]:
        blocks = [block for block in self.text.split("\n\n") if block.startswith(f"event: {name}\n")]
        return [json.loads(block.partition("data: ")[2]) for block in blocks]


def watching(live: Stumbling, act: Callable[[Feed, Viewer], Awaitable[None]]) -> None:
    """Run a feed, and once it has both replays, do something while a stream is open."""

    async def run() -> None:
        workers = Workers(LIMITS)
        feed = Feed(live, workers, LIMITS)
        watch = asyncio.create_task(feed.watch())
        viewer = Viewer(feed.events(None))
        try:
            async with asyncio.timeout(60):
                live.answered = 0
                await viewer.until("event: promises")
                while live.answered < 2:
                    await asyncio.sleep(LIMITS.refresh_s)
                await act(feed, viewer)
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
            workers.close()

    asyncio.run(run())


def test_an_answer_that_fails_once_is_told_all_the_same(live: Stumbling) -> None:
    async def act(_: Feed, viewer: Viewer) -> None:
        viewer.text, live.stumbles = "", 1
        live.add(said(barriers=["hill-street"], state="removed"), key="k")
        await viewer.until("event: promises")
        assert "sealed-determined" in viewer.told("promises")[0]["changed"]

    watching(live, act)


def test_an_answer_that_time_alone_turns_in_one_of_two_replays_is_told(live: Stumbling, hands: Hands) -> None:
    turning, at = [], {name: [frame.at for frame in live.replay(name).frames] for name in ("all", "then")}
    for moment in at["all"]:
        hands.at = moment - timedelta(seconds=1)
        before = live.answers_now()
        hands.at = moment
        if before != live.answers_now() and moment < min(one for one in at["then"] if one > hands.at):
            turning.append(moment)
    moment = next(one for one in turning if one not in at["then"])
    hands.at = moment - timedelta(seconds=1)

    async def act(_: Feed, viewer: Viewer) -> None:
        viewer.text, hands.at = "", moment
        await viewer.until("event: promises")
        assert viewer.told("promises")[0]["changed"]

    watching(live, act)


def test_since_when_an_answer_is_certain_is_part_of_what_is_told_to_be_another(live: Stumbling) -> None:
    replay = live.replay("then")
    last = replay.frames[-1]
    later = tuple(answer.model_copy(update={"certain_since": last.at}) for answer in last.answers)
    other = replay.model_copy(update={"frames": (*replay.frames[:-1], last.model_copy(update={"answers": later}))})
    assert all(tracks_of(other)[name] != track for name, track in tracks_of(replay).items())


def test_an_erased_reason_of_an_acknowledgement_is_in_no_event_and_is_no_news(live: Stumbling) -> None:
    secret = "a reason that names somebody"

    async def act(feed: Feed, viewer: Viewer) -> None:
        item, _ = live.acknowledge("contained", by="duty officer", why=secret, key="k")
        feed.announce()
        early = Viewer(feed.events(None))
        await early.until("retry")
        assert secret in await viewer.until("event: alarm")
        live.erase(item.entry.id, ["why", "source.by"], by="privacy officer", power="an act", why=None, via=None)
        feed.announce()
        live.add(said(barriers=["hill-street"], state="removed"), key="k2")
        feed.announce()
        early.text = ""
        await early.until('"raised"')
        assert secret not in early.text
        assert "[erased]" in early.text
        assert [event["happened"] for event in early.told("alarm")].count("acknowledged") == 1

    watching(live, act)


def test_what_no_answer_counts_is_told_to_every_screen(live: Stumbling, spoilable: Path) -> None:
    async def act(_: Feed, viewer: Viewer) -> None:
        assert viewer.told("promises")[-1]["left_out"] is None
        viewer.text = ""
        with closing(Ledger.open(spoilable / LEDGER_FILE, clock=lambda: NIGHT)) as other:
            name = other.add(said(**STRANGE)).line.entry.id
        await viewer.until("event: promises")
        assert name in viewer.told("promises")[-1]["left_out"]

    watching(live, act)


def test_no_stream_stays_open_while_the_ledger_cannot_be_taken_in(live: Stumbling) -> None:
    async def act(feed: Feed, viewer: Viewer) -> None:
        assert live.ledger is not None
        ledger: Ledger = live.ledger

        class Away:
            def close(self) -> None:
                ledger.close()

            def changed_by_others(self) -> bool:
                message = "nobody knows why"
                raise OurFault(message)

        live.ledger = Away()  # type: ignore[assignment]
        with pytest.raises(StopAsyncIteration):
            await viewer.until("nothing that ever comes")
        assert [fault.code for fault in feed.trouble] == ["watch-failed"]
        live.ledger = ledger

    watching(live, act)


def test_a_ledger_that_is_away_is_told_once_in_words_and_once_when_it_is_back(
    live: Stumbling, caplog: pytest.LogCaptureFixture
) -> None:
    async def act(feed: Feed, _: Viewer) -> None:
        assert live.ledger is not None
        ledger: Ledger = live.ledger
        tries = 0

        class Away:
            def close(self) -> None:
                ledger.close()

            def changed_by_others(self) -> bool:
                nonlocal tries
                tries += 1
                raise BadInput([Fault("cannot-read", "ledger", "a server", f"none, try {tries}", "Start it.")])

        live.ledger = Away()  # type: ignore[assignment]
        while tries < 3:
            await asyncio.sleep(0.01)
        assert [fault.code for fault in feed.trouble] == ["cannot-read"]
        live.ledger = ledger
        while len(caplog.messages) < 2:
            await asyncio.sleep(0.01)

    watching(live, act)
    away, back = caplog.records
    assert "found none, try 1. Start it." in away.getMessage()
    assert "watched again" in back.getMessage()
    assert away.exc_info is back.exc_info is None
