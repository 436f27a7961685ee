"""Plans held up to the checker before anybody sees them."""

from __future__ import annotations

from ringfence.base.errors import OurFault
from ringfence.desk.cordons import closed_arms, stops_of
from ringfence.model.plans import Certificate, Plan
from ringfence.planner import Ring
from ringfence.promises import Verdict, find_leaks, verify_certificate, verify_impossible


def verdict_on(ring: Ring, certificate: Certificate) -> Verdict:
    """The checker's word on a certificate, whatever it is."""
    problem = ring.problem
    return verify_certificate(
        problem.network,
        problem.area,
        certificate,
        driver=problem.driver,
        demands=problem.demands,
        weights=certificate.weights,
    )


def verify_plan(ring: Ring, plan: Plan, certificate: Certificate, *, proves: bool) -> Verdict:
    """The checker's word on a plan's certificate.

    Raises
    ------
    OurFault
        If it is about another plan, or no proof of what it claims.
    """
    problem = ring.problem
    barriers = {barrier.id for barrier in plan.barriers}
    if not barriers <= set(certificate.cut) <= barriers | problem.demands.fixed:
        message = "the planner's certificate is about other barriers than its plan"
        raise OurFault(message)
    verdict = verdict_on(ring, certificate)
    if verdict.faults or (verdict.finished and verdict.proves_fewest != proves):
        message = f"the checker rejects the planner's certificate: {'; '.join(verdict.faults) or 'a gap'}"
        raise OurFault(message)
    return verdict


def as_far_as_verified(ring: Ring, plan: Plan, *, proves: bool) -> Plan:
    """A plan that the checker has looked at; without its certificate where the checker can't follow that to its end.

    The plan then says what is proven. That one without a certificate seals, the checker finds out by itself.

    Parameters
    ----------
    proves : bool
        Whether the certificate claims that nothing is better.

    Raises
    ------
    OurFault
        As `verify_plan` and `refuse_leaks`.
    """
    if plan.certificate is None:
        refuse_leaks(ring, plan)
        return plan
    verdict = verify_plan(ring, plan, plan.certificate, proves=proves)
    if verdict.finished:
        return plan
    refuse_leaks(ring, plan)
    less = {"certificate": None, "optimal": False}
    return plan.model_copy(update=less | ({} if plan.certificate.weights else {"lower_bound": verdict.lower_bound}))


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
