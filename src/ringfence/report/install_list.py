"""The install list of a plan: what each crew puts up where, in order; as rows, and as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ringfence.base.errors import Fault, refuse_if
from ringfence.model.plans import Plan, PlannedBarrier
from ringfence.operation import Operation
from ringfence.report.crews import split_among_crews
from ringfence.report.words import clean, counted, letter

COMPASS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
COLUMNS = (
    "order",
    "crew",
    "letter",
    "barrier",
    "place",
    "what",
    "blocks",
    "staff",
    "inside",
    "lon_deg",
    "lat_deg",
    "segment",
    "offset_m",
    "width_m",
    "notes",
)
"""The header of the table. Degrees are WGS 84."""

_FORMULA = re.compile(r"(^|[;,\t|]\s*)(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])")


@dataclass(frozen=True, slots=True)
class InstallRow:
    """One barrier on the list.

    Attributes
    ----------
    order : int
        From 1, through all crews.
    crew : int
        From 1.
    letter : str
        What board, map and page call the barrier.
    barrier : PlannedBarrier
    bearing : float
        Where the inside lies, in degrees clockwise from north.
    """

    order: int
    crew: int
    letter: str
    barrier: PlannedBarrier
    bearing: float

    @property
    def inside(self) -> str:
        """Where the inside lies, as one of eight directions."""
        return COMPASS[round(self.bearing / 45) % 8]

    @property
    def blocks(self) -> int:
        """How many blocks the crew brings: none where something stands already."""
        return 0 if self.barrier.fixed else self.barrier.blocks

    @property
    def staff(self) -> int:
        """How many stay there: none where something stands already."""
        return 0 if self.barrier.fixed else self.barrier.staff

    @property
    def what(self) -> str:
        """What there is to do."""
        return "already there" if self.barrier.fixed else counted(self.blocks, "block")


def install_list(operation: Operation, plan: Plan, crews: int = 1) -> tuple[InstallRow, ...]:
    """The barriers of a plan in the order of `split_among_crews`, crew after crew.

    Raises
    ------
    BadInput
        ``bad-crews`` if there is no crew; ``plan-of-another-network`` and ``plan-of-another-area`` if the plan was not
        made for these streets and outlines.
    """
    refuse_foreign(operation, plan)
    letters = {barrier.id: letter(position) for position, barrier in enumerate(plan.barriers)}
    runs = split_among_crews(plan, crews)
    listed = [(crew, barrier) for crew, run in enumerate(runs, start=1) for barrier in run]
    return tuple(
        InstallRow(order, crew, letters[barrier.id], barrier, bearing_inside(operation, barrier))
        for order, (crew, barrier) in enumerate(listed, start=1)
    )


def refuse_foreign(operation: Operation, plan: Plan) -> None:
    """Refuse a plan that was made for other streets or outlines, so far as it says for which.

    Raises
    ------
    BadInput
        ``plan-of-another-network``, ``plan-of-another-area``
    """
    network, area = operation.network, operation.area
    faults = []
    expected, do = "a plan for the streets of this operation", "Plan again on these streets."
    if plan.certificate is not None and plan.certificate.network != network.hash:
        found = f"one for the network {plan.certificate.network[:12]}"
        faults.append(Fault("plan-of-another-network", "plan", expected, found, do))
    if plan.certificate is not None and (plan.certificate.area, plan.certificate.limit) != (area.hash, area.limit_hash):
        outlines = "a plan for the area and the limit that are shown"
        faults.append(Fault("plan-of-another-area", "plan", outlines, "one for others", "Plan again for these."))
    for barrier in plan.barriers:
        if network.find_segment(barrier.segment) is None:
            found = f"a barrier on {barrier.segment}"
            faults.append(Fault("plan-of-another-network", f"plan, {barrier.id}", expected, found, do))
    refuse_if(faults)


def bearing_inside(operation: Operation, barrier: PlannedBarrier) -> float:
    """The way to the inside along the street, in degrees clockwise from north."""
    ix = operation.network.find_segment(barrier.segment)
    assert ix is not None  # refused before
    along = operation.network.bearing_at(ix, barrier.offset_m)
    return along if barrier.inside == "to" else (along + 180) % 360


def install_list_csv(operation: Operation, plan: Plan, crews: int = 1) -> bytes:
    """The install list as comma-separated values (RFC 4180), UTF-8 with the mark that makes spreadsheets read it so.

    Texts stand in quotes and numbers do not. Where a text could be taken for a formula, an apostrophe stands before
    it, as the Open Worldwide Application Security Project advises (page "CSV Injection", as of August 2025).

    Raises
    ------
    BadInput
        As `install_list`.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(row) for row in install_list(operation, plan, crews))
    return table.getvalue().encode("utf-8-sig")


def _cells(row: InstallRow) -> Iterable[str | float]:
    barrier = row.barrier
    cells: tuple[str | float | None, ...] = (
        row.order,
        row.crew,
        row.letter,
        barrier.id,
        barrier.place,
        row.what,
        row.blocks,
        row.staff,
        row.inside,
        barrier.lon,
        barrier.lat,
        barrier.segment,
        barrier.offset_m,
        barrier.width_m,
        "; ".join(barrier.notes),
    )
    return ["" if cell is None else no_formula(cell) if isinstance(cell, str) else cell for cell in cells]


def no_formula(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe stands before what would begin one.

    That is before = + - @ and their full-width forms, at the beginning and after what some spreadsheets, by the
    habits of their country, take for the end of a cell. Tabs and line ends become spaces.
    """
    return _FORMULA.sub(r"\1'", clean(text))
