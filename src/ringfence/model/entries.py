"""The log's entries: what, where, the three times, by whom, how certain, and what an entry changes."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import TopologicalSorter
from typing import Annotated, Literal

from pydantic import Field

from ringfence.model.record import Id, Record, Text
from ringfence.model.spans import Span

ERASED, WITHHELD = "[erased]", "[withheld]"
"""What is read in the place of a text that is no longer here, or was never handed on."""
NOT_READABLE = frozenset({ERASED, WITHHELD})
"""Two texts that read like this need not have been the same."""

Figure = Annotated[int, Field(ge=-(10**15), le=10**15)] | Annotated[float, Field(ge=-1e15, le=1e15)]


class Source(Record):
    """Who said it (an organisation, office or role), and through which channel."""

    by: Text
    via: Text | None = None


BarrierState = Literal[
    "planned", "part-placed", "installed", "unstaffed", "obstructed", "moved", "reinstalled", "removed"
]
Certainty = Literal["confirmed", "observed", "claimed", "understood", "denied"]
EntryKind = Literal[
    "barrier",
    "gate_rule",
    "street",
    "count",
    "claim",
    "confirmation",
    "denial",
    "decision",
    "advisory",
    "staffing",
    "site_notice",
    "observation",
    "standoff",
    "statement",
    "level",
    "sweep",
    "note",
    "correction",
    "retraction",
    "erasure",
    "acknowledgement",
]


Ids = Annotated[tuple[Id, ...], Field(max_length=200)]
TextField = Annotated[str, Field(pattern=r"^(what|why|place|source\.by|source\.via|ref\.[0-9]{1,2})$")]
"""Which of an entry's free texts: those that hold what people said, and can be erased."""


class EntryContent(Record):
    """What somebody says in an entry, apart from its times.

    `disputes` names entries that it contradicts: both stand, side by side, until one is taken back. `why` and `power`
    are the reason of a decision and what it was taken under, such as a section of an act. `erases` names the free texts
    that an erasure took out of the entry that it relates to; the ledger alone writes such an entry. `promise` is the
    one whose alarm an acknowledgement answers; the role stands in `source`, its reason in `why`.
    """

    kind: EntryKind
    what: Text
    why: Text | None = None
    power: Text | None = None
    place: Text | None = None
    source: Source
    ref: Annotated[tuple[Text, ...], Field(max_length=50)] = ()
    certainty: Certainty
    relates_to: Ids = ()
    disputes: Ids = ()
    follows: Ids = ()
    number: Figure | None = None
    unit: Text | None = None
    breakdown: Annotated[dict[Text, Figure], Field(max_length=50)] = Field(default_factory=dict)
    basis: Text | None = None
    barriers: Ids = ()
    state: BarrierState | None = None
    gates: Annotated[tuple[Text, ...], Field(max_length=200)] = ()
    staffed: bool | None = None
    site: Id | None = None
    site_state: Literal["open", "closed"] | None = None
    swept: Literal["perimeter"] | None = None
    occupied: Ids = ()
    cleared: Ids = ()
    rules: Ids = ()
    in_force: bool | None = None
    retracts: Ids = ()
    promise: Id | None = None
    erases: Annotated[tuple[TextField, ...], Field(max_length=60)] = ()

    @property
    def has_effect(self) -> bool:
        """Whether it changes what barriers, gates, sites, streets, sweeps or rules are held to be."""
        return bool(
            self.barriers or self.gates or self.site or self.swept or self.occupied or self.cleared or self.rules
        )


class EntryDraft(EntryContent):
    """An entry before a desk has taken it: the desk gives the id and the recorded time.

    `so` left out means that nobody stated when; `reported` left out means now.
    """

    so: Span = Span(precision="unknown")
    reported: Span | None = None


class Entry(EntryContent):
    """One line of the log: what, where, the three times, by whom, how certain; and what it changes, if anything."""

    id: Id
    so: Span
    reported: Span
    recorded: Span


def follow_order(entries: Iterable[Entry]) -> list[str]:
    """Entry ids, each after those that it follows.

    Raises
    ------
    CycleError
        If entries follow each other in a circle; its second argument names them.
    """
    return list(TopologicalSorter({entry.id: entry.follows for entry in entries}).static_order())
