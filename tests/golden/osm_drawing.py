"""Tiny OpenStreetMap files, drawn in a few words, and what is expected of each.

Nodes are letters. A way is the word of its nodes, a turn restriction is ``AB > B > BD`` (from, via, to; a single letter
is a node, ``+`` joins several members). Tags are written ``key=value, key=value``. Where nodes lie hardly matters to
the import, so they are strung along a curve. The file's box is wide: nothing is clipped but what a map says.

Expected arcs are written ``A>B`` (along the way) or ``A<B`` (against it), or ``A-B`` for both, named by the segment's
first and last node; where several segments join the same two nodes, the segment's id stands for both. What is not
written is not there. Movements are the word of the junctions passed: ``A>B>C``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from xml.sax.saxutils import quoteattr

from ringfence.base.traffic import ALL_CLASSES, PHYSICAL, VehicleClass

CAR, HEAVY, BUS, EMERGENCY, BICYCLE, FOOT = (one.bit for one in VehicleClass)
MOTOR = CAR | HEAVY | BUS | EMERGENCY
WHEELS = MOTOR | BICYCLE
ALL = ALL_CLASSES
STREET = ALL | PHYSICAL
"""Everybody may, and a vehicle can."""

LETTERS = ascii_uppercase + ascii_lowercase
"""The names of nodes 1, 2, ..."""

NOT_DRAWN = 999
"""The id of a way that the file lacks."""


def bits_named(mask: int) -> str:
    """A mask in words, for failures that can be read."""
    return " ".join(
        [*(one.value for one in VehicleClass if mask & one.bit), *(["physical"] if mask & PHYSICAL else [])]
    )


def node_id(letter: str) -> int:
    """The number of a node."""
    return LETTERS.index(letter) + 1


def node_letter(number: int) -> str:
    """The node of that number."""
    return LETTERS[number - 1]


@dataclass(frozen=True)
class Way:
    """A way through some nodes, one letter each."""

    nodes: str
    tags: str


@dataclass(frozen=True)
class Turn:
    """A turn restriction."""

    members: str
    tags: str


@dataclass(frozen=True)
class OsmMap:
    """One quirk of OpenStreetMap's tagging, and what comes of it.

    Attributes
    ----------
    quirk : str
        What the map shows; its name in the tests.
    page : str
        Title of the page on wiki.openstreetmap.org that it follows.
    ways, turns, nodes
        What is drawn; `nodes` are the tags of those that have any.
    arcs : mapping of str to int
        Class bits, and PHYSICAL, of each arc that anybody uses.
    moves : mapping of str to int
        Who may (or can) make a movement.
    limited : mapping of str to int
        Classes that use a segment only with a reason; otherwise none.
    conditions : frozenset of (str, str)
        The segment (empty: a relation), and the tag that was kept but not applied.
    absent : str
        Nodes that the file lacks.
    clipped : str
        Nodes at which the data ends though the street goes on.
    same_place : str
        Nodes that lie where the first of them does.
    rails : tuple of (str, str)
        Segments that rails cross, and at which node, sorted.
    """

    quirk: str
    page: str
    ways: tuple[Way, ...]
    arcs: Mapping[str, int]
    moves: Mapping[str, int] = field(default_factory=dict)
    turns: tuple[Turn, ...] = ()
    nodes: Mapping[str, str] = field(default_factory=dict)
    limited: Mapping[str, int] = field(default_factory=dict)
    conditions: frozenset[tuple[str, str]] = frozenset()
    absent: str = ""
    clipped: str = ""
    same_place: str = ""
    rails: tuple[tuple[str, str], ...] = ()

    @property
    def both_ways(self) -> dict[str, int]:
        """`arcs` with every ``A-B`` written out."""
        written: dict[str, int] = {}
        for name, mask in self.arcs.items():
            written |= {name.replace("-", sign): mask for sign in "><"} if "-" in name[1:2] else {name: mask}
        return {name: mask for name, mask in written.items() if mask}

    def write(self, folder: Path) -> Path:
        """The map as an ``.osm`` file in a folder."""
        path = folder / f"{self.quirk.replace(' ', '-')}.osm"
        path.write_text(self.xml, encoding="utf-8")
        return path

    @property
    def xml(self) -> str:
        """The map as OpenStreetMap XML."""
        head = [
            '<osm version="0.6" generator="drawn by hand">',
            '<bounds minlat="-1" minlon="-1" maxlat="1" maxlon="1"/>',
        ]
        return "\n".join([*head, *self._nodes(), *self._ways(), *self._relations(), "</osm>"])

    def _nodes(self) -> list[str]:
        drawn = set("".join(way.nodes for way in self.ways)) | set(self.nodes) - set(self.absent)
        lines = []
        for letter in sorted((drawn - set(self.absent)), key=node_id):
            place = node_id(self.same_place[0] if letter in self.same_place else letter)
            at = f'lon="{place / 1000:.4f}" lat="{place**2 / 10000:.4f}"'
            lines.append(f'<node id="{node_id(letter)}" {at}>{_tags(self.nodes.get(letter, ""))}</node>')
        return lines

    def _ways(self) -> list[str]:
        return [
            f'<way id="{number}">'
            + "".join(f'<nd ref="{node_id(one)}"/>' for one in way.nodes)
            + f"{_tags(way.tags)}</way>"
            for number, way in enumerate(self.ways, start=1)
        ]

    def _relations(self) -> list[str]:
        numbers = {way.nodes: number for number, way in enumerate(self.ways, start=1)}
        lines = []
        for number, turn in enumerate(self.turns, start=1):
            members = ""
            for role, names in zip(("from", "via", "to"), turn.members.split(" > "), strict=True):
                for name in names.split(" + "):
                    kind, ref = ("node", node_id(name)) if len(name) == 1 else ("way", numbers.get(name, NOT_DRAWN))
                    members += f'<member type="{kind}" ref="{ref}" role="{role}"/>'
            lines.append(f'<relation id="{number}">{members}{_tags(f"type=restriction, {turn.tags}")}</relation>')
        return lines


def _tags(text: str) -> str:
    pairs = [tag.split("=", 1) for tag in text.split(", ") if tag]
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in pairs)


def arc_names(segments: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """For each segment id, with the letters of its ends, the name of its arcs with ``-`` for the sign."""
    pairs = Counter(frozenset(ends) for ends in segments.values())
    return {
        segment: f"{a}-{b}" if pairs[frozenset((a, b))] == 1 else f"{segment}:-" for segment, (a, b) in segments.items()
    }


def drive_of(move: str, segments: Mapping[str, tuple[str, str]]) -> list[tuple[str, bool]]:
    """The segments that a movement goes along, and whether in their direction (a loop: in it)."""
    forward = {ends: segment for segment, ends in segments.items()}
    return [
        (forward[a, b], True) if (a, b) in forward else (forward[b, a], False) for a, b in pairwise(move.split(">"))
    ]


def signed(name: str, *, forward: bool) -> str:
    """The name of one of a segment's two arcs."""
    head, _, tail = name.rpartition("-")
    return f"{head}{'>' if forward else '<'}{tail}"


def strings(tags: str, *on_the_way: str) -> tuple[tuple[Way, ...], dict[str, str]]:
    """For each of some node tags, a street of its own (`ABC`, `DEF`, ...) with that node in its middle."""
    threes = [LETTERS[3 * ix : 3 * ix + 3] for ix in range(len(on_the_way))]
    return tuple(Way(three, tags) for three in threes), {
        three[1]: node for three, node in zip(threes, on_the_way, strict=True)
    }


def barriers(quirk: str, page: str, passed_by: Mapping[str, int]) -> OsmMap:
    """Streets that everybody could use, each with a barrier in its middle: who passes it. All can turn before it."""
    ways, nodes = strings("highway=residential", *passed_by)
    arcs: dict[str, int] = {}
    moves: dict[str, int] = {}
    for (a, b, c), mask in zip((tuple(way.nodes) for way in ways), passed_by.values(), strict=True):
        arcs |= {f"{a}-{b}": STREET, f"{b}-{c}": STREET}
        moves |= {f"{a}>{b}>{c}": mask, f"{c}>{b}>{a}": mask, f"{a}>{b}>{a}": STREET}
    return OsmMap(quirk, page, ways, arcs, moves, nodes=nodes)


def streets(
    quirk: str,
    page: str,
    tagged: Mapping[str, int | tuple[int, int]],
    *,
    limited: Mapping[str, int] | None = None,
    conditions: frozenset[tuple[str, str]] = frozenset(),
) -> OsmMap:
    """Streets that touch nobody, `AB`, `CD`, ...: for each one's tags who uses it, or who forward and who backward."""
    ways: list[Way] = []
    arcs: dict[str, int] = {}
    for ix, (tags, expected) in enumerate(tagged.items()):
        a, b = LETTERS[2 * ix], LETTERS[2 * ix + 1]
        forward, backward = expected if isinstance(expected, tuple) else (expected, expected)
        ways.append(Way(a + b, tags))
        arcs |= {f"{a}>{b}": forward, f"{a}<{b}": backward}
    return OsmMap(quirk, page, tuple(ways), arcs, limited=limited or {}, conditions=conditions)
