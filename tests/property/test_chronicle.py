"""The index of a log against the fold from scratch, on logs of every kind: unordered, linked, retracted, disputed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from ringfence.model.entries import Entry
from ringfence.model.operation import Barrier, Site
from ringfence.picture import Chronicle, fold, zones
from ringfence.picture.timeline import Change, read

START = datetime(2022, 2, 21, tzinfo=UTC)
BARRIERS = [
    Barrier.model_validate(
        {"id": one, "name": one, "gate": True, "arms": [{"segment": "s", "offset_m": 1, "inside": "to"}]}
    )
    for one in ("hill", "bunny", "kate")
]
SITES = [Site.model_validate({"id": "court", "name": "Court", "kind": "other", "lat": -41.0, "lon": 174.0})]
LOGS = 400


def moment(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def span(rng: Random, around: int) -> dict[str, Any]:
    here, there = moment(around), moment(around + rng.randrange(1, 40))
    return rng.choice(
        [
            {"precision": "exact", "from": here, "to": here},
            {"precision": "exact", "from": here, "to": here},
            {"precision": "about", "from": here, "to": here},
            {"precision": "between", "from": here, "to": there},
            {"precision": "after", "from": here},
            {"precision": "before", "to": there},
            {"precision": "unknown"},
        ]
    )


def drawn_log(rng: Random, length: int) -> list[Entry]:
    """A log in order of arrival; moments follow that order loosely, links go either way but never in a circle."""
    tied = rng.choice([0.0, 0.1, 0.5])
    entries: list[dict[str, Any]] = []
    for number in range(length):
        around = number * 5 + rng.randrange(-30, 30)
        recorded = number * 5 if rng.random() < 0.9 else rng.randrange(length * 5)
        content: dict[str, Any] = {
            "id": f"e{rng.randrange(10**6):06}-{number}",
            "kind": "note",
            "what": "-",
            "source": {"by": "x"},
            "certainty": rng.choice(["confirmed", "observed", "observed", "claimed", "denied"]),
            "so": span(rng, around),
            "reported": span(rng, around + 3),
            "recorded": {"precision": "exact", "from": moment(recorded), "to": moment(recorded)},
        }
        content |= rng.choice(
            [
                {"barriers": rng.sample(["hill", "bunny", "kate"], 2), "state": rng.choice(["installed", "moved"])},
                {"barriers": ["hill"], "state": rng.choice(["installed", "removed", "obstructed"])},
                {"gates": [rng.choice(["*", "hill"])], "staffed": rng.random() < 0.5},
                {"site": "court", "site_state": rng.choice(["open", "closed"])},
                {"rules": ["r"], "in_force": rng.random() < 0.5},
                {"occupied": ["a"], "cleared": ["b"]},
                {"cleared": ["a"]},
                {"swept": "perimeter"},
                {"kind": "count", "number": number, "unit": rng.choice(["people", "arrests"])},
            ]
        )
        earlier = [one["id"] for one in entries]
        for link in ("follows", "retracts", "disputes", "relates_to"):
            if earlier and rng.random() < tied:
                content[link] = [rng.choice(earlier)]
        entries.append(content)
    if rng.random() < 0.3:
        rng.shuffle(entries)
    return [Entry.model_validate(entry) for entry in entries]


def asked(rng: Random, length: int) -> tuple[datetime, datetime | None]:
    known = rng.choice([None, moment(rng.randrange(-10, length * 5 + 20))])
    return moment(rng.randrange(-40, length * 5 + 60)), known


@pytest.mark.parametrize("block", [2, 7, 1024])
def test_a_chronicle_gives_what_a_fold_from_scratch_gives(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(zones, "BLOCK", block)
    linked = contradicted = 0
    for seed in range(LOGS // 3):
        rng = Random(seed)
        log = drawn_log(rng, rng.choice([0, 1, 5, 20, 60]))
        chronicle = Chronicle(log)
        for _ in range(3):
            at, known_at = asked(rng, len(log))
            whole = fold(BARRIERS, SITES, log, at=at, known_at=known_at)
            assert chronicle.picture(BARRIERS, SITES, at=at, known_at=known_at) == whole, (seed, block)
            linked += any(entry.follows or entry.retracts for entry in log)
            contradicted += bool(whole.disputed)
    assert linked > LOGS / 5, "links are drawn"
    assert contradicted > LOGS / 10, "disputes are drawn"


def test_a_chronicle_that_grew_is_that_of_the_whole_log_and_the_one_before_stays_as_it_was() -> None:
    for seed in range(60):
        rng = Random(seed)
        log = drawn_log(rng, 30)
        shorter = Chronicle(log[:12])
        longer = shorter.grown(log[:25]).grown(log)
        branch = shorter.grown([*log[:12], *reversed(log[12:])])
        at, known_at = asked(rng, len(log))
        for chronicle, entries in ((shorter, log[:12]), (longer, log), (branch, log)):
            found = chronicle.picture(BARRIERS, SITES, at=at, known_at=known_at)
            assert found == fold(BARRIERS, SITES, entries, at=at, known_at=known_at), seed


def test_far_changes_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zones, "BLOCK", 16)
    changes = zones.Changes()
    for number in range(1000):
        changes.append("installed", number, number, number, number, firm=True)
    for at in (0, 500, 999):
        over = changes.over_before(at, zones.ALWAYS, 1000)
        assert zones.Row(*changes.near(at, over, zones.ALWAYS, 1000)).entry.tolist() == [at]


def naive(changes: Sequence[Change[str]], at: datetime) -> tuple[frozenset[str], frozenset[str]]:
    """By the definition, every pair compared."""

    def must_follow(later: Change[str], earlier: Change[str]) -> bool:
        if later.latest > at:
            return False
        if earlier.entry in later.follows:
            return True
        if later.entry in earlier.follows:
            return False
        return later.earliest > min(earlier.latest, at)

    firm = [one for one in changes if one.sure]
    last = [
        one
        for one in changes
        if one.earliest <= at and not any(must_follow(other, one) for other in firm if other != one)
    ]
    sure = {one.value for one in last if one.sure} | ({"planned"} if all(one.latest > at for one in firm) else set())
    sure = sure or {one.value for one in firm}
    return frozenset(sure), frozenset(sure | {one.value for one in last})


def test_readings_are_those_of_comparing_every_pair() -> None:
    for seed in range(LOGS * 5):
        rng = Random(seed)
        changes = []
        for number in range(rng.randrange(7)):
            begins = rng.randrange(20)
            follows = tuple(f"e{one}" for one in range(number) if rng.random() < 0.2)
            ends = begins + rng.choice([0, 0, 3, 12])
            tightened = begins + (rng.choice([0, 6]) if follows else 0)  # perhaps past its own end
            sure = rng.random() < 0.8
            changes.append(Change(f"v{number}", f"e{number}", follows, moment(tightened), moment(ends), sure))
        at = moment(rng.randrange(24))
        found = read(changes, at, before="planned")
        assert (found.sure, found.possible) == naive(changes, at), seed
