"""The records of a survey: what a city's data holds and what is amiss in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ringfence.network.city import Origin

EXAMPLES_MAX = 5
"""How many examples stand for many of a kind."""

Ending = Literal["no way out", "no way in", "neither"]


@dataclass(frozen=True, slots=True)
class Traveller:
    """The streets of a vehicle class, or of a `determined` driver, who obeys only what is physical.

    Attributes
    ----------
    who : str
        A vehicle class's name, or ``determined``.
    segments : int
        Open to it in at least one direction.
    km : float
        Their length.
    oneway_share : float
        From 0 to 1: how many of the segments are open in one direction only.
    junctions : int
        Where its segments begin, meet or end.
    core_junctions : int
        Those of the largest strongly connected part (`Web.core`): from each, every other can be reached.
    outside_core : int
        The rest.
    blocked_junctions : int
        Where it can't pass from one segment to another, whether or not its streets meet there.
    bans : int
        Forbidden turns that bind it.
    """

    who: str
    segments: int
    km: float
    oneway_share: float
    junctions: int
    core_junctions: int
    outside_core: int
    blocked_junctions: int
    bans: int


@dataclass(frozen=True, slots=True)
class Street:
    """A segment that stands for others, so that a person can look.

    Attributes
    ----------
    segment, name, kind : str
        Its id, its name (empty if it has none), its `highway` value.
    km : float
    """

    segment: str
    name: str
    kind: str
    km: float


@dataclass(frozen=True, slots=True)
class Island:
    """Streets joined with each other and not with the core, in no direction.

    Attributes
    ----------
    street : Street
        The longest of them that has a name, else the longest.
    segments : int
    km : float
    at_edge : bool
        Whether one of them is clipped: beyond the edge of the data it may be joined.
    """

    street: Street
    segments: int
    km: float
    at_edge: bool


@dataclass(frozen=True, slots=True)
class Islands:
    """All islands of one class: parts that nothing reaches.

    Attributes
    ----------
    who : str
    count, segments : int
    km : float
    at_edge : int
        How many of them may be joined beyond the edge of the data.
    biggest : tuple of Island
        By length, longest first, at most `EXAMPLES_MAX`.
    """

    who: str
    count: int
    segments: int
    km: float
    at_edge: int
    biggest: tuple[Island, ...]


@dataclass(frozen=True, slots=True)
class DeadOneWay:
    """A street that leads away from the core for good (`no way out`), only towards it (`no way in`), or `neither`."""

    street: Street
    ending: Ending


@dataclass(frozen=True, slots=True)
class DeadOneWays:
    """Segments that cars may use, that hang together with the core, and yet are not of it.

    Attributes
    ----------
    segments : int
    km : float
    no_way_out, no_way_in, neither : int
        Their parts: segments that can be driven into and never left, left and never driven into, and those between
        such.
    beyond_edge : int
        Of all, those that are no fault if the streets that the data clips are joined beyond its edge.
    examples : tuple of DeadOneWay
        One for each name, longest first, those that the edge does not explain and that have a name before the others;
        at most `EXAMPLES_MAX`.
    """

    segments: int
    km: float
    no_way_out: int
    no_way_in: int
    neither: int
    beyond_edge: int
    examples: tuple[DeadOneWay, ...]


@dataclass(frozen=True, slots=True)
class AddressAccess:
    """How many of the addresses that a segment serves can't be reached by one class.

    Attributes
    ----------
    who : str
    closed : int
        The segment is not open to it.
    cut_off : int
        The segment is open to it, but no way leads there from the core.
    beyond_edge : int
        Of those cut off, the ones that a way leads to if the streets that the data clips are joined beyond its edge.
    examples : tuple of str
        Some that are cut off and that the edge does not explain, as number and street.
    """

    who: str
    closed: int
    cut_off: int
    beyond_edge: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses, and those that can't be reached.

    Attributes
    ----------
    count : int
    unserved : int
        No segment serves them.
    unserved_examples : tuple of str
        As number and street.
    access : tuple of AddressAccess
        By car and on foot.
    """

    count: int
    unserved: int
    unserved_examples: tuple[str, ...]
    access: tuple[AddressAccess, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A tag that holds only at times and was not applied, as ``key=value``, and a segment that bears it.

    `street` is None where it stands on turn restrictions alone.
    """

    tag: str
    count: int
    street: Street | None


@dataclass(frozen=True, slots=True)
class Conditions:
    """Tags that were not applied: how many, how many different ones, and the most frequent."""

    count: int
    different: int
    most: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class StreetKind:
    """Streets of one `highway` value."""

    kind: str
    segments: int
    km: float


@dataclass(frozen=True, slots=True)
class Survey:
    """A city's data in figures: plain values only, so that `dataclasses.asdict` gives what JSON can hold.

    Attributes
    ----------
    origin : Origin
        Source, time, licence, edge, and what was left out.
    content_hash : str
        Of the network file; empty if there is none.
    junctions, clipped_junctions, segments : int
    km : float
        Length of all segments, each counted once.
    names, nameless_segments : int
    nameless_km : float
    travellers : tuple of Traveller
        The vehicle classes, then ``determined``.
    islands : tuple of Islands
        By car and on foot.
    dead_one_ways : DeadOneWays
        By car.
    addresses : Addresses
    rail_crossed_segments : int
        Crossed by a railway or tramway on the level.
    bans_by_length : tuple of (int, int)
        Forbidden turns by the number of segments they run over, shortest first.
    conditions : Conditions
    kinds : tuple of StreetKind
        Longest first.
    sites : tuple of (str, int)
        By kind, most frequent first, equals by name.
    """

    origin: Origin
    content_hash: str
    junctions: int
    clipped_junctions: int
    segments: int
    km: float
    names: int
    nameless_segments: int
    nameless_km: float
    travellers: tuple[Traveller, ...]
    islands: tuple[Islands, ...]
    dead_one_ways: DeadOneWays
    addresses: Addresses
    rail_crossed_segments: int
    bans_by_length: tuple[tuple[int, int], ...]
    conditions: Conditions
    kinds: tuple[StreetKind, ...]
    sites: tuple[tuple[str, int], ...]
