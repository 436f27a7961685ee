"""Desks on a server, and the point at which it ends, drawn from a seed: the same acts, the same entries each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal, Protocol

from ringfence.base.errors import BadInput
from ringfence.ledger import Ledger
from ringfence.ledger.postgres_store import PostgresStore
from ringfence.model.entries import Entry, EntryDraft
from tests.crash.pictures import said_of_a_barrier
from tests.unit.test_ledger import Clock

Send = Callable[..., Any]
STATEMENTS_MAX = 150
"""Among so many statements the point is drawn: some ten make an entry."""


class Desk:
    """A desk that writes, and now and then erases; it knows what was acknowledged. Each act adds one line."""

    def __init__(self, place: str, name: str, seed: str) -> None:
        self.name, self.seed, self.drawn = name, seed, Random(f"{seed} {name}")
        salts = Random(f"{seed} {name} salts")
        self.store = PostgresStore(place, "op", name)
        self.ledger = Ledger(self.store, clock=Clock(), salts=lambda: salts.randbytes(16))
        self.process = self.store._db.info.backend_pid
        self.acts = self.commits = 0
        self.acknowledged: list[tuple[int, str]] = []
        self.entries: dict[int, Entry] = {}
        self.sent: dict[str, EntryDraft] = {}
        self.ids: list[str] = []
        self.erased: set[str] = set()

    def act(self) -> None:
        """One thing that a desk does; it is acknowledged when this returns."""
        self.acts += 1
        if self.ids and self.drawn.random() < 0.1:
            entry_id = self.ids.pop(self.drawn.randrange(len(self.ids)))
            added = self.ledger.erase(entry_id, ["what"], by="Privacy officer", power="An act")
            self.erased.add(entry_id)
        else:
            key, what = f"{self.seed} {self.acts}", f"said {self.acts} " + "x" * self.drawn.choice([0, 100, 3000])
            said = said_of_a_barrier(self.drawn, what)
            added = self.ledger.add(said, key=key)
            self.sent[key] = said
            self.ids.append(added.line.entry.id)
        self.acknowledged.append((added.position, added.line.hash))
        self.entries[added.position] = added.line.entry

    def try_to_act(self) -> str:
        """Act; what the desk was told if it could not."""
        try:
            self.act()
        except BadInput as error:
            return str(error)
        return ""

    def listen(self, point: Point, end: End) -> None:
        """Let the end come at the point, should this desk get there."""
        db: Any = self.store._db
        send: Send = db.execute

        def execute(statement: str | bytes, *values: object) -> object:
            words = statement.decode() if isinstance(statement, bytes) else statement
            is_here, is_commit = point.is_at(words), ends_act(words)
            if is_here and point.when == "within":
                self.commits += 1
                return end.come_within(self, send, words)
            if is_here and point.when == "before":
                end.come(self)
            answer = send(statement, *values)
            self.commits += is_commit
            if is_here and point.when == "after":
                end.come(self)
            return answer

        db.execute = execute


@dataclass
class Point:
    """Before a statement, after its answer, or within the next commit: done at the server, and not yet answered."""

    number: int
    when: Literal["before", "after", "within"]
    count: int = 0
    told: str = ""

    @classmethod
    def draw(cls, drawn: Random) -> Point:
        return cls(drawn.randint(1, STATEMENTS_MAX), drawn.choice(["before", "after", "within"]))

    def is_at(self, statement: str) -> bool:
        """Count one statement more, of whichever desk; whether the point is here."""
        if self.told:
            return False
        self.count += 1
        if self.count < self.number or (self.when == "within" and not ends_act(statement)):
            return False
        self.told = f"{self.when} statement {self.count}, {' '.join(statement.split()[:4])}"
        return True


def ends_act(statement: str) -> bool:
    return statement.endswith("; COMMIT")


class End(Protocol):
    """What happens at a point."""

    def come(self, desk: Desk) -> None:
        """Between two statements of the desk."""

    def come_within(self, desk: Desk, send: Send, statement: str) -> object:
        """While the statement is sent."""


@dataclass
class Held:
    """What a ledger that outlives crashes holds: all that was acknowledged, and what was found of the rest."""

    hashes: dict[int, str] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)

    def take_in(self, desks: Sequence[Desk]) -> None:
        for desk in desks:
            self.hashes.update(desk.acknowledged)
            self.entries.update(desk.entries)
            self.erased |= desk.erased
