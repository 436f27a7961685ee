"""The solver: the fewest arms that seal an area within its limit, and the proof that no fewer do."""

from ringfence.model.answers import Demands
from ringfence.planner.plan import make_plan
from ringfence.planner.problem import Arm, Problem

__all__ = ["Arm", "Demands", "Problem", "make_plan"]
