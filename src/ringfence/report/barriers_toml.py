"""A plan as the `barriers.toml` of an operation folder: what was planned becomes what the operation has."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ringfence.model.plans import Plan, PlannedBarrier
from ringfence.operation import Operation
from ringfence.report.install_list import refuse_foreign
from ringfence.report.words import clean, driver_shown

_HEAD = """\
# {title}
# The barriers of a plan against {driver}, {arms} of them. Where a barrier stands is the plan; whether it stands
# is the log's business: log it as installed once it is. None is a gate yet: write `gate = true` where staff let some
# through, else nobody gets in or out.
"""


def barriers_toml(operation: Operation, plan: Plan) -> bytes:
    """`barriers.toml` (UTF-8), one barrier for each arm, in the order of the plan.

    Raises
    ------
    BadInput
        ``plan-of-another-network`` or ``plan-of-another-area``.
    """
    refuse_foreign(operation, plan)
    driver = driver_shown(plan.threat, plan.vehicle_class)
    head = _HEAD.format(title=clean(operation.file.title), driver=driver, arms=len(plan.barriers))
    ids = _ids(plan)
    return (head + "".join(map(_table, plan.barriers, ids))).encode()


def _ids(plan: Plan) -> Iterator[str]:
    """Ids of arms as ids of barriers: `high-street#2` becomes `high-street.2`, or what is free behind it."""
    taken: set[str] = set()
    for barrier in plan.barriers:
        name = barrier.id.replace("#", ".")
        while name in taken:
            name += "-"
        taken.add(name)
        yield name


def _table(barrier: PlannedBarrier, name: str) -> str:
    arm = f'{{ segment = {_text(barrier.segment)}, offset_m = {barrier.offset_m!r}, inside = "{barrier.inside}" }}'
    note = f"note = {_text('; '.join(barrier.notes))}\n" if barrier.notes else ""
    return f"\n[[barrier]]\nid = {_text(name)}\nname = {_text(barrier.place)}\narms = [{arm}]\n{note}"


def _text(words: str) -> str:
    """A basic string of TOML, which JSON's are, too."""
    return json.dumps(clean(words), ensure_ascii=False)
