"""`ringfence log erase`: the log as a record that the law reaches."""

from __future__ import annotations

from typing import Annotated

import typer

from ringfence.cli.output import AsJson, Operation, show

EntryId = Annotated[str, typer.Argument(metavar="ENTRY", help="The entry's id.", show_default=False)]


def erase(
    op: Operation,
    entry: EntryId,
    field: Annotated[
        list[str], typer.Option(help="what, why, place, source.by, source.via, ref or ref.0 ... (repeatable).")
    ],
    by: Annotated[str, typer.Option(help="The role or office that erases.")],
    power: Annotated[str, typer.Option(help="What allows it, such as a section of an act. It stays readable.")],
    why: Annotated[str | None, typer.Option(help="The reason, which can be read for good.")] = None,
    as_json: AsJson = False,
) -> None:
    """Erase free texts of an entry for good; it asks nothing. The chain holds as before, and an entry says so."""
    from ringfence.desk.erasing import erase as erase_texts
    from ringfence.desk.erasing import erased_in_words, erasure_question
    from ringfence.desk.live import LiveDesk

    asked = erasure_question(fields=field, by=by, power=power, why=why)
    told, was_new = erase_texts(LiveDesk.open(op), entry, asked)
    if as_json:
        show({"new": was_new, **told.model_dump(mode="json", by_alias=True)})
    else:
        show(erased_in_words(told, was_new=was_new))
