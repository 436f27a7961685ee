"""The checker accepts a certificate if and only if it is a proof.

Every certificate of a plan is spoilt in every field, and in every field of its demands. Where a spoilt one can't be
true, the checker must refuse it (`strict`). Elsewhere the spoilt text may happen to be a proof of something else that
is true: another of several fewest cuts, the same paths for another driver who may drive the same streets, a path that
was not needed, another price for an arm that no path runs over. There the checker must say what `brute_force.is_proof`
says, which works it out by trying every set of arms.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError
from shapely import Polygon
from shapely.affinity import scale, translate

from ringfence.base.traffic import Driver
from ringfence.model.plans import Certificate, Demands
from ringfence.network import Area, Network, without_segment
from ringfence.network.streets import BINDABLE
from ringfence.planner import make_plan
from ringfence.promises import verify_certificate
from tests.property.brute_force import is_proof
from tests.property.spoilt_certificates import spoilt_in_every_way
from tests.property.strategies import ROWS, Instance, draw_instance
from tests.property.street_maps import ForbiddenChain, Segment, StreetMap

INSTANCES, CHUNK = (40, 2) if os.environ.get("RINGFENCE_LONG") else (1, 1)
TURNING = (
    ("lawful with bans", 8),
    ("lawful with bans, must and must not", 14),
    ("site charges and couplings", 19),
    ("chains, class masks and bollards", 17),
    ("site charges, costs and fixed", 35),
)
"""Instances with a path in their proof that turns back at a barrier: too rare to be met by chance."""
QUESTION = {"threat", "vehicle_class", "demands", "weights"}
"""Fields that say what was asked. Spoilt, a certificate may prove something else, but never what was asked."""


def _certified(seed: int, row: str) -> tuple[Instance, Certificate] | None:
    instance = draw_instance(seed, row)
    if not instance.streets.arms:
        return None
    plan = make_plan(instance.network, instance.area, instance.driver, instance.demands, measure=instance.measure)
    return None if plan.certificate is None else (instance, plan.certificate)


def _asked(instance: Instance) -> Demands:
    """The question as it must be put to the checker: what each arm costs spelt out, by this test and not the planner.

    No street of these maps is a ramp, a tunnel or a level crossing, so no placing rule bars an arm.
    """
    demands, streets = instance.demands, instance.streets
    spelt_out = streets.prices(instance.measure) | demands.costs
    costs = {arm: cost for arm, cost in spelt_out.items() if cost > 1 and arm not in demands.fixed}
    return demands.model_copy(update={"costs": costs})


def _proves(network: Network, area: Area, certificate: Certificate, instance: Instance) -> bool:
    """What the checker says when the instance's own question was asked."""
    return verify_certificate(
        network, area, certificate, driver=instance.driver, demands=_asked(instance)
    ).proves_fewest


def _proves_its_own_claim(instance: Instance, certificate: Certificate) -> bool:
    """What the checker says when the question asked is the one that the certificate claims to answer."""
    driver = Driver(certificate.threat, certificate.vehicle_class)
    demands, weights = certificate.demands, certificate.weights
    return verify_certificate(
        instance.network, instance.area, certificate, driver=driver, demands=demands, weights=weights
    ).proves_fewest


def _many(row: str, first: int, count: int) -> Iterator[tuple[int, Instance, Certificate]]:
    found = 0
    for seed in range(first * 1000, first * 1000 + 1000):
        pair = _certified(seed, row)
        if pair is not None:
            yield seed, *pair
            found += 1
            if found == count:
                return


@pytest.mark.parametrize("chunk", range(INSTANCES // CHUNK))
@pytest.mark.parametrize("row", ROWS)
def test_certificate_for_other_streets_or_another_area_is_refused(row: str, chunk: int) -> None:
    for seed, instance, certificate in _many(row, chunk, CHUNK):
        assert _proves(instance.network, instance.area, certificate, instance)
        for name, network in _other_networks(instance, Random(seed)):
            assert not _proves(network, instance.area, certificate, instance), f"draw_instance({seed}, {row!r}): {name}"
        for name, area in _other_areas(instance.area):
            assert not _proves(instance.network, area, certificate, instance), f"draw_instance({seed}, {row!r}): {name}"


def _other_networks(instance: Instance, rng: Random) -> Iterator[tuple[str, Network]]:
    old = instance.map
    segment = rng.choice(old.segments)
    others = tuple(s for s in old.segments if s is not segment)

    def swapped(**changes: Any) -> StreetMap:
        values = {field: getattr(segment, field) for field in Segment.__dataclass_fields__} | changes
        return replace(old, segments=(*others, Segment(**values)))

    lon, lat = old.junctions[segment.start]
    yield (
        "a junction moved by a metre",
        replace(old, junctions={**old.junctions, segment.start: (lon + 1e-5, lat)}).network,
    )
    if others:
        yield "a segment dropped", without_segment(old.network, segment.id)
    yield "a segment bent", swapped(path=(*segment.path, (lon + 2e-4, lat + 3e-4))).network
    yield "a direction closed", swapped(forward="none" if segment.forward != "none" else "all").network
    yield "a direction closed to some", swapped(backward="bicycle" if segment.backward != "bicycle" else "all").network
    yield "made impassable", swapped(physical=not segment.physical).network
    yield (
        "renamed",
        StreetMap(old.junctions, (*others, Segment("other", segment.start, segment.end, path=segment.path))).network,
    )
    if segment.start != segment.end:
        yield "put elsewhere", swapped(start=segment.end, end=segment.start).network
    twin = Segment("twin", segment.start, segment.end, path=segment.path)
    yield "a parallel street", replace(old, segments=(*old.segments, twin)).network
    ban = (segment.id, segment.start, segment.id)
    bans = tuple(b for b in old.bans if b != ban) if ban in old.bans else (*old.bans, ban)
    yield "a turn ban more or less", replace(old, bans=bans).network
    if old.bans and ban not in old.bans:
        yield "another turn banned", replace(old, bans=(*old.bans[1:], ban)).network
    if old.bans:
        other = {**old.ban_masks, old.bans[0]: old.ban_masks.get(old.bans[0], BINDABLE) ^ 1}
        yield "a turn banned for others", replace(old, ban_masks=other).network
    blocked = {**old.blocked, segment.end: old.blocked.get(segment.end, 0) ^ 1}
    yield "a bollard more or less", replace(old, blocked=blocked).network
    chain = ForbiddenChain((segment.id,) * 3, (segment.end, segment.start))
    yield "a chain more", replace(old, chains=(*old.chains, chain)).network
    for first in old.chains[:1]:
        yield "a chain less", replace(old, chains=old.chains[1:]).network
        yield "a chain for others", replace(old, chains=(replace(first, mask=first.mask ^ 1), *old.chains[1:])).network
    yield "data ends here", replace(old, clipped=frozenset({segment.start})).network


def _other_areas(area: Area) -> Iterator[tuple[str, Area]]:
    yield "a smaller area", Area(scale(area.protected, 0.999, 0.999), area.limit, area.name)
    yield "an area moved by ten centimetres", Area(translate(area.protected, 1e-6, 0), area.limit, area.name)
    yield "a wider limit", Area(area.protected, scale(area.limit, 1.001, 1.001), area.name)
    yield "a closer limit", Area(area.protected, scale(area.limit, 0.999, 0.999), area.name)
    yield "the limit protected", Area(area.limit, area.limit, area.name)
    limit = area.limit
    assert isinstance(limit, Polygon)
    hole = [(x * 0.999 + limit.centroid.x * 0.001, y) for x, y in scale(limit, 0.01, 0.01).exterior.coords]
    yield "a limit with a hole", Area(area.protected, Polygon(limit.exterior.coords, [hole]), area.name)


def test_name_of_the_area_and_order_of_its_corners_do_not_matter() -> None:
    for seed, instance, certificate in _many("determined", 0, 5):
        limit = instance.area.limit
        assert isinstance(limit, Polygon)
        turned = Polygon([*limit.exterior.coords[2:], *limit.exterior.coords[1:3]])
        area = Area(instance.area.protected, turned, "by another name")
        assert _proves(instance.network, area, certificate, instance), seed


@pytest.mark.parametrize("chunk", range(INSTANCES // CHUNK))
@pytest.mark.parametrize("row", ROWS)
def test_spoilt_certificate_is_refused(row: str, chunk: int) -> None:
    refused = [_refused_of(*item, row) for item in _many(row, chunk, CHUNK)]
    assert sum(refused) >= 25 * CHUNK


@pytest.mark.parametrize(("row", "seed"), TURNING)
def test_spoilt_certificate_with_a_turning_place_is_refused(row: str, seed: int) -> None:
    certified = _certified(seed, row)
    assert certified is not None
    assert any(path.turned_back_at for path in certified[1].paths), "draw again: none of its paths turns back"
    assert _refused_of(seed, *certified, row) >= 25


def _refused_of(seed: int, instance: Instance, certificate: Certificate, row: str) -> int:
    """Spoil a certificate in every way, and hold the checker against the oracle; how many it refused."""
    assert certificate.demands == _asked(instance), f"draw_instance({seed}, {row!r})"
    rng, refused = Random(seed), 0
    for name, strict, changes in spoilt_in_every_way(instance, certificate, rng):
        tampered = certificate.model_copy(update=changes)
        found = _proves_its_own_claim(instance, tampered)
        expected = False if strict else _is_whole_proof(instance, certificate, tampered)
        where = f"draw_instance({seed}, {row!r}): {name}, {changes}"
        assert found == expected, f"{where}: expected {expected}, found {found}"
        if changes.keys() & QUESTION:
            assert not _proves(instance.network, instance.area, tampered, instance), where
        refused += not found
    return refused


def _is_whole_proof(instance: Instance, certificate: Certificate, tampered: Certificate) -> bool:
    """What the oracle says of a certificate whose closable streets may be those of another driver."""
    drivers = [(c.threat, c.vehicle_class) for c in (certificate, tampered)]
    if drivers[0] != drivers[1]:
        other = type(instance.driver)(tampered.threat, tampered.vehicle_class)
        if type(instance.streets)(instance.network, instance.area, other).arms != instance.streets.arms:
            return False
    return is_proof(instance.network, instance.area, tampered)


@pytest.mark.parametrize("row", ROWS)
def test_certificate_survives_saving(row: str) -> None:
    for seed, instance, certificate in _many(row, 7, 5):
        again = Certificate.model_validate_json(certificate.model_dump_json())
        assert again == certificate
        assert _proves(instance.network, instance.area, again, instance), f"draw_instance({seed}, {row!r})"


def test_certificates_of_every_kind_are_spoilt() -> None:
    """Guards the drawing: each field has something in it to spoil, in certificates that are spoilt above."""
    seen: Counter[str] = Counter()
    by_chance = [item for row in ROWS for chunk in range(INSTANCES // CHUNK) for item in _many(row, chunk, CHUNK)]
    for _, _, certificate in by_chance:
        demands, disjoint = certificate.demands, certificate.kind == "disjoint_paths"
        seen[certificate.kind] += bool(certificate.paths)
        seen["loads"] += disjoint and any(path.carries > 1 for path in certificate.paths)
        for name in ("must", "must_not", "fixed", "together", "site_charge", "costs"):
            seen[name] += bool(getattr(demands, name))
        seen["obstacles in disjoint proofs"] += bool(demands.fixed and certificate.paths) and disjoint
        seen["prices under site charges"] += bool(demands.costs) and bool(demands.site_charge)
    assert min(seen.values()) >= 1, seen


def _read_and_checked(instance: Instance, document: Any) -> bool:
    """A certificate may come from anyone: it is refused when it is read or when it is checked, and nothing crashes."""
    try:
        certificate = Certificate.model_validate_json(json.dumps(document))
    except ValidationError:
        return False
    return _proves(instance.network, instance.area, certificate, instance)


def test_negative_site_charge_is_refused() -> None:
    """A certificate that pays its plan for every site is about a question that nobody asked."""
    _, instance, certificate = next(item for item in _many("determined", 0, 1000) if not item[2].cut)
    document = json.loads(certificate.model_dump_json())
    assert _read_and_checked(instance, document)
    document["demands"]["site_charge"] = -1
    assert not _read_and_checked(instance, document)


@pytest.mark.parametrize("price", [0, -1, 1.5, "many", None, float("nan"), float("inf")])
def test_absurd_prices_and_loads_cannot_even_be_read(price: object) -> None:
    """With a price or a load below nothing, paths could seem to prove what is false."""
    _, instance, certificate = next(
        item
        for item in _many("costs", 0, 50)
        if item[2].paths and item[2].kind == "disjoint_paths" and item[2].demands.costs
    )
    assert _read_and_checked(instance, json.loads(certificate.model_dump_json()))
    priced, loaded = (json.loads(certificate.model_dump_json()) for _ in range(2))
    priced["demands"]["costs"][min(priced["demands"]["costs"])] = price
    loaded["paths"][0]["carries"] = price
    for document in (priced, loaded):
        with pytest.raises(ValidationError):
            Certificate.model_validate_json(json.dumps(document))


def test_unknown_fields_and_other_versions_are_refused_when_they_are_read() -> None:
    """What a certificate of version 1 said of its demands stood elsewhere; nobody reads it as one without any."""
    _, instance, certificate = next(item for item in _many("fixed, must and must not", 0, 1))
    document = json.loads(certificate.model_dump_json())
    assert _read_and_checked(instance, document)
    others: list[dict[str, Any]] = [{"version": 1}, {"must_not": []}, {"demands": {**document["demands"], "free": []}}]
    for changes in others:
        assert not _read_and_checked(instance, document | changes), changes
    without = {key: value for key, value in document.items() if key != "demands"}
    assert not _read_and_checked(instance, without)


@pytest.mark.parametrize("figure", [float("nan"), float("inf"), -float("inf"), 1e300, -1.0])
def test_absurd_figures_are_refused_not_crashed_on(figure: float) -> None:
    _, instance, certificate = next(item for item in _many("determined", 0, 20) if item[2].paths)
    document = json.loads(certificate.model_dump_json())
    assert _read_and_checked(instance, document)
    document["paths"][0]["steps"][0]["start_m"] = figure
    assert not _read_and_checked(instance, document)
