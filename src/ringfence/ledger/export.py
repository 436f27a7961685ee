"""Lines as an export: written as JSON Lines, and read back with every fault named."""

from __future__ import annotations

from pydantic import ValidationError

from ringfence.base.errors import Fault, refuse_if
from ringfence.base.strict_json import parse_json
from ringfence.base.tables import decode_text
from ringfence.ledger.lines import ENTRY_LENGTH_MAX, LedgerLine, canonical
from ringfence.model.record import AS_STORED

LINE_LENGTH_MAX = ENTRY_LENGTH_MAX + 12 * 1024
"""Characters of an exported line: an entry with its desk, number, time, key and hashes, and up to 55 salted texts."""


def write_line(line: LedgerLine) -> str:
    """`line` as one line of JSON, without a line end. `read_lines` gives the same line back, hash and all."""
    return canonical(line.model_dump(mode="json"))


def read_lines(data: bytes, where: str) -> tuple[LedgerLine, ...]:
    """Lines of an export (JSON Lines, UTF-8); empty ones are passed over.

    Whether the chains hold is not checked here but where they go on: in `Ledger.import_lines`.

    Parameters
    ----------
    data : bytes
        The whole file.
    where : str
        The file's name, for faults.

    Raises
    ------
    BadInput
        With every fault of every line: too long, not JSON, NaN or infinite, a name twice in one object, a field that
        is missing, unknown or wrong.
    """
    faults: list[Fault] = []
    text = decode_text(data, where, faults) or ""
    lines = [
        _read_line(row, f"{where} line {number}", faults)
        for number, row in enumerate(text.split("\n"), start=1)
        if row.strip()
    ]
    refuse_if(faults)
    return tuple(line for line in lines if line is not None)


def _read_line(row: str, where: str, faults: list[Fault]) -> LedgerLine | None:
    if len(row) > LINE_LENGTH_MAX:
        expected = f"at most {LINE_LENGTH_MAX} characters"
        faults.append(Fault("line-too-long", where, expected, str(len(row)), "Export the ledger again."))
        return None
    try:
        document = parse_json(row)
    except (ValueError, RecursionError) as error:
        faults.append(Fault("bad-json", where, "one JSON object", str(error)[:100], "Export the ledger again."))
        return None
    if isinstance(document, dict) and "prev" in document and "texts" not in document:
        expected, do = "a line of version 2, with its texts beside the entry", "Import the entries as a plain log."
        faults.append(Fault("older-export", where, expected, "one of version 1, or one cut short", do))
        return None
    try:
        return LedgerLine.model_validate(document, context=AS_STORED)
    except ValidationError as error:
        faults += faults_of(error, where)
        return None


def faults_of(error: ValidationError, where: str) -> list[Fault]:
    """One fault for each field that doesn't fit."""
    return [
        Fault(
            "bad-field",
            ", ".join([where, ".".join(str(part) for part in problem["loc"])]).removesuffix(", "),
            problem["msg"][:1].lower() + problem["msg"][1:],
            "nothing" if problem["type"] == "missing" else repr(problem["input"])[:80],
            "Correct the field, or export the ledger again.",
        )
        for problem in error.errors(include_url=False)
    ]
