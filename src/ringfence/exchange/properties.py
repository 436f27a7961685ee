"""Reading the members of a JSON object, whatever they hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ringfence.exchange.report import Report, quoted

MANY_MAX = 1000
"""Members of one list in a feature."""


class Properties:
    """The members of one object, each read with a fault where it does not fit, and what stands for it then."""

    def __init__(self, members: dict[str, Any], where: str, report: Report) -> None:
        self.where = where
        self._members, self._report = members, report

    def _wrong(self, key: str, expected: str) -> None:
        found = quoted(self._members.get(key))
        self._report.add("bad-property", f"{self.where}, {key}", expected, found, "Correct the property.")

    def text(self, key: str, default: str | None = "") -> str:
        """A text; a fault if it is not there and `default` is None."""
        value = self._members.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            self._wrong(key, "a text")
            return ""
        return self._report.text(value, f"{self.where}, {key}")

    def number(self, key: str, low: float, high: float, default: float = 0.0) -> float:
        """A number from `low` to `high`."""
        value = self._members.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self._wrong(key, f"a number from {low:g} to {high:g}")
            return default
        return float(value)

    def whole(self, key: str, low: int, high: int) -> int:
        """A whole number from `low` to `high`, 0 if it is not there."""
        value = self.number(key, low, high)
        if value != int(value):
            self._wrong(key, "a whole number")
        return int(value)

    def truth(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self._members.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self._wrong(key, "true or false")
            return default
        return value

    def words(self, key: str, read: Callable[[str], int | None], expected: str) -> int:
        """The bits of a comma list; 0 if it is not there."""
        value = self._members.get(key)
        if value is None:
            return 0
        bits = read(value) if isinstance(value, str) else None
        if bits is None:
            self._wrong(key, expected)
            return 0
        return bits

    def texts(self, key: str, most: int = MANY_MAX) -> list[str]:
        """A list of texts, empty if it is not there."""
        value = self._members.get(key, [])
        if not isinstance(value, list) or len(value) > most or not all(isinstance(one, str) for one in value):
            self._wrong(key, f"a list of at most {most} texts")
            return []
        return [self._report.text(one, f"{self.where}, {key}") for one in value]

    def member(self, key: str) -> Properties | None:
        """An object, None if it is not there."""
        value = self._members.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._wrong(key, "an object")
            return None
        return Properties(value, f"{self.where}, {key}", self._report)

    def value(self, key: str) -> object:
        """Whatever stands there."""
        return self._members.get(key)

    def objects(self, key: str) -> list[Properties]:
        """A list of objects, empty if it is not there."""
        value = self._members.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self._wrong(key, "a list of objects")
            return []
        return [Properties(one, f"{self.where}, {key} {ix}", self._report) for ix, one in enumerate(value, start=1)]

    def id_in(self, key: str, position: dict[str, int], what: str, blank: int | None = None) -> int:
        """Position of the thing whose id stands there; `blank` if nothing stands there and that is allowed."""
        value = self._members.get(key)
        if value is None and blank is not None:
            return blank
        return self.find(value, key, position, what)

    def find(self, value: object, key: str, position: dict[str, int], what: str) -> int:
        """Position of the thing with the id `value`, else -1 and a fault."""
        if isinstance(value, str) and value in position:
            return position[value]
        do = f"Add the {what}, or correct the id."
        self._report.add(f"unknown-{what}", f"{self.where}, {key}", f"the id of a {what}", quoted(value), do)
        return -1
