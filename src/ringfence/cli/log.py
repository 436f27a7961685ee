"""`ringfence log`: read the log, add to it, take it out and in, and prove that nobody altered it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ringfence.base.errors import BadInput, Fault
from ringfence.cli.log_add import add, read_file, show_logged
from ringfence.cli.operations import OperationCommands
from ringfence.cli.output import NO, YES, AsJson, Operation, OperationOrLines, Replace, open_desk, show, write
from ringfence.cli.record import disclose, erase, reveal, schema
from ringfence.cli.repeated import Commands

log_app = Commands(
    cls=OperationCommands, no_args_is_help=True, help="Read the operation's log, add to it, and prove it whole."
)

Ids = list[str]

LINE_BYTES_MAX = 64 * 1024
"""As much of a typed line as is read before it is refused; to be kept as a note all of it is read."""


@log_app.command("list", epilog="Example: ringfence log list examples/wellington-2022 --kind barrier")
def log_list(
    op: Operation,
    kind: Annotated[Ids | None, typer.Option(help="Only entries of this kind (repeatable).")] = None,
    as_json: AsJson = False,
) -> None:
    """The log, entry by entry: when, what, where, who said so, how certain; what was taken back or corrected, by what.

    For machines also `links` (rivals, corrected_by, retracted_by) and `flags` of the entries that have any.
    """
    desk = open_desk(op)
    entries = desk.entries(kind or ())
    wanted = {entry.id for entry in entries}
    items = [item for item in desk.log if item.entry.id in wanted]
    if not as_json:
        show(desk.log_board(items))
        return
    told = [entry.model_dump(mode="json", by_alias=True, exclude_defaults=True) for entry in entries]
    links = {
        item.entry.id: {
            "rivals": list(item.rivals),
            "corrected_by": list(item.corrected_by),
            "retracted_by": list(item.retracted_by),
        }
        for item in items
        if item.rivals or item.corrected_by or item.retracted_by
    }
    flags = {item.entry.id: [flag.model_dump() for flag in item.flags] for item in items if item.flags}
    show({"entries": told, "links": links, "flags": flags})


def _time(words: str) -> Any:
    return typer.Option(metavar="TIME", help=words)


log_app.command(
    "add",
    epilog='Example: ringfence log add OP "Blocks pushed aside" --kind barrier --barrier bunny-street '
    "--state moved --by 'gate 6' --certainty observed --so 2022-02-22T04:12",
)(add)


AS_NOTE = "the same command with --save --as-note"


def _read_line(*, whole: bool) -> str:
    """What comes on standard input: one line, of two glued together the second would be lost in the words of the first.

    As a note the `whole` of it is kept, however much it is.
    """
    data = sys.stdin.buffer.read() if whole else sys.stdin.buffer.read(LINE_BYTES_MAX + 1)
    text = data.decode("utf-8", "surrogateescape").strip("\r\n")
    if whole:
        return text
    if len(data) > LINE_BYTES_MAX:
        from ringfence.model.typed import LINE_LETTERS_MAX

        expected, found = f"at most {LINE_LETTERS_MAX:,} characters", f"more than {LINE_BYTES_MAX:,} bytes"
        do = f"Write what matters in a line or two, and keep the rest as a file. Or keep it as a note: {AS_NOTE}."
        raise BadInput([Fault("line-too-long", "line", expected, found, do)])
    lines = [one for one in re.split(r"[\r\n]", text) if one.strip()]
    if len(lines) > 1:
        do = f"Send each line by itself: each becomes an entry of its own. Or keep all as a note: {AS_NOTE}."
        raise BadInput([Fault("several-lines", "line", "one line", f"{len(lines)} lines", do)])
    return text


@log_app.command(
    "type",
    epilog='Example: ringfence log type OP "0412 barrier moved Bunny/Featherston, reported by gate 6" --save',
)
def log_type(
    op: Operation,
    line: Annotated[str, typer.Argument(metavar="LINE", help="When, what, where, and who says so; - reads it.")],
    save: Annotated[bool, typer.Option("--save", help="Log it, once nothing that matters is in doubt.")] = False,
    as_note: Annotated[
        bool, typer.Option("--as-note", help="As a note: its words, and nothing read from them.")
    ] = False,
    now: Annotated[
        str | None, _time("Times are meant as then. Default: now; a week after the operation, its end.")
    ] = None,
    key: Annotated[str | None, typer.Option(help="Sent again with the same key, it is stored once.")] = None,
    as_json: AsJson = False,
) -> None:
    """What is understood of one line of typing: its parts, the entry that it makes, and what is not clear.

    Nothing is written without --save. Exit 1 if something that matters is not clear. With --save --as-note whatever is
    read is kept, of 10 MB the beginning and the SHA-256 of all.
    """
    from ringfence.desk.live import LiveDesk
    from ringfence.desk.notes import keepable, note_of
    from ringfence.desk.typed_line import read_typed_line, refuse_while_in_doubt, typed_board

    if line == "-":
        line = _read_line(whole=save and as_note)
    live = LiveDesk.open(op) if save else None
    desk = live.desk if live else open_desk(op)
    moment = desk.now_of_entries() if now is None else desk.moment(now)
    try:
        with keepable(line, AS_NOTE):
            read = read_typed_line(desk.operation, line, moment)
    except BadInput:
        if live is None or not as_note or not line.strip():
            raise
        item, was_new = live.add(note_of(line), key=key)  # no line: nothing is read from it
        show_logged(item, was_new=was_new, as_json=as_json)
        return
    if not as_json:
        show(typed_board(desk.operation, read))
    if live is None:
        if as_json:
            show(read)
        raise typer.Exit(YES if read.ready or as_note else NO)
    if not as_note:
        refuse_while_in_doubt(read)
    item, was_new = live.add(read.note if as_note else read.draft, key=key)
    told = read.model_dump(mode="json", by_alias=True)
    show_logged(item, was_new=was_new, as_json=as_json, read=told)


@log_app.command("import", epilog="Example: ringfence log import OP their-log.jsonl")
def log_import(
    op: Operation,
    file: Annotated[
        Path | None, typer.Argument(help="Plain entries, or lines of an export. Default: the folder's own log.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring a log into the ledger: all of it or nothing. What is held already is passed over."""
    from ringfence.desk.log_files import absent_in_words, import_log

    data, source = read_file(file) if file else None, str(file or "log")
    added = import_log(op, data, source)
    absent = "" if data is None else absent_in_words(data, source)
    told = f"{added} {'entry' if added == 1 else 'entries'} added."
    show({"added": added} | ({"absent": absent} if absent else {}) if as_json else f"{told}\n{absent}".rstrip())


@log_app.command("export", epilog="Example: ringfence log export OP -o ledger.jsonl")
def log_export(
    op: Operation,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Default: print it.")] = None,
    instead: Replace = False,
    as_json: AsJson = False,
) -> None:
    """The ledger as JSON Lines, each with its hash, so that another ledger can take it in and prove it."""
    from ringfence.desk.log_files import export_log

    text = export_log(op)
    if output is None:
        sys.stdout.write(text)
        return
    write(output, text.encode(), replace=instead)
    show({"file": str(output)} if as_json else f"Log written to {output}")


@log_app.command("verify", epilog="Example: ringfence log verify OP --expect control:157:9f86d081...")
def log_verify(
    op: OperationOrLines,
    expect: Annotated[
        Ids | None, typer.Option(metavar="DESK:LINE:HASH", help="A head that was written down (repeatable).")
    ] = None,
    operation: Annotated[
        str | None, typer.Option(metavar="ID", help="Whose log it must be: a file does not say so itself.")
    ] = None,
    text: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Texts from log reveal: are they what was said then?")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Was anything in the log changed, cut out or reordered? Exit 1 if so. Says how many texts are withheld.

    Write the heads down elsewhere: only against them (--expect) can lines that were cut off at the end be missed.
    """
    from ringfence.desk.log_files import verified_in_words, verify_log

    found = verify_log(op, expect or (), operation=operation, handed=read_file(text) if text else None)
    show(found if as_json else verified_in_words(found, is_file=op.folder.is_file()))
    raise typer.Exit(NO if found["faults"] else YES)


log_app.command(
    "erase",
    epilog="Example: ringfence log erase OP control-157 --field what --by 'privacy officer' "
    "--power 'Privacy Act 2020, principle 7'",
)(erase)
log_app.command("disclose", epilog="Example: ringfence log disclose OP --for public -o public.jsonl")(disclose)
log_app.command("reveal", epilog="Example: ringfence log reveal OP W135 --field what -o said.json")(reveal)
log_app.command("schema", epilog="Example: ringfence log schema > entry.schema.json")(schema)
