"""Taking a log out of an operation and into it, and proving it whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from re import fullmatch
from typing import Any

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.base.strict_json import parse_json
from ringfence.base.where import OperationPlace, Where, place_of
from ringfence.desk.opening import (
    begin_ledger,
    begin_with_lines,
    find_ledger,
    ledger_at,
    open_for_writing,
    system_clock,
)
from ringfence.ledger import (
    Ledger,
    LedgerLine,
    RevealedText,
    audit_lines,
    audit_revealed,
    heads_as_told,
    read_lines,
    write_line,
)
from ringfence.model.entries import Entry
from ringfence.model.record import Record
from ringfence.operation import Operation, open_operation, read_log, validate

SQLITE_MARK = b"SQLite format 3\0"
"""What a backup's file begins with."""


class Revealed(Record):
    """Texts with their salts, for somebody who holds the lines without them."""

    texts: tuple[RevealedText, ...]


def import_log(where: Where, data: bytes | None, source: str) -> int:
    """Bring plain entries, or lines of an export or a backup, into a ledger; None: the folder's own log file.

    Where there is no ledger yet, an export or a backup becomes it, hashes and all; the log file must be part of it.

    Parameters
    ----------
    where : Path or OperationPlace
    data : bytes or None
        What stands in a file.
    source : str
        That file's path: a backup is read from it, not from `data`.

    Returns
    -------
    int
        How many entries were added; those of the folder's log file count, if the ledger is new.

    Raises
    ------
    BadInput, Conflict
        Nothing is added then.
    """
    place = place_of(where)
    operation = open_operation(place.folder)
    is_new = _is_new(place, operation)
    # All that can be wrong with the file is found before a ledger is begun for its sake.
    lines: Sequence[LedgerLine] | None = None
    entries: Sequence[Entry] = ()
    if data is None:
        entries = operation.entries
    elif data.startswith(SQLITE_MARK):
        lines, desk = _backup(Path(source), operation.file.id)
        place = replace(place, desk=place.desk or desk) if is_new else place
    elif _is_export(data):
        lines = read_lines(data, source)
    else:
        entries = _plain_entries(data, source)
    if is_new and (added := _begin(place, operation, lines, entries)):
        return added
    is_new = is_new and place.server is not None  # else somebody else has made the ledger meanwhile
    operation, ledger = open_for_writing(place)
    try:
        begun_with = len(operation.entries) if is_new else 0
        held = [line.entry for _, line in ledger.lines()]
        operation.with_entries([*held, *_besides(held, entries if lines is None else (one.entry for one in lines))])
        return begun_with + (ledger.import_entries(entries) if lines is None else ledger.import_lines(lines))
    finally:
        ledger.close()


def _begin(
    place: OperationPlace, operation: Operation, lines: Sequence[LedgerLine] | None, entries: Sequence[Entry]
) -> int:
    """Begin the ledger with what a file holds; how many entries it has then, 0 if it is to be added to as it is."""
    if lines is not None:
        return begin_with_lines(place, operation, lines)
    operation.with_entries([*operation.entries, *_besides(operation.entries, entries)])
    if place.server is not None:
        return 0  # desks share it: whichever comes first puts the folder's log in, and nothing else

    def fill(ledger: Ledger) -> int:
        return ledger.import_entries(operation.entries) + ledger.import_entries(entries)

    return begin_ledger(place, operation, fill)


def absent_in_words(data: bytes, source: str) -> str:
    """What a person is told of texts that lines of an export are without; empty if there are none.

    They come in as withheld, for whoever cut a log in two may have their erasure in the other part.
    """
    if data.startswith(SQLITE_MARK) or not _is_export(data):
        return ""
    found = audit_lines(read_lines(data, source))
    unsaid = sum(fault.code == "erased-unsaid" for fault in found.faults)
    told = [f"{_texts(found.withheld)} withheld"] * bool(found.withheld)
    told += [f"{_texts(unsaid)} said to be erased, though no erasure in it says so"] * bool(unsaid)
    return f"Of that file {' and '.join(told)}: log verify counts what is not here." if told else ""


def _texts(count: int) -> str:
    return "1 text is" if count == 1 else f"{count} texts are"


def _plain_entries(data: bytes, source: str) -> tuple[Entry, ...]:
    faults: list[Fault] = []
    entries = read_log(data, source, faults)
    refuse_if(faults or ([] if entries else [_empty(source)]))
    return entries


def _besides(held: Iterable[Entry], entries: Iterable[Entry]) -> list[Entry]:
    """Those whose ids are not held."""
    ids = {entry.id for entry in held}
    return [entry for entry in entries if entry.id not in ids]


def _empty(source: str) -> Fault:
    do = "Look whether it was cut off, or name another."
    return Fault("empty-log", source, "a log with at least one line", "none", do)


def _is_new(place: OperationPlace, operation: Operation) -> bool:
    """Whether there is no ledger yet."""
    ledger = find_ledger(place, operation)
    if ledger is not None:
        ledger.close()
    return ledger is None


def _backup(path: Path, operation: str) -> tuple[tuple[LedgerLine, ...], str]:
    """The lines of a backup, and the desk that it is of."""
    with closing(_open_file(path, operation)) as ledger:
        return tuple(line for _, line in ledger.lines()), ledger.desk


def _open_file(path: Path, operation: str | None) -> Ledger:
    return Ledger.open(path, operation=operation, clock=system_clock)


def _is_export(data: bytes) -> bool:
    """Whether the first line has a ledger's wrapping around the entry."""
    first = next((line for line in data.splitlines() if line.strip()), b"")
    return b'"entry"' in first and b'"prev"' in first


def export_log(where: Where) -> str:
    """An operation's ledger as JSON Lines, one for each entry, with the hashes that chain them.

    Raises
    ------
    BadInput
        As `open_ledger`.
    """
    with closing(open_ledger(where)) as ledger:
        lines = ledger.lines()
    return "".join(write_line(line) + "\n" for _, line in lines)


def verify_log(
    where: Where, heads: Iterable[str] = (), *, operation: str | None = None, handed: bytes | None = None
) -> dict[str, Any]:
    """Look at every line of an operation's ledger, or of a file of lines that were exported or disclosed.

    Parameters
    ----------
    where : Path or OperationPlace
        A folder, a file of lines, or a backup.
    heads : iterable of str
        ``desk:line:hash`` that must be there.
    operation : str, optional
        Whose log it must be. A file does not say so itself.
    handed : bytes, optional
        What `reveal` gave, as JSON: texts that must be the ones which lines of the log commit to.
    """
    expect, file = _heads(heads), place_of(where).folder
    if file.is_file() and not _is_backup(file):
        lines = read_lines(_read_whole(file), str(file))
        refuse_if([] if lines else [_empty(str(file))])
        found = audit_lines(lines, operation=operation, expect=expect)
        if operation is not None and found.faults and not audit_lines(lines, expect=expect).faults:
            do = "Name its own operation, or another file."
            other = Fault("other-operation", str(file), f"the log of {operation}", "lines that begin another's", do)
            found = replace(found, faults=(other,))
    else:
        opened = _open_file(file, operation) if file.is_file() else open_ledger(where, operation=operation)
        with closing(opened) as ledger:
            found, operation = ledger.verify(expect=expect), ledger.operation
            lines = tuple(line for _, line in ledger.lines()) if handed is not None else ()
    texts = () if handed is None else _read_revealed(handed)
    return {
        "operation": operation,
        "lines": found.lines,
        "heads": heads_as_told(found.heads),
        "withheld": found.withheld,
        "erased": found.erased,
        "texts_checked": len(texts),
        "faults": [asdict(fault) for fault in (*found.faults, *audit_revealed(lines, texts))],
    }


def verified_in_words(found: Mapping[str, Any], *, is_file: bool) -> str:
    """What a person is told of `verify_log`."""
    of_texts = [_told(one) for one in found["faults"] if one["code"] in {"not-that-text", "no-such-text"}]
    of_lines = [_told(one) for one in found["faults"] if one["code"] not in {"not-that-text", "no-such-text"}]
    if found["faults"]:
        number = f"{len(of_lines)} {'fault' if len(of_lines) == 1 else 'faults'}"
        is_other = [one["code"] for one in found["faults"]][:1] == ["other-operation"]  # then the only one of its lines
        heading = "This is the log of another operation:" if is_other else f"The log was altered ({number}):"
        lines = [heading, *of_lines] if of_lines else ["The log itself holds."]
        texts = ["Texts that were handed over are not what was said then:", *of_texts] if of_texts else []
        return "\n".join([*lines, *texts])
    absent = [f"{found[what]} {what}" for what in ("withheld", "erased") if found[what]]
    lines_told = "1 line, as it was" if found["lines"] == 1 else f"{found['lines']} lines, all as they were"
    says = [f"{lines_told} written; texts not here: {', '.join(absent) or 'none'}."]
    if found["texts_checked"]:
        number = found["texts_checked"]
        which = "1 text that was handed over is" if number == 1 else f"{number} texts that were handed over are"
        says.append(f"{which} what was committed to.")
    if found["operation"] is None and is_file:
        says.append("Of which operation was not looked at: name it with --operation.")
    heads = [f"  {desk}:{head['seq']}:{head['hash']}" for desk, head in found["heads"].items()]
    return "\n".join([*says, "Heads, to write down elsewhere:", *heads])


def _told(fault: Mapping[str, str]) -> str:
    return f"{fault['where']}: expected {fault['expected']}; found {fault['found']}"


def _heads(heads: Iterable[str]) -> dict[str, tuple[int, str]]:
    expect: dict[str, tuple[int, str]] = {}
    for head in heads:
        desk, _, rest = head.partition(":")
        number, _, digest = rest.partition(":")
        if not (number.isdecimal() and len(number) < 16 and fullmatch("[0-9a-f]{64}", digest)):
            expected, do = "desk:line:hash, the hash of 64 digits", "Copy it whole, as verify printed it."
            fault = Fault("bad-head", "--expect", expected, repr(head[:100]), do)
            refuse_if([fault])
        expect[desk] = (int(number), digest)
    return expect


def _is_backup(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(SQLITE_MARK)) == SQLITE_MARK
    except OSError:
        return False  # reading all of it says why


def _read_whole(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(
            [Fault("missing-file", str(file), "a readable file", error.strerror or str(error), "Name another.")]
        ) from None


def _read_revealed(data: bytes) -> tuple[RevealedText, ...]:
    faults: list[Fault] = []
    where, do = "--text", "Take the file as log reveal wrote it."
    try:
        document = parse_json(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise BadInput([Fault("bad-json", where, "what log reveal wrote", str(error)[:100], do)]) from None
    found = validate(document, where, Revealed, faults)
    refuse_if(faults)
    assert found is not None
    return found.texts


def open_ledger(where: Where, *, operation: str | None = None) -> Ledger:
    """An operation's ledger, which must be there, and be of `operation` if that is given.

    The folder of one that is a file may be unsound: its log is not.

    Raises
    ------
    BadInput
        ``no-ledger``, or because it can't be read.
    """
    place = place_of(where)
    at = ledger_at(place)
    if isinstance(at, Path):
        if not at.parent.is_dir():
            open_operation(at.parent)  # which says what is wrong with it
        if at.exists():
            return Ledger.open(at, operation=operation, desk=place.desk, clock=system_clock)
    elif (ledger := find_ledger(place, open_operation(place.folder))) is not None:
        return ledger
    where_found = str(at) if isinstance(at, Path) else "ledger on the server"
    raise BadInput(
        [Fault("no-ledger", where_found, "a ledger", "none yet", "Make one first: ringfence log import OP.")]
    )
