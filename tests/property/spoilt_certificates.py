"""Certificates spoilt in every field: what is changed, and whether what then stands there can still be true.

`test_certificates` holds the checker against them. Each spoiling is a name, whether it must be refused whatever the
streets are like, and the changed fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from ringfence.base.measures import Burden
from ringfence.base.traffic import Threat, VehicleClass
from ringfence.model.answers import PathStep
from ringfence.model.plans import COST_MAX, Certificate, Weights, WitnessPath
from tests.property.strategies import Instance

Spoilt = Iterator[tuple[str, bool, dict[str, Any]]]


def spoilt_in_every_way(instance: Instance, certificate: Certificate, rng: Random) -> Spoilt:
    """All spoilings of one certificate of a plan."""
    yield from _spoil_plan(instance, certificate, rng)
    yield from _spoil_question(instance, certificate)
    yield from _spoil_costs(instance, certificate, rng)
    yield from _spoil_fixed(instance, certificate, rng)
    yield from _spoil_paths(instance, certificate, rng)
    yield from _spoil_loads(certificate)


def _asking(certificate: Certificate, **changes: Any) -> dict[str, Any]:
    """The change that makes a certificate one about other demands."""
    return {"demands": certificate.demands.model_copy(update=changes)}


def _price(certificate: Certificate, arm: str) -> int:
    return 0 if arm in certificate.demands.fixed else certificate.demands.costs.get(arm, 1)


def _charge(instance: Instance, certificate: Certificate, cut: tuple[str, ...]) -> int:
    """What a cut pays for its sites."""
    put_up = [instance.streets.arms.index(arm) for arm in cut if arm not in certificate.demands.fixed]
    return certificate.demands.site_charge * instance.streets.sites(put_up)


def _spoil_plan(instance: Instance, certificate: Certificate, rng: Random) -> Spoilt:
    cut, bound, demands = certificate.cut, certificate.lower_bound, certificate.demands
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
    for arm in cut:
        left, price = tuple(other for other in cut if other != arm), _price(certificate, arm)
        yield "an arm removed", True, {"cut": left}
        saved = price + _charge(instance, certificate, cut) - _charge(instance, certificate, left)
        yield "an arm removed and the bound lowered", True, {"cut": left, "lower_bound": bound - saved}
        yield "an arm doubled", True, {"cut": (*cut, arm)}
        yield "an arm doubled and the bound raised", True, {"cut": (*cut, arm), "lower_bound": bound + price}
        yield "an arm of the cut forbidden", True, _asking(certificate, must_not=demands.must_not | {arm})
        if arm not in demands.must:
            yield "an arm of the cut demanded", False, _asking(certificate, must=demands.must | {arm})
        for other in rng.sample(others, min(3, len(others))):
            yield "an arm swapped", False, {"cut": (*left, other)}
    for arm in rng.sample(others, min(4, len(others))):
        more = (*cut, arm)
        paid = _price(certificate, arm) + _charge(instance, certificate, more) - _charge(instance, certificate, cut)
        yield "an arm added", True, {"cut": more}
        yield "an arm added and the bound raised", True, {"cut": more, "lower_bound": bound + paid}
        if certificate.paths:
            doubled = (*certificate.paths, rng.choice(certificate.paths).model_copy(update={"carries": paid}))
            raised = {"cut": more, "lower_bound": bound + paid, "paths": doubled}
            yield "an arm added, a path doubled, the bound raised", True, raised
        yield "an arm left open demanded", True, _asking(certificate, must=demands.must | {arm})
        if arm not in demands.must_not:
            yield "an arm left open forbidden", False, _asking(certificate, must_not=demands.must_not | {arm})
        both = {"cut": more, "lower_bound": bound + paid, **_asking(certificate, must=demands.must | {arm})}
        yield "an arm demanded, added and counted", False, both


def _spoil_question(instance: Instance, certificate: Certificate) -> Spoilt:
    cut, bound, demands = certificate.cut, certificate.lower_bound, certificate.demands
    charge, pairs = demands.site_charge, demands.together
    for name in ("must", "must_not", "fixed"):
        yield f"{name} no arm", True, _asking(certificate, **{name: getattr(demands, name) | {"nowhere"}})
    yield "a coupling with no arm", True, _asking(certificate, together=pairs | {("nowhere", "nowhere")})
    for arm in demands.must:
        yield "a demand dropped", False, _asking(certificate, must=demands.must - {arm})
    for arm in demands.must_not:
        yield "a bar dropped", False, _asking(certificate, must_not=demands.must_not - {arm})
    for pair in pairs:
        yield "a coupling dropped", False, _asking(certificate, together=pairs - {pair})
    if len(cut) >= 2 and (cut[0], cut[1]) not in pairs:
        yield "a coupling that holds", False, _asking(certificate, together=pairs | {(cut[0], cut[1])})
    for arm in [arm for arm in instance.streets.arms if arm not in cut][:3] if cut else ():
        yield "an arm tied to an open one", True, _asking(certificate, together=pairs | {(cut[-1], arm)})
    put_up = [arm for arm in cut if arm not in demands.fixed]
    yield "site charge raised", bool(put_up), _asking(certificate, site_charge=charge + 1)
    if charge:
        yield "site charge lowered", bool(put_up), _asking(certificate, site_charge=charge - 1)
    sites = instance.streets.sites([instance.streets.arms.index(arm) for arm in put_up])
    counted = {"lower_bound": bound + sites, **_asking(certificate, site_charge=charge + 1)}
    yield "site charge raised and counted", False, counted
    threat = Threat.LAWFUL if certificate.threat is Threat.DETERMINED else Threat.DETERMINED
    yield "another threat", False, {"threat": threat}
    for vehicle_class in set(VehicleClass) - {certificate.vehicle_class}:
        yield "another class", False, {"vehicle_class": vehicle_class}
    covering = certificate.kind == "covering_paths"  # of which the checker takes no weights at all
    for cost, strict in ((1, covering), (2, covering or certificate.lower_bound > 0)):
        weighed = Weights(cost=cost, burden=0, against=Burden.STREET)
        yield "weighed by cost alone", strict, {"weights": weighed}
    kind = "covering_paths" if certificate.kind == "disjoint_paths" else "disjoint_paths"
    yield "another kind of proof", False, {"kind": kind}


def _spoil_costs(instance: Instance, certificate: Certificate, rng: Random) -> Spoilt:
    """Other prices, alone and with the bound to match. Arms that are closed already cost nothing, whatever is said."""
    cut, bound, demands = certificate.cut, certificate.lower_bound, certificate.demands

    def priced(arm: str, cost: int, **more: Any) -> dict[str, Any]:
        return {**more, **_asking(certificate, costs={**demands.costs, arm: cost})}

    yield "a price for no arm", True, priced("nowhere", 2)
    for arm in instance.streets.arms:
        price, paid = demands.costs.get(arm, 1), arm in cut and arm not in demands.fixed
        if arm in cut or rng.random() < 0.5:
            yield "an arm made dearer", paid, priced(arm, price + 1)
            if price < COST_MAX:
                yield "an arm made much dearer", paid, priced(arm, COST_MAX)
            yield "an arm made dearer and counted", False, priced(arm, price + 1, lower_bound=bound + paid)
            for number, path in enumerate(certificate.paths if paid else ()):
                more = path.model_copy(update={"carries": path.carries + 1})
                paths = (*certificate.paths[:number], more, *certificate.paths[number + 1 :])
                loaded = priced(arm, price + 1, lower_bound=bound + paid, paths=paths)
                yield "an arm made dearer, counted, and a path loaded", False, loaded
        if price > 1:
            yield "an arm made cheaper", paid, priced(arm, price - 1)
            yield "an arm made cheaper and counted", False, priced(arm, price - 1, lower_bound=bound - paid)
            yield "an arm made free", paid, priced(arm, 0)
        else:
            yield "a price of one spelt out", False, priced(arm, 1)
    if demands.costs:
        unpriced = sum(demands.costs.get(arm, 1) - 1 for arm in cut if arm not in demands.fixed)
        yield "no prices", bool(unpriced), _asking(certificate, costs={})
        yield "no prices, and counted", False, {"lower_bound": bound - unpriced, **_asking(certificate, costs={})}


def _spoil_fixed(instance: Instance, certificate: Certificate, rng: Random) -> Spoilt:
    """Arms said to be closed already that are not, and the other way round; alone, and with the bound to match."""
    cut, bound, demands = certificate.cut, certificate.lower_bound, certificate.demands
    fixed = demands.fixed
    for arm in cut:
        less = tuple(other for other in cut if other != arm)
        if arm in fixed:
            price = demands.costs.get(arm, 1)
            charge = _charge(instance, certificate, (*less, arm))
            dropped = _asking(certificate, fixed=fixed - {arm})
            demanded = _asking(certificate, fixed=fixed - {arm}, must=demands.must | {arm})
            counted = bound + price + _charge(instance, certificate.model_copy(update=dropped), cut) - charge
            yield "an obstacle forgotten", True, dropped
            yield "an obstacle forgotten and counted", False, {"lower_bound": counted, **dropped}
            yield "an obstacle that must be paid for", True, demanded
            yield "an obstacle that is paid for", False, {"lower_bound": counted, **demanded}
            yield "an obstacle left open", True, {"cut": less}
            yield "an obstacle forbidden", True, _asking(certificate, must_not=demands.must_not | {arm})
            yield "an obstacle demanded too", False, _asking(certificate, must=demands.must | {arm})
        else:
            made = _asking(certificate, fixed=fixed | {arm})
            charge = _charge(instance, certificate.model_copy(update=made), cut)
            saved = _price(certificate, arm) + _charge(instance, certificate, cut) - charge
            yield "an arm said to be closed already", True, made
            yield "an arm said to be closed already and counted", False, {"lower_bound": bound - saved, **made}
    others = [arm for arm in instance.streets.arms if arm not in cut]
    for arm in rng.sample(others, min(3, len(others))):
        made = _asking(certificate, fixed=fixed | {arm})
        yield "an obstacle made up", True, made
        yield "an obstacle made up, and in the cut", False, {"cut": (*cut, arm), **made}


def _spoil_loads(certificate: Certificate) -> Spoilt:
    """What paths carry. In a proof by clauses that says nothing; in one by disjoint paths it is the proof."""
    paths, bound = certificate.paths, certificate.lower_bound

    def loaded(number: int, *carries: int, **more: Any) -> dict[str, Any]:
        copies = (paths[number].model_copy(update={"carries": load}) for load in carries)
        return {**more, "paths": (*paths[:number], *copies, *paths[number + 1 :])}

    for number, path in enumerate(paths):
        yield "a path loaded more", False, loaded(number, path.carries + 1)
        yield "a path loaded more and counted", True, loaded(number, path.carries + 1, lower_bound=bound + 1)
        yield "a path loaded by far", False, loaded(number, path.carries + (1 << 40))
        if path.carries > 1:
            yield "a path loaded less", False, loaded(number, path.carries - 1)
            yield "a path loaded less and counted", True, loaded(number, path.carries - 1, lower_bound=bound - 1)
            yield "a path parted in two", False, loaded(number, path.carries - 1, 1)
            yield "a path parted in two, and more", False, loaded(number, path.carries, 1)
        for other in range(len(paths)):
            if other != number and paths[other].carries > 1:
                moved = list(loaded(number, path.carries + 1)["paths"])
                moved[other] = moved[other].model_copy(update={"carries": moved[other].carries - 1})
                yield "a load moved to another path", False, {"paths": tuple(moved)}


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
        encloses = path.model_copy(update={"encloses": ((arm, rng.choice(("from", "to"))),)})
        yield "a half said to be enclosed", True, {"paths": (*before, encloses, *behind)}
        if arm not in path.turned_back_at:
            more = path.model_copy(update={"turned_back_at": (*path.turned_back_at, arm)})
            yield "a turning place made up", True, {"paths": (*before, more, *behind)}
    if paths and certificate.lower_bound > sum(_price(certificate, arm) for arm in certificate.demands.must):
        yield "no paths", not certificate.demands.coupled, {"paths": ()}
