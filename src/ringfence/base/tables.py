"""Reading tab-separated tables, with every fault reported by line."""

from __future__ import annotations

from dataclasses import dataclass

from ringfence.base.errors import Fault

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$"
"""What an id looks like everywhere: letters, digits, dot, underscore, hyphen."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: `where` names file and line, `cells` maps column to text."""

    where: str
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


def decode_text(data: bytes, where: str, faults: list[Fault]) -> str | None:
    """UTF-8 text, or None with a fault."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.append(
            Fault("not-utf8", where, "UTF-8 text", f"a stray byte at position {error.start}", "Save it as UTF-8.")
        )
        return None


def read_table(data: bytes, where: str, columns: tuple[str, ...], faults: list[Fault]) -> list[Row]:
    """Rows of a TSV with a header line; unquoted, empty cell = nothing stated.

    Further columns are allowed and ignored. Every fault is added to `faults`; faulty lines are left out.
    """
    text = decode_text(data, where, faults)
    if text is None:
        return []
    lines = text.split("\n")
    header = lines[0].rstrip("\r").split("\t")
    missing = [column for column in columns if column not in header]
    if missing:
        faults.append(
            Fault(
                "missing-column",
                f"{where} line 1",
                f"a header with the columns {', '.join(columns)}",
                f"no {', '.join(missing)}",
                "Add the column, tab separated.",
            )
        )
        return []
    rows = []
    for number, raw in enumerate(lines[1:], start=2):
        line = raw.rstrip("\r")
        if not line:
            continue
        cells = line.split("\t")
        if len(cells) != len(header):
            faults.append(
                Fault(
                    "wrong-cell-count",
                    f"{where} line {number}",
                    f"{len(header)} tab-separated cells",
                    f"{len(cells)}",
                    "Check for a missing or stray tab.",
                )
            )
            continue
        rows.append(Row(f"{where} line {number}", dict(zip(header, cells, strict=True))))
    return rows


def read_number(row: Row, column: str, low: float, high: float, faults: list[Fault]) -> float:
    """A finite number between `low` and `high`, else NaN with a fault."""
    try:
        number = float(row[column])
    except ValueError:
        number = float("nan")
    if low <= number <= high:
        return number
    faults.append(
        Fault(
            "bad-number",
            f"{row.where}, {column}",
            f"a number from {low:g} to {high:g}",
            repr(row[column][:40]),
            "Correct the cell.",
        )
    )
    return float("nan")
