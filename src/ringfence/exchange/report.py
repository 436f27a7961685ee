"""All faults of one file or folder: the first ones whole, the rest as a count."""

from __future__ import annotations

import re

from ringfence.base.errors import BadInput, Fault

FAULTS_MAX = 50
"""So many are told one by one; nobody reads more, and a hostile file could hold millions."""

TEXT_LENGTH_MAX = 4096
"""Characters of one name, condition, number or remark (OpenStreetMap allows 255)."""

ID_LENGTH_MAX = 80
_FOREIGN = re.compile(r"[^A-Za-z0-9._-]+")


class Report:
    """Collects the faults that a reader finds, and refuses the input in the end.

    Parameters
    ----------
    name : str
        The file or folder as a whole, for the count of further faults.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._kept: list[Fault] = []
        self._count = 0

    def add(self, code: str, where: str, expected: str, found: str, do: str) -> None:
        """Note one fault."""
        self._count += 1
        if self._count <= FAULTS_MAX:
            self._kept.append(Fault(code, where, expected, found, do))

    def refuse(self) -> None:
        """Raise `BadInput` if there was any fault."""
        if not self._count:
            return
        more = self._count - len(self._kept)
        if more:
            do = "Mend the ones above and read it again."
            self._kept.append(Fault("more-faults", self._name, "no faults", f"{more} more like these", do))
        raise BadInput(self._kept)

    def text(self, text: str, where: str) -> str:
        """`text` if it can be held, else nothing, with a fault."""
        if len(text) > TEXT_LENGTH_MAX:
            self.add("too-long", where, f"at most {TEXT_LENGTH_MAX} characters", f"{len(text)}", "Shorten it.")
            return ""
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                self.add("not-unicode", where, "Unicode text", "half of a surrogate pair", "Write the whole character.")
                return ""
        return text

    def id(self, text: str, where: str) -> str:
        """`text` as an id of ours: what ids may not hold becomes a hyphen (``way/12`` is ``way-12``); else a fault."""
        held = held_as(text)
        if not held:
            expected = f"an id of letters, digits, dot, underscore and hyphen, at most {ID_LENGTH_MAX} characters"
            self.add("bad-id", where, expected, quoted(text), "Give it an id.")
            return ""
        return held

    def once(self, ids: list[str], places: list[str]) -> dict[str, int]:
        """Position of each id, with a fault for each that stands twice (empty ones were reported before)."""
        position: dict[str, int] = {}
        for ix, one in enumerate(ids):
            first = position.setdefault(one, ix)
            if first != ix and one:
                found = f"{one!r}, which stands in {places[first]} too"
                self.add("id-twice", places[ix], "an id that stands once", found, "Rename or delete one.")
        position.pop("", None)
        return position


def held_as(text: str) -> str:
    """The id that a foreign id is held as; empty if it can't be held."""
    if len(text) > ID_LENGTH_MAX or not text.isprintable():
        return ""
    return _FOREIGN.sub("-", text).lstrip("-._")


def quoted(value: object) -> str:
    """What was found, short, whatever it is."""
    if isinstance(value, str):
        return repr(value[:40])
    if value is None or isinstance(value, float | bool):
        return repr(value)
    if isinstance(value, int):
        return repr(value) if abs(value) < 10**18 else "a very large number"
    return f"a {type(value).__name__}"
