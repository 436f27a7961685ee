"""The line while it is being read: which stretches were read as what, and what is left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ringfence.base.errors import Fault, shown
from ringfence.model.typed import Doubt, ReadAs, TypedPart

READ = "\x00"
"""Stands where words were read already. No entry may hold it, so it is never part of what somebody typed."""

CHOICES_MAX = 12
BLANKS_MAX = 64
"""Words that lie further apart do not stand side by side; and a longer run would be slow to read."""


@dataclass
class Reading:
    """A line, its parts and doubts so far. `left` is as long as `text`; what was read is blanked out in it."""

    text: str
    left: str
    parts: list[TypedPart] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> Reading:
        """A line of which nothing was read yet. A very long gap in it ends what stands before it, and is a doubt."""
        left = re.sub(rf"\s{{{BLANKS_MAX + 1},}}", lambda gap: f" {READ * (len(gap[0]) - 2)} ", text)
        reading = cls(text, left)
        if left != text:
            do = "Write the words side by side."
            reading.doubt("gap", "line", expected=f"gaps of at most {BLANKS_MAX} blanks", found="a longer one", do=do)
        return reading

    def take(self, start: int, end: int, read_as: ReadAs | None, says: str = "") -> None:
        """Read a stretch (as nothing of its own where `read_as` is None); what surrounds it stays."""
        words = self.text[start:end]
        start, end = start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
        self.left = self.left[:start] + READ * (end - start) + self.left[end:]
        if read_as is not None and end > start:
            self.parts.append(
                TypedPart(start=start, end=end, text=self.text[start:end], read_as=read_as, says=shown(says, 200))
            )

    def take_match(self, match: re.Match[str], read_as: ReadAs | None, says: str = "") -> None:
        """Read what a pattern found."""
        self.take(match.start(), match.end(), read_as, says)

    def doubt(
        self, code: str, about: str, *, expected: str, found: str, do: str, matters: bool = True, choices: object = ()
    ) -> None:
        """Note what is not clear; a doubt stands once."""
        words = tuple(shown(str(one), 200) for one in choices) if isinstance(choices, tuple | list) else ()
        one = Doubt(
            code=code,
            about=shown(about, 120),
            expected=shown(expected),
            found=shown(found),
            do=shown(do),
            matters=matters,
            choices=words[:CHOICES_MAX],
        )
        if one not in self.doubts:
            self.doubts.append(one)

    def doubt_fault(self, fault: Fault, about: str, *, matters: bool = True) -> None:
        """Note a fault that a deeper room found."""
        self.doubt(fault.code, about, expected=fault.expected, found=fault.found, do=fault.do, matters=matters)

    def pieces(self) -> Iterator[tuple[int, int]]:
        """What is left, in stretches with a letter or digit in them, without the small words around them."""
        for match in re.finditer(rf"[^{READ};\n]+", self.left):
            start, end = match.span()
            for edge in _EDGES:
                words = self.text[start:end]
                found = edge.search(words)
                if found and found.start() == 0:
                    start += found.end()
                elif found:
                    end = start + found.start()
            if any(letter.isalnum() for letter in self.text[start:end]):
                yield start, end


_LEADING = (
    r"the|a|an|at|on|in|of|is|are|was|were|has|have|had|been|be|being|it|they|that|and|again|still|also|all|some|from|to"
    r"|by|there|this|now|but|with|for|as|just|then|so|who|which|where|have|got|concrete"
)
_TRAILING = (
    r"the|a|an|at|on|in|of|is|are|was|were|has|have|had|been|be|being|it|they|that|and|again|still|also|all|by|from|to"
    r"|there|now|but|with|for|as|just|then|so|have|got|concrete"
)
_BESIDE = r"\s,.:!()\[\]\"'–—-"
_EDGES = (
    re.compile(rf"^(?:[{_BESIDE}]++|(?:{_LEADING})(?=[\s,.:!]|$))+", re.IGNORECASE),
    re.compile(rf"(?:^|(?<![{_BESIDE}]))(?:[{_BESIDE}]|(?<![^\s,.:!])(?:{_TRAILING})(?![^\s,.:!]))+$", re.IGNORECASE),
)
"""Small words at either end of what is left: they name no place."""
