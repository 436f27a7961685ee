"""`ringfence log`: read the log, add to it, take it out and in, and prove that nobody altered it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast
from zoneinfo import ZoneInfo

import typer

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.base.times import parse_time
from ringfence.cli.operations import OperationCommands
from ringfence.cli.output import NO, YES, AsJson, Operation, OperationOrLines, open_desk, show, write
from ringfence.cli.record import disclose, erase, reveal, schema

if TYPE_CHECKING:
    from ringfence.desk.views import LogItem

log_app = typer.Typer(
    cls=OperationCommands, no_args_is_help=True, help="Read the operation's log, add to it, and prove it whole."
)

Ids = list[str]

LINE_BYTES_MAX = 64 * 1024
"""As much of a typed line as is read before it is refused."""


@log_app.command("list", epilog="Example: ringfence log list examples/wellington-2022 --kind barrier")
def log_list(
    op: Operation,
    kind: Annotated[Ids | None, typer.Option(help="Only entries of this kind (repeatable).")] = None,
    as_json: AsJson = False,
) -> None:
    """The log, entry by entry: when, what, where, who said so, how certain."""
    desk = open_desk(op)
    entries = desk.entries(kind or ())
    if as_json:
        flags = {name: [flag.model_dump() for flag in odd] for name, odd in desk.flagger.flagged(entries).items()}
        told = [entry.model_dump(mode="json", by_alias=True, exclude_defaults=True) for entry in entries]
        show({"entries": told, "flags": flags})
    else:
        show(desk.log_board(entries))


def _many(words: str) -> Any:
    return typer.Option(help=f"{words} (repeatable).")


def _time(words: str) -> Any:
    return typer.Option(metavar="TIME", help=words)


@log_app.command(
    "add",
    epilog='Example: ringfence log add OP "Blocks pushed aside" --kind barrier --barrier bunny-street '
    "--state moved --by 'gate 6' --certainty observed --so 2022-02-22T04:12",
)
def log_add(  # noqa: PLR0917 -- typer passes by name
    op: Operation,
    what: Annotated[str | None, typer.Argument(help="What happened, in words.", show_default=False)] = None,
    kind: Annotated[str, typer.Option(help="barrier, street, count, claim, note, correction ...")] = "note",
    by: Annotated[str | None, typer.Option(help="Who says so: an organisation, office or role.")] = None,
    via: Annotated[str | None, typer.Option(help="How it came in: radio, phone ...")] = None,
    certainty: Annotated[str | None, typer.Option(help="confirmed, observed, claimed, understood or denied.")] = None,
    place: Annotated[str | None, typer.Option(help="Where, as people word it.")] = None,
    so: Annotated[str | None, _time("When it was so, exactly.")] = None,
    about: Annotated[str | None, _time("When it was so, more or less.")] = None,
    after: Annotated[str | None, _time("It was so after this; with --before: somewhere between.")] = None,
    before: Annotated[str | None, _time("It was so before this.")] = None,
    reported: Annotated[str | None, _time("When it was reported. Default: now.")] = None,
    barrier: Annotated[Ids | None, _many("A barrier that it changes")] = None,
    state: Annotated[str | None, typer.Option(help="The barriers' state: installed, moved, removed ...")] = None,
    gate: Annotated[Ids | None, _many("A gate whose staffing it changes, or *")] = None,
    staffed: Annotated[bool | None, typer.Option("--staffed/--unstaffed", help="The gates' staffing.")] = None,
    site: Annotated[str | None, typer.Option(help="A site that opens or closes.")] = None,
    site_state: Annotated[str | None, typer.Option(help="open or closed.")] = None,
    relates_to: Annotated[Ids | None, _many("An entry that it answers")] = None,
    disputes: Annotated[Ids | None, _many("An entry that it contradicts")] = None,
    follows: Annotated[Ids | None, _many("An entry that it is known to come after")] = None,
    retracts: Annotated[Ids | None, _many("An entry that it takes back")] = None,
    draft: Annotated[
        Path | None, typer.Option(help="Take the whole entry from a JSON file instead; - reads it.")
    ] = None,
    as_note: Annotated[
        bool, typer.Option("--as-note", help="All that was typed as a note, and nothing read from it.")
    ] = False,
    key: Annotated[str | None, typer.Option(help="Sent again with the same key, it is stored once.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add an entry to the ledger. Nothing is ever edited: put things right with --kind correction or --retracts."""
    from ringfence.desk.drafts import read_draft
    from ringfence.desk.live import LiveDesk
    from ringfence.desk.notes import keepable, note_of, typed_document

    if draft is not None and what is not None:
        refuse_if([Fault("two-entries", "--draft", "either words or a draft", "both", "Leave one out.")])
    stated = _stated(
        what=what, kind=kind, place=place, by=by, via=via, certainty=certainty, so=so, about=about, after=after,
        before=before, reported=reported, barriers=barrier, state=state, gates=gate, staffed=staffed, site=site,
        site_state=site_state, relates_to=relates_to, disputes=disputes, follows=follows, retracts=retracts,
    )  # fmt: skip
    data = None if draft is None else _read_draft(draft)
    typed = stated if data is None else typed_document(data.decode("utf-8", "surrogateescape"))
    live = LiveDesk.open(op)
    with keepable(typed, "the same command with --as-note"):
        if as_note:
            entry = note_of(typed)
        else:
            entry = read_draft(_document(stated, live.desk.zone) if data is None else data, str(draft or "entry"))
        item, was_new = live.add(entry, key=key)
    if as_json:
        show({"new": was_new, **item.model_dump(mode="json", by_alias=True)})
    else:
        show(_logged(item, was_new=was_new))


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
    now: Annotated[str | None, _time("Times are meant as somebody means them then. Default: now.")] = None,
    key: Annotated[str | None, typer.Option(help="Sent again with the same key, it is stored once.")] = None,
    as_json: AsJson = False,
) -> None:
    """What is understood of one line of typing: its parts, the entry that it makes, and what is not clear.

    Nothing is written without --save. Exit 1 if something that matters is not clear.
    """
    from ringfence.desk.live import LiveDesk
    from ringfence.desk.notes import keepable
    from ringfence.desk.typed_line import read_typed_line, refuse_while_in_doubt, typed_board

    if line == "-":
        line = sys.stdin.buffer.read(LINE_BYTES_MAX).decode("utf-8", "surrogateescape").rstrip("\r\n")
    live = LiveDesk.open(op) if save else None
    desk = live.desk if live else open_desk(op)
    moment = desk.moment(now)
    with keepable(line, 'ringfence log add OP "..." --as-note'):
        read = read_typed_line(desk.operation, line, moment)
    if not as_json:
        show(typed_board(desk.operation, read))
    if live is None:
        if as_json:
            show(read)
        raise typer.Exit(YES if read.ready or as_note else NO)
    if not as_note:
        refuse_while_in_doubt(read)
    item, was_new = live.add(read.note if as_note else read.draft, key=key)
    if as_json:
        show(
            {
                "new": was_new,
                "read": read.model_dump(mode="json", by_alias=True),
                **item.model_dump(mode="json", by_alias=True),
            }
        )
    else:
        show(_logged(item, was_new=was_new))


def _logged(item: LogItem, *, was_new: bool) -> str:
    head = f"{'Logged' if was_new else 'Was logged before'} as {item.entry.id}, line {item.position} of the ledger."
    return "\n".join([head, *(f"⚑ {flag.says}" for flag in item.flags)])


def _document(stated: dict[str, Any], zone: ZoneInfo) -> bytes:
    """The options as the JSON of an entry."""
    times = {name: stated.get(name) for name in ("so", "about", "after", "before")}
    rest = {name: value for name, value in stated.items() if name not in {"by", "via", "reported", *times}}
    source = _stated(by=stated.get("by"), via=stated.get("via"))
    reported = _span(zone, so=stated["reported"]) if stated.get("reported") else None
    return json.dumps({**rest, "source": source, "so": _span(zone, **times), "reported": reported}).encode()


def _read_draft(draft: Path) -> bytes:
    from ringfence.desk.drafts import DRAFT_BYTES_MAX

    return sys.stdin.buffer.read(DRAFT_BYTES_MAX + 1) if str(draft) == "-" else _read(draft)


def _stated(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _span(
    zone: ZoneInfo, *, so: str | None, about: str | None = None, after: str | None = None, before: str | None = None
) -> dict[str, str]:
    """The time that was stated, as exactly as it was stated."""
    if sum(one is not None for one in (so, about, after or before)) > 1:
        expected = "one of --so, --about, or --after with --before"
        refuse_if([Fault("two-times", "time", expected, "more than one", "Say the time once.")])
    if so or about:
        moment = parse_time(cast("str", so or about), zone).isoformat()
        return {"precision": "exact" if so else "about", "from": moment, "to": moment}
    ends = {
        name: parse_time(text, zone).isoformat() for name, text in (("from", after), ("to", before)) if text is not None
    }
    precision = {(): "unknown", ("from",): "after", ("to",): "before"}.get(tuple(ends), "between")
    return {"precision": precision, **ends}


@log_app.command("import", epilog="Example: ringfence log import OP their-log.jsonl")
def log_import(
    op: Operation,
    file: Annotated[
        Path | None, typer.Argument(help="Plain entries, or lines of an export. Default: the folder's own log.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring a log into the ledger: all of it or nothing. What is held already is passed over."""
    from ringfence.desk.log_files import import_log

    added = import_log(op, _read(file) if file else None, str(file or "log"))
    show({"added": added} if as_json else f"{added} entries added.")


@log_app.command("export", epilog="Example: ringfence log export OP -o ledger.jsonl")
def log_export(
    op: Operation,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Default: print it.")] = None,
    as_json: AsJson = False,
) -> None:
    """The ledger as JSON Lines, each with its hash, so that another ledger can take it in and prove it."""
    from ringfence.desk.log_files import export_log

    text = export_log(op)
    if output is None:
        sys.stdout.write(text)
        return
    write(output, text.encode())
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

    found = verify_log(op, expect or (), operation=operation, handed=_read(text) if text else None)
    show(found if as_json else verified_in_words(found, is_file=op.folder.is_file()))
    raise typer.Exit(NO if found["faults"] else YES)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        found = getattr(error, "strerror", None) or str(error)
        raise BadInput([Fault("missing-file", str(path), "a readable file", found, "Name another.")]) from None


log_app.command(
    "erase",
    epilog="Example: ringfence log erase OP control-157 --field what --by 'privacy officer' "
    "--power 'Privacy Act 2020, principle 7'",
)(erase)
log_app.command("disclose", epilog="Example: ringfence log disclose OP --for public -o public.jsonl")(disclose)
log_app.command("reveal", epilog="Example: ringfence log reveal OP W135 --field what -o said.json")(reveal)
log_app.command("schema", epilog="Example: ringfence log schema > entry.schema.json")(schema)
