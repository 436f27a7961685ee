"""`ringfence log erase`, `disclose`, `reveal`, `schema`: the log as a record that is handed on and that law reaches."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from ringfence.cli.output import AsJson, Operation, Replace, show, write

Output = Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Default: print it.")]
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


def disclose(
    op: Operation,
    role: Annotated[str, typer.Option("--for", metavar="ROLE", help="public, court, or a role of disclosure.toml.")],
    output: Output = None,
    instead: Replace = False,
    as_json: AsJson = False,
) -> None:
    """The whole ledger as lines for one role: what it may not read is withheld, and the chain still verifies."""
    from ringfence.desk.disclosing import disclose_log, disclosed_in_words

    told = disclose_log(op, role)
    if output is None:
        sys.stdout.write(told.text)
        return
    write(output, told.text.encode(), replace=instead)
    counted = {"role": told.role, "lines": told.lines, "readable": told.readable}
    if as_json:
        show({"file": str(output), **counted, "withheld": told.withheld, "erased": told.erased})
    else:
        show(disclosed_in_words(told, str(output)))


def reveal(
    op: Operation,
    entry: EntryId,
    field: Annotated[list[str], typer.Option(help="what, why, place, source.by, source.via, ref.0 ... (repeatable).")],
    output: Output = None,
    instead: Replace = False,
    as_json: AsJson = False,
) -> None:
    """Texts of an entry with their salts, as JSON: who has the disclosed log checks them by log verify --text."""
    from ringfence.desk.disclosing import reveal as reveal_texts

    told = reveal_texts(op, entry, field).model_dump(mode="json")
    if output is None:
        show(told)
        return
    write(output, json.dumps(told, indent=1).encode(), replace=instead)
    show({"file": str(output)} if as_json else _revealed_in_words(len(told["texts"]), output))


def _revealed_in_words(count: int, output: Path) -> str:
    texts = "1 text with its salt" if count == 1 else f"{count} texts with their salts"
    return f"{texts} written to {output}"


def schema(
    as_json: Annotated[bool, typer.Option("--json", help="It is JSON in any case.")] = False,  # noqa: ARG001
) -> None:
    """An entry of a plain log as a JSON Schema, for programs that write one."""
    from ringfence.model.entry_schema import entry_schema

    show(entry_schema())
