"""A small integer program over HiGHS: columns, rows, minimise; with HiGHS's own proof of optimality."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import ArrayLike

from ringfence.base.errors import OurFault
from ringfence.network.projection import FloatArray
from ringfence.network.streets import BoolArray, IntArray

INFINITY = highspy.kHighsInf
CHOSEN = 0.5
NODES_MAX = 20_000
"""Branches that one solution may take: a limit that is the same on every machine, as a time would not be."""


FEASIBLE = 2
"""HiGHS's word for a solution that keeps to all rows."""


class Undecided(OurFault):
    """Neither a solution was found within the branches allowed, nor that there is none."""


@dataclass(frozen=True, slots=True)
class Solution:
    """A solution, what it costs, and what every solution costs at least; equal where it is proven the cheapest."""

    chosen: BoolArray
    cost: int
    bound: int


class IntegerProgram:
    """Minimise `cost · x` under rows `low <= a · x <= high`; columns are binaries, costs whole numbers.

    Never reals beside them: of such programs HiGHS 1.14's presolve can lose the optimum (HiGHS issues 3043, 3094).
    """

    def __init__(self) -> None:
        self.count = 0
        self.lower: FloatArray = np.zeros(0)
        self.upper: FloatArray = np.zeros(0)
        self._rows: list[tuple[FloatArray, FloatArray, IntArray, IntArray, FloatArray]] = []

    def columns(self, count: int) -> IntArray:
        """Add columns; returns their numbers."""
        self.lower = np.append(self.lower, np.zeros(count))
        self.upper = np.append(self.upper, np.ones(count))
        self.count += count
        return np.arange(self.count - count, self.count)

    def fix(self, columns: IntArray, value: float) -> None:
        """Hold columns to a value."""
        self.lower[columns] = self.upper[columns] = value

    def rows(self, columns: IntArray, values: ArrayLike, *, low: float = -INFINITY, high: float = INFINITY) -> None:
        """Add rows of equal length: one for each line of `columns` (n, k), with the same `values` (k,)."""
        n, k = columns.shape
        held = np.broadcast_to(np.asarray(values, dtype=np.float64), (n, k))
        start = np.full(n, k, dtype=np.int64)
        self._rows.append((np.full(n, low), np.full(n, high), start, columns.ravel(), held.ravel()))

    def row(self, coefficients: Mapping[int, float], *, low: float = -INFINITY, high: float = INFINITY) -> None:
        """Add a row."""
        columns = np.array(list(coefficients), dtype=np.int64)
        self._rows.append(
            (
                np.array([low]),
                np.array([high]),
                np.array([len(columns)]),
                columns,
                np.array(list(coefficients.values()), dtype=np.float64),
            )
        )

    def copy(self) -> IntegerProgram:
        """A program to which rows can be added without this one noticing."""
        other = IntegerProgram()
        other.count, other.lower, other.upper = self.count, self.lower.copy(), self.upper.copy()
        other._rows = list(self._rows)
        return other

    def solve(self, cost: IntArray, *, nodes_max: int | None = None) -> Solution | None:
        """The cheapest solution, or the best that `nodes_max` branches (`NODES_MAX`) find; None if there is none.

        Raises
        ------
        Undecided
            If nothing is found within the branches.
        OurFault
            If HiGHS ends otherwise.
        """
        nodes_max = NODES_MAX if nodes_max is None else nodes_max
        if not self.count:
            possible = all((low <= 0).all() and (high >= 0).all() for low, high, *_ in self._rows)
            return Solution(np.zeros(0, dtype=bool), 0, 0) if possible else None
        if not self._rows:
            chosen = np.where(cost >= 0, self.lower, self.upper) > CHOSEN
            return Solution(chosen, int(cost[chosen].sum()), int(cost[chosen].sum()))
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.setOptionValue("mip_abs_gap", 0.0)
        solver.setOptionValue("mip_max_nodes", nodes_max)
        solver.passModel(self._model(cost))
        solver.run()
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        info = solver.getInfo()
        if status == highspy.HighsModelStatus.kSolutionLimit and info.primal_solution_status != FEASIBLE:
            message = f"the integer program found nothing within {nodes_max} branches"
            raise Undecided(message)
        if status not in {highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kSolutionLimit}:
            message = f"the integer program ended as {solver.modelStatusToString(status)}"
            raise OurFault(message)
        chosen = np.array(solver.getSolution().col_value) > CHOSEN
        found = int(cost[chosen].sum())
        if status == highspy.HighsModelStatus.kOptimal:
            return Solution(chosen, found, found)
        least = int(np.minimum(cost, 0).sum())  # what can't be undercut, whatever is chosen
        bound = max(least, int(np.ceil(info.mip_dual_bound - 1e-6))) if np.isfinite(info.mip_dual_bound) else least
        return Solution(chosen, found, bound)

    def _model(self, cost: IntArray) -> highspy.HighsLp:
        lows, highs, counts, columns, values = (np.concatenate(part) for part in zip(*self._rows, strict=True))
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.count, len(lows)
        lp.col_cost_ = cost.astype(np.float64)
        lp.col_lower_, lp.col_upper_ = self.lower, self.upper
        lp.row_lower_, lp.row_upper_ = lows, highs
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(counts)])
        lp.a_matrix_.index_ = columns.astype(np.int32)
        lp.a_matrix_.value_ = values
        lp.integrality_ = [highspy.HighsVarType.kInteger] * self.count
        return lp
