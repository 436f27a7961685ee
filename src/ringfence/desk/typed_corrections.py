"""A correction in a typed line: whether it puts anything right, and whether it counts what was counted before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ringfence.desk.typed_text import Reading
from ringfence.model.entries import Entry
from ringfence.model.spans import Span
from ringfence.picture import SURE, flags


def doubt_correction(
    reading: Reading, of: Sequence[Entry], fields: Mapping[str, Any], *, is_stated: bool, now: datetime
) -> None:
    """Note what keeps a correction from standing in the place of the entries that it is of.

    One that is not sure puts nothing right: that has to be said, and meant. One that counts under another name than the
    entry did would take its figure away there, and begin another. One in words leaves figure and effect as they were: a
    desk flags it once it is logged, and here says so before.
    """
    reading.doubts = [one for one in reading.doubts if one.code != "no-basis"]  # it has that of the entry
    certainty = fields["certainty"]
    if certainty not in SURE:
        ids = " and ".join(one.id for one in of) or "the entry"
        reading.doubt(
            "unsure-correction",
            "certainty",
            expected="a correction that is confirmed or observed",
            found=certainty if is_stated else f"{certainty}, since nothing says how sure it is",
            do=f"Add confirmed or seen, if it is. If it is a claim, write claimed: then {ids} stands as it was,"
            " with this beside it.",
            matters=not is_stated,
        )
    unit = fields.get("unit")
    for entry in of[:1]:
        if unit and entry.unit and unit.casefold() != entry.unit.casefold():
            reading.doubt(
                "another-unit",
                "number",
                expected=f"a number of {entry.unit}, as in {entry.id}",
                found=unit,
                do=f"If the same was counted, write {entry.unit}. As it stands the figure of {entry.id} goes, and this"
                " one is counted by its own name.",
                matters=False,
            )
    at = Span(precision="exact", from_=now, to=now)
    correction = Entry.model_validate({**fields, "id": "typed", "reported": at, "recorded": at})
    for flag in flags(correction, of):
        if flag.code == "corrects-nothing":
            reading.doubt(
                flag.code,
                "link",
                expected="how it was: a figure, or a state and a place",
                found="neither of one entry alone",
                do=flag.says,
                matters=False,
            )
