"""Hand-drawn maps, one quirk each and named after it, with what is expected of them worked out by hand.

All are drawn in metres around 0, 0. Unless a map says otherwise the protected area is the square of 100 m around the
middle (its outline at 50), the limit is the square of 600 m (its outline at 300). So on a street that runs straight in
from a junction at 200, the ring piece is 150 m long and the barrier stands 75 m from the area.

In the drawings `O` is beyond the limit, `R` in the ring, `I` in the area; `|` is the area's outline, `:` the limit's.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shapely import Polygon, box

from ringfence.base.traffic import PHYSICAL, VehicleClass
from ringfence.network import Area
from tests.property.street_maps import Ban, ForbiddenChain, Segment, StreetMap

METRES_PER_DEGREE_LON, METRES_PER_DEGREE_LAT = 111319.4908, 110574.2758  # WGS 84 at 0, 0


@dataclass(frozen=True)
class Fewest:
    """The arms of the best plan (None: no plan exists), the street that it encloses, and its sites."""

    arms: tuple[str, ...] | None
    enclosed_m: float = 0.0
    sites: int = 0


@dataclass(frozen=True)
class MicroMap:
    """A map and what is expected of it.

    `pieces` are written ``segment from-to region``, in whole metres; `turns` say whether a lawful car may turn from
    one segment into another at the junction where they meet; `reached` are the segments on which a lawful car from
    outside can come to drive while nothing is closed.
    """

    map: StreetMap
    area: Area
    pieces: tuple[str, ...]
    turns: dict[tuple[str, str], bool]
    reached: frozenset[str]
    lawful: Fewest
    determined: Fewest
    stops: tuple[tuple[str, float], ...] = field(default=())


def _place(x: float, y: float) -> tuple[float, float]:
    return x / METRES_PER_DEGREE_LON, y / METRES_PER_DEGREE_LAT


def square(west: float, south: float, east: float, north: float) -> Polygon:
    """A rectangle in metres, as lon, lat."""
    return Polygon([_place(x, y) for x, y in box(west, south, east, north).exterior.coords])


AREA = Area(square(-50, -50, 50, 50), square(-300, -300, 300, 300), "the middle")

JUNCTIONS = {"O": (400.0, 0.0), "O2": (400.0, 200.0), "O3": (400.0, -200.0), "R": (200.0, 0.0), "I": (0.0, 0.0)}
NORTH = (_place(100, 30),)  # a bend: R to I that way has 156.60 m in the ring, 208.81 m in all
SOUTH = (_place(100, -30),)


def draw(
    *segments: Segment,
    bans: tuple[Ban, ...] = (),
    ban_masks: dict[Ban, int] | None = None,
    blocked: dict[str, int] | None = None,
    chains: tuple[ForbiddenChain, ...] = (),
    **more: tuple[float, float],
) -> StreetMap:
    """A map of these segments, with the junctions above and more (in metres); unused junctions are left out."""
    used = {end for segment in segments for end in (segment.start, segment.end)}
    places = {name: _place(*at) for name, at in {**JUNCTIONS, **more}.items() if name in used}
    return StreetMap(places, segments, bans, ban_masks=ban_masks or {}, blocked=blocked or {}, chains=chains)


S_PIECES = ("s 0-100 outside", "s 100-200 ring")
T_PIECES = ("t 0-150 ring", "t 150-200 protected")


def parallel_streets() -> MicroMap:
    """Two streets join the same two junctions, and both must be closed: segments are counted, not pairs of junctions.

    ::

        O2 ---:-.   ____north____|_
        O  ---:-- R ____south____|__ I
    """
    return MicroMap(
        draw(
            Segment("s", "O", "R"), Segment("s2", "O2", "R"), Segment("n", "R", "I", path=NORTH), Segment("t", "R", "I")
        ),
        AREA,
        pieces=(*S_PIECES, "s2 0-141 outside", "s2 141-283 ring", "n 0-157 ring", "n 157-209 protected", *T_PIECES),
        turns={("n", "t"): True, ("t", "n"): True, ("s", "n"): True},
        reached=frozenset({"s", "s2", "n", "t"}),
        lawful=Fewest(("n", "t"), 153.3, 1),
        determined=Fewest(("n", "t"), 153.3, 1),
    )


def loop() -> MicroMap:
    """A crescent that begins and ends at one junction: never a way in, but street that the cordon encloses.

    The one approach is closed (1 arm, not the 2 beyond R): 50 + 150 + 156.6 + the loop's 200 m are enclosed.

    ::

               /\\
               \\/  loop
        O --:-- R ====|= I     (two streets)
    """
    lozenge = (_place(230, 40), _place(200, 80), _place(170, 40))
    return MicroMap(
        draw(
            Segment("s", "O", "R"),
            Segment("loop", "R", "R", path=lozenge),
            Segment("n", "R", "I", path=NORTH),
            Segment("t", "R", "I"),
        ),
        AREA,
        pieces=(*S_PIECES, "loop 0-200 ring", "n 0-157 ring", "n 157-209 protected", *T_PIECES),
        turns={("loop", "loop"): True, ("s", "loop"): True, ("loop", "t"): True},
        reached=frozenset({"s", "loop", "n", "t"}),
        lawful=Fewest(("s",), 556.6, 1),
        determined=Fewest(("s",), 556.6, 1),
    )


def dead_end() -> MicroMap:
    """A lane from the area that leads nowhere needs no barrier; its 100 m in the ring are enclosed all the same.

    ::

                     E
                     |
                   --+--
        O --:-- R --|- I
                |
                D          (a dead end before the barrier is not enclosed)
    """
    return MicroMap(
        draw(
            Segment("s", "O", "R"),
            Segment("t", "R", "I"),
            Segment("lane", "I", "E"),
            Segment("yard", "R", "D"),
            E=(0, 150),
            D=(200, -100),
        ),
        AREA,
        pieces=(*S_PIECES, *T_PIECES, "lane 0-50 protected", "lane 50-150 ring", "yard 0-100 ring"),
        turns={("lane", "lane"): True, ("yard", "t"): True},
        reached=frozenset({"s", "t", "lane", "yard"}),
        lawful=Fewest(("t",), 175.0, 1),
        determined=Fewest(("t",), 175.0, 1),
    )


def bridge_without_a_junction() -> MicroMap:
    """A bridge crosses the street but shares no junction with it: nobody turns from one into the other.

    The crossing at 150 would cut the arm in two if lines made junctions; it runs from limit to area instead, so its
    barrier stands at 225 along it and encloses 125 m.

    ::

                 N
               ..:..
                 |
        O --:----+------|- I
                 |
               ..:..
                 S
    """
    return MicroMap(
        draw(Segment("t", "O", "I"), Segment("bridge", "N", "S"), N=(150, 400), S=(150, -400)),
        AREA,
        pieces=(
            "t 0-100 outside",
            "t 100-350 ring",
            "t 350-400 protected",
            "bridge 0-100 outside",
            "bridge 100-700 ring",
            "bridge 700-800 outside",
        ),
        turns={("t", "bridge"): False, ("bridge", "t"): False},
        reached=frozenset({"t", "bridge"}),
        lawful=Fewest(("t",), 125.0, 1),
        determined=Fewest(("t",), 125.0, 1),
    )


def one_way_pair() -> MicroMap:
    """In by one street, out by the other: the lawful need one barrier, the determined two.

    ::

        O2 --:-.   <---out---|-
        O  --:-- R ---in-->--|- I
    """
    return MicroMap(
        draw(
            Segment("s", "O", "R"),
            Segment("s2", "O2", "R"),
            Segment("t", "R", "I", backward="none"),
            Segment("out", "R", "I", forward="none", path=NORTH),
        ),
        AREA,
        pieces=(*S_PIECES, "s2 0-141 outside", "s2 141-283 ring", *T_PIECES, "out 0-157 ring", "out 157-209 protected"),
        turns={("s", "t"): True, ("s", "out"): False, ("out", "t"): True, ("t", "out"): True, ("out", "out"): False},
        reached=frozenset({"s", "s2", "t", "out"}),
        lawful=Fewest(("t",), 75.0, 1),
        determined=Fewest(("out", "t"), 153.3, 1),
    )


def ban_that_forces_a_u_turn() -> MicroMap:
    """Straight on is banned, so the way in runs into the dead end, round, and back: closing the dead end stops nobody.

    A barrier on `e` only gives a nearer place to turn. One on `t` or on `s` seals; `t` encloses less: its inner half,
    75 m (from its outer half, and from `e`, the area can't be reached past the barrier).

    ::

               E
               |
        O -:-- R --|- I       ban: s > t
    """
    return MicroMap(
        draw(
            Segment("s", "O", "R"),
            Segment("e", "R", "E"),
            Segment("t", "R", "I"),
            bans=(("s", "R", "t"),),
            E=(200, 100),
        ),
        AREA,
        pieces=(*S_PIECES, "e 0-100 ring", *T_PIECES),
        turns={("s", "t"): False, ("s", "e"): True, ("e", "e"): True, ("e", "t"): True, ("t", "s"): True},
        reached=frozenset({"s", "e", "t"}),
        lawful=Fewest(("t",), 75.0, 1),
        determined=Fewest(("t",), 75.0, 1),
    )


def u_turn_ban() -> MicroMap:
    """The same with no turning at E: the lawful can't get in at all, and need no barrier; the determined need one.

    With nothing closed the area can still be reached at either end of `t` (150 m), and at R by who came along `e`: half
    of `e` (50 m). Who came along `e` to E can't turn there, so the other half is not enclosed.

    ::

               E  no U-turn
               |
        O -:-- R --|- I       ban: s > t
    """
    return MicroMap(
        draw(
            Segment("s", "O", "R"),
            Segment("e", "R", "E"),
            Segment("t", "R", "I"),
            bans=(("s", "R", "t"), ("e", "E", "e"), ("e", "R", "e")),
            E=(200, 100),
        ),
        AREA,
        pieces=(*S_PIECES, "e 0-100 ring", *T_PIECES),
        turns={("s", "t"): False, ("s", "e"): True, ("e", "e"): False, ("e", "t"): True},
        reached=frozenset({"s", "e"}),
        lawful=Fewest((), 200.0, 0),
        determined=Fewest(("t",), 75.0, 1),
    )


def barrier_that_makes_a_turning_place() -> MicroMap:
    """Closing the open prong lets drivers turn round in front of the barrier, and so into the banned prong.

    While `t` is open nobody can be on it outbound, so `t > n` never happens; once it is closed it does. A cut that
    knows only today's turns says 1 arm (`t`); it takes 2.

    ::

        O2 --:-.   ____n____|_
        O  --:-- R ____t____|_ I      bans: s > n, s2 > n
    """
    return MicroMap(
        draw(
            Segment("s", "O", "R"),
            Segment("s2", "O2", "R"),
            Segment("t", "R", "I", path=()),
            Segment("n", "R", "I", path=NORTH),
            bans=(("s", "R", "n"), ("s2", "R", "n"), ("t", "I", "t"), ("s", "R", "s"), ("s2", "R", "s2")),
        ),
        AREA,
        pieces=(*S_PIECES, "s2 0-141 outside", "s2 141-283 ring", *T_PIECES, "n 0-157 ring", "n 157-209 protected"),
        turns={("s", "n"): False, ("s2", "n"): False, ("s", "t"): True, ("t", "n"): True},
        reached=frozenset({"s", "s2", "t", "n"}),
        lawful=Fewest(("n", "t"), 153.3, 1),
        determined=Fewest(("n", "t"), 153.3, 1),
    )


def polygon_through_the_middle_of_a_segment() -> MicroMap:
    """One segment from beyond the limit into the area: its arm touches no junction and is a site of its own.

    ::

        O ---:-------------|--- I
    """
    return MicroMap(
        draw(Segment("t", "O", "I")),
        AREA,
        pieces=("t 0-100 outside", "t 100-350 ring", "t 350-400 protected"),
        turns={("t", "t"): True},
        reached=frozenset({"t"}),
        lawful=Fewest(("t",), 125.0, 1),
        determined=Fewest(("t",), 125.0, 1),
    )


def through_the_area_and_out_again() -> MicroMap:
    """One segment, two arms: each side of the area needs its own barrier.

    ::

        O ---:-------|-------|-------:--- W
    """
    return MicroMap(
        draw(Segment("t", "O", "W"), W=(-400, 0)),
        AREA,
        pieces=(
            "t 0-100 outside",
            "t 100-350 ring",
            "t 350-450 protected",
            "t 450-700 ring",
            "t 700-800 outside",
        ),
        turns={("t", "t"): True},
        reached=frozenset({"t"}),
        lawful=Fewest(("t#1", "t#2"), 250.0, 2),
        determined=Fewest(("t#1", "t#2"), 250.0, 2),
    )


def two_barriers_on_one_segment() -> MicroMap:
    """Two barriers at 150 and 250 along one street split it twice; a plan still counts one arm.

    ::

        O ---:---x-------x---|--- I
    """
    return MicroMap(
        draw(Segment("t", "O", "I")),
        AREA,
        pieces=("t 0-100 outside", "t 100-150 ring", "t 150-250 ring", "t 250-350 ring", "t 350-400 protected"),
        turns={("t", "t"): True},
        reached=frozenset({"t"}),
        lawful=Fewest(("t",), 125.0, 1),
        determined=Fewest(("t",), 125.0, 1),
        stops=(("t", 250.0), ("t", 150.0)),
    )


def street_that_only_touches_the_outline() -> MicroMap:
    """A street brushes the area's corner two thirds along: it is not cut there, and leads nobody in.

    ::

        O4 -- A.
                \\.
        --------+\\.
           I    | \\. B -- O
    """
    return _brushing((-50, 150), (100, 0))


def street_whose_middle_touches_the_outline() -> MicroMap:
    """The same, but the corner is touched just half way: still all of it lies in the ring.

    ::

        O4 -- A.
                \\.
        --------+\\.
           I    | \\. B -- O
    """
    return _brushing((0, 100), (100, 0))


def _brushing(a: tuple[float, float], b: tuple[float, float]) -> MicroMap:
    brush_m = round(2**0.5 * (a[1] - b[1]))
    return MicroMap(
        draw(
            Segment("a", "O4", "A"),
            Segment("brush", "A", "B"),
            Segment("b", "B", "O"),
            Segment("yard", "I", "J"),
            O4=(a[0], 400),
            A=a,
            B=b,
            J=(30, -30),
        ),
        AREA,
        pieces=(
            "a 0-100 outside",
            f"a 100-{400 - a[1]:.0f} ring",
            f"brush 0-{brush_m} ring",
            "b 0-200 ring",
            "b 200-300 outside",
            "yard 0-42 protected",
        ),
        turns={("a", "brush"): True, ("brush", "b"): True},
        reached=frozenset({"a", "brush", "b"}),
        lawful=Fewest((), 0.0, 0),
        determined=Fewest((), 0.0, 0),
    )


def several_arms_at_one_junction() -> MicroMap:
    """Three prongs behind one junction, four approaches before it: three arms at one site.

    ::

        O2 --:-.    ___n___|_
        O  --:-- R ----t---|- I
        O3 --:-'    ~~~u~~~|~
        O4 --:-'
    """
    return MicroMap(
        draw(
            Segment("s", "O", "R"),
            Segment("s2", "O2", "R"),
            Segment("s3", "O3", "R"),
            Segment("s4", "O4", "R"),
            Segment("t", "R", "I"),
            Segment("n", "R", "I", path=NORTH),
            Segment("u", "I", "R", path=SOUTH),
            O4=(200, -400),
        ),
        AREA,
        pieces=(
            *S_PIECES,
            *(f"{s} 0-141 outside" for s in ("s2", "s3")),
            *(f"{s} 141-283 ring" for s in ("s2", "s3")),
            "s4 0-100 outside",
            "s4 100-400 ring",
            *T_PIECES,
            "n 0-157 ring",
            "n 157-209 protected",
            "u 0-52 protected",
            "u 52-209 ring",
        ),
        turns={("s", "t"): True, ("t", "u"): True},
        reached=frozenset({"s", "s2", "s3", "s4", "t", "n", "u"}),
        lawful=Fewest(("n", "t", "u"), 231.6, 1),
        determined=Fewest(("n", "t", "u"), 231.6, 1),
    )


def street_that_nobody_can_drive() -> MicroMap:
    """Steps that only people on foot use are no arm: neither the lawful nor the determined can drive them.

    ::

                 . . steps . |.
        O --:-- R -----t-----|- I
    """
    return MicroMap(
        draw(
            Segment("s", "O", "R"),
            Segment("t", "R", "I"),
            Segment("steps", "R", "I", forward="foot", backward="foot", physical=False, path=NORTH),
        ),
        AREA,
        pieces=(*S_PIECES, *T_PIECES, "steps 0-157 ring", "steps 157-209 protected"),
        turns={("s", "steps"): False, ("s", "t"): True, ("steps", "steps"): False},
        reached=frozenset({"s", "t"}),
        lawful=Fewest(("t",), 75.0, 1),
        determined=Fewest(("t",), 75.0, 1),
    )


def bus_gate() -> MicroMap:
    """Cars can't pass R, so they need no barrier; the determined drive through a gate that is only a sign.

    With nothing closed a car on `t` reaches the area (150 m); from `s` it can only turn back.

    ::

        O --:-- R# ----t---|- I       # no cars
    """
    return MicroMap(
        draw(Segment("s", "O", "R"), Segment("t", "R", "I"), blocked={"R": VehicleClass.CAR.bit}),
        AREA,
        pieces=(*S_PIECES, *T_PIECES),
        turns={("s", "t"): False, ("t", "s"): False, ("s", "s"): True, ("t", "t"): True},
        reached=frozenset({"s"}),
        lawful=Fewest((), 150.0, 0),
        determined=Fewest(("t",), 75.0, 1),
    )


def bollard_on_a_loop() -> MicroMap:
    """A crescent that begins and ends at a bollard: nobody drives out of it, or round it twice, but back at either end.

    Nobody gets past R, lawful or not. `n` and `t` still meet at I; both lead into the area (156.6 and 150 m).

    ::

               /\\
               \\/  loop
        O --:-- R# ===|= I     (two streets)
    """
    lozenge = (_place(230, 40), _place(200, 80), _place(170, 40))
    bollard = VehicleClass.CAR.bit | VehicleClass.HEAVY.bit | VehicleClass.BUS.bit | PHYSICAL
    return MicroMap(
        draw(
            Segment("s", "O", "R"),
            Segment("loop", "R", "R", path=lozenge),
            Segment("n", "R", "I", path=NORTH),
            Segment("t", "R", "I"),
            blocked={"R": bollard},
        ),
        AREA,
        pieces=(*S_PIECES, "loop 0-200 ring", "n 0-157 ring", "n 157-209 protected", *T_PIECES),
        turns={("loop", "loop"): True, ("s", "loop"): False, ("loop", "t"): False, ("n", "t"): True},
        reached=frozenset({"s"}),
        lawful=Fewest((), 306.6, 0),
        determined=Fewest((), 306.6, 0),
    )


def ban_for_heavy_vehicles_only() -> MicroMap:
    """A car may turn where only heavy vehicles may not.

    ::

        O -:-- R --|- I       ban: s > t, heavy
    """
    ban = ("s", "R", "t")
    return MicroMap(
        draw(Segment("s", "O", "R"), Segment("t", "R", "I"), bans=(ban,), ban_masks={ban: VehicleClass.HEAVY.bit}),
        AREA,
        pieces=(*S_PIECES, *T_PIECES),
        turns={("s", "t"): True},
        reached=frozenset({"s", "t"}),
        lawful=Fewest(("t",), 75.0, 1),
        determined=Fewest(("t",), 75.0, 1),
    )


def chain_over_a_via_street() -> MicroMap:
    """From `s` over `v` nobody may go on into `t`, though each turn by itself is free: `s2`, which joins at Q, may.

    No turning round on `v`. So only the way in from `s2` counts; `t` and `s2` would each stop it, `t` encloses less.

    ::

        O  --:-- R --v-- Q --t--|- I      chain: s > v > t; no U-turn on v
        O2 --:----s2----'
    """
    return MicroMap(
        draw(
            Segment("s", "O", "R"),
            Segment("v", "R", "Q"),
            Segment("s2", "O2", "Q"),
            Segment("t", "Q", "I"),
            bans=(("v", "R", "v"), ("v", "Q", "v")),
            chains=(ForbiddenChain(("s", "v", "t"), ("R", "Q")),),
            Q=(100, 0),
        ),
        AREA,
        pieces=(*S_PIECES, "v 0-100 ring", "s2 0-120 outside", "s2 120-361 ring", "t 0-50 ring", "t 50-100 protected"),
        turns={("s", "v"): True, ("v", "t"): True, ("v", "v"): False, ("s2", "t"): True},
        reached=frozenset({"s", "v", "s2", "t"}),
        lawful=Fewest(("t",), 25.0, 1),
        determined=Fewest(("t",), 25.0, 1),
    )


def chain_alone_keeps_everyone_out() -> MicroMap:
    """The same without `s2`: the lawful can't get in at all, and need no barrier.

    Who came along `v` to Q can, and who came along `t` to either end: half of `v` (50 m) and all of `t` (50 m) are
    enclosed. Who came along `v` to R can only go out, and not in again; so the half of `v` before R is not.

    ::

        O  --:-- R --v-- Q --t--|- I      chain: s > v > t; no U-turn on v
    """
    return MicroMap(
        draw(
            Segment("s", "O", "R"),
            Segment("v", "R", "Q"),
            Segment("t", "Q", "I"),
            bans=(("v", "R", "v"), ("v", "Q", "v")),
            chains=(ForbiddenChain(("s", "v", "t"), ("R", "Q")),),
            Q=(100, 0),
        ),
        AREA,
        pieces=(*S_PIECES, "v 0-100 ring", "t 0-50 ring", "t 50-100 protected"),
        turns={("s", "v"): True, ("v", "t"): True, ("v", "v"): False},
        reached=frozenset({"s", "v"}),
        lawful=Fewest((), 100.0, 0),
        determined=Fewest(("t",), 25.0, 1),
    )


def area_that_reaches_the_limit() -> MicroMap:
    """Area and limit share a side: outside leads straight into the area there, and no barrier fits between.

    ::

        O ----‖---- I
    """
    return MicroMap(
        draw(Segment("t", "O", "I"), O=(100, 0)),
        Area(square(-50, -50, 50, 50), square(-300, -300, 50, 300), "the middle"),
        pieces=("t 0-50 outside", "t 50-100 protected"),
        turns={("t", "t"): True},
        reached=frozenset({"t"}),
        lawful=Fewest(None),
        determined=Fewest(None),
    )


MICRO_MAPS = (
    parallel_streets,
    loop,
    dead_end,
    bridge_without_a_junction,
    one_way_pair,
    ban_that_forces_a_u_turn,
    u_turn_ban,
    barrier_that_makes_a_turning_place,
    polygon_through_the_middle_of_a_segment,
    through_the_area_and_out_again,
    two_barriers_on_one_segment,
    street_that_only_touches_the_outline,
    street_whose_middle_touches_the_outline,
    several_arms_at_one_junction,
    street_that_nobody_can_drive,
    bus_gate,
    bollard_on_a_loop,
    ban_for_heavy_vehicles_only,
    chain_over_a_via_street,
    chain_alone_keeps_everyone_out,
    area_that_reaches_the_limit,
)
