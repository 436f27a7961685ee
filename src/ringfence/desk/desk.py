"""One open operation, and everything that can be asked of it. Heavy rooms are entered only when they are needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args
from zoneinfo import ZoneInfo

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.base.times import parse_time
from ringfence.base.traffic import Threat
from ringfence.base.where import Where, place_of
from ringfence.desk.left_out import LeftOut, LogFlagger
from ringfence.desk.log_view import log_items
from ringfence.desk.opening import Stored, open_folder, system_clock
from ringfence.desk.plan_views import ExportForm, SavedPlans, SaveQuestion, choice_of
from ringfence.desk.views import LogItem, PlaceName, PlaceNames, Told, WholePicture
from ringfence.model.answers import Leak, PlaceReading, PromiseAnswer
from ringfence.model.entries import Entry, EntryKind
from ringfence.model.plans import (
    Alternative,
    ArmReason,
    Comparison,
    Front,
    Plan,
    PlanQuestion,
    SavedPlan,
    Stages,
)
from ringfence.model.record import Record
from ringfence.operation import Operation
from ringfence.picture import Chronicle, Picture

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ringfence.desk.planning import Planning
    from ringfence.promises import Memo


OVERRUN = timedelta(days=7)
"""So long after its planned end an operation may still go on; and so long before its start people log for it."""


class CheckReport(Record):
    """All promises of an operation at one moment, as known at one moment (None: all that the log holds).

    `outside_operation` is true where the moment lies before or after the days of the operation.
    """

    operation: str
    at: datetime
    known_at: datetime | None
    outside_operation: bool
    promises: tuple[PromiseAnswer, ...]

    @property
    def all_kept(self) -> bool:
        """Whether every promise is kept; `unknown` is not kept."""
        return all(answer.answer == "kept" for answer in self.promises)

    @property
    def leaks(self) -> tuple[Leak, ...]:
        """The leaks of every sealed promise, equal ones once."""
        leaks = [Leak.model_validate(leak) for answer in self.promises for leak in answer.witness.get("leaks", ())]
        return tuple({(leak.through, leak.path.streets): leak for leak in leaks}.values())


@dataclass(frozen=True)
class Desk:
    """An operation, opened.

    `left_out` holds entries of other desks that name what the folder or the log here lacks: they change nothing.
    `edition` counts how often older entries became others: texts of them went, or came, or what they name did.
    """

    operation: Operation
    stored: tuple[Stored, ...] = ()
    folder: Path | None = None
    left_out: LeftOut = field(default_factory=dict)
    edition: int = 0

    @classmethod
    def open(cls, where: Where) -> Desk:
        """Read and check an operation folder, with its ledger if it has one, in the folder or on a server.

        Raises
        ------
        BadInput
            With every fault found in every file.
        """
        return cls(*open_folder(where), place_of(where).folder)

    @property
    def zone(self) -> ZoneInfo:
        """The operation's time zone."""
        return self.operation.zone

    @property
    def last_position(self) -> int:
        """Where in the ledger (or the log file) the last entry stands."""
        return self.stored[-1].position if self.stored else len(self.operation.entries)

    @cached_property
    def chronicle(self) -> Chronicle:
        """The index of the log."""
        return Chronicle(self.operation.entries)

    @cached_property
    def log(self) -> tuple[LogItem, ...]:
        """Every entry with its cross-links, in the order of the ledger."""
        return log_items(self.operation.entries, self.stored, self.flagger)

    @cached_property
    def flagger(self) -> LogFlagger:
        """Says what is odd about entries."""
        return LogFlagger(self.operation, self.left_out)

    @cached_property
    def _items(self) -> dict[str, LogItem]:
        return {item.entry.id: item for item in self.log}

    def item(self, entry_id: str) -> LogItem | None:
        """One entry with its cross-links, or None."""
        return self._items.get(entry_id)

    def now_in_operation(self, now: datetime | None = None) -> datetime:
        """The moment that is meant when none is given: now, and before the operation begins its start.

        A planned end that has passed ends nothing: only once it is more than `OVERRUN` ago the end itself is meant.
        """
        now, file = now or system_clock(), self.operation.file
        return (file.ends if now > file.ends + OVERRUN else max(now, file.starts)).astimezone(self.zone)

    def now_of_entries(self, now: datetime | None = None) -> datetime:
        """The moment at which somebody types who says "now": the true one, also while preparing and overrunning."""
        now, file = now or system_clock(), self.operation.file
        is_near = file.starts - OVERRUN <= now <= file.ends + OVERRUN
        return now.astimezone(self.zone) if is_near else self.now_in_operation(now)

    def moment(self, text: str | None) -> datetime:
        """A moment from a person's words; None means `now_in_operation`."""
        return self.now_in_operation() if text is None else parse_time(text, self.zone)

    def check(self, *, at: datetime, known_at: datetime | None = None, memo: Memo | None = None) -> CheckReport:
        """Answer every promise; `memo` may hold what was found before."""
        from ringfence.promises import Checker

        file = self.operation.file
        return CheckReport(
            operation=file.id,
            at=at,
            known_at=known_at,
            outside_operation=not file.starts <= at <= file.ends,
            promises=Checker(self.operation, known_at, memo=memo, chronicle=self.chronicle).answers(at),
        )

    @cached_property
    def planning(self) -> Planning:
        """Plans of this operation."""
        from ringfence.desk.planning import Planning

        return Planning(self.operation, self.folder)

    def plan(self, threat: Threat, *, must: Sequence[str] = (), must_not: Sequence[str] = ()) -> Plan:
        """The fewest barriers that seal the area within its limit; the checker has verified their certificate.

        Raises
        ------
        BadInput
            If `must` or `must_not` name no arm, or one arm is in both.
        """
        return self.planning.plan(PlanQuestion(threat=threat, must=tuple(must), must_not=tuple(must_not)))

    def saved_plans(self) -> SavedPlans:
        """The plans that are kept in the operation's folder."""
        return self.planning.kept.lines()

    def save_plan(self, name: str, asked: SaveQuestion) -> SavedPlan:
        """Keep the cheapest plan for a question, or one of its front, in the operation's folder.

        Raises
        ------
        BadInput
            If no plan exists, the front has no such choice, or nothing can be written under that name.
        Conflict
            ``plan-kept``: one of that name is kept, and `replace` is not asked for.
        """
        question, pick = asked.question, asked.pick
        if pick is None:
            plan = self.planning.plan(question)
        else:
            plan = choice_of(self.planning.front(question, pick.against), pick.cost)
        if not plan.possible:
            do = "Draw the limit wider, or allow more streets to be closed."
            raise BadInput([Fault("no-cordon", "plan", "a plan that seals the area", "that none exists", do)])
        return self.planning.save(name, asked.title, question, plan, replace=asked.replace)

    def export_plan(self, question: PlanQuestion, plan: Plan, form: ExportForm, *, crews: int = 1) -> bytes:
        """The plan for a question, for those who put it up: GeoJSON, install list (CSV), or sheets for crews (PDF).

        Or for the operation itself, as its `barriers.toml`.
        What it says of itself is verified before: nothing goes to a crew that only a file claims.

        Raises
        ------
        BadInput
            If the plan is of other streets or outlines, or not what it says (``untrue-plan``).
        """
        from ringfence.desk.demanding import where_they_stand
        from ringfence.desk.drawn_area import ground_of
        from ringfence.desk.exporting import plan_file

        verified = where_they_stand(self.operation, question, self.planning.verified(question, plan))
        return plan_file(ground_of(self.operation, question), verified, form, crews)

    def picture(self, *, at: datetime, known_at: datetime | None = None) -> Picture:
        """The state folded from the log."""
        return self.chronicle.picture(self.operation.barriers, self.operation.sites, at=at, known_at=known_at)

    def told(self, *, at: datetime, known_at: datetime | None = None) -> Told:
        """What was counted, what is disputed, and how barriers were worded."""
        return Told(
            counts=self.chronicle.counts(at=at, known_at=known_at),
            rivals=self.chronicle.rivals(at=at, known_at=known_at),
            wordings=self.chronicle.wordings(at=at, known_at=known_at),
        )

    def whole_picture(self, *, at: datetime, known_at: datetime | None = None) -> WholePicture:
        """The picture with all that is told beside it; what every door gives that is asked for the picture."""
        picture, told = self.picture(at=at, known_at=known_at), self.told(at=at, known_at=known_at)
        return WholePicture(**dict(picture), **dict(told))

    def places(self, words: str) -> tuple[PlaceReading, ...]:
        """Readings of a place as people word it, best first: near the cordon, else anywhere in the city.

        Raises
        ------
        BadInput
            If the place is unknown or ambiguous, with suggestions.
        """
        from ringfence.places import find_in_city, find_places

        operation = self.operation
        known = [(barrier.id, arm.segment, arm.offset_m) for barrier in operation.barriers for arm in barrier.arms]
        try:
            return find_places(operation.network, operation.sites, words, among=known)
        except BadInput as error:
            if operation.city is None or any(fault.code != "unknown-place" for fault in error.faults):
                raise  # what is ambiguous near the cordon is not settled by looking elsewhere
        middle = operation.area.protected.centroid
        return find_in_city(operation.city, words, near=(middle.x, middle.y))

    def place_names(self, starts: str, limit: int = 20) -> PlaceNames:
        """Names of streets, sites and barriers that resemble what was typed, best first."""
        from ringfence.places import suggest_names

        known = {barrier.name: barrier.id for barrier in self.operation.barriers}
        names = suggest_names(self.operation.network, self.operation.sites, known, starts, limit=limit)
        return PlaceNames(names=tuple(PlaceName(name=one.name, kind=one.kind, detail=one.detail) for one in names))

    def entries(self, kinds: Sequence[str] = ()) -> tuple[Entry, ...]:
        """The log, in its own order, all kinds or some.

        Raises
        ------
        BadInput
            If a kind is none that entries have.
        """
        known = get_args(EntryKind)
        refuse_if(
            [
                Fault("unknown-kind", "--kind", f"one of {', '.join(known)}", repr(kind), "Correct the kind.")
                for kind in kinds
                if kind not in known
            ]
        )
        return tuple(entry for entry in self.operation.entries if not kinds or entry.kind in kinds)

    def map(
        self,
        *,
        at: datetime | None,
        file_format: Literal["svg", "png"],
        known_at: datetime | None = None,
        leaks: Sequence[Leak] = (),
        plan: Plan | None = None,
        title: str | None = None,
    ) -> bytes:
        """A map of one moment (None: of the plan alone): barriers by state, leaks as driven paths, a plan if given."""
        from ringfence.report.maps import draw_map

        when = f", {at.astimezone(self.zone):%A %H:%M}" if at else ""
        return draw_map(
            self.operation,
            picture=self.picture(at=at, known_at=known_at) if at else None,
            leaks=leaks,
            plan=plan,
            title=title or f"{self.operation.file.title}{when}",
            file_format=file_format,
        )

    def board(self, report: CheckReport) -> RenderableType:
        """The promise board for a terminal."""
        from ringfence.report.board import promise_board

        return promise_board(self.operation, report.promises, at=report.at, known_at=report.known_at)

    def plan_board(self, plan: Plan) -> RenderableType:
        """A plan for a terminal, beside the operation's own barriers."""
        from ringfence.report.board import plan_board

        arms = sum(len(barrier.arms) for barrier in self.operation.barriers)
        return plan_board(plan, real_barriers_count=len(self.operation.barriers), real_arms_count=arms)

    def saved_plans_board(self, kept: SavedPlans) -> RenderableType:
        """The list of plans, for a terminal."""
        from ringfence.report.planning_boards import kept_board

        lines = [(one.name, one.title, one.measure, one.cost, one.threat, one.stale) for one in kept.plans]
        return kept_board(lines, kept.damaged)

    def front_board(self, front: Front) -> RenderableType:
        """A front for a terminal."""
        from ringfence.report.planning_boards import front_board

        return front_board(front)

    def reasons_board(self, reasons: Sequence[ArmReason]) -> RenderableType:
        """Why each barrier stands where it does, for a terminal."""
        from ringfence.report.planning_boards import reasons_board

        return reasons_board(reasons)

    def alternatives_board(self, found: Sequence[Alternative], *, possible: bool) -> RenderableType:
        """Other plans, for a terminal."""
        from ringfence.report.planning_boards import alternatives_board

        return alternatives_board(found, possible=possible)

    def stages_board(self, stages: Stages, first: str, second: str) -> RenderableType:
        """The steps from one cordon to another, for a terminal."""
        from ringfence.report.planning_boards import stages_board

        return stages_board(stages, first, second)

    def comparison_board(self, compared: Comparison) -> RenderableType:
        """Two cordons beside each other, for a terminal."""
        from ringfence.report.planning_boards import comparison_board

        return comparison_board(compared, self.zone)

    def comparison_map(
        self, question: PlanQuestion | None, compared: Comparison, file_format: Literal["svg", "png"]
    ) -> bytes:
        """Two cordons on one map: the first as barriers, the second as lettered places."""
        from ringfence.desk.cordons import barriers_of
        from ringfence.desk.drawn_area import ground_of
        from ringfence.report.maps import draw_map

        sides = (compared.first, compared.second)
        question = self.planning.about(question, *(side.name for side in sides), threat=compared.threat)
        first, second = (self.planning.as_plan(question, side.arms, side.fixed) for side in sides)
        return draw_map(
            ground_of(self.operation, question).with_barriers(barriers_of(first)),
            plan=second,
            title=f"{self.operation.file.title}: {compared.first.name} beside {compared.second.name}",
            file_format=file_format,
            sides=(compared.first.name, compared.second.name),
        )

    def picture_board(self, whole: WholePicture) -> RenderableType:
        """A picture for a terminal, with what was counted and is disputed."""
        from rich.console import Group

        from ringfence.report.review_board import told_board
        from ringfence.report.tables import picture_table

        words = told_board(self.operation, counts=whole.counts, rivals=whole.rivals, wordings=whole.wordings)
        return Group(picture_table(self.operation, whole), words)

    def places_board(self, words: str, readings: Sequence[PlaceReading]) -> RenderableType:
        """Readings of a place for a terminal."""
        from ringfence.report.tables import places_table

        return places_table(words, readings)

    def log_board(self, items: Sequence[LogItem]) -> RenderableType:
        """Log entries for a terminal, with what became of each."""
        from ringfence.report.log_table import Became, log_table

        became = {one.entry.id: Became(one.retracted_by, one.corrected_by, one.rivals, one.flags) for one in items}
        return log_table(self.operation, [one.entry for one in items], became)
