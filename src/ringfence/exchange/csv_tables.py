"""Comma-separated tables as columns of text, with every fault told by its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from ringfence.exchange.report import TEXT_LENGTH_MAX, Report, held_as, quoted

CELL_LENGTH_MAX = 1 << 24
"""Characters; a line of half a million points."""

Value = TypeVar("Value")


class Table:
    """A table by columns. What it lacks reads as empty cells, so every column may be asked for.

    Attributes
    ----------
    lines : list of int
        Where each row stands in the file.
    """

    def __init__(self, name: str, columns: dict[str, Sequence[str]], lines: list[int], report: Report) -> None:
        self.name, self.lines = name, lines
        self._columns, self._report = columns, report

    def __len__(self) -> int:
        return len(self.lines)

    def __contains__(self, column: str) -> bool:
        return column in self._columns

    def __getitem__(self, column: str) -> Sequence[str]:
        return self._columns.get(column) or [""] * len(self)

    def where(self, ix: int, column: str = "") -> str:
        """File, line and column."""
        return f"{self.name} line {self.lines[ix]}" + (f", {column}" if column else "")

    def wheres(self) -> list[str]:
        """File and line of every row."""
        return [f"{self.name} line {line}" for line in self.lines]

    def texts(self, column: str) -> list[str]:
        """The cells as they are, where they are no longer than a text may be."""
        return [
            cell if len(cell) <= TEXT_LENGTH_MAX else self._report.text(cell, self.where(ix, column))
            for ix, cell in enumerate(self[column])
        ]

    def ids(self, column: str) -> list[str]:
        """The cells as ids, each there."""
        return [
            held_as(cell.strip()) or self._report.id(cell, self.where(ix, column))
            for ix, cell in enumerate(self[column])
        ]

    def numbers(self, column: str, low: float, high: float, blank: float | None = None) -> list[float]:
        """The cells as numbers from `low` to `high`; `blank` where there is none, or a fault if that is None."""
        if column not in self and blank is not None:
            return [blank] * len(self)
        numbers = []
        for ix, cell in enumerate(self[column]):
            if blank is not None and cell in ("", "NaN"):  # GMNS writes a missing value in either way
                numbers.append(blank)
                continue
            try:
                number = float(cell) if len(cell) < 100 else float("nan")
            except ValueError:
                number = float("nan")
            if not low <= number <= high:
                expected = f"a number from {low:g} to {high:g}"
                self._report.add("bad-number", self.where(ix, column), expected, quoted(cell), "Correct the cell.")
                number = low
            numbers.append(number)
        return numbers

    def words(self, column: str, read: Callable[[str], Value | None], expected: str, default: Value) -> list[Value]:
        """The cells as `read` takes them, each different cell once; a fault and `default` where it gives None."""
        if column not in self:
            return [default] * len(self)
        known: dict[str, Value | None] = {}
        values = []
        for ix, cell in enumerate(self[column]):
            if cell not in known:
                known[cell] = read(cell)
            value = known[cell]
            if value is None:
                self._report.add("bad-choice", self.where(ix, column), expected, quoted(cell), "Correct the cell.")
            values.append(default if value is None else value)
        return values

    def positions(self, column: str, position: dict[str, int], what: str, blank: int | None = None) -> list[int]:
        """The cells as ids of things known, by position; -1 and a fault for what is unknown.

        `blank` is what an empty cell means, if it may be empty.
        """
        found = []
        for ix, cell in enumerate(self[column]):
            one = position.get(cell, -1)
            if one < 0:
                one = blank if blank is not None and not cell else self._find(cell, ix, column, position, what)
            found.append(one)
        return found

    def _find(self, cell: str, ix: int, column: str, position: dict[str, int], what: str) -> int:
        plain = cell.strip()
        one = position.get(plain, position.get(held_as(plain), -1))
        if one < 0:
            where = self.where(ix, column)
            do = f"Add the {what}, or correct the id."
            self._report.add(f"unknown-{what}", where, f"the id of a {what}", quoted(cell), do)
        return one


def read_table(data: bytes | None, name: str, needed: tuple[str, ...], report: Report) -> Table:
    """A table with a header line; without rows if there is no such file, or it lacks a needed column.

    Further columns are kept. Lines with too many or too few cells are reported and left out.
    """
    rows: list[list[str]] = []
    lines: list[int] = []
    if data is None:
        return Table(name, {}, [], report)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        report.add("not-utf8", name, "UTF-8 text", f"a stray byte at position {error.start}", "Save it as UTF-8.")
        return Table(name, {}, [], report)
    numbered = _rows(text, name, report)
    header = [column.strip() for column in next(numbered, (1, []))[1]]
    missing = [column for column in needed if column not in header]
    twice = sorted({column for column in header if header.count(column) > 1})[:3] if len(header) <= 1000 else ["?"]
    if missing or twice:
        expected = f"a header with the columns {', '.join(needed)}, each once"
        found = "; ".join([f"no {column}" for column in missing] + [f"{quoted(column)} twice" for column in twice])
        report.add("bad-header", f"{name} line 1", expected, found, "Correct the header line.")
        return Table(name, {}, [], report)
    for line, row in numbered:
        if len(row) == len(header):
            rows.append(row)
            lines.append(line)
        elif row:
            expected = f"{len(header)} cells"
            report.add("wrong-cell-count", f"{name} line {line}", expected, str(len(row)), "Check for a stray comma.")
    columns = zip(*rows, strict=True) if rows else ([] for _ in header)
    return Table(name, dict(zip(header, columns, strict=True)), lines, report)


def _rows(text: str, name: str, report: Report) -> Iterator[tuple[int, list[str]]]:
    # The limit belongs to the process, and the usual one is less than what a long street takes.
    csv.field_size_limit(max(csv.field_size_limit(), CELL_LENGTH_MAX))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        report.add("bad-csv", f"{name} line {line}", "comma-separated cells", str(error), "Save it as CSV again.")


def csv_lines(header: tuple[str, ...], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The text of a table, in pieces (RFC 4180: lines end in CR LF, quotes where they are needed)."""
    piece = io.StringIO(newline="")
    writer = csv.writer(piece)
    writer.writerow(header)
    for row in rows:
        writer.writerow(row)
        if piece.tell() > 1 << 20:
            yield piece.getvalue()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue()
