"""The checker accepts a certificate if and only if it is a proof.

Every certificate of a plan is spoilt in every field. Where a spoilt one can't be true, the checker must refuse it
(`strict`). Elsewhere the spoilt text may happen to be a proof of something else that is true: another of several
fewest cuts, the same paths for another driver who may drive the same streets, a path that was not needed. There the
checker must say what `brute_force.is_proof` says, which works it out by trying every set of arms.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError
from shapely import Polygon
from shapely.affinity import scale, translate

from ringfence.base.traffic import Driver, Threat, VehicleClass
from ringfence.model.answers import Certificate, Demands, PathStep, WitnessPath
from ringfence.network import Area, Network, without_segment
from ringfence.network.streets import BINDABLE
from ringfence.planner import make_plan
from ringfence.promises import verify_certificate
from tests.property.brute_force import is_proof
from tests.property.strategies import ROWS, Instance, draw_instance
from tests.property.street_maps import ForbiddenChain, Segment, StreetMap

INSTANCES = 4
CHUNK = 2


def _certified(seed: int, row: str) -> tuple[Instance, Certificate] | None:
    instance = draw_instance(seed, row)
    if not instance.streets.arms:
        return None
    plan = make_plan(instance.network, instance.area, instance.driver, instance.demands)
    return None if plan.certificate is None else (instance, plan.certificate)


def _proves(network: Network, area: Area, certificate: Certificate, instance: Instance) -> bool:
    """What the checker says when the instance's own question was asked."""
    return verify_certificate(
        network, area, certificate, driver=instance.driver, demands=instance.demands
    ).proves_fewest


def _proves_its_own_claim(instance: Instance, certificate: Certificate) -> bool:
    """What the checker says when the question asked is the one that the certificate claims to answer."""
    demands = Demands(
        must=frozenset(certificate.must),
        must_not=frozenset(certificate.must_not),
        together=frozenset(certificate.together),
        site_charge=certificate.site_charge,
    )
    driver = Driver(certificate.threat, certificate.vehicle_class)
    return verify_certificate(
        instance.network, instance.area, certificate, driver=driver, demands=demands
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
    spoilt = 0
    for seed, instance, certificate in _many(row, chunk, CHUNK):
        rng = Random(seed)
        for name, strict, changes in (
            *_spoil_plan(instance, certificate, rng),
            *_spoil_question(instance, certificate),
            *_spoil_paths(instance, certificate, rng),
        ):
            tampered = certificate.model_copy(update=changes)
            found = _proves_its_own_claim(instance, tampered)
            expected = False if strict else _is_whole_proof(instance, certificate, tampered)
            where = f"draw_instance({seed}, {row!r}): {name}, {changes}"
            assert found == expected, f"{where}: expected {expected}, found {found}"
            if not found or changes.keys() & QUESTION:
                assert not _proves(instance.network, instance.area, tampered, instance), where
            spoilt += not found
    assert spoilt >= 25 * CHUNK


def _is_whole_proof(instance: Instance, certificate: Certificate, tampered: Certificate) -> bool:
    """What the oracle says of a certificate whose closable streets may be those of another driver."""
    drivers = [(c.threat, c.vehicle_class) for c in (certificate, tampered)]
    if drivers[0] != drivers[1]:
        other = type(instance.driver)(tampered.threat, tampered.vehicle_class)
        if type(instance.streets)(instance.network, instance.area, other).arms != instance.streets.arms:
            return False
    return is_proof(instance.network, instance.area, tampered)


QUESTION = {"threat", "vehicle_class", "must", "must_not", "together", "site_charge"}
"""Fields that say what was asked. Spoilt, a certificate may prove something else, but never what was asked."""

Spoilt = Iterator[tuple[str, bool, dict[str, Any]]]


def _spoil_plan(instance: Instance, certificate: Certificate, rng: Random) -> Spoilt:
    cut, bound, charge = certificate.cut, certificate.lower_bound, certificate.site_charge
    must, must_not, pairs = certificate.must, certificate.must_not, certificate.together
    others = [arm for arm in instance.streets.arms if arm not in cut]
    yield "another network's hash", True, {"network": "0" * 64}
    yield "another area's hash", True, {"area": certificate.area[:-1] + ("0" if certificate.area[-1] != "0" else "1")}
    yield "another limit's hash", True, {"limit": certificate.limit[1:]}
    yield "area and limit exchanged", True, {"area": certificate.limit, "limit": certificate.area}
    yield "other closable streets", True, {"closable": certificate.closable[::-1]}
    yield "no hash", True, {"closable": ""}
    yield "bound raised", True, {"lower_bound": bound + 1}
    yield "bound lowered", True, {"lower_bound": bound - 1}
    yield "bound raised by far", True, {"lower_bound": bound + (1 << 31)}
    yield "an arm that is no arm", True, {"cut": (*cut, "nowhere")}
    yield "a demand about no arm", True, {"must_not": (*must_not, "nowhere")}
    yield "a coupling with no arm", True, {"together": (*pairs, ("nowhere", "nowhere"))}
    for arm in cut:
        left = tuple(other for other in cut if other != arm)
        yield "an arm removed", True, {"cut": left}
        yield "an arm removed and the bound lowered", True, {"cut": left, "lower_bound": bound - 1}
        yield "an arm doubled", True, {"cut": (*cut, arm)}
        yield "an arm doubled and the bound raised", True, {"cut": (*cut, arm), "lower_bound": bound + 1}
        yield "an arm of the cut forbidden", True, {"must_not": (*must_not, arm)}
        if arm not in must:
            yield "an arm of the cut demanded", False, {"must": tuple(sorted({*must, arm}))}
        for other in rng.sample(others, min(3, len(others))):
            yield "an arm swapped", False, {"cut": (*left, other)}
    for arm in rng.sample(others, min(4, len(others))):
        yield "an arm added", True, {"cut": (*cut, arm)}
        yield "an arm added and the bound raised", True, {"cut": (*cut, arm), "lower_bound": bound + 1 + charge}
        if certificate.paths:
            more = (*certificate.paths, rng.choice(certificate.paths))
            raised = {"cut": (*cut, arm), "lower_bound": bound + 1, "paths": more}
            yield "an arm added, a path doubled, the bound raised", True, raised
        yield "an arm left open demanded", True, {"must": (*must, arm)}
        if arm not in must_not:
            yield "an arm left open forbidden", False, {"must_not": tuple(sorted({*must_not, arm}))}
        both = {"must": (*must, arm), "cut": (*cut, arm), "lower_bound": bound + 1}
        yield "an arm demanded, added and counted", False, both
        if cut:
            yield "an arm tied to an open one", True, {"together": (*pairs, (rng.choice(cut), arm))}


def _spoil_question(instance: Instance, certificate: Certificate) -> Spoilt:
    cut, bound, charge = certificate.cut, certificate.lower_bound, certificate.site_charge
    must, must_not, pairs = certificate.must, certificate.must_not, certificate.together
    for arm in must:
        yield "a demand dropped", False, {"must": tuple(other for other in must if other != arm)}
    for arm in must_not:
        yield "a bar dropped", False, {"must_not": tuple(other for other in must_not if other != arm)}
    for pair in pairs:
        yield "a coupling dropped", False, {"together": tuple(other for other in pairs if other != pair)}
    if len(cut) >= 2 and (cut[0], cut[1]) not in pairs:
        yield "a coupling that holds", False, {"together": (*pairs, (cut[0], cut[1]))}
    yield "site charge raised", bool(cut), {"site_charge": charge + 1}
    if charge:
        yield "site charge lowered", bool(cut), {"site_charge": charge - 1}
    sites = instance.streets.sites([instance.streets.arms.index(arm) for arm in cut])
    yield "site charge raised and counted", False, {"site_charge": charge + 1, "lower_bound": bound + sites}
    threat = Threat.LAWFUL if certificate.threat is Threat.DETERMINED else Threat.DETERMINED
    yield "another threat", False, {"threat": threat}
    for vehicle_class in set(VehicleClass) - {certificate.vehicle_class}:
        yield "another class", False, {"vehicle_class": vehicle_class}
    kind = "covering_paths" if certificate.kind == "disjoint_paths" else "disjoint_paths"
    yield "another kind of proof", False, {"kind": kind}


def _spoil_paths(instance: Instance, certificate: Certificate, rng: Random) -> Spoilt:
    paths = certificate.paths
    yield "an empty path", True, {"paths": (*paths, WitnessPath(steps=()))}
    for number, path in enumerate(paths):
        before, behind, steps = paths[:number], paths[number + 1 :], path.steps

        def spoilt(new: tuple[PathStep, ...], before: Any = before, path: Any = path, behind: Any = behind) -> Any:
            return {"paths": (*before, path.model_copy(update={"steps": new}), *behind)}

        yield "a path removed", False, {"paths": (*before, *behind)}
        yield "a path doubled", False, {"paths": (*paths, path)}
        moved = tuple(s.model_copy(update={"start_m": s.start_m + 0.001, "end_m": s.end_m + 0.001}) for s in steps)
        again = {
            "paths": (*paths, path.model_copy(update={"steps": moved})),
            "lower_bound": certificate.lower_bound + 1,
        }
        yield "a path doubled, a millimetre off, and counted", True, again
        for place in {0, len(steps) - 1, rng.randrange(len(steps)), rng.randrange(len(steps))}:
            step, left = steps[place], steps[:place] + steps[place + 1 :]
            yield "a step left out", place > 0, spoilt(left)  # a way may begin with more than one step outside
            renamed = step.model_copy(update={"segment": "nowhere"})
            yield "a step off the map", True, spoilt((*steps[:place], renamed, *steps[place + 1 :]))
            shifted = step.model_copy(update={"end_m": step.end_m + 1.0})
            yield "a step too long", True, spoilt((*steps[:place], shifted, *steps[place + 1 :]))
            other = step.model_copy(update={"segment": rng.choice(instance.map.segments).id})
            yield "a step on another street", False, spoilt((*steps[:place], other, *steps[place + 1 :]))
            back = step.model_copy(update={"start_m": step.end_m, "end_m": step.start_m})
            yield "a step against its direction", False, spoilt((*steps[:place], back, *steps[place + 1 :]))
            turned = (*steps[: place + 1], back, step, *steps[place + 1 :])
            yield "a turn in the middle", False, spoilt(turned)
        yield (
            "driven outward",
            True,
            spoilt(tuple(s.model_copy(update={"start_m": s.end_m, "end_m": s.start_m}) for s in reversed(steps))),
        )
        for arm in path.turned_back_at:
            fewer = tuple(other for other in path.turned_back_at if other != arm)
            yield (
                "a turning place unsaid",
                True,
                {"paths": (*before, path.model_copy(update={"turned_back_at": fewer}), *behind)},
            )
        arm = rng.choice(instance.streets.arms)
        if arm not in path.turned_back_at:
            more = path.model_copy(update={"turned_back_at": (*path.turned_back_at, arm)})
            yield "a turning place made up", True, {"paths": (*before, more, *behind)}
    if paths and certificate.lower_bound > len(certificate.must):
        yield "no paths", certificate.site_charge == 0 and not certificate.together, {"paths": ()}


@pytest.mark.parametrize("row", ROWS)
def test_certificate_survives_saving(row: str) -> None:
    for seed, instance, certificate in _many(row, 7, 5):
        again = Certificate.model_validate_json(certificate.model_dump_json())
        assert again == certificate
        assert _proves(instance.network, instance.area, again, instance), f"draw_instance({seed}, {row!r})"


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
    assert not _read_and_checked(instance, document | {"site_charge": -1})


@pytest.mark.parametrize("figure", [float("nan"), float("inf"), -float("inf"), 1e300, -1.0])
def test_absurd_figures_are_refused_not_crashed_on(figure: float) -> None:
    _, instance, certificate = next(item for item in _many("determined", 0, 20) if item[2].paths)
    document = json.loads(certificate.model_dump_json())
    assert _read_and_checked(instance, document)
    document["paths"][0]["steps"][0]["start_m"] = figure
    assert not _read_and_checked(instance, document)
