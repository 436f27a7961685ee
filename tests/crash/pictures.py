"""The picture after a crash: what a desk shows of the ledger is what a fold of the acknowledged entries gives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from random import Random

from ringfence.desk.taking_in import desk_over
from ringfence.ledger import Ledger
from ringfence.model.entries import Entry, EntryDraft
from ringfence.model.spans import Span
from ringfence.operation import Operation, open_operation
from ringfence.picture import fold
from tests.conftest import EXAMPLE
from tests.unit.test_ledger import START, draft

HOURS = 48


def said_of_a_barrier(drawn: Random, what: str) -> EntryDraft:
    """Something that changes the picture, at some hour."""
    at = START + timedelta(hours=drawn.randrange(HOURS))
    barriers = [drawn.choice(_operation().barriers).id]
    state = drawn.choice(["installed", "unstaffed", "removed"])
    return draft(what, barriers=barriers, state=state, so=Span(precision="exact", from_=at, to=at))


def check_picture(ledger: Ledger, entries: Sequence[Entry]) -> None:
    """What a desk that opens the ledger shows is what these entries, and no others, say."""
    operation = _operation()
    desk = desk_over(operation, ledger, Path())
    assert not desk.left_out
    for hours in (HOURS // 2, HOURS):
        at = START + timedelta(hours=hours)
        assert desk.picture(at=at) == fold(operation.barriers, operation.sites, entries, at=at), "another picture"


@cache
def _operation() -> Operation:
    """The example without its log."""
    return open_operation(EXAMPLE).with_entries(())
