"""What a planner asks for: the cheapest cordon, the choices beside it, why, in which steps, what another one buys."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime
from importlib import metadata
from itertools import islice
from pathlib import Path
from threading import Lock

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.base.measures import Burden, Measure
from ringfence.base.traffic import Driver, Threat
from ringfence.desk.cordons import (
    FEWEST,
    INSTALLED,
    PLANNED,
    arms_of_plan,
    arms_standing,
    closed_arms,
    side_of,
)
from ringfence.desk.drawn_area import area_of, streets_around
from ringfence.desk.verifying import refuse_doubt, refuse_leaks, verify_plan
from ringfence.model.plans import (
    Alternative,
    ArmReason,
    Comparison,
    Demands,
    Front,
    Plan,
    PlanQuestion,
    SavedPlan,
    Stages,
)
from ringfence.operation import Operation, read_plan, save_plan, validate
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
            If the area or the limit is none, or the demands name no arm or contradict each other.
        """
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
        return ground.asking(self._demands(ground.problem, question))

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
        if plan.certificate is None:
            refuse_doubt(ring, plan)
            return plan
        verdict = verify_plan(ring, plan, plan.certificate, proves=plan.optimal)
        if verdict.finished:
            return plan
        return plan.model_copy(update={"certificate": None, "optimal": False, "lower_bound": verdict.lower_bound})

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
        ring = self.ring(question)
        if against is Burden.ADDRESSES and not ring.problem.network.facts.addresses_known:
            found, do = "a network that knows none", "Ask for metres of street instead: --against street."
            raise BadInput([Fault("no-addresses", "plan", "a network with addresses", found, do)])
        front = make_front(ring, against, only_supported=only_supported, progress=progress)
        if not front.points:
            refuse_doubt(ring, impossible(ring))
        for point in front.points:
            if point.plan.certificate is not None:
                verify_plan(ring, point.plan, point.plan.certificate, proves=True)
            else:
                refuse_leaks(ring, point.plan)
        return front

    def alternatives(self, question: PlanQuestion, *, differ: int, count: int) -> tuple[Alternative, ...]:
        """Further plans, the cheapest first, each without at least `differ` arms of every one before."""
        ring = self.ring(question)
        best = find_best(ring)
        if best is None:
            return ()
        further = list_alternatives(ring, best, differ=differ)
        found = tuple(islice(further, count))
        for other in found:
            refuse_leaks(ring, other.plan)
        return found

    def reasons(self, question: PlanQuestion, arms: Sequence[str] | None = None) -> tuple[ArmReason, ...]:
        """Why each barrier stands where it does, in the cheapest plan or one of these arms."""
        ring = self.ring(question)
        if arms is None:
            best = find_best(ring)
            closed = None if best is None else best.closed
        else:
            closed = closed_arms(ring, arms)
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
                    says=_says(moved, question.measure),
                )
            )
        return tuple(reasons)

    def stages(self, question: PlanQuestion, first: str, second: str, *, at: datetime | None = None) -> Stages:
        """The steps from one cordon to another, each sealed. Both are named as in `compare`.

        Raises
        ------
        BadInput
            If one of them does not seal (``leaks``), or stands elsewhere than in the ring.
        """
        ring = self.ring(self.about(question, first, second))
        closed = []
        for name in (first, second):
            arms, elsewhere = self._arms_named(ring, name, at)
            shut = closed_arms(ring, arms)
            if not ring.seals(shut):
                found = f"{name!r}, past which one can still drive in"
                when = f" --at {at.isoformat()}" if at is not None else ""
                do = f"`ringfence compare OP {first} {second} --threat {question.threat}{when}` shows where."
                if elsewhere:
                    do += f" Not on a street of the ring: {', '.join(elsewhere)}."
                raise BadInput([Fault("leaks", "stages", "two cordons that seal the area", found, do)])
            closed.append(shut)
        return plan_stages(ring, closed[0], closed[1])

    def compare(self, question: PlanQuestion, first: str, second: str, *, at: datetime | None = None) -> Comparison:
        """Two cordons beside each other: saved plans by name, `installed`, `planned` or `fewest`.

        Parameters
        ----------
        at : datetime or None
            The moment for `installed`; None: the end of the operation.
        """
        ring = self.ring(self.about(question, first, second))
        if at is None and INSTALLED in {first, second}:
            at = self.operation.file.ends
        sides = [side_of(ring, name, *self._arms_named(ring, name, at)) for name in (first, second)]
        one, other = (set(side.arms) for side in sides)
        shown = describe(ring, closed_arms(ring, one | other), None, least_cost=0, all_arms=True)
        return Comparison(
            threat=question.threat,
            vehicle_class=ring.problem.driver.vehicle_class,
            at=at if INSTALLED in {first, second} else None,
            first=sides[0],
            second=sides[1],
            common=tuple(sorted(one & other)),
            only_first=tuple(sorted(one - other)),
            only_second=tuple(sorted(other - one)),
            places={barrier.id: barrier.place for barrier in shown.barriers},
        )

    def about(self, question: PlanQuestion, *names: str) -> PlanQuestion:
        """The question, about the area that the kept plans among these cordons were drawn for, if it draws none itself.

        Raises
        ------
        BadInput
            If they were drawn for different areas (``two-areas``).
        """
        if question.protected is not None or question.limit is not None:
            return question
        kept = [self.saved(name).question for name in names if name not in {INSTALLED, PLANNED, FEWEST}]
        if any((one.protected, one.limit) != (kept[0].protected, kept[0].limit) for one in kept):
            expected, found = "cordons of one area", f"{' and '.join(map(repr, names))}, drawn for different ones"
            raise BadInput(
                [Fault("two-areas", "plans", expected, found, "Plan one of them anew for the other's area.")]
            )
        drawn = {"protected": kept[0].protected, "limit": kept[0].limit} if kept else {}
        return question.model_copy(update=drawn)

    def threat_of(self, *names: str) -> Threat:
        """Against whom the kept plans among these cordons were made; lawful drivers if none is kept.

        Raises
        ------
        BadInput
            If they were made against different drivers (``two-threats``).
        """
        kept = [name for name in names if name not in {INSTALLED, PLANNED, FEWEST}]
        threats = {self.saved(name).question.threat for name in kept}
        if len(threats) > 1:
            found = f"{' and '.join(map(repr, kept))}, made against different drivers"
            do = "Say against whom they shall hold: --threat."
            raise BadInput([Fault("two-threats", "plans", "cordons against the same drivers", found, do)])
        return threats.pop() if threats else Threat.LAWFUL

    def as_plan(self, question: PlanQuestion, arms: Sequence[str]) -> Plan:
        """Some arms of the ring as a plan, whatever they seal."""
        ring = self.ring(question)
        return describe(ring, closed_arms(ring, arms), None, least_cost=0, all_arms=True)

    def save(self, name: str, title: str, question: PlanQuestion, plan: Plan, *, replace: bool = False) -> SavedPlan:
        """Keep a plan in the operation's folder.

        Raises
        ------
        BadInput
            If the name is none for a file, or taken by a word that means something else, or nothing can be written.
        Conflict
            ``plan-kept``: one of the same name is kept, and is not to be replaced.
        """
        if self.folder is None:
            raise BadInput([Fault("no-folder", "plans", "an operation with a folder", "none", "Open its folder.")])
        if name in {INSTALLED, PLANNED, FEWEST}:
            expected = f"a name other than {INSTALLED}, {PLANNED} and {FEWEST}"
            raise BadInput([Fault("name-taken", "plans", expected, repr(name), "Choose another name.")])
        made_by = f"ringfence {metadata.version('ringfence')}"
        document = {"name": name, "title": title, "made_by": made_by, "question": question, "plan": plan}
        document["network"] = self.operation.network.hash
        faults: list[Fault] = []
        saved = validate(document, "the plan to save", SavedPlan, faults)
        refuse_if(faults)
        assert saved is not None
        save_plan(self.folder, saved, replace=replace)
        return saved

    def saved(self, name: str) -> SavedPlan:
        """A plan that was kept.

        Raises
        ------
        BadInput
            If there is none of that name, its file is damaged, or it is about other streets (``stale-plan``).
        """
        if self.folder is None:
            raise BadInput([Fault("no-folder", "plans", "an operation with a folder", "none", "Open its folder.")])
        plan = read_plan(self.folder, name)
        if plan.network != self.operation.network.hash:
            found = "a plan of other streets"
            raise BadInput([Fault("stale-plan", f"plans/{name}.json", "a plan of these streets", found, "Plan anew.")])
        return plan

    def _demands(self, problem: Problem, question: PlanQuestion) -> Demands:
        def arms(names: Iterable[str]) -> frozenset[str]:
            return frozenset(arm for name in names for arm in self._arms_of(problem, name))

        return Demands(
            must=arms(question.must),
            must_not=arms(question.must_not),
            fixed=arms(question.fixed),
            together=frozenset(
                (one, other)
                for a, b in question.together
                for one in self._arms_of(problem, a)
                for other in self._arms_of(problem, b)
            ),
            site_charge=question.site_charge,
            costs={arm: cost for name, cost in question.costs.items() for arm in self._arms_of(problem, name)},
        )

    def _arms_of(self, problem: Problem, name: str) -> list[str]:
        """An arm by its id, or the arms on which a barrier of the operation stands."""
        barrier = next((one for one in self.operation.barriers if one.id == name), None)
        if barrier is None or name in problem.arms.ix:
            return [name]
        return [problem.arm_at(arm.segment, arm.offset_m) or arm.segment for arm in barrier.arms]

    def _arms_named(self, ring: Ring, name: str, at: datetime | None) -> tuple[list[str], list[str]]:
        """The arms of a cordon by its name, and its barriers that stand on none."""
        if name in {INSTALLED, PLANNED}:
            return arms_standing(self.operation, ring.problem, name, at)
        return arms_of_plan(ring.problem, plan_of(ring) if name == FEWEST else self.saved(name).plan)


def _says(moved: Further | None, measure: Measure) -> str:
    """The prices in a sentence. A barrier that holds nothing has none."""
    if moved is None:
        return "It holds nothing: the area is sealed without it."

    def price(more: int | None, nowhere: str, *, proven: bool) -> str:
        if more is None:
            return nowhere if proven else "has a price that was not found"
        says = "costs the same" if more == 0 else f"costs {abs(more)} {'more' if more > 0 else 'less'} in {measure}"
        return says if proven else f"{says}, or costs less: that is not proven"

    nearer = price(moved.inward, "would cut the protected area", proven="in" not in moved.unproven)
    farther = price(moved.outward, "would leave the limit", proven="out" not in moved.unproven)
    return f"One street nearer {nearer}; one street farther {farther}."
