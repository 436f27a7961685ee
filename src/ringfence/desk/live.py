"""An operation being watched: its log grows, and every question is answered from a snapshot that does not change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from ringfence.base.errors import Conflict, Fault
from ringfence.base.traffic import Threat
from ringfence.desk.alarms import Bell, acknowledgement_draft, alarms_board
from ringfence.desk.desk import OVERRUN, CheckReport, Desk
from ringfence.desk.geography import area_map, operation_view, street_map
from ringfence.desk.growing import GrowingDesk
from ringfence.desk.left_out import left_out_in_words
from ringfence.desk.log_view import log_page
from ringfence.desk.replay import Replayer
from ringfence.desk.review import Hindsight, History, Review, hindsight, history, review
from ringfence.desk.views import (
    AreaMap,
    Knowledge,
    LogItem,
    LogPage,
    OperationView,
    PlaceAnswer,
    PlaceNames,
    Replay,
    StreetMap,
    WhatIf,
    WhatIfAnswer,
    WholePicture,
)
from ringfence.desk.what_if import Supposer
from ringfence.ledger import Verification
from ringfence.model.alarms import Alarms
from ringfence.picture import bearing_entries
from ringfence.promises import Checker, Memo, Searching

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ringfence.desk.planning import Planning
    from ringfence.model.answers import PromiseAnswer
    from ringfence.model.plans import Plan


@dataclass
class LiveDesk(GrowingDesk):
    """One operation and its ledger, for as long as it is watched, and all that is asked of it meanwhile."""

    _watch: Checker | None = field(default=None, repr=False)
    _replays: dict[Knowledge, tuple[tuple[frozenset[str], int], Replay]] = field(default_factory=dict, repr=False)

    def operation(self) -> OperationView:
        """What stays the same over the days of the operation."""
        desk = self._desk
        name = self.ledger.desk if self.ledger is not None and self.writable else None
        now = min(desk.now_in_operation(self.clock()), desk.operation.file.ends)
        return operation_view(desk.operation, now=now, desk=name)

    @cached_property
    def _streets(self) -> StreetMap:
        return street_map(self._desk.operation.network)

    def streets(self) -> StreetMap:
        """The network as GeoJSON."""
        return self._streets

    def area(self) -> AreaMap:
        """The protected area and the limit as GeoJSON."""
        return area_map(self._desk.operation)

    def replay(self, knowledge: Knowledge) -> Replay:
        """The whole operation frame by frame; worked out anew only after an entry that can alter an answer."""
        desk = self._desk
        bearing = frozenset(entry.id for entry in bearing_entries(desk.operation.entries)), desk.edition
        held = self._replays.get(knowledge)
        if held is None or held[0] != bearing:
            replay = self._replayer.replay(
                desk.operation,
                knowledge,
                last_position=desk.last_position,
                chronicle=desk.chronicle,
                edition=desk.edition,
            )
            held = self._replays[knowledge] = (bearing, replay)
        return held[1].model_copy(update={"last_position": desk.last_position})

    def promises(self, *, at: str | None, known_at: str | None) -> CheckReport:
        """Every promise at a moment, as known at a moment; times in words, as on the command line."""
        moment, known = self._moments(at, known_at)
        return self._desk.check(at=moment, known_at=known, memo=self._memo)

    def picture(self, *, at: str | None, known_at: str | None) -> WholePicture:
        """The picture at a moment, as known at a moment, with all that is told beside it."""
        moment, known = self._moments(at, known_at)
        return self._desk.whole_picture(at=moment, known_at=known)

    def review(self, *, at: str | None, known_at: str | None) -> Review:
        """A moment as it was known (by default at that moment itself) beside what is known of it now."""
        moment, known = self._moments(at, known_at)
        return review(self._desk, at=moment, known_at=known or moment, memo=self._memo)

    def history(self, *, promise: str | None, known_at: str | None) -> History:
        """What promises answered from when to when, and all that was counted, disputed and worded.

        Raises
        ------
        BadInput
            If the operation has no such promise.
        """
        known = None if known_at is None else self._desk.moment(known_at)
        return history(self._desk, promise_id=promise, known_at=known, memo=self._memo)

    def hindsight(self, *, promise: str | None) -> Hindsight:
        """Where a promise was believed another than it is known to have been.

        Raises
        ------
        BadInput
            If the operation has no such promise.
        """
        with self._lock:  # both replays of one state of the log
            desk, replays = self._desk, (self.replay("then"), self.replay("all"))
        return hindsight(desk, promise_id=promise, memo=self._memo, replays=replays)

    def answers_now(self) -> tuple[PromiseAnswer, ...]:
        """Every promise at the present; see `Desk.now_in_operation`."""
        return self._checker(self._desk).answers(self.now_in_operation())

    def now_in_operation(self) -> datetime:
        """The moment that is meant where none is given; see `Desk.now_in_operation`."""
        return self._desk.now_in_operation(self.clock())

    def turns_after(self, moment: datetime) -> datetime | None:
        """When `answers_now` can next be others though nothing is logged; None: at no time to come."""
        desk = self._desk
        over = desk.operation.file.ends + OVERRUN
        moments = self._checker(desk).moments(desk.operation.promises, over)
        long_over = over + timedelta.resolution  # from then on the end itself is meant
        return next((turn for turn in (*moments, long_over) if turn > moment), None)

    def _checker(self, desk: Desk) -> Checker:
        """The checker of a snapshot; of what the one before found, what new entries can't touch is not redone."""
        with self._lock:
            if self._watch is None:
                Searching.again_and_again()
                self._watch = Checker(desk.operation, memo=self._memo, chronicle=desk.chronicle)
            elif self._watch.operation is not desk.operation:
                self._watch = self._watch.grown(desk.operation, chronicle=desk.chronicle)
            return self._watch

    def alarms(self, *, at: str | None = None, known_at: str | None = None) -> Alarms:
        """Every promise that is not kept at a moment, and whether a role knows of it."""
        with self._lock:
            desk, (moment, known) = self._desk, self._moments(at, known_at)
            if known is None:
                checker = self._checker(desk)
            else:
                checker = Checker(desk.operation, known, memo=self._memo, chronicle=desk.chronicle)
            return self._bell.alarms(checker, moment, last_position=desk.last_position, edition=desk.edition)

    def acknowledge(self, promise: str, *, by: str, why: str, key: str | None) -> tuple[LogItem, bool]:
        """Log that a role knows of a promise's alarm, and why it stands; and whether that was new.

        Raises
        ------
        BadInput
            If the operation has no such promise; as `add`.
        Conflict
            ``promise-kept``: there is no alarm. As `add`.
        """
        with self._lock:
            self.refresh()
            draft = acknowledgement_draft(self._desk.operation, promise, by=by, why=why)
            is_open = any(alarm.answer.id == promise for alarm in self.alarms().alarms)
            if not is_open and not self._was_sent(key):
                found, do = f"{promise} is kept", "Nothing needs to be acknowledged."
                raise Conflict([Fault("promise-kept", "promise", "a promise that is not kept", found, do)])
            return self.add(draft, key=key)

    def _was_sent(self, key: str | None) -> bool:
        """Whether this desk sent a line of this key before: what is sent again is answered as it was."""
        return key is not None and self.ledger is not None and self.ledger.has_key(key)

    def watch_board(self) -> RenderableType:
        """All promises as they are now, and the alarms, for a terminal."""
        from rich.console import Group

        desk, report = self._desk, self.promises(at=None, known_at=None)
        trouble = [left_out_in_words(desk.left_out)] if desk.left_out else []
        return Group(*trouble, desk.board(report), alarms_board(desk, self.alarms()))

    def log(
        self,
        *,
        kinds: Sequence[str] = (),
        place: str | None = None,
        source: str | None = None,
        text: str | None = None,
        before: int | None = None,
        limit: int = 500,
    ) -> LogPage:
        """Part of the log, newest in the ledger first."""
        items = self._desk.log
        return log_page(items, kinds=kinds, place=place, source=source, text=text, before=before, limit=limit)

    def find_item(self, entry_id: str) -> LogItem | None:
        """One entry, or None."""
        return self._desk.item(entry_id)

    def items_after(self, position: int) -> tuple[LogItem, ...]:
        """The entries behind a position, oldest first."""
        desk = self._desk
        return tuple(item for item in desk.log[max(position, 0) :] if item.position > position)

    def verify(self) -> Verification:
        """Look at every line of the ledger. BadInput if there is none."""
        return self.ledger_there().verify()

    def places(self, words: str) -> PlaceAnswer:
        """Readings of a place as people word it."""
        return PlaceAnswer(words=words, readings=self._desk.places(words))

    def place_names(self, starts: str, limit: int) -> PlaceNames:
        """Names that resemble what was typed."""
        return self._desk.place_names(starts, limit)

    def plan(self, threat: Threat, *, must: Sequence[str] = (), must_not: Sequence[str] = ()) -> Plan:
        """The fewest barriers that seal the area."""
        return self._desk.plan(threat, must=must, must_not=must_not)

    @property
    def planning(self) -> Planning:
        """Plans of the operation."""
        return self._desk.planning

    def what_if(self, question: WhatIf) -> WhatIfAnswer:
        """What the promises would answer; nothing is written."""
        desk = self._desk
        picture = desk.picture(at=question.at, known_at=question.at if question.knowledge == "then" else None)
        return self._supposer.answer(desk.operation, picture, question.changes)

    @cached_property
    def _memo(self) -> Memo:
        return Memo()

    @cached_property
    def _bell(self) -> Bell:
        return Bell(self._memo)

    @cached_property
    def _replayer(self) -> Replayer:
        return Replayer(self._memo)

    @cached_property
    def _supposer(self) -> Supposer:
        return Supposer(self._memo)

    def _moments(self, at: str | None, known_at: str | None) -> tuple[datetime, datetime | None]:
        desk = self._desk
        now = desk.now_in_operation(self.clock())
        return now if at is None else desk.moment(at), None if known_at is None else desk.moment(known_at)
