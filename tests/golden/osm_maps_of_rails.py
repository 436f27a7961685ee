"""Micro-maps of railways and tramways that cross streets on the level."""

from ringfence.base.traffic import PHYSICAL
from tests.golden.osm_drawing import FOOT, STREET, OsmMap, Way

PAGE = "Tag:railway=level crossing"
WALK = FOOT | PHYSICAL
TRACK = Way("DBE", "railway=rail")

RAILS = (
    OsmMap(
        "rails across the middle of a street",
        PAGE,
        (Way("ABC", "highway=residential"), TRACK),
        {"A-C": STREET},
        nodes={"B": "railway=level_crossing"},
        rails=(("A-C", "B"),),
    ),
    OsmMap(
        "two tracks across one street",
        PAGE,
        (Way("ABCF", "highway=residential"), TRACK, Way("GCH", "railway=rail")),
        {"A-F": STREET},
        nodes={"B": "railway=level_crossing", "C": "railway=level_crossing"},
        rails=(("A-F", "B"), ("A-F", "C")),
    ),
    OsmMap(
        "rails across a junction are at the end of every street there",
        PAGE,
        (Way("AB", "highway=residential"), Way("BC", "highway=service"), Way("FBG", "highway=footway"), TRACK),
        {"A-B": STREET, "B-C": STREET, "F-B": WALK, "B-G": WALK},
        nodes={"B": "railway=level_crossing"},
        rails=(("A-B", "B"), ("B-C", "B"), ("B-G", "B"), ("F-B", "B")),
    ),
    OsmMap(
        "rails across the junction of a loop are at both its ends",
        PAGE,
        (Way("BACB", "highway=residential"), Way("BF", "highway=residential"), TRACK),
        {"B-B": STREET, "B-F": STREET},
        nodes={"B": "railway=level_crossing"},
        rails=(("B-B", "B"), ("B-B", "B"), ("B-F", "B")),
    ),
    OsmMap(
        "rails at a gate, which makes a junction",
        PAGE,
        (Way("ABC", "highway=residential"), TRACK),
        {"A-B": STREET, "B-C": STREET},
        {"A>B>C": STREET},
        nodes={"B": "railway=level_crossing, barrier=lift_gate"},
        rails=(("A-B", "B"), ("B-C", "B")),
    ),
    OsmMap(
        "rails at the end of a street",
        PAGE,
        (Way("AB", "highway=service"), TRACK),
        {"A-B": STREET},
        nodes={"B": "railway=level_crossing"},
        rails=(("A-B", "B"),),
    ),
    OsmMap(
        "a tramway across a street",
        "Tag:railway=tram level crossing",
        (Way("ABC", "highway=residential"), Way("DBE", "railway=tram")),
        {"A-C": STREET},
        nodes={"B": "railway=tram_level_crossing"},
        rails=(("A-C", "B"),),
    ),
    OsmMap(
        "a crossing is told in capitals and among other values",
        "Semi-colon value separator",
        (Way("ABCF", "highway=residential"),),
        {"A-F": STREET},
        nodes={"B": "railway=Level_Crossing", "C": "railway=switch; tram_level_crossing"},
        rails=(("A-F", "B"), ("A-F", "C")),
    ),
    OsmMap(
        "crossings for people on foot are none",
        "Tag:railway=crossing",
        (Way("ABCF", "highway=residential"), TRACK),
        {"A-F": STREET},
        nodes={"B": "railway=crossing", "C": "railway=tram_crossing"},
    ),
    OsmMap(
        "a crossing that is no longer one",
        "Lifecycle prefix",
        (Way("ABC", "highway=residential"), TRACK),
        {"A-C": STREET},
        nodes={"B": "disused:railway=level_crossing"},
    ),
    OsmMap(
        "a street and a railway that share a node without the tag",
        PAGE,
        (Way("ABC", "highway=residential"), TRACK),
        {"A-C": STREET},
    ),
    OsmMap(
        "a crossing that lies on no street",
        PAGE,
        (Way("AC", "highway=residential"), Way("FBG", "highway=construction"), TRACK),
        {"A-C": STREET},
        nodes={"B": "railway=level_crossing", "H": "railway=level_crossing"},
    ),
    OsmMap(
        "rails across a bridge's street, which is another one",
        PAGE,
        (Way("ABC", "highway=residential"), Way("FHG", "highway=residential, bridge=yes, layer=1"), TRACK),
        {"A-C": STREET, "F-G": STREET},
        nodes={"B": "railway=level_crossing"},
        rails=(("A-C", "B"),),
        same_place="BH",
    ),
)
