"""Operations with promises of every kind over random maps, and random logs about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from ringfence.base.traffic import Threat, VehicleClass
from ringfence.model.entries import Entry
from ringfence.model.operation import (
    AccessFile,
    AccessPromise,
    AccessRule,
    Category,
    ContainedPromise,
    ExitOpenPromise,
    FootOpenPromise,
    Promise,
    SealedPromise,
    Site,
    SiteOpenPromise,
)
from ringfence.operation import Operation
from tests.property.strategies import draw_instance
from tests.property.test_sealed import draw_operation

DAY = datetime(2022, 2, 21, tzinfo=UTC)
STATES = (
    *("planned", "part-placed", "installed", "installed", "unstaffed"),
    *("obstructed", "moved", "reinstalled", "removed"),
)
CERTAINTIES = ("confirmed", "confirmed", "observed", "observed", "claimed", "understood", "denied")


def draw_full_operation(seed: int, row: str) -> tuple[Operation, Random]:
    """An operation without a log whose promises are of all kinds, some barriers gates, some without a gap."""
    rng = Random(f"full {row} {seed}")
    instance = draw_instance(seed, row)
    operation, _ = draw_operation(instance, rng)
    barriers = tuple(
        one.model_copy(update={"gate": rng.random() < 0.5, "foot_gap": rng.random() < 0.5})
        for one in operation.barriers
    )
    lon, lat = instance.network.junction_lonlat[rng.randrange(len(instance.network.junction_ids))].tolist()
    site = Site(id="site", name="Site", kind="hall", lon=lon, lat=lat)
    drawn = replace(operation, barriers=barriers, sites=(site,), access=_access(rng), promises=_promises(), entries=())
    return drawn, rng


def _access(rng: Random) -> AccessFile:
    since, until = DAY + timedelta(hours=6), DAY + timedelta(hours=12)
    rules = [
        AccessRule(id="logged", categories=("any",), direction="in", answer="admit", logged=True, says="told to"),
        AccessRule(
            id="residents",
            categories=("resident",),
            direction="in",
            answer="admit",
            says="they live there",
            since=since if rng.random() < 0.5 else None,
        ),
    ]
    if rng.random() < 0.4:
        shut = AccessRule(id="shut", categories=("any",), direction="out", answer="refuse", says="shut", until=until)
        rules.append(shut)
    names = ("any", "resident")
    return AccessFile(category=tuple(Category(id=name, name=name) for name in names), rule=tuple(rules))


def _promises() -> tuple[Promise, ...]:
    sealed = [
        SealedPromise(id=f"sealed-{threat}", kind="sealed", text="t", threat=threat, category="any")
        for threat in Threat
    ]
    to_site: dict[str, Any] = {"id": "to-site", "kind": "access", "text": "t", "category": "resident", "to": "site"}
    return (
        *sealed,
        ExitOpenPromise(id="exit", kind="exit_open", text="t", categories=("any", "resident")),
        FootOpenPromise(id="foot", kind="foot_open", text="t"),
        AccessPromise(id="to-area", kind="access", text="t", category="resident"),
        AccessPromise.model_validate(to_site),
        SiteOpenPromise(
            id="site-open", kind="site_open", text="t", site="site", category="any", vehicle_class=VehicleClass.CAR
        ),
        ContainedPromise(id="contained", kind="contained", text="t", shelf_life_h=3),
    )


def draw_entries(rng: Random, operation: Operation, count: int, *, links: bool) -> tuple[Entry, ...]:
    """Entries of all kinds of effect and certainty; with `links` some follow or are about earlier ones."""
    drawn: list[Entry] = []
    for number in range(count):
        fields = {**_said(rng, f"e{number:03}"), **_effect(rng, operation)}
        if links and drawn and rng.random() < 0.3:
            fields["follows"] = [rng.choice(drawn).id]
        elif links and drawn and rng.random() < 0.25:
            fields |= _about(rng, rng.choice(drawn).id)
        drawn.append(Entry.model_validate(fields))
    return tuple(drawn)


def _about(rng: Random, other: str) -> dict[str, Any]:
    """What makes of an entry one that takes another back, corrects, confirms, denies or contradicts it."""
    sure = rng.choice(("confirmed", "confirmed", "claimed"))
    return rng.choice(
        (
            {"kind": "retraction", "retracts": [other], "certainty": "confirmed"},
            {"kind": "correction", "relates_to": [other], "certainty": sure},
            {"kind": "correction", "relates_to": [other], "certainty": sure, "so": {"precision": "unknown"}},
            {"kind": "confirmation", "relates_to": [other], "certainty": sure},
            {"kind": "denial", "relates_to": [other], "certainty": "denied"},
            {"kind": "claim", "disputes": [other], "certainty": sure},
        )
    )


def _said(rng: Random, name: str) -> dict[str, Any]:
    start = rng.randint(0, 20)
    end = start if rng.random() < 0.6 else rng.randint(start, 22)
    so = _span(start, end) if rng.random() < 0.9 else {"precision": "unknown"}
    late = _span(22, 22)
    said = {"id": name, "kind": "note", "what": "w", "source": {"by": "control"}, "reported": late, "recorded": late}
    return {**said, "so": so, "certainty": rng.choice(CERTAINTIES)}


def _span(start: int, end: int) -> dict[str, Any]:
    first, last = ((DAY + timedelta(hours=hour)).isoformat() for hour in (start, end))
    return {"precision": "exact" if first == last else "between", "from": first, "to": last}


def _effect(rng: Random, operation: Operation) -> dict[str, Any]:
    names = [barrier.id for barrier in operation.barriers]
    drawn = rng.random()
    if drawn < 0.5 and names:
        return {"barriers": rng.sample(names, rng.randint(1, len(names))), "state": rng.choice(STATES)}
    if drawn < 0.65 and names:
        return {"gates": rng.choice((["*"], rng.sample(names, 1))), "staffed": rng.random() < 0.7}
    if drawn < 0.75:
        return {"rules": ["logged"], "in_force": rng.random() < 0.6}
    if drawn < 0.85:
        return {rng.choice(("occupied", "occupied", "cleared")): [rng.choice(operation.network.segment_ids)]}
    if drawn < 0.92:
        return {"swept": "perimeter"}
    return {"site": "site", "site_state": rng.choice(("open", "closed"))}
