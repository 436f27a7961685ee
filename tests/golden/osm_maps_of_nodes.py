"""Micro-maps of barriers, and of what joins streets and what does not."""

from ringfence.base.traffic import PHYSICAL
from tests.golden.osm_drawing import (
    ALL,
    BICYCLE,
    BUS,
    CAR,
    EMERGENCY,
    FOOT,
    HEAVY,
    STREET,
    OsmMap,
    Way,
    barriers,
)

WALK, PEDAL = FOOT, FOOT | BICYCLE
PAGE = "Key:barrier"


def _all(passing: int, *values: str) -> dict[str, int]:
    return {f"barrier={value}": passing for value in values}


BARRIERS = (
    barriers(
        "barriers that stop nobody",
        PAGE,
        _all(
            STREET,
            "cattle_grid",
            "toll_booth",
            "border_control",
            "kerb",
            "entrance",
            "sally_port",
            "bump_gate",
            "coupure",
            "no",
        ),
    ),
    barriers(
        "a height restrictor stops what is high",
        "Tag:barrier=height restrictor",
        {
            "barrier=height_restrictor": STREET & ~(HEAVY | BUS | EMERGENCY),
            "barrier=height_restrictor, bus=yes": STREET & ~(HEAVY | EMERGENCY),
        },
    ),
    barriers(
        "gates can be opened or driven down",
        "Tag:barrier=gate",
        _all(
            STREET,
            "gate",
            "lift_gate",
            "swing_gate",
            "sliding_gate",
            "sliding_beam",
            "hampshire_gate",
            "yes",
            "portcullis",
        ),
    ),
    barriers(
        "a locked gate lets emergencies through",
        "Key:locked",
        {
            "barrier=gate, locked=yes": EMERGENCY | PHYSICAL,
            "barrier=lift_gate, locked=yes": EMERGENCY | PHYSICAL,
            "barrier=gate, locked=no": STREET,
            "barrier=gate, locked=yes, foot=yes": EMERGENCY | FOOT | PHYSICAL,
            "barrier=bollard, locked=yes": PEDAL,
        },
    ),
    barriers(
        "chains, ropes and bars are driven down", "Tag:barrier=chain", _all(PEDAL | PHYSICAL, "chain", "rope", "bar")
    ),
    barriers("traps for cars", "Tag:barrier=bus trap", _all(STREET & ~CAR, "bus_trap", "sump_buster")),
    barriers(
        "bollards and the like let only bicycles and feet through",
        "Tag:barrier=bollard",
        _all(
            PEDAL,
            "bollard",
            "planter",
            "block",
            "jersey_barrier",
            "log",
            "debris",
            "boulder",
            "tank_trap",
            "cycle_barrier",
            "motorcycle_barrier",
        ),
    ),
    barriers(
        "stiles and turnstiles let only feet through",
        "Tag:barrier=stile",
        _all(WALK, "kissing_gate", "stile", "turnstile", "full-height_turnstile", "wicket_gate", "horse_stile"),
    ),
    barriers(
        "fences and walls across a way stop all that rolls",
        "Tag:barrier=fence",
        _all(WALK, "fence", "wall", "retaining_wall", "city_wall", "hedge", "ditch", "guard_rail", "cable_barrier"),
    ),
    barriers(
        "bollards that can be taken away",
        "Key:bollard",
        {
            **{
                f"barrier=bollard, bollard={value}": PEDAL | PHYSICAL for value in ("removable", "foldable", "flexible")
            },
            "barrier=bollard, bollard=rising": PEDAL,
            "barrier=bollard, bollard=fixed": PEDAL,
        },
    ),
    barriers(
        "bollards that stand far apart",
        "Key:maxwidth:physical",
        {
            "barrier=block, maxwidth:physical=1.7": PEDAL,
            "barrier=block, maxwidth:physical=1.8": PEDAL | CAR | PHYSICAL,
            "barrier=bollard, maxwidth=2 m": PEDAL | CAR | PHYSICAL,
            "barrier=cycle_barrier, width=2.5": STREET,
            "barrier=bollard, maxwidth=8'3\"": STREET,
            "barrier=bollard, maxwidth:physical=1.2, maxwidth=3": PEDAL,
            "barrier=bollard, maxwidth=wide, width=3": STREET,
            "barrier=fence, width=3": WALK,
        },
    ),
    barriers(
        "signs at a barrier decide who may, never what can",
        "Key:access",
        {
            "barrier=bollard, motor_vehicle=yes": ALL,
            "barrier=bollard, bus=yes": PEDAL | BUS,
            "barrier=bollard, emergency=yes": PEDAL | EMERGENCY,
            "barrier=gate, access=private": EMERGENCY | PHYSICAL,
            "barrier=gate, access=no, foot=yes, bicycle=designated": PEDAL | PHYSICAL,
            "barrier=gate, foot=no": STREET & ~FOOT,
            "barrier=gate, locked=yes, access=yes": STREET,
            "barrier=kissing_gate, bicycle=yes": PEDAL,
            "barrier=lift_gate, motor_vehicle=no, psv=yes": PEDAL | BUS | PHYSICAL,
            "barrier=gate, motor_vehicle=destination": STREET,
            "barrier=gate, access=perhaps": STREET,
            "barrier=cattle_grid, vehicle=no": FOOT | PHYSICAL,
        },
    ),
    OsmMap(
        "a bollard on a junction of several streets stops nobody",
        PAGE,
        (Way("ABC", "highway=residential"), Way("DB", "highway=residential")),
        {"A-B": STREET, "B-C": STREET, "D-B": STREET},
        {"A>B>C": STREET, "A>B>D": STREET, "D>B>C": STREET, "D>B>D": STREET, "C>B>C": STREET},
        nodes={"B": "barrier=bollard"},
    ),
    OsmMap(
        "a private gate on a junction of several streets stops nobody",
        PAGE,
        (Way("ABC", "highway=residential"), Way("DBE", "highway=service")),
        {"A-B": STREET, "B-C": STREET, "D-B": STREET, "B-E": STREET},
        {"A>B>C": STREET, "A>B>D": STREET, "D>B>E": STREET},
        nodes={"B": "barrier=gate, access=private"},
    ),
    OsmMap(
        "a bollard where a way that is no street begins stops as ever",
        PAGE,
        (Way("ABC", "highway=residential"), Way("DB", "highway=construction")),
        {"A-B": STREET, "B-C": STREET},
        {"A>B>C": PEDAL, "C>B>A": PEDAL},
        nodes={"B": "barrier=bollard"},
    ),
    OsmMap(
        "a street that comes back to its bollard is a junction",
        PAGE,
        (Way("ABCDB", "highway=residential"),),
        {"A-B": STREET, "B-B": STREET},
        {"A>B>B": STREET},
        nodes={"B": "barrier=bollard"},
    ),
    OsmMap(
        "a barrier between two ways",
        PAGE,
        (Way("AB", "highway=residential"), Way("BC", "highway=footway")),
        {"A-B": STREET, "B-C": FOOT | PHYSICAL},
        {"A>B>C": FOOT, "C>B>A": FOOT, "A>B>A": STREET},
        nodes={"B": "barrier=block"},
    ),
    OsmMap(
        "signs on a node that is no barrier say nothing",
        PAGE,
        (Way("ABC", "highway=residential"),),
        {"A-C": STREET},
        nodes={"B": "access=no, highway=crossing"},
    ),
)

MEETING = (
    OsmMap(
        "streets meet where they share a node",
        "Elements",
        (Way("ABC", "highway=residential"), Way("DB", "highway=service")),
        {"A-B": STREET, "B-C": STREET, "D-B": STREET},
        {"A>B>C": STREET, "A>B>D": STREET, "D>B>A": STREET, "D>B>D": STREET},
    ),
    OsmMap(
        "a bridge crosses without a shared node",
        "Key:bridge",
        (Way("ABC", "highway=residential"), Way("DEF", "highway=primary, bridge=yes, layer=1")),
        {"A-C": STREET, "D-F": STREET},
        same_place="BE",
    ),
    OsmMap(
        "a street that is left out cuts nothing",
        "Key:highway",
        (
            Way("ABCD", "highway=residential"),
            Way("BE", "highway=construction"),
            Way("CF", "highway=footway, footway=sidewalk, foot=no"),
        ),
        {"A-D": STREET},
    ),
    OsmMap(
        "a square counts along its outline",
        "Tag:area=yes",
        (
            Way("ABCDA", "highway=pedestrian, area=yes"),
            Way("EB", "highway=residential"),
            Way("FC", "highway=residential"),
        ),
        {
            "A-B": FOOT | EMERGENCY | PHYSICAL,
            "B-C": FOOT | EMERGENCY | PHYSICAL,
            "C-A": FOOT | EMERGENCY | PHYSICAL,
            "E-B": STREET,
            "F-C": STREET,
        },
        {"E>B>C": FOOT | EMERGENCY | PHYSICAL, "B>C>F": FOOT | EMERGENCY | PHYSICAL},
    ),
    OsmMap(
        "a street that ends where it began",
        "Way",
        (Way("ABCA", "highway=residential"), Way("DA", "highway=residential")),
        {"A-A": STREET, "D-A": STREET},
        {"D>A>A": STREET, "A>A>D": STREET},
    ),
    OsmMap(
        "a street with a loop at its end",
        "Way",
        (Way("DABCA", "highway=residential, oneway=yes"),),
        {"D>A": STREET, "D<A": FOOT | PHYSICAL, "A>A": STREET, "A<A": FOOT | PHYSICAL},
    ),
    OsmMap(
        "a figure of eight passes its middle twice",
        "Way",
        (Way("ABCADEA", "highway=residential, oneway=yes"),),
        {
            "w1-1:>": STREET,
            "w1-1:<": FOOT | PHYSICAL,
            "w1-1.2:>": STREET,
            "w1-1.2:<": FOOT | PHYSICAL,
        },
    ),
    OsmMap(
        "two streets between the same corners",
        "Way",
        (Way("ACB", "highway=residential, oneway=yes"), Way("AB", "highway=footway")),
        {"w1-1:>": STREET, "w1-1:<": FOOT | PHYSICAL, "w2-1:>": FOOT | PHYSICAL, "w2-1:<": FOOT | PHYSICAL},
    ),
    OsmMap(
        "two streets along the same nodes",
        "Way",
        (Way("AB", "highway=residential"), Way("BA", "highway=cycleway")),
        {
            "w1-1:>": STREET,
            "w1-1:<": STREET,
            "w2-2:>": PEDAL | PHYSICAL,
            "w2-2:<": PEDAL | PHYSICAL,
        },
    ),
    OsmMap(
        "a street without length joins all the same",
        "Node",
        (Way("AB", "highway=residential"), Way("BC", "highway=residential"), Way("CD", "highway=residential")),
        {"A-B": STREET, "B-C": STREET, "C-D": STREET},
        {"A>B>C": STREET, "B>C>D": STREET},
        same_place="BC",
    ),
    OsmMap(
        "a loop without length is none",
        "Node",
        (Way("ABCB", "highway=residential"), Way("BD", "highway=residential")),
        {"A-B": STREET, "B-D": STREET},
        {"A>B>D": STREET},
        same_place="BC",
    ),
    OsmMap(
        "a node written twice in a row meets nobody",
        "Way",
        (Way("ABBC", "highway=residential"),),
        {"A-C": STREET},
    ),
    OsmMap(
        "the file ends in the middle of a street",
        "Osmosis/Detailed Usage",
        (Way("ABC", "highway=residential"), Way("DE", "highway=residential")),
        {"A-B": STREET, "D-E": STREET},
        absent="C",
        clipped="B",
    ),
    OsmMap(
        "the file lacks a node in the middle of a street",
        "Osmosis/Detailed Usage",
        (Way("ABCDE", "highway=residential"),),
        {"A-B": STREET, "D-E": STREET},
        absent="C",
        clipped="BD",
    ),
    OsmMap(
        "a way of one node",
        "Way",
        (Way("A", "highway=residential"), Way("BC", "highway=residential")),
        {"B-C": STREET},
    ),
)
