"""What a planner asks for: the cheapest cordon, the choices beside it, why, in which steps, what another one buys."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from threading import Lock

from ringfence.base.errors import BadInput, Fault, gathering, refuse_if
from ringfence.base.measures import Burden, Measure
from ringfence.base.traffic import Driver, Threat
from ringfence.desk.cordons import (
    FEWEST,
    INSTALLED,
    OWN_NAMES,
    PLANNED,
    Cordon,
    arms_of_plan,
    arms_standing,
    closed_arms,
    refuse_unsealed,
    side_of,
    unsealed,
)
from ringfence.desk.demanding import demands_of, faults_by_name, fixed_arms
from ringfence.desk.drawn_area import area_of, streets_around, unlabelled
from ringfence.desk.kept_plans import KeptPlans, verified
from ringfence.desk.verifying import as_far_as_verified, refuse_doubt
from ringfence.model.plans import (
    Alternative,
    ArmReason,
    Comparison,
    Demands,
    Front,
    Moved,
    Plan,
    PlanQuestion,
    SavedPlan,
    Stages,
)
from ringfence.operation import Operation
from ringfence.planner import (
    Further,
    Problem,
    Ring,
    describe,
    find_best,
    impossible,
    list_alternatives,
    make_front,
    one_street_further,
    plan_of,
    plan_stages,
)
from ringfence.promises import list_holds

GROUNDS_MAX = 8
"""Grounds that are remembered: a planner draws one area at a time, and pins and forbids on it."""
Progress = Callable[[str, float], None]


class Planning:
    """Plans of one operation. Streets that were looked at lately are not split anew."""

    def __init__(self, operation: Operation, folder: Path | None = None) -> None:
        self.operation = operation
        self.folder = folder
        self.kept = KeptPlans(operation, folder)
        self._grounds: OrderedDict[Hashable, Ring] = OrderedDict()
        self._lock = Lock()

    def of(self, operation: Operation) -> Planning:
        """Of the same operation with more in its log: the streets are the same."""
        other = Planning(operation, self.folder)
        other._grounds = self._grounds
        other._lock = self._lock
        return other

    def ring(self, question: PlanQuestion) -> Ring:
        """The ring that a question is about, under its demands.

        Raises
        ------
        BadInput
            If the area or the limit is none, or the demands name no arm or contradict each other. All that can be
            known at once is told at once: of demands in an area that is none, what no area could make good.
        """
        try:
            ground = self._ground(question)
        except BadInput as error:
            raise BadInput([*error.faults, *faults_by_name(self.operation, question)]) from None
        return ground.asking(demands_of(self.operation, ground.problem, question))

    def _ground(self, question: PlanQuestion) -> Ring:
        """The ring that a question is about, without its demands."""
        area = area_of(self.operation, question)
        driver = Driver(question.threat, self.operation.file.vehicle_class)
        key = (area.hash, area.limit_hash, driver, question.measure, question.placing.model_dump_json())
        with self._lock:
            ground = self._grounds.get(key)
        if ground is None:
            network = streets_around(self.operation, area, 0.0)  # a plan touches nothing beyond its limit
            placing, measure = question.placing, question.measure
            ground = Ring(Problem(network, area, driver, measure=measure, placing=placing))
            with self._lock:
                self._grounds[key] = ground
                while len(self._grounds) > GROUNDS_MAX:
                    self._grounds.popitem(last=False)
        return ground

    def plan(self, question: PlanQuestion) -> Plan:
        """The cheapest barriers that seal the area; the checker has verified their certificate, or that none exist.

        A certificate that it can't follow within its limits is left out: the plan then says what is proven.

        Raises
        ------
        BadInput
            As `ring`.
        OurFault
            If the checker rejects the certificate, or is not convinced that no cordon exists.
        """
        ring = self.ring(question)
        plan = plan_of(ring)
        if not plan.possible:
            refuse_doubt(ring, plan)
            return plan
        return next(as_far_as_verified(ring, [plan]))

    def front(
        self,
        question: PlanQuestion,
        against: Burden,
        *,
        only_supported: bool = False,
        progress: Progress | None = None,
    ) -> Front:
        """The choices from the cheapest to the least burdensome; the checker has verified what proves them.

        Raises
        ------
        BadInput
            As `ring`; or because the network knows no addresses (``no-addresses``).
        """
        faults: list[Fault] = []
        network = self.operation.network
        with gathering(faults):
            ring = self.ring(question)
            network = ring.problem.network
        if against is Burden.ADDRESSES and not network.facts.addresses_known:
            found, do = "a network that knows none", "Ask for metres of street instead: --against street."
            faults.append(Fault("no-addresses", "plan", "a network with addresses", found, do))
        refuse_if(faults)
        front = make_front(ring, against, only_supported=only_supported, progress=progress)
        if not front.points:
            refuse_doubt(ring, impossible(ring))
        plans = as_far_as_verified(ring, [point.plan for point in front.points])
        points = (point.model_copy(update={"plan": plan}) for point, plan in zip(front.points, plans, strict=True))
        return front.model_copy(update={"points": tuple(points)})

    def alternatives(self, question: PlanQuestion, *, differ: int, count: int) -> tuple[Alternative, ...] | None:
        """Further plans, the cheapest first, each without at least `differ` arms of every one before.

        None where no cordon exists at all.
        """
        ring = self.ring(question)
        best = find_best(ring)
        if best is None:
            refuse_doubt(ring, impossible(ring))
            return None
        further = list_alternatives(ring, best, differ=differ)
        found = tuple(islice(further, count))
        plans = as_far_as_verified(ring, [other.plan for other in found])
        return tuple(other.model_copy(update={"plan": plan}) for other, plan in zip(found, plans, strict=True))

    def reasons(self, question: PlanQuestion, arms: Sequence[str] | None = None) -> tuple[ArmReason, ...]:
        """Why each barrier stands where it does, in the cheapest plan or one of these arms.

        Raises
        ------
        BadInput
            As `ring`; or because these arms are none of the ring, or do not seal (``leaks``).
        """
        ring = self.ring(question)
        if arms is None:
            best = find_best(ring)
            closed = None if best is None else best.closed
        else:
            closed = closed_arms(ring, arms)
            refuse_unsealed(ring, closed, where="reasons", do="Name all barriers of a cordon that seals.")
        if closed is None:
            return ()
        plan = describe(ring, closed, None, least_cost=0)
        problem = ring.problem
        holds = {one.barrier: one for one in list_holds(problem.network, problem.area, problem.driver, plan.barriers)}
        further = {problem.arms.ids[one.arm]: one for one in one_street_further(ring, closed)}
        reasons = []
        for barrier in plan.barriers:
            moved, hold = further.get(barrier.id), holds[barrier.id]
            reasons.append(
                ArmReason(
                    arm=barrier.id,
                    place=barrier.place,
                    holds_m=hold.metres,
                    opens=hold.streets,
                    further_in=moved.inward if moved else None,
                    further_out=moved.outward if moved else None,
                    unproven=moved.unproven if moved else (),
                    barred=moved.barred if moved else (),
                    says=_says(moved, question.measure),
                )
            )
        return tuple(reasons)

    def stages(
        self,
        question: PlanQuestion | None,
        first: str,
        second: str,
        *,
        at: datetime | None = None,
        threat: Threat | None = None,
    ) -> Stages:
        """The steps from one cordon to another, each sealed. Both are named, and asked about, as in `compare`.

        Raises
        ------
        BadInput
            If one of them does not seal (``leaks``), or stands elsewhere than in the ring.
        """
        asked = self.about(question, first, second, threat=threat)
        cordons = [self._cordon(asked, name, at)[0] for name in (first, second)]
        ring = self._ground(asked).asking(Demands(fixed=cordons[0].fixed | cordons[1].fixed))
        closed = []
        for cordon in cordons:
            shut = closed_arms(ring, cordon.closed)
            if not ring.seals(shut):
                raise BadInput([unsealed(cordon, (first, second), asked.threat, at)])
            closed.append(shut)
        stages = plan_stages(ring, closed[0], closed[1])
        stages = stages.model_copy(update={"fixed": tuple(sorted(cordons[0].fixed | cordons[1].fixed))})
        return stages.model_copy(update={"asked": asked}) if FEWEST in {first, second} else stages

    def compare(
        self,
        question: PlanQuestion | None,
        first: str,
        second: str,
        *,
        at: datetime | None = None,
        threat: Threat | None = None,
    ) -> Comparison:
        """Two cordons beside each other: saved plans by name, `installed`, `planned` or `fewest`.

        Demands bear on `fewest` alone; but what the question says is closed already holds the line of either.

        Parameters
        ----------
        question : PlanQuestion or None
            None: as the kept plan among them was asked (`about`).
        at : datetime or None
            The moment for `installed`; None: the end of the operation.
        threat : Threat or None
            Where there is no question: against whom.
        """
        asked = self.about(question, first, second, threat=threat)
        if at is None and INSTALLED in {first, second}:
            at = self.operation.file.ends
        sides = [side_of(ring, cordon) for cordon, ring in (self._cordon(asked, name, at) for name in (first, second))]
        one, other = (set(side.arms) for side in sides)
        shown = self.as_plan(asked, sorted(one | other))
        return Comparison(
            threat=asked.threat,
            vehicle_class=shown.vehicle_class,
            at=at if INSTALLED in {first, second} else None,
            asked=asked if FEWEST in {first, second} else None,
            first=sides[0],
            second=sides[1],
            common=tuple(sorted(one & other)),
            only_first=tuple(sorted(one - other)),
            only_second=tuple(sorted(other - one)),
            places={barrier.id: barrier.place for barrier in shown.barriers},
        )

    def about(self, question: PlanQuestion | None, *names: str, threat: Threat | None = None) -> PlanQuestion:
        """What cordons are looked at under: the question, about the area of the kept plans if it draws none itself.

        Without a question it is that of the kept plan among them, whole; of two that were asked differently, only
        their area.

        Parameters
        ----------
        threat : Threat or None
            Where there is no question: against whom. None: as the kept plans were made, else lawful drivers.

        Raises
        ------
        BadInput
            If the kept plans were made for different areas (``two-areas``) or drivers (``two-threats``).
        """
        own = question is not None and not (question.protected is None and question.limit is None)
        kept = [unlabelled(self.saved(name).question) for name in names if name not in OWN_NAMES]
        if question is not None and (own or not kept):
            return question
        if any((one.protected, one.limit) != (kept[0].protected, kept[0].limit) for one in kept):
            expected, found = "cordons of one area", f"{' and '.join(map(repr, names))}, drawn for different ones"
            do = "Plan one of them anew for the other's area."
            raise BadInput([Fault("two-areas", "plans", expected, found, do)])
        drawn = {"protected": kept[0].protected, "limit": kept[0].limit} if kept else {}
        if question is not None:
            return question.model_copy(update=drawn)
        if threat is None:
            threat = _threat_of(kept, names)
        like = kept[0] if kept and all(one == kept[0] for one in kept) else PlanQuestion(**drawn)
        return like.model_copy(update={"threat": threat})

    def as_plan(self, question: PlanQuestion, arms: Sequence[str], fixed: Sequence[str] = ()) -> Plan:
        """Some arms of the ring as a plan, whatever they seal, and whatever the question demands."""
        ring = self._ground(question).asking(Demands(fixed=frozenset(fixed)))
        return describe(ring, closed_arms(ring, arms), None, least_cost=0, all_arms=True)

    def save(self, name: str, title: str, question: PlanQuestion, plan: Plan, *, replace: bool = False) -> SavedPlan:
        """Keep a plan in the operation's folder. Raises as `KeptPlans.save`."""
        return self.kept.save(name, title, question, plan, replace=replace)

    def saved(self, name: str) -> SavedPlan:
        """A plan that was kept, if it is one of these streets and outlines. Raises as `KeptPlans.saved`."""
        return self.kept.saved(name)

    def opened(self, name: str) -> SavedPlan:
        """A plan that was kept, with all that it says of itself `verified`. Raises as `saved` and `verified`."""
        saved = self.saved(name)
        return saved.model_copy(update={"plan": self.verified(saved.question, saved.plan)})

    def verified(self, question: PlanQuestion, plan: Plan) -> Plan:
        """A plan from anywhere, if it is what it says that it is. Raises as `ring` and `kept_plans.verified`."""
        return verified(self.ring(question), plan, lambda: self.plan(question))

    def _cordon(self, asked: PlanQuestion, name: str, at: datetime | None) -> tuple[Cordon, Ring]:
        """A cordon by its name, and the ring by whose placing rules it is counted."""
        ground = self._ground(asked)
        problem = ground.problem
        if name in {INSTALLED, PLANNED}:
            arms, elsewhere = arms_standing(self.operation, problem, name, at)
            return Cordon(name, tuple(arms), tuple(elsewhere), fixed_arms(self.operation, problem, asked)), ground
        if name == FEWEST:
            question, plan = asked, plan_of(self.ring(asked))
        else:
            saved = self.saved(name)
            question, plan = saved.question, saved.plan
            ground = self._ground(asked.model_copy(update={"placing": question.placing}))
        arms, elsewhere = arms_of_plan(problem, plan)
        return Cordon(name, tuple(arms), tuple(elsewhere), fixed_arms(self.operation, problem, question)), ground


def _threat_of(kept: Sequence[PlanQuestion], names: Sequence[str]) -> Threat:
    """Against whom these were made; lawful drivers if there are none."""
    threats = {one.threat for one in kept}
    if len(threats) > 1:
        found = f"{' and '.join(map(repr, names))}, made against different drivers"
        do = "Say against whom they shall hold: --threat."
        raise BadInput([Fault("two-threats", "plans", "cordons against the same drivers", found, do)])
    return threats.pop() if threats else Threat.LAWFUL


def _says(moved: Further | None, measure: Measure) -> str:
    """The prices in a sentence. A barrier that holds nothing has none."""
    if moved is None:
        return "It holds nothing: the area is sealed without it."

    def price(side: Moved, more: int | None, nowhere: str) -> str:
        proven = side not in moved.unproven
        if side in moved.barred:
            return "would need a barrier where none may stand"
        if more is None:
            return nowhere if proven else "has a price that was not found"
        says = "costs the same" if more == 0 else f"costs {abs(more)} {'more' if more > 0 else 'less'} in {measure}"
        return says if proven else f"{says}, or costs less: that is not proven"

    nearer = price("in", moved.inward, "would cut the protected area")
    farther = price("out", moved.outward, "would leave the limit")
    return f"One street nearer {nearer}; one street farther {farther}."
