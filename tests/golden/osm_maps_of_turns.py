"""Micro-maps of turn restrictions: what they forbid, whom they bind, and which of them can't be read.

Most are drawn on one crossing, on which everybody may turn wherever nothing forbids it::

            C
            |
        A - B - D
"""

from collections.abc import Mapping

from ringfence.base.traffic import PHYSICAL
from tests.golden.osm_drawing import (
    BICYCLE,
    BUS,
    CAR,
    EMERGENCY,
    FOOT,
    HEAVY,
    MOTOR,
    STREET,
    WHEELS,
    OsmMap,
    Turn,
    Way,
)

PAGE = "Relation:restriction"
UNBOUND = FOOT | PHYSICAL
"""Who makes a forbidden movement all the same."""

CROSSING = ("AB", "BC", "BD")
LEFT = "AB > B > BC"
FREE = {f"{a}>B>{b}": STREET for a in "ACD" for b in "ACD"}


def on_streets(
    quirk: str, streets: tuple[str, ...], moves: Mapping[str, int], *turns: Turn, page: str = PAGE
) -> OsmMap:
    """Two-way streets without a junction inside, and turn restrictions among them."""
    ways = tuple(Way(nodes, "highway=residential") for nodes in streets)
    return OsmMap(quirk, page, ways, {f"{one[0]}-{one[-1]}": STREET for one in streets}, moves, turns)


def on_the_crossing(quirk: str, moves: Mapping[str, int], *turns: Turn, page: str = PAGE) -> OsmMap:
    """The crossing above: movements that are not named are free."""
    return on_streets(quirk, CROSSING, {**FREE, **moves}, *turns, page=page)


def except_for(quirk: str, tags: str, left: int) -> OsmMap:
    """Who may still turn left on the crossing, if that is forbidden with these tags."""
    return on_the_crossing(quirk, {"A>B>C": left}, Turn(LEFT, tags))


TURNS = (
    on_the_crossing("no left turn", {"A>B>C": UNBOUND}, Turn(LEFT, "restriction=no_left_turn")),
    on_the_crossing(
        "no right turn here, no straight on there",
        {"C>B>A": UNBOUND, "D>B>A": UNBOUND},
        Turn("BC > B > AB", "restriction=no_right_turn"),
        Turn("BD > B > AB", "restriction=no_straight_on"),
    ),
    on_the_crossing("no u-turn", {"A>B>A": UNBOUND}, Turn("AB > B > AB", "restriction=no_u_turn")),
    on_the_crossing(
        "only straight on",
        {"A>B>C": UNBOUND, "A>B>A": UNBOUND},
        Turn("AB > B > BD", "restriction=only_straight_on"),
    ),
    on_the_crossing(
        "only left, and from elsewhere only right",
        {"A>B>D": UNBOUND, "A>B>A": UNBOUND, "D>B>A": UNBOUND, "D>B>D": UNBOUND},
        Turn("AB > B > BC", "restriction=only_left_turn"),
        Turn("BD > B > BC", "restriction=only_right_turn"),
    ),
    on_the_crossing(
        "only u-turn", {"A>B>C": UNBOUND, "A>B>D": UNBOUND}, Turn("AB > B > AB", "restriction=only_u_turn")
    ),
    on_the_crossing(
        "no entry from several streets",
        {"A>B>C": UNBOUND, "D>B>C": UNBOUND},
        Turn("AB + BD > B > BC", "restriction=no_entry"),
    ),
    on_the_crossing(
        "no exit to several streets",
        {"A>B>C": UNBOUND, "A>B>D": UNBOUND},
        Turn("AB > B > BC + BD", "restriction=no_exit"),
    ),
    except_for("no left turn except for buses", "restriction=no_left_turn, except=psv", UNBOUND | BUS),
    except_for("no left turn except for bicycles", "restriction=no_left_turn, except=bicycle", UNBOUND | BICYCLE),
    except_for(
        "no left turn except for several",
        "restriction=no_left_turn, except=bicycle;motorcar; hgv",
        UNBOUND | BICYCLE | CAR | HEAVY,
    ),
    except_for(
        "no left turn except for emergencies", "restriction=no_left_turn, except=emergency", UNBOUND | EMERGENCY
    ),
    except_for(
        "no left turn except for motor vehicles", "restriction=no_left_turn, except=motor_vehicle", UNBOUND | MOTOR
    ),
    except_for("no left turn except for all vehicles", "restriction=no_left_turn, except=vehicle", UNBOUND | WHEELS),
    except_for("no left turn for lorries", "restriction:hgv=no_left_turn", STREET & ~HEAVY),
    except_for("no left turn for buses", "restriction:bus=no_left_turn", STREET & ~BUS),
    except_for("no left turn for public transport", "restriction:psv=no_left_turn", STREET & ~BUS),
    except_for("no left turn for bicycles", "restriction:bicycle=no_left_turn", STREET & ~BICYCLE),
    except_for("no left turn for cars", "restriction:motorcar=no_left_turn", STREET & ~CAR),
    except_for("no left turn for emergencies", "restriction:emergency=no_left_turn", STREET & ~EMERGENCY),
    except_for("no left turn for motor vehicles", "restriction:motor_vehicle=no_left_turn", STREET & ~MOTOR),
    except_for("no left turn for vehicles", "restriction:vehicle=no_left_turn", STREET & ~WHEELS),
    OsmMap(
        "no left turn on weekday mornings",
        "Conditional restrictions",
        tuple(Way(nodes, "highway=residential") for nodes in CROSSING),
        {"A-B": STREET, "B-C": STREET, "B-D": STREET},
        FREE,
        (Turn(LEFT, "restriction:conditional=no_left_turn @ (Mo-Fr 07:00-09:00)"),),
        conditions=frozenset({("", "restriction:conditional=no_left_turn @ (Mo-Fr 07:00-09:00)")}),
    ),
)
"""The conditional one is kept and not applied."""

VIA_WAYS = (
    on_streets(
        "no u-turn by way of the gap between carriageways",
        ("AB", "XB", "BC", "CD", "CE"),
        {
            "A>B>C>D": UNBOUND,
            "A>B>C>E": STREET,
            "X>B>C>D": STREET,
            "B>C>D": STREET,
            "A>B>C": STREET,
            "D>C>B>A": STREET,
            "A>B>C>B": STREET,
        },
        Turn("AB > BC > CD", "restriction=no_u_turn"),
    ),
    on_streets(
        "no left turn by way of two streets",
        ("AB", "XB", "BC", "CY", "CD", "DE", "DF"),
        {
            "A>B>C>D>E": UNBOUND,
            "A>B>C>D>F": STREET,
            "X>B>C>D>E": STREET,
            "Y>C>D>E": STREET,
            "A>B>C>Y": STREET,
            "B>C>D>E": STREET,
        },
        Turn("AB > BC + CD > DE", "restriction=no_left_turn"),
    ),
    OsmMap(
        "no left turn by way of a street with a junction in it",
        PAGE,
        tuple(Way(nodes, "highway=residential") for nodes in ("AB", "BCD", "CY", "DE", "DF")),
        {"A-B": STREET, "B-C": STREET, "C-D": STREET, "C-Y": STREET, "D-E": STREET, "D-F": STREET},
        {"A>B>C>D>E": UNBOUND, "A>B>C>D>F": STREET, "Y>C>D>E": STREET, "A>B>C>Y": STREET, "A>B>C>D": STREET},
        (Turn("AB > BCD > DE", "restriction=no_left_turn"),),
    ),
    on_streets(
        "only by way of a street, at each of its junctions",
        ("AB", "XB", "BC", "CD", "CE"),
        {
            "A>B>C>D": STREET,
            "A>B>X": UNBOUND,
            "A>B>A": UNBOUND,
            "A>B>C>E": UNBOUND,
            "X>B>C>E": STREET,
            "B>C>E": STREET,
            "X>B>A": STREET,
        },
        Turn("AB > BC > CD", "restriction=only_left_turn"),
    ),
    on_streets(
        "a restriction by way of a street, for lorries",
        ("AB", "BC", "CD", "CE"),
        {"A>B>C>D": STREET & ~HEAVY, "A>B>C>E": STREET},
        Turn("AB > BC > CD", "restriction:hgv=no_right_turn"),
    ),
    on_streets(
        "two restrictions that begin alike",
        ("AB", "BC", "CD", "CE", "DF"),
        {"A>B>C>E": UNBOUND, "A>B>C>D": STREET, "A>B>C>D>F": UNBOUND, "B>C>D>F": STREET},
        Turn("AB > BC > CE", "restriction=no_right_turn"),
        Turn("AB > BC + CD > DF", "restriction=no_left_turn"),
    ),
)

READINGS = (
    OsmMap(
        "the segment of a long street that touches the junction is meant",
        PAGE,
        tuple(Way(nodes, "highway=residential") for nodes in ("XAB", "YA", "BCZ", "CW", "BD")),
        {"X-A": STREET, "A-B": STREET, "Y-A": STREET, "B-C": STREET, "C-Z": STREET, "C-W": STREET, "B-D": STREET},
        {"A>B>C": UNBOUND, "A>B>D": STREET, "X>A>B>D": STREET, "X>A>Y": STREET},
        (Turn("XAB > B > BCZ", "restriction=no_left_turn"),),
    ),
    OsmMap(
        "a street that passes through can be read two ways",
        PAGE,
        tuple(Way(nodes, "highway=residential") for nodes in ("ABC", "BD")),
        {"A-B": STREET, "B-C": STREET, "B-D": STREET},
        FREE,
        (Turn("ABC > B > BD", "restriction=no_left_turn"), Turn("BD > B > ABC", "restriction=only_straight_on")),
    ),
    OsmMap(
        "a one-way street that passes through can be read one way",
        PAGE,
        (Way("ABC", "highway=residential, oneway=yes"), Way("BD", "highway=residential")),
        {"A>B": STREET, "A<B": UNBOUND, "B>C": STREET, "B<C": UNBOUND, "B-D": STREET},
        {"A>B>D": UNBOUND, "A>B>C": STREET, "D>B>C": STREET},
        (Turn("ABC > B > BD", "restriction=no_left_turn"),),
    ),
    OsmMap(
        "round a roundabout there is one way",
        PAGE,
        (
            Way("ABCDA", "highway=residential, junction=roundabout"),
            *(Way(nodes, "highway=residential") for nodes in ("EB", "FA", "GC")),
        ),
        {
            **dict.fromkeys(("A>B", "B>C", "C>A", "E-B", "F-A", "G-C"), STREET),
            **dict.fromkeys(("A<B", "B<C", "C<A"), UNBOUND),
        },
        {"E>B>C>A>F": UNBOUND, "E>B>C>G": STREET, "B>C>A>F": STREET, "E>B>C>A>B": STREET},
        (Turn("EB > ABCDA > FA", "restriction=no_left_turn"),),
    ),
    on_the_crossing(
        "a restriction on red is none",
        {},
        Turn(LEFT, "restriction=no_left_turn_on_red"),
        Turn("AB > B > BD", "restriction=perhaps"),
    ),
    OsmMap(
        "a restriction with hours of old is kept and not applied",
        PAGE,
        tuple(Way(nodes, "highway=residential") for nodes in CROSSING),
        {"A-B": STREET, "B-C": STREET, "B-D": STREET},
        FREE,
        (
            Turn(LEFT, "restriction=no_left_turn, hour_on=07:00, hour_off=09:00"),
            Turn("AB > B > BD", "restriction=no_straight_on, day_on=Monday, day_off=Friday"),
        ),
        conditions=frozenset(
            {("", "hour_on=07:00"), ("", "hour_off=09:00"), ("", "day_on=Monday"), ("", "day_off=Friday")}
        ),
    ),
    on_the_crossing(
        "several streets from which one can't turn left",
        {},
        Turn("AB + BD > B > BC", "restriction=no_left_turn"),
        Turn("AB > B > BC + BD", "restriction=only_straight_on"),
    ),
    on_the_crossing(
        "a member that the file lacks",
        {},
        Turn("AB > B > BZ", "restriction=no_left_turn"),
        Turn("ZB > B > BC", "restriction=no_left_turn"),
        Turn("AB > BZ > BC", "restriction=only_left_turn"),
    ),
    on_streets(
        "a street that does not touch the junction",
        ("AB", "BC", "BD", "CE"),
        {**FREE, "B>C>E": STREET},
        Turn("AB > B > CE", "restriction=no_left_turn"),
        Turn("CE > B > AB", "restriction=only_straight_on"),
        Turn("AB > C > CE", "restriction=no_left_turn"),
    ),
    OsmMap(
        "a street to turn into that nobody uses is left out with its restriction",
        PAGE,
        (*(Way(nodes, "highway=residential") for nodes in CROSSING), Way("BE", "highway=proposed")),
        {"A-B": STREET, "B-C": STREET, "B-D": STREET},
        FREE,
        (Turn("AB > B > BE", "restriction=only_left_turn"),),
    ),
)
