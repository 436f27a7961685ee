"""A small integer program over HiGHS: columns, rows, minimise; with HiGHS's own proof of optimality."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import highspy
import numpy as np

from ringfence.base.errors import OurFault

INFINITY = highspy.kHighsInf


@dataclass
class IntegerProgram:
    """Minimise `cost · x` under rows `low <= a · x <= high`; columns are binaries.

    Never reals beside them: of such programs HiGHS 1.14's presolve can lose the optimum (HiGHS issues 3043, 3094).
    """

    cost: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    rows: list[tuple[float, float, dict[int, float]]] = field(default_factory=list)

    def column(self, *, cost: float = 0.0, lower: float = 0.0, upper: float = 1.0) -> int:
        """Add a column; returns its number."""
        self.cost.append(cost)
        self.lower.append(lower)
        self.upper.append(upper)
        return len(self.cost) - 1

    def row(self, coefficients: Mapping[int, float], *, low: float = -INFINITY, high: float = INFINITY) -> None:
        """Add a row; equal columns must have been summed by the caller."""
        self.rows.append((low, high, dict(coefficients)))

    def solve(self, *, cost: Mapping[int, float] | None = None) -> list[float] | None:
        """An optimal solution, or None if there is none. `cost` replaces the columns' own.

        Raises
        ------
        OurFault
            If HiGHS neither proves an optimum nor that there is none.
        """
        costs = self.cost if cost is None else [cost.get(ix, 0.0) for ix in range(len(self.cost))]
        if not costs:
            return None if any(low > 0 or high < 0 for low, high, _ in self.rows) else []
        if not self.rows:
            return [low if c >= 0 else high for c, low, high in zip(costs, self.lower, self.upper, strict=True)]
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(costs), len(self.rows)
        lp.col_cost_ = np.array(costs)
        lp.col_lower_, lp.col_upper_ = np.array(self.lower), np.array(self.upper)
        lp.row_lower_ = np.array([low for low, _, _ in self.rows])
        lp.row_upper_ = np.array([high for _, high, _ in self.rows])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        counts = [len(coefficients) for _, _, coefficients in self.rows]
        lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(counts)])
        lp.a_matrix_.index_ = np.array([ix for _, _, row in self.rows for ix in row], dtype=np.int32)
        lp.a_matrix_.value_ = np.array([value for _, _, row in self.rows for value in row.values()])
        lp.integrality_ = [highspy.HighsVarType.kInteger] * len(costs)
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.setOptionValue("mip_abs_gap", 0.0)
        solver.passModel(lp)
        solver.run()
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            message = f"the integer program ended as {solver.modelStatusToString(status)}"
            raise OurFault(message)
        return list(solver.getSolution().col_value)
