"""The page about the fronts of Porto and Portland: figures from the surveys, put into the words of `fronts.md.j2`."""

from __future__ import annotations

import hashlib
import os
import platform
import statistics
import time
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import jinja2

from benchmarks.fronts import EXTRACTS, LIMIT_M, RADIUS_M, Answer, Place, Survey, Town
from benchmarks.fronts_drawing import draw_fronts, draw_two_plans, draw_way_in
from benchmarks.harness import ROOT
from ringfence.base.measures import Burden
from ringfence.base.traffic import Threat
from ringfence.desk.planning import Planning
from ringfence.model.answers import PlaceReading
from ringfence.model.plans import FrontPoint, Plan, PlanQuestion
from ringfence.network import City

PAGE = ROOT / "docs" / "fronts-porto-portland.md"
MAPS = ROOT / "docs" / "maps" / "fronts"
NAMED_MAX = 4
"""Barriers put up by a step that are named; of more only the number is told."""
STEPS = 5
PROOFS = {
    "disjoint_paths": "paths into the area, no two of which one barrier can stop",
    "covering_paths": "paths into the area that every cordon must stop; CP-SAT proves again what that takes",
}
Found = Sequence[tuple[Town, City, Sequence[Survey]]]


@dataclass(frozen=True)
class Step:
    """From one choice to the next with exactly one barrier more."""

    survey: Survey
    threat: Threat
    before: FrontPoint
    after: FrontPoint

    @property
    def share(self) -> float:
        """How much of what was enclosed it saves."""
        return 1 - self.after.burden / self.before.burden

    @property
    def words(self) -> str:
        enclosed = f"{_metres(self.before)} m enclosed become {_metres(self.after)} m"
        return f"from {self.before.cost} to {self.after.cost} barriers, {enclosed} ({self.share:.0%} less)"

    @property
    def moves(self) -> str:
        """Which barriers go, and which come."""
        before, after = ({arm.id: arm.place for arm in point.plan.barriers} for point in (self.before, self.after))
        away = [place for arm, place in before.items() if arm not in after]
        put_up = [place for arm, place in after.items() if arm not in before]
        if len(put_up) > NAMED_MAX:
            return f"It takes away {len(away)} barriers and puts up {len(put_up)} others."
        return f"It takes away {'; '.join(away) or 'nothing'}, and puts up {'; '.join(put_up)}."


def write_page(towns: Found, hamlet: Survey, seconds: float) -> None:
    """Draw the maps and charts and write the page; what lay in their folder before is gone."""
    MAPS.mkdir(parents=True, exist_ok=True)
    for old in MAPS.iterdir():
        old.unlink()
    for town, city, surveys in towns:
        fronts = [(one.place.name, {threat: one.street[threat].points for threat in Threat}) for one in surveys]
        chart = draw_fronts(f"{town.name}: what each further barrier buys", city.origin.licence, fronts)
        (MAPS / f"{_slug(town.name)}.svg").write_bytes(chart)
        for one in surveys:
            _draw_maps(town, one)
    PAGE.write_text(page(towns, hamlet, seconds), encoding="utf-8")


def page(towns: Found, hamlet: Survey, seconds: float) -> str:
    """The page in Markdown."""
    words = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    surveys = [one for _, _, of_town in towns for one in of_town]
    return words.get_template("fronts.md.j2").render(
        whole=_whole(towns, surveys, seconds),
        seen=_seen(surveys),
        impossible=[_impossible(town, one) for town, _, of_town in towns for one in of_town if one.impossible],
        towns=[_town(town, city, of_town) for town, city, of_town in towns],
        hamlet=_hamlet(hamlet, towns[0][1], surveys),
    )


def _draw_maps(town: Town, one: Survey) -> None:
    points = _lawful(one).points
    ring = Planning(one.operation).ring(PlanQuestion(threat=Threat.LAWFUL))
    choices = " or ".join(str(cost) for cost in dict.fromkeys((points[0].cost, points[-1].cost)))
    title = f"{one.place.name}: lawful drivers, {choices} barriers"
    drawn = draw_two_plans(one.operation, ring, points[0].plan, points[-1].plan, title)
    (MAPS / _map_name(town, one)).write_bytes(drawn)
    for operation, plan in one.impossible[:1]:
        title = f"{one.place.name}: no cordon within {LIMIT_M:.0f} m against {plan.threat.value} drivers"
        (MAPS / _map_name(town, one, "-none")).write_bytes(draw_way_in(operation, plan, title))


def _whole(towns: Found, surveys: Sequence[Survey], seconds: float) -> dict[str, object]:
    answers = [answer for one in surveys for answer in one.street.values()]
    points = [point for answer in answers for point in answer.points]
    by_paths = sum(point.is_proven for point in points)
    extracts = [EXTRACTS / town.extract for town, _, _ in towns]
    return {
        "seconds": f"{seconds:,.0f}",
        "processor": f"{time.process_time():,.0f}",
        "machine": f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores",
        "extracts": ", ".join(f"{one.name} {hashlib.sha256(one.read_bytes()).hexdigest()[:12]}" for one in extracts),
        "licence": ", ".join(dict.fromkeys(city.origin.licence for _, city, _ in towns)),
        "radius": f"{RADIUS_M:.0f}",
        "limit": f"{LIMIT_M:.0f}",
        "ring": f"{LIMIT_M - RADIUS_M:.0f}",
        "places": len(surveys),
        "fronts": len(answers),
        "choices": len(points),
        "by_paths": by_paths,
        "by_program": len(points) - by_paths,
        "gap": max(point.gap for point in points),
        "complete": sum(answer.front.complete for answer in answers),
    }


def _seen(surveys: Sequence[Survey]) -> dict[str, object]:
    answers = [answer for one in surveys for answer in one.street.values()]
    steps = sorted(_steps(surveys), key=lambda step: -step.share)
    more = [further for answer in answers if (further := _to_halve(answer)) is not None]
    ratios = {one.place.name: one.street[Threat.DETERMINED].fewest.cost / _lawful(one).fewest.cost for one in surveys}
    least, most = min(ratios, key=ratios.__getitem__), max(ratios, key=ratios.__getitem__)
    return {
        "steps": steps[:STEPS],
        "halved": len({(step.survey.place.name, step.threat) for step in steps if step.share >= 0.5}),
        "more": more,
        "more_median": f"{statistics.median(more):g}",
        "late": f"{statistics.median(map(_late_share, answers)):.0%}",
        "least": f"{ratios[least]:.1f} times ({least})",
        "most": f"{ratios[most]:.1f} times ({most})",
        "forbidden": sum(one.bans.forbidden for one in surveys),
        "binding": sum(one.bans.binding for one in surveys),
        "changed": [
            f"{one.place.name} ({_lawful(one).fewest.cost} instead of {one.without_bans.fewest.cost})"
            for one in surveys
            if _lawful(one).fewest.cost != one.without_bans.fewest.cost
        ],
        "fronts_changed": [words for one in surveys if (words := _changed(one))],
        "relying": [
            f"{one.place.name} ({len(one.relying)} of {len(_lawful(one).points)})" for one in surveys if one.relying
        ],
        "motorways": [words for one in surveys if (words := _on_motorways(one))],
        "ties": [
            _tie(one, threat, answer) for one in surveys for threat, answer in one.street.items() if _tied(answer)
        ],
    }


def _changed(one: Survey) -> str:
    """How the turn bans change a front, by the choice that they change most."""
    before = {point.cost: point.burden for point in one.without_bans.points}
    saved = {point.cost: before[point.cost] - point.burden for point in _lawful(one).points if point.cost in before}
    if not any(saved.values()):
        return "" if before.keys() == {point.cost for point in _lawful(one).points} else one.place.name
    cost = max(saved, key=lambda cost: abs(saved[cost]))
    with_them = before[cost] - saved[cost]
    return f"{one.place.name} (with {cost} barriers {with_them / 10:,.0f} m instead of {before[cost] / 10:,.0f} m)"


def _on_motorways(one: Survey) -> str:
    """How many barriers of the cheapest plan stand on a motorway."""
    network, plan = one.operation.network, _lawful(one).points[0].plan
    kinds = [network.highways[network.segment_ids.index(barrier.segment)] for barrier in plan.barriers]
    count = kinds.count("motorway")
    return f"{one.place.name} ({count} of {len(kinds)})" if count else ""


def _tied(answer: Answer) -> bool:
    """Whether `ringfence plan` takes another plan of the same cost than the front begins with."""
    return round(answer.fewest.enclosed_street_m * 10) != answer.points[0].burden


def _tie(one: Survey, threat: Threat, answer: Answer) -> str:
    metres = f"{answer.fewest.enclosed_street_m:,.0f} m beside {_metres(answer.points[0])} m"
    return f"{one.place.name}, {threat.value} ({metres})"


def _impossible(town: Town, one: Survey) -> dict[str, object]:
    return {
        "place": _outlines(one.place),
        "drivers": " and ".join(plan.threat.value for _, plan in one.impossible),
        "ways": [_way_in(plan) for _, plan in one.impossible],
        "map": _map_name(town, one, "-none"),
    }


def _way_in(plan: Plan) -> dict[str, str]:
    assert plan.witness is not None
    return {
        "threat": plan.threat.value,
        "streets": ", then ".join(plan.witness.streets),
        "metres": f"{plan.witness.length_m:,.0f}",
        "why": "; ".join(f"{arm.street} (`{arm.arm}`): {arm.why}" for arm in plan.cannot_close),
    }


def _town(town: Town, city: City, surveys: Sequence[Survey]) -> dict[str, object]:
    return {
        "name": town.name,
        "as_of": f"of {city.origin.timestamp[:10]}" if city.origin.timestamp else "of no stated date",
        "sites": len(city.site_id),
        "chart": f"{_slug(town.name)}.svg",
        "rows": [_summary(one.place.name, threat, one.street[threat]) for one in surveys for threat in Threat],
        "places": [_place(town, one) for one in surveys],
    }


def _summary(name: str, threat: Threat, answer: Answer) -> tuple[object, ...]:
    points = answer.points
    first, last = points[0], points[-1]
    paths = sum(point.is_proven for point in points)
    more = _to_halve(answer)
    half = "never" if more is None else first.cost + more
    proofs, complete = f"{paths} / {len(points) - paths}", "yes" if answer.front.complete else "no"
    enclosed = f"{_metres(first)} m", half, last.cost, f"{_metres(last)} m"
    return name, threat.value, first.cost, *enclosed, len(points), proofs, complete, f"{answer.seconds:.1f}"


def _place(town: Town, one: Survey) -> dict[str, object]:
    return {
        "place": _outlines(one.place),
        "words": one.place.words,
        "at": _at(one.reading),
        "bans": one.bans,
        "without_bans": one.without_bans.fewest.cost,
        "relying": len(one.relying),
        "map": _map_name(town, one),
        "best": max(_steps([one], [Threat.LAWFUL]), key=lambda step: step.share, default=None),
        "lawful": _front(_lawful(one), Burden.STREET),
        "determined": _front(one.street[Threat.DETERMINED], Burden.STREET),
    }


def _outlines(place: Place) -> Mapping[str, str]:
    return {"name": place.name, "radius": f"{place.radius_m:.0f}", "limit": f"{place.limit_m:.0f}"}


def _front(answer: Answer, against: Burden) -> dict[str, Any]:
    proof = answer.fewest.certificate
    assert proof is not None
    return {
        "rows": [
            _row(one, before, against) for before, one in zip((None, *answer.points), answer.points, strict=False)
        ],
        "cheapest": answer.points[0].cost,
        "fewest": answer.fewest.cost,
        "proof": f"{len(proof.paths)} {PROOFS[proof.kind]}",
    }


def _row(point: FrontPoint, before: FrontPoint | None, against: Burden) -> tuple[object, ...]:
    def shown(burden: int) -> str:
        return f"{burden / 10:,.0f} m" if against is Burden.STREET else str(burden)

    saves = "" if before is None else shown(before.burden - point.burden)
    cheapest = "its cost by ways in; " if point.plan.optimal else ""
    by = "paths, verified" if point.is_proven else f"{cheapest}integer program, gap {point.gap}"
    found = "by weighing" if point.supported else "between"
    return point.cost, point.plan.sites, shown(point.burden), saves, found, by


def _hamlet(hamlet: Survey, city: City, surveys: Sequence[Survey]) -> dict[str, object]:
    return {
        "place": _outlines(hamlet.place),
        "at": _at(hamlet.reading),
        "in_city": len(city.address_e7),
        "at_places": sum(one.addresses or 0 for one in surveys),
        "nearby": hamlet.addresses,
        "fronts": [(t.value.capitalize(), _front(one, Burden.ADDRESSES)) for t, one in hamlet.by_addresses.items()],
    }


def _lawful(one: Survey) -> Answer:
    return one.street[Threat.LAWFUL]


def _steps(surveys: Iterable[Survey], threats: Iterable[Threat] = tuple(Threat)) -> list[Step]:
    return [
        Step(one, threat, before, after)
        for one in surveys
        for threat in threats
        for before, after in pairwise(one.street[threat].points)
        if after.cost == before.cost + 1
    ]


def _to_halve(answer: Answer) -> int | None:
    """How many further barriers halve what the cheapest encloses."""
    first = answer.points[0]
    return next((point.cost - first.cost for point in answer.points if 2 * point.burden <= first.burden), None)


def _late_share(answer: Answer) -> float:
    """What the second half of the further barriers saves, as a share of what all of them save."""
    first, last = answer.points[0], answer.points[-1]
    middle = [point for point in answer.points if point.cost <= (first.cost + last.cost) / 2][-1]
    return (middle.burden - last.burden) / max(first.burden - last.burden, 1)


def _metres(point: FrontPoint) -> str:
    return f"{point.burden / 10:,.0f}"


def _at(reading: PlaceReading) -> str:
    return f"{reading.lat:.5f}, {reading.lon:.5f}"


def _map_name(town: Town, one: Survey, ending: str = "") -> str:
    return f"{_slug(town.name)}-{_slug(one.place.name)}{ending}.png"


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "-".join(plain.lower().split())
