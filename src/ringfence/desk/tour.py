"""The tour of an operation: its key moments, its history, the fewest barriers, and how sure all of it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ringfence.base.traffic import Threat
from ringfence.desk.desk import CheckReport, Desk
from ringfence.desk.sensitivity import Outcome, Variant, differences, sensitivity, variants
from ringfence.model.operation import KeyMoment, SealedPromise
from ringfence.model.plans import Plan
from ringfence.promises import BarrierWeight, HistoryStretch, barrier_weights, promise_history
from ringfence.report.page import HistoryRow, Moment, PlanView, SensitivityRow, WeightRow, render_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType

TICKS_BESIDE_VARIANTS = 7


@dataclass(frozen=True)
class Tour:
    """Everything that the tour found, and the page that shows it."""

    moments: tuple[KeyMoment, ...]
    reports: tuple[CheckReport, ...]
    plans: tuple[Plan, ...]
    history: tuple[tuple[SealedPromise, HistoryStretch], ...]
    weights: tuple[BarrierWeight, ...]
    as_drawn: Outcome
    variants: tuple[Variant, ...]
    variants_tried: int
    page: str

    def summary(self) -> dict[str, Any]:
        """The findings as plain data."""
        return {
            "moments": [
                {"label": moment.label, **report.model_dump(mode="json")}
                for moment, report in zip(self.moments, self.reports, strict=True)
            ],
            "plans": [plan.model_dump(mode="json") for plan in self.plans],
            "weights": [
                {"barrier": one.barrier, "threat": one.threat, "opened_m": one.opened_m} for one in self.weights
            ],
            "variants_tried": self.variants_tried,
            "variants_that_change_an_answer": [f"{one.assumption}: {one.instead}" for one in self.variants],
        }


def take_tour(desk: Desk, *, progress: bool = False) -> Tour:
    """Check the operation's key moments, plan afresh, vary the drawing, and lay it all on one page."""
    operation = desk.operation
    now = KeyMoment(label="Now, or as near as the operation comes", at=desk.now_in_operation())
    moments = operation.file.moment or (now,)
    tried_variants = list(variants(operation))
    total = len(tried_variants) + TICKS_BESIDE_VARIANTS
    with _progress_bar(total, shown=progress) as tick:
        reports = tuple(desk.check(at=moment.at) for moment in moments)
        tick("fewest barriers")
        plans = tuple(desk.plan(threat) for threat in Threat)
        tick("history")
        sealed = [promise for promise in operation.promises if isinstance(promise, SealedPromise)]
        history = tuple(
            (promise, stretch)
            for promise in sealed
            for stretch in promise_history(operation, promise.id, until=operation.file.ends)
        )
        tick("what each barrier holds alone")
        weights = _weights(desk, moments[0])
        as_drawn, changed = sensitivity(
            operation,
            tried_variants,
            _unlike(moments, reports),
            lambda: tick("what if the drawing is wrong"),
        )
        tried = len(tried_variants)
        tick("maps")
        page = render_page(
            operation,
            moments=[_moment_view(desk, moment, report) for moment, report in zip(moments, reports, strict=True)],
            plans=[_plan_view(desk, plan) for plan in plans],
            weights=_weight_rows(desk, weights),
            history=[_history_row(promise, stretch) for promise, stretch in history],
            sensitivity=_sensitivity_rows(as_drawn, changed, tried),
        )
    return Tour(moments, reports, plans, history, weights, as_drawn, changed, tried, page)


def show_tour(desk: Desk, tour: Tour, page: Path) -> RenderableType:
    """The tour for a terminal: the ways in, the plans, the board over the moments, and where the page is."""
    from ringfence.report.board import tour_board

    columns = [
        (f"{moment.at.astimezone(desk.zone):%a %H:%M}", moment.label, report.promises)
        for moment, report in zip(tour.moments, tour.reports, strict=True)
    ]
    found = f"{len(tour.variants)} of {tour.variants_tried} variants of the drawing change an answer: see the page."
    plans = [desk.plan_board(plan) for plan in tour.plans]
    return tour_board(desk.operation, columns, plans, [found, f"Page with maps: {page}"])


@contextmanager
def _progress_bar(total: int, *, shown: bool) -> Iterator[Callable[[str], None]]:
    if not shown:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("promises", total=total)
        yield lambda words: bar.update(task, advance=1, description=words)


def _unlike(moments: Sequence[KeyMoment], reports: Sequence[CheckReport]) -> list[datetime]:
    """The first of all moments that have the same ways in: asking twice would tell nothing."""
    first: dict[tuple[str, ...], datetime] = {}
    for moment, report in zip(moments, reports, strict=True):
        first.setdefault(tuple(leak.through for leak in report.leaks), moment.at)
    return list(first.values())


def _weights(desk: Desk, moment: KeyMoment) -> tuple[BarrierWeight, ...]:
    """For the category of the first sealed promise."""
    operation = desk.operation
    sealed = next((promise for promise in operation.promises if isinstance(promise, SealedPromise)), None)
    if sealed is None:
        return ()
    return barrier_weights(
        operation, at=moment.at, category=sealed.category, vehicle_class=operation.file.vehicle_class
    )


def _moment_view(desk: Desk, moment: KeyMoment, report: CheckReport) -> Moment:
    return Moment(
        label=moment.label,
        at=moment.at,
        known_at=None,
        picture=desk.picture(at=moment.at),
        answers=report.promises,
        svg=desk.map(at=moment.at, file_format="svg", leaks=report.leaks),
    )


def _plan_view(desk: Desk, plan: Plan) -> PlanView:
    title = f"The fewest barriers against {plan.threat} drivers, beside those that stood"
    return PlanView(plan=plan, svg=desk.map(at=None, file_format="svg", plan=plan, title=title))


def _weight_rows(desk: Desk, weights: tuple[BarrierWeight, ...]) -> list[WeightRow]:
    rows = []
    for barrier in desk.operation.barriers:
        opens = [
            f"to {weight.threat} drivers: {weight.opened_m:.0f} m of protected street"
            for weight in weights
            if weight.barrier == barrier.id and weight.opened_m > 0
        ]
        rows.append(WeightRow(barrier=barrier.name, opens=tuple(opens)))
    return rows


def _history_row(promise: SealedPromise, stretch: HistoryStretch) -> HistoryRow:
    return HistoryRow(
        promise=promise.text,
        since=stretch.since,
        until=stretch.until,
        answer=stretch.finding.answer,
        certain=stretch.finding.certain,
        says=stretch.finding.says,
    )


def _sensitivity_rows(as_drawn: Outcome, changed: tuple[Variant, ...], tried: int) -> list[SensitivityRow]:
    rows = [
        SensitivityRow(one.assumption, one.instead, "; ".join(differences(as_drawn, one.outcome)), changes_answer=True)
        for one in changed
    ]
    rest = f"{tried - len(changed)} other inferred streets within the limit and arms of barriers"
    return [*rows, SensitivityRow(rest, "each left out or otherwise, one at a time", "no answer changes", False)]
