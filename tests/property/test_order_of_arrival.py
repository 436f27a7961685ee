"""In whatever order entries arrive, and from whichever desk, the picture is that of the fold of all of them."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from ringfence.ledger import Ledger
from ringfence.model.entries import Entry, EntryDraft
from ringfence.picture import Chronicle, counts, fold, rivals, wordings
from tests.property.test_chronicle import BARRIERS, SITES, asked, drawn_log, moment
from tests.property.test_ledger_property import plain

LINKS = ("follows", "disputes", "retracts", "relates_to")


def grown_in_parts(rng: Random, log: Sequence[Entry]) -> Chronicle:
    """As a desk's grows: by one entry, or by all that came in one go."""
    chronicle, done = Chronicle(), 0
    while done < len(log):
        done = min(len(log), done + rng.choice([1, 2, 9]))
        chronicle = chronicle.grown(log[:done])
    return chronicle


def test_in_any_order_of_arrival_the_picture_is_that_of_the_fold_at_any_moment_as_known_at_any() -> None:
    ahead: Counter[str] = Counter()
    for seed in range(50):
        rng = Random(f"arrival {seed}")
        log = drawn_log(rng, rng.choice([5, 15, 40]))
        shuffled = rng.sample(log, len(log))
        place = {entry.id: number for number, entry in enumerate(shuffled)}
        for entry in shuffled:
            links = {link: getattr(entry, link) for link in LINKS} | {entry.kind: entry.relates_to}
            early = [name for name, ids in links.items() if any(place[one] > place[entry.id] for one in ids)]
            ahead.update(early)
        chronicle = grown_in_parts(rng, shuffled)
        for _ in range(5):
            at, known_at = asked(rng, len(log))
            whole = fold(BARRIERS, SITES, log, at=at, known_at=known_at)
            assert fold(BARRIERS, SITES, shuffled, at=at, known_at=known_at) == whole, (seed, at, known_at)
            assert chronicle.picture(BARRIERS, SITES, at=at, known_at=known_at) == whole, (seed, at, known_at)
    arrived_first = min(ahead[name] for name in (*LINKS, "correction", "confirmation", "denial"))
    assert arrived_first > 8, f"words of every kind arrive before what they are about: {ahead}"


class Clock:
    """Goes on by minutes, now and then back."""

    def __init__(self, rng: Random) -> None:
        self.rng, self.minute = rng, 0

    def __call__(self) -> datetime:
        self.minute += self.rng.choice([1, 4, 9, 9, -20])
        return moment(self.minute)


@contextmanager
def desks_apart(rng: Random, *names: str) -> Iterator[dict[str, Ledger]]:
    """Ledgers in files that know nothing of each other."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        made = {
            name: Ledger.create(Path(folder) / f"{name}.db", operation="op", desk=name, clock=Clock(rng))
            for name in names
        }
        for ledger in made.values():
            stack.enter_context(closing(ledger))
        yield made


def say(ledger: Ledger, said: Sequence[Entry], known_as: dict[str, str]) -> None:
    """Log what was drawn, with links to what this desk knows; `known_as` has the ledger's id of each."""
    for entry in said:
        told: dict[str, Any] = entry.model_dump(by_alias=True, include=set(EntryDraft.model_fields))
        told |= {link: [known_as[one] for one in getattr(entry, link) if one in known_as] for link in LINKS}
        known_as[entry.id] = ledger.add(EntryDraft.model_validate(told)).line.entry.id


def entries_of(ledger: Ledger) -> list[Entry]:
    return [line.entry for line in plain(ledger)]


def test_a_merge_of_two_desks_gives_the_picture_of_a_fold_of_both_logs_whichever_way_it_goes() -> None:
    altered = 0
    for seed in range(5):
        rng = Random(f"merge {seed}")
        drawn = drawn_log(rng, 30)
        before, east_said, west_said = drawn[:8], drawn[8::2], drawn[9::2]
        with desks_apart(rng, "east", "west", "east_first", "west_first") as ledgers:
            east, west = ledgers["east"], ledgers["west"]
            known_as: dict[str, str] = {}
            say(east, before, known_as)
            west.import_lines(plain(east))
            say(east, east_said, dict(known_as))
            say(west, west_said, dict(known_as))
            of_east, of_west = plain(east), plain(west)
            union = list({line.entry.id: line.entry for line in (*of_east, *of_west)}.values())
            assert len(union) == len(drawn)
            for name, parts in (("east_first", (of_east, of_west)), ("west_first", (of_west, of_east))):
                for part in parts:
                    ledgers[name].import_lines(part)
            east.import_lines(of_west)
            west.import_lines(of_east)
            orders = {name: entries_of(ledger) for name, ledger in ledgers.items()}
        assert len({tuple(one.id for one in log) for log in orders.values()}) > 1, "they are in orders of their own"
        merged = {name: grown_in_parts(rng, log) for name, log in orders.items()}
        for _ in range(4):
            at, known_at = asked(rng, len(union))
            whole = fold(BARRIERS, SITES, union, at=at, known_at=known_at)
            alone = fold(BARRIERS, SITES, [line.entry for line in of_east], at=at, known_at=known_at)
            altered += whole.barriers != alone.barriers
            for name, chronicle in merged.items():
                assert chronicle.picture(BARRIERS, SITES, at=at, known_at=known_at) == whole, (seed, name)
                for told in (counts, rivals, wordings):
                    own, both = (told(log, at=at, known_at=known_at) for log in (orders[name], union))
                    assert own == both, (seed, name)
    assert altered > 4, "what the other desk said alters the picture"
