"""Plans kept in an operation's folder: for which outlines they still hold, and whether their files say what is so."""

from __future__ import annotations

from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.desk.cordons import OWN_NAMES, closed_arms, stops_of
from ringfence.desk.drawn_area import area_of
from ringfence.desk.plan_views import SavedPlanLine, SavedPlans
from ringfence.desk.verifying import verdict_on
from ringfence.model.plans import Plan, PlanQuestion, SavedPlan
from ringfence.operation import Operation, list_plans, read_plan, save_plan, validate
from ringfence.planner import Ring, describe
from ringfence.promises import Verdict, find_leaks

FIGURES = (
    "threat", "vehicle_class", "measure", "cost", "arms", "sites", "blocks", "staff",
    "enclosed_street_m", "enclosed_addresses", "through",
)  # fmt: skip
"""What a plan says of itself, and what its barriers make of it anew."""
WORDS = {"place", "streets", "notes"}
"""What a barrier says for people: another version may word it otherwise."""


class KeptPlans:
    """The plans of one operation's folder. What they say is believed only once it is `verified`."""

    def __init__(self, operation: Operation, folder: Path | None) -> None:
        self.operation = operation
        self._folder = folder

    @property
    def folder(self) -> Path:
        """Where they lie.

        Raises
        ------
        BadInput
            If the operation has no folder (``no-folder``).
        """
        if self._folder is None:
            raise BadInput([Fault("no-folder", "plans", "an operation with a folder", "none", "Open its folder.")])
        return self._folder

    def save(self, name: str, title: str, question: PlanQuestion, plan: Plan, *, replace: bool = False) -> SavedPlan:
        """Keep a plan, with the hashes of the streets and outlines that it was made for.

        Raises
        ------
        BadInput
            If the name is none for a file, or taken by a word that means something else, or nothing can be written.
        Conflict
            ``plan-kept``: one of the same name is kept, and is not to be replaced.
        """
        folder, area = self.folder, area_of(self.operation, question)
        if name in OWN_NAMES:
            expected = f"a name other than {', '.join(OWN_NAMES)}"
            raise BadInput([Fault("name-taken", "plans", expected, repr(name), "Choose another name.")])
        document = {
            "name": name,
            "title": title,
            "made_by": f"ringfence {metadata.version('ringfence')}",
            "network": self.operation.network.hash,
            "area": area.hash,
            "limit": area.limit_hash,
            "question": question,
            "plan": plan,
        }
        faults: list[Fault] = []
        saved = validate(document, "the plan to save", SavedPlan, faults)
        refuse_if(faults)
        assert saved is not None
        save_plan(folder, saved, replace=replace)
        return saved

    def read(self, name: str) -> SavedPlan:
        """What the file of that name says, whatever has changed since. Raises as `read_plan`."""
        return read_plan(self.folder, name)

    def saved(self, name: str) -> SavedPlan:
        """A plan that was kept, if it is still one of these streets and outlines.

        Raises
        ------
        BadInput
            If there is none of that name, its file is damaged, or it was made for something else (``stale-plan``).
        """
        plan = self.read(name)
        changed = self.changed_since(plan)
        if changed is not None:
            expected = "a plan for the streets, area and limit of today"
            do = f"Plan anew, and keep that: `ringfence plan OP --like {name} --save {name} --replace`."
            raise BadInput([Fault("stale-plan", f"plans/{name}.json", expected, changed, do)])
        return plan

    def changed_since(self, saved: SavedPlan) -> str | None:
        """What is another than when a plan was made, in words, or None if all is the same."""
        changed = [] if saved.network == self.operation.network.hash else ["the streets"]
        try:
            area = area_of(self.operation, saved.question)
        except BadInput:
            changed.append("the outlines, into which its own no longer fit,")
        else:
            if not (saved.area and saved.limit):
                return "one of an older version, which did not note its area and limit"
            changed += ["the protected area"] * (saved.area != area.hash) + ["the limit"] * (
                saved.limit != area.limit_hash
            )
        if not changed:
            return None
        return f"one made before {' and '.join(changed)} changed"

    def lines(self) -> SavedPlans:
        """All of them, those that no longer hold with what has changed since. A damaged file hides no other."""
        found: list[SavedPlanLine] = []
        damaged: list[str] = []
        for name in list_plans(self._folder) if self._folder is not None else ():
            try:
                plan = self.read(name)
            except BadInput as error:
                damaged.append(str(error.faults[0]))
            else:
                found.append(SavedPlanLine.of(plan, self.changed_since(plan)))
        return SavedPlans(plans=tuple(found), damaged=tuple(damaged))


def verified(ring: Ring, plan: Plan, cheapest: Callable[[], Plan]) -> Plan:
    """The plan, if all that it says of itself is so: its file can have come from anywhere.

    Its barriers are looked at anew, and the checker says whether they seal and whether the certificate proves what it
    claims; one that it can't follow within its limits is left out. A choice whose certificate weighs cost and burden
    has no proof of what every plan costs at least: it gets that of the cheapest plan. That any other choice encloses
    as little as can be rests on the solver.

    Parameters
    ----------
    ring : Ring
        Of the plan's question.
    cheapest : callable
        Works out the cheapest plan, with its certificate checked; called only where the plan's own
        certificate does not say what every plan costs at least.

    Raises
    ------
    BadInput
        ``untrue-plan``, a fault for each thing that is not so.
    """
    verdict = None
    if not plan.possible:
        untrue = ["one that says that no cordon exists"] if cheapest().possible else []
    elif not (untrue := _wrong_figures(ring, plan) or _wrong_seal(ring, plan)) and plan.certificate is not None:
        verdict = verdict_on(ring, plan.certificate)
        untrue = _wrong_proof(plan, verdict)
    do = "Plan anew, and keep that."
    refuse_if([Fault("untrue-plan", "plan", "a plan as it was worked out", found, do) for found in untrue])
    followed = verdict is not None and verdict.finished
    if not plan.possible or (followed and plan.certificate is not None and plan.certificate.weights is None):
        return plan
    least = cheapest().lower_bound
    certificate = plan.certificate if followed else None
    optimal = certificate is not None and least == plan.cost
    return plan.model_copy(update={"certificate": certificate, "lower_bound": least, "optimal": optimal})


def _wrong_figures(ring: Ring, plan: Plan) -> list[str]:
    """What the plan says of its barriers, and is otherwise."""
    arms = [barrier.id for barrier in plan.barriers]
    unknown = sorted(set(arms) - ring.problem.arms.ix.keys())
    if unknown:
        return [f"one with a barrier on {arm!r}, which is no arm of the ring" for arm in unknown]
    made = describe(ring, closed_arms(ring, arms), None, least_cost=plan.lower_bound)
    wrong = [f"one that has {arm!r} twice" for arm in sorted({arm for arm in arms if arms.count(arm) > 1})]
    wrong += [
        f"one that says {name.replace('_', ' ')} {getattr(plan, name)}, where it is {getattr(made, name)}"
        for name in FIGURES
        if getattr(plan, name) != getattr(made, name)
    ]
    said = {barrier.id: barrier.model_dump(exclude=WORDS) for barrier in plan.barriers}
    found = {barrier.id: barrier.model_dump(exclude=WORDS) for barrier in made.barriers}
    wrong += [f"one without {arm!r}, which it has to close" for arm in sorted(found.keys() - said.keys())]
    wrong += [f"one with other facts on {arm!r} than are so" for arm in sorted(said) if said[arm] != found.get(arm)]
    return wrong


def _wrong_seal(ring: Ring, plan: Plan) -> list[str]:
    """Where the plan leaks or closes what it must not, and a certificate that is about other barriers."""
    problem, certificate = ring.problem, plan.certificate
    demands, barriers = problem.demands, {barrier.id for barrier in plan.barriers}
    wrong = []
    closed = closed_arms(ring, barriers)
    if leaks := find_leaks(problem.network, problem.area, problem.driver, stops_of(problem, closed)):
        wrong.append(f"one that leaks, by {', '.join(leaks[:3])}")
    wrong += [f"one that closes {arm!r}, which it must not" for arm in sorted(barriers & demands.must_not)]
    wrong += [
        f"one that closes only one of {one!r} and {other!r}"
        for one, other in sorted(demands.together)
        if (one in barriers) != (other in barriers)
    ]
    if certificate is not None and not barriers <= set(certificate.cut) <= barriers | demands.fixed:
        wrong.append("one whose certificate is about other barriers")
    return wrong


def _wrong_proof(plan: Plan, verdict: Verdict) -> list[str]:
    """What the plan says of being the cheapest, and the checker does not find, so far as it can follow."""
    if verdict.faults:
        return [f"one whose certificate is rejected: {fault}" for fault in verdict.faults]
    if not verdict.finished:
        return []
    if plan.certificate is not None and plan.certificate.weights is not None:
        return [] if verdict.proves_fewest else ["one whose certificate leaves a gap"]
    if (plan.lower_bound, plan.optimal) == (verdict.lower_bound, verdict.proves_fewest):
        return []
    says = f"one that says at least {plan.lower_bound:,} are needed{', and so proven' if plan.optimal else ''}"
    return [f"{says}, where {verdict.lower_bound:,} is what is proven"]
