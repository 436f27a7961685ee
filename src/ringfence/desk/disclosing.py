"""Handing the log on: each role gets the whole chain, and of the words those that it may read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from ringfence.base.errors import Fault, refuse_if
from ringfence.base.where import Where, place_of
from ringfence.desk.log_files import Revealed, open_ledger
from ringfence.ledger import LedgerLine, RevealedText, write_line
from ringfence.model.disclosure import DisclosureFile, DisclosureRole, TextName
from ringfence.operation import open_operation

if TYPE_CHECKING:
    from ringfence.desk.live import LiveDesk


@dataclass(frozen=True)
class Disclosure:
    """A log as one role gets it: lines of an export (JSON Lines), and how many of its texts are in it.

    `erased` are in it for nobody.
    """

    role: str
    text: str
    lines: int
    readable: int
    withheld: int
    erased: int


def disclosed_line(line: LedgerLine, rules: DisclosureFile, role: DisclosureRole) -> LedgerLine:
    """The line with the texts that a role reads; hash and commitments stay. Who may read them is looked up here only.

    A source that was erased or withheld is no public one: nobody can look at it.
    """
    kept = {field: text.text for field, text in line.texts.items() if text is not None}
    by, via, kind = kept.get("source.by"), kept.get("source.via"), line.entry.kind
    return line.withholding(field for field in kept if not rules.may_read(role, _name_of(field), kind, by, via))


def disclose(lines: Sequence[LedgerLine], rules: DisclosureFile, role_id: str) -> Disclosure:
    """The whole log for a role.

    Raises
    ------
    BadInput
        ``unknown-role``.
    """
    role = rules.roles.get(role_id)
    if role is None:
        expected, do = f"one of {', '.join(sorted(rules.roles))}", "Name one, or add it to disclosure.toml."
        refuse_if([Fault("unknown-role", "role", expected, repr(role_id[:80]), do)])
    assert role is not None
    given = [disclosed_line(line, rules, role) for line in lines]
    states = [kept for line in given for kept in line.texts.values()]
    readable, erased = sum(kept is not None for kept in states), sum(kept is None for kept in states)
    return Disclosure(
        role=role_id,
        text="".join(write_line(line) + "\n" for line in given),
        lines=len(given),
        readable=readable,
        withheld=sum(line.texts_committed for line in given) - readable - erased,
        erased=erased,
    )


def disclose_log(where: Where, role_id: str) -> Disclosure:
    """An operation's ledger for a role. BadInput: ``unknown-role``, ``no-ledger``, or the folder's faults."""
    operation = open_operation(place_of(where).folder)
    with closing(open_ledger(where, operation=operation.file.id)) as ledger:
        return disclose([line for _, line in ledger.lines()], operation.disclosure, role_id)


def disclosed_in_words(told: Disclosure, file: str) -> str:
    """What a person is told once a disclosure is written."""
    return (
        f"{told.lines} {'line' if told.lines == 1 else 'lines'} for {told.role} written to {file}: "
        f"{told.readable} {'text' if told.readable == 1 else 'texts'} to be read, "
        f"{told.withheld} withheld, {told.erased} erased.\n"
        "Ids, keys, times, states, counts with their units, and powers stand in every line, for whoever gets it."
    )


def disclose_live(live: LiveDesk, role_id: str) -> Disclosure:
    """The ledger of a watched operation for a role. BadInput: ``unknown-role``, ``no-ledger``."""
    return disclose([line for _, line in live.ledger_there().lines()], live.desk.operation.disclosure, role_id)


def reveal(where: Where, entry_id: str, fields: Iterable[str]) -> Revealed:
    """Texts of an entry with their salts: whoever holds the lines can check that these were said.

    Raises
    ------
    BadInput
        ``no-such-entry``; ``no-such-text`` for what it does not have, or what is not here.
    """
    with closing(open_ledger(where)) as ledger:
        line = next((line for _, line in ledger.lines() if line.entry.id == entry_id), None)
    told_of = f"entry {entry_id}"
    if line is None:
        refuse_if([Fault("no-such-entry", told_of, "an entry of this ledger", "none", "Check the id.")])
    assert line is not None
    there = {field: text for field, text in line.texts.items() if text is not None}
    do = f"Choose of: {', '.join(there) or 'none, for none is here'}."
    faults = [
        Fault("no-such-text", told_of, "texts that are here", field, do) for field in fields if field not in there
    ]
    refuse_if(faults)
    found = [(field, there[field]) for field in dict.fromkeys(fields)]
    return Revealed(
        texts=tuple(RevealedText(entry=entry_id, field=field, salt=one.salt, text=one.text) for field, one in found)
    )


def _name_of(field: str) -> TextName:
    return "ref" if field.startswith("ref.") else cast("TextName", field)
