"""Plans held up to the checker before anybody sees them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ringfence.base.errors import OurFault
from ringfence.desk.cordons import closed_arms, stops_of
from ringfence.model.plans import Certificate, Plan
from ringfence.planner import Ring
from ringfence.promises import Verdict, find_leaks, verify_certificate, verify_impossible


def verdict_on(ring: Ring, certificate: Certificate, beside: tuple[Certificate, Verdict] | None = None) -> Verdict:
    """The checker's word on a certificate, whatever it is. `beside`: another of the same question, and that on it."""
    problem = ring.problem
    return verify_certificate(
        problem.network,
        problem.area,
        certificate,
        driver=problem.driver,
        demands=problem.demands,
        weights=certificate.weights,
        beside=beside,
    )


def as_far_as_verified(ring: Ring, plans: Iterable[Plan]) -> Iterator[Plan]:
    """Plans that the checker has looked at; without the certificate where it can't follow that to its end.

    Such a plan then says what is proven. That one without a certificate seals, the checker finds out by itself. Plans
    that come with the same bound have it followed once.

    Raises
    ------
    OurFault
        If a certificate is about another plan, or no proof of what it claims; or as `refuse_leaks`.
    """
    beside: tuple[Certificate, Verdict] | None = None
    for plan in plans:
        certificate = plan.certificate
        if certificate is None:
            refuse_leaks(ring, plan)
            yield plan
            continue
        _refuse_other_barriers(ring, plan, certificate)
        verdict = verdict_on(ring, certificate, beside)
        claims = plan.optimal or certificate.weights is not None
        if verdict.faults or (verdict.finished and verdict.proves_fewest != claims):
            message = f"the checker rejects the planner's certificate: {'; '.join(verdict.faults) or 'a gap'}"
            raise OurFault(message)
        if certificate.weights is None:
            beside = certificate, verdict
        if verdict.finished:
            yield plan
            continue
        refuse_leaks(ring, plan)
        less = {"certificate": None, "optimal": False}
        yield plan.model_copy(update=less | ({} if certificate.weights else {"lower_bound": verdict.lower_bound}))


def _refuse_other_barriers(ring: Ring, plan: Plan, certificate: Certificate) -> None:
    barriers = {barrier.id for barrier in plan.barriers}
    if not barriers <= set(certificate.cut) <= barriers | ring.problem.demands.fixed:
        message = "the planner's certificate is about other barriers than its plan"
        raise OurFault(message)


def refuse_doubt(ring: Ring, plan: Plan) -> None:
    """Refuse the answer that no cordon exists unless the checker is convinced of it."""
    problem = ring.problem
    refusal = verify_impossible(
        problem.network, problem.area, plan.witness, driver=problem.driver, demands=problem.demands
    )
    if not refusal.proven:
        why = "; ".join(refusal.faults) or "it came to no end within its limits"
        message = f"the checker is not convinced that no cordon exists: {why}"
        raise OurFault(message)


def refuse_leaks(ring: Ring, plan: Plan) -> None:
    """The checker's word on a plan without a certificate; that it is as good as can be rests on the solver."""
    problem = ring.problem
    shut = closed_arms(ring, [barrier.id for barrier in plan.barriers])
    if leaks := find_leaks(problem.network, problem.area, problem.driver, stops_of(problem, shut)):
        message = f"the checker finds a way past the planner's barriers, by {', '.join(leaks[:3])}"
        raise OurFault(message)
