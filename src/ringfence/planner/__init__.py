"""The solver: the cheapest cordon of an area within its limit, its proof, and what other choices there are."""

from ringfence.planner.alternatives import Further, list_alternatives, one_street_further
from ringfence.planner.best import find_best
from ringfence.planner.contradictions import in_two_lists, tied_to_itself
from ringfence.planner.front import make_front
from ringfence.planner.plan import describe, impossible, make_plan, plan_of
from ringfence.planner.problem import Problem
from ringfence.planner.ring import Ring
from ringfence.planner.sites import count_sites
from ringfence.planner.stages import plan_stages

__all__ = [
    "Further",
    "Problem",
    "Ring",
    "count_sites",
    "describe",
    "find_best",
    "impossible",
    "in_two_lists",
    "list_alternatives",
    "make_front",
    "make_plan",
    "one_street_further",
    "plan_of",
    "plan_stages",
    "tied_to_itself",
]
