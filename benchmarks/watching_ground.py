"""What is watched: an operation founded in a generated city, its cordon a plan that stands, and moves against it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from ringfence.base.traffic import Threat
from ringfence.desk.cordons import barriers_of
from ringfence.desk.desk import Desk
from ringfence.desk.founding import Wish, found_operation
from ringfence.desk.live import LiveDesk
from ringfence.model.entries import EntryDraft
from ringfence.model.operation import Barrier
from ringfence.network import City

STARTS = datetime(2026, 1, 1, 6, tzinfo=UTC)
FIRST_MOVE = timedelta(minutes=30)
BETWEEN_MOVES = timedelta(minutes=5)
GATE_EVERY = 3
"""Of the plan's barriers, every third is a staffed gate, so that there is somebody to lose."""
PUT_BACK = 0.6
"""How often it is a barrier that comes back, where one is gone: a few are at any moment, not half of the cordon."""

MORE_PROMISES = """
[[promise]]
id = "contained"
kind = "contained"
text = "Nothing is occupied outside the area"
shelf_life_h = 4

[[promise]]
id = "site-open"
kind = "site_open"
text = "The first site stays open to people on foot"
site = {site}
category = "resident"
"""
"""Beside the six promises that every new operation has: those that sweeps, occupied streets and sites bear on."""


def founded(folder: Path, city: City, radius_m: float, limit_m: float) -> Path:
    """An operation around the middle of a city, its barriers the cheapest cordon against determined drivers."""
    west, south, east, north = city.origin.edge
    middle = f"{(west + east) / 2:.6f},{(south + north) / 2:.6f}"
    found_operation(folder, city, Wish(middle, radius_m, STARTS, limit_m=limit_m, timezone="UTC"))
    desk = Desk.open(folder)
    barriers = barriers_of(desk.plan(Threat.DETERMINED))
    (folder / "barriers.toml").write_text("\n".join(map(_barrier_toml, range(len(barriers)), barriers)))
    with (folder / "promises.toml").open("a") as file:
        file.write(MORE_PROMISES.format(site=json.dumps(desk.operation.sites[0].id)))
    return folder


def _barrier_toml(number: int, barrier: Barrier) -> str:
    (arm,) = barrier.arms
    gate = "true" if number % GATE_EVERY == 0 else "false"
    place = f'{{ segment = {json.dumps(arm.segment)}, offset_m = {arm.offset_m!r}, inside = "{arm.inside}" }}'
    name = json.dumps(barrier.name)
    return f"[[barrier]]\nid = {json.dumps(barrier.id)}\nname = {name}\ngate = {gate}\narms = [{place}]\n"


@dataclass
class MovingClock:
    """A clock that is set by hand: each move is made at a moment of its own."""

    now: datetime = STARTS

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Moves:
    """Entries drawn by chance: barriers of the cut go and come back, gates lose their staff, streets are occupied."""

    live: LiveDesk
    clock: MovingClock
    rng: Random
    gone: set[str] = field(default_factory=set)
    unstaffed: set[str] = field(default_factory=set)
    occupied: set[str] = field(default_factory=set)

    def install(self) -> None:
        """Put up the whole cordon, staff its gates, open the site."""
        operation = self.live.desk.operation
        names = [barrier.id for barrier in operation.barriers]
        effects: tuple[dict[str, object], ...] = (
            {"kind": "barrier", "barriers": names, "state": "installed"},
            {"kind": "staffing", "gates": ["*"], "staffed": True},
            {"kind": "site_notice", "site": operation.sites[0].id, "site_state": "open"},
            {"kind": "sweep", "swept": "perimeter"},
        )
        for effect in effects:
            self.live.add(self._draft("The cordon stands", effect), key=None)
        self.clock.now += FIRST_MOVE

    def drawn(self, count: int) -> Iterator[tuple[str, EntryDraft]]:
        """Moves with a word for each; the clock is set to when it is made."""
        kinds = (self._barrier, self._barrier, self._barrier, self._gate, self._street, self._sweep)
        for _ in range(count):
            self.clock.now += BETWEEN_MOVES
            word, effect = self.rng.choice(kinds)()
            yield word, self._draft(word, effect)

    def _draft(self, what: str, effect: dict[str, object]) -> EntryDraft:
        now = self.clock.now.isoformat()
        so = {"precision": "exact", "from": now, "to": now}
        said = {"what": what, "source": {"by": "control"}, "certainty": "observed", "so": so}
        return EntryDraft.model_validate({**said, **effect})

    def _barrier(self) -> tuple[str, dict[str, object]]:
        standing = [barrier.id for barrier in self.live.desk.operation.barriers if barrier.id not in self.gone]
        back = self.gone and (self.rng.random() < PUT_BACK or not standing)
        name = self.rng.choice(sorted(self.gone) if back else standing)
        state = "reinstalled" if back else self.rng.choice(("removed", "moved"))
        self.gone ^= {name}
        return f"barrier {state}", {"kind": "barrier", "barriers": [name], "state": state}

    def _gate(self) -> tuple[str, dict[str, object]]:
        name = self.rng.choice([barrier.id for barrier in self.live.desk.operation.barriers if barrier.gate])
        staffed = name in self.unstaffed
        self.unstaffed ^= {name}
        word = "gate staffed" if staffed else "gate unstaffed"
        return word, {"kind": "staffing", "gates": [name], "staffed": staffed}

    def _street(self) -> tuple[str, dict[str, object]]:
        segment = self.rng.choice(self.live.desk.operation.network.segment_ids)
        word = "cleared" if segment in self.occupied else "occupied"
        self.occupied ^= {segment}
        return f"street {word}", {"kind": "street", word: [segment]}

    def _sweep(self) -> tuple[str, dict[str, object]]:
        return "sweep", {"kind": "sweep", "swept": "perimeter"}
