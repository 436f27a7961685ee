"""Micro-maps of one-way streets: how they are written, what implies them, and who may go against them."""

from ringfence.base.traffic import PHYSICAL
from tests.golden.osm_drawing import (
    ALL,
    BICYCLE,
    BUS,
    EMERGENCY,
    FOOT,
    HEAVY,
    MOTOR,
    STREET,
    WHEELS,
    OsmMap,
    Way,
    streets,
)

SHUT = FOOT | PHYSICAL
"""Against a one-way: who walks, and who does not care."""
ONE_WAY = "highway=residential, oneway=yes"

ONEWAYS = (
    streets(
        "one-way along the way",
        "Key:oneway",
        {f"highway=residential, oneway={value}": (STREET, SHUT) for value in ("yes", "true", "1")},
    ),
    streets(
        "one-way against the way",
        "Key:oneway",
        {f"highway=residential, oneway={value}": (SHUT, STREET) for value in ("-1", "reverse")},
    ),
    streets(
        "two-way, and now this way, now that",
        "Tag:oneway=reversible",
        {
            f"highway=residential, oneway={value}": STREET
            for value in ("no", "false", "0", "reversible", "alternating", "perhaps")
        },
    ),
    OsmMap(
        "a roundabout is one-way, its arms are not",
        "Tag:junction=roundabout",
        (
            Way("ABCA", "highway=tertiary, junction=roundabout"),
            Way("DB", "highway=tertiary"),
            Way("EC", "highway=tertiary"),
        ),
        {
            "A>B": STREET,
            "A<B": SHUT,
            "B>C": STREET,
            "B<C": SHUT,
            "C>A": STREET,
            "C<A": SHUT,
            "D-B": STREET,
            "E-C": STREET,
        },
        {"D>B>C": STREET, "D>B>A": SHUT, "B>C>A": STREET, "B>C>B": SHUT, "A>B>D": STREET, "C>A>B": STREET},
    ),
    streets(
        "circular junctions are one-way, unless they say otherwise",
        "Tag:junction=circular",
        {
            "highway=tertiary, junction=circular": (STREET, SHUT),
            "highway=tertiary, junction=roundabout, oneway=no": STREET,
            "highway=tertiary, junction=roundabout, oneway=-1": (SHUT, STREET),
            "highway=tertiary, junction=yes": STREET,
        },
    ),
    streets(
        "one-way binds nobody on foot, unless it is written for feet",
        "Key:oneway:foot",
        {
            "highway=footway, oneway=yes": FOOT | PHYSICAL,
            f"{ONE_WAY}, oneway:foot=yes": (STREET, PHYSICAL),
            "highway=footway, oneway:foot=-1": (PHYSICAL, FOOT | PHYSICAL),
        },
    ),
    streets(
        "one-way but for bicycles",
        "Key:oneway:bicycle",
        {
            f"{ONE_WAY}, oneway:bicycle=no": (STREET, SHUT | BICYCLE),
            "highway=residential, oneway=-1, oneway:bicycle=no": (SHUT | BICYCLE, STREET),
            "highway=residential, oneway:bicycle=yes": (STREET, STREET & ~BICYCLE),
            "highway=tertiary, junction=roundabout, oneway:bicycle=no": (STREET, SHUT | BICYCLE),
        },
    ),
    streets(
        "cycle lanes against the one-way",
        "Tag:cycleway=opposite",
        {
            f"{ONE_WAY}, cycleway=opposite": (STREET, SHUT | BICYCLE),
            f"{ONE_WAY}, cycleway:left=opposite_lane": (STREET, SHUT | BICYCLE),
            f"{ONE_WAY}, cycleway:right=opposite_track": (STREET, SHUT | BICYCLE),
            f"{ONE_WAY}, cycleway:both=opposite_share_busway": (STREET, SHUT | BICYCLE),
            "highway=residential, oneway=-1, cycleway=opposite_lane": (SHUT | BICYCLE, STREET),
            f"{ONE_WAY}, cycleway=lane": (STREET, SHUT),
            f"{ONE_WAY}, cycleway=opposite, oneway:bicycle=yes": (STREET, SHUT),
        },
    ),
    streets(
        "cycle tracks with directions of their own",
        "Key:cycleway:right:oneway",
        {
            f"{ONE_WAY}, cycleway:left:oneway=no": (STREET, SHUT | BICYCLE),
            f"{ONE_WAY}, cycleway:right:oneway=no": (STREET, SHUT | BICYCLE),
            f"{ONE_WAY}, cycleway:both:oneway=no": (STREET, SHUT | BICYCLE),
            f"{ONE_WAY}, cycleway:left=lane, cycleway:left:oneway=-1": (STREET, SHUT | BICYCLE),
            f"{ONE_WAY}, cycleway:right:oneway=yes": (STREET, SHUT),
            "highway=residential, oneway=-1, cycleway:right:oneway=no": (SHUT | BICYCLE, STREET),
            "highway=residential, oneway=-1, cycleway:right:oneway=-1": (SHUT, STREET),
            f"{ONE_WAY}, cycleway:left:oneway=no, oneway:bicycle=yes": (STREET, SHUT),
            f"{ONE_WAY}, cycleway:left:oneway=no, bicycle=no": (STREET & ~BICYCLE, SHUT),
        },
    ),
    streets(
        "one-way but for buses",
        "Key:oneway:bus",
        {
            f"{ONE_WAY}, oneway:bus=no": (STREET, SHUT | BUS),
            f"{ONE_WAY}, oneway:psv=no": (STREET, SHUT | BUS),
            f"{ONE_WAY}, oneway:psv=no, oneway:bus=yes": (STREET, SHUT),
        },
    ),
    streets(
        "bus lanes against the one-way",
        "Key:busway",
        {
            f"{ONE_WAY}, busway=opposite_lane": (STREET, SHUT | BUS),
            f"{ONE_WAY}, busway:left=opposite": (STREET, SHUT | BUS),
            f"{ONE_WAY}, busway:right=opposite_lane": (STREET, SHUT | BUS),
            f"{ONE_WAY}, busway:both=opposite_lane": (STREET, SHUT | BUS),
            f"{ONE_WAY}, busway=lane": (STREET, SHUT),
            f"{ONE_WAY}, busway=opposite_lane, oneway:bus=yes": (STREET, SHUT),
        },
    ),
    streets(
        "bus lanes counted against the one-way",
        "Key:lanes:psv",
        {
            f"{ONE_WAY}, lanes:psv:backward=1": (STREET, SHUT | BUS),
            f"{ONE_WAY}, lanes:bus:backward=2": (STREET, SHUT | BUS),
            f"{ONE_WAY}, lanes:psv:backward=0": (STREET, SHUT),
            f"{ONE_WAY}, lanes:psv:forward=1": (STREET, SHUT),
            "highway=residential, oneway=-1, lanes:psv:forward=1": (SHUT | BUS, STREET),
            "highway=residential, oneway=-1, lanes:psv:backward=1": (SHUT, STREET),
        },
    ),
    streets(
        "one-way but for other classes",
        "Key:oneway",
        {
            f"{ONE_WAY}, oneway:emergency=no": (STREET, SHUT | EMERGENCY),
            f"{ONE_WAY}, oneway:hgv=no": (STREET, SHUT | HEAVY),
            f"{ONE_WAY}, oneway:motor_vehicle=no": (STREET, SHUT | MOTOR),
            f"{ONE_WAY}, oneway:vehicle=no": (STREET, SHUT | WHEELS),
            f"{ONE_WAY}, oneway:motor_vehicle=no, oneway:motorcar=yes": (STREET, SHUT | HEAVY | BUS | EMERGENCY),
            "highway=residential, oneway:hgv=yes": (STREET, STREET & ~HEAVY),
            f"{ONE_WAY}, oneway:bicycle=perhaps": (STREET, SHUT),
        },
    ),
    streets(
        "a class's own key opens the direction against a one-way to it",
        "Forward & backward, left & right",
        {
            f"{ONE_WAY}, bus:backward=yes": (STREET, SHUT | BUS),
            f"{ONE_WAY}, psv:backward=designated": (STREET, SHUT | BUS),
            f"{ONE_WAY}, bicycle:backward=yes": (STREET, SHUT | BICYCLE),
            f"{ONE_WAY}, motor_vehicle:backward=destination": (STREET, SHUT | MOTOR),
            f"{ONE_WAY}, motor_vehicle:backward=yes, hgv:backward=no": (STREET, SHUT | MOTOR & ~HEAVY),
            f"{ONE_WAY}, motor_vehicle:backward=psv": (STREET, SHUT | BUS),
            "highway=residential, oneway=-1, bicycle:forward=yes": (SHUT | BICYCLE, STREET),
            "highway=tertiary, junction=roundabout, psv:backward=yes": (STREET, SHUT | BUS),
            f"{ONE_WAY}, access=no, emergency:backward=yes": (PHYSICAL, EMERGENCY | PHYSICAL),
        },
        limited={"G-H": MOTOR},
    ),
    streets(
        "other access tags open nothing against a one-way",
        "Key:access",
        {
            f"{ONE_WAY}, bus=yes, bicycle=designated": (STREET, SHUT),
            f"{ONE_WAY}, vehicle:backward=yes": (STREET, SHUT),
            f"{ONE_WAY}, access:backward=yes": (STREET, SHUT),
            f"{ONE_WAY}, bicycle:forward=yes": (STREET, SHUT),
            f"{ONE_WAY}, bicycle:backward=no": (STREET, SHUT),
            f"{ONE_WAY}, bicycle:backward=yes, oneway:bicycle=yes": (STREET, SHUT),
            f"{ONE_WAY}, bus=no, psv:backward=yes": (STREET & ~BUS, SHUT),
            f"{ONE_WAY}, bus=no, bicycle:forward=no": (STREET & ~(BUS | BICYCLE), SHUT),
            "highway=residential, oneway=-1, access=no, vehicle:backward=yes": (PHYSICAL, WHEELS | PHYSICAL),
        },
    ),
    streets(
        "steps and paths with a direction",
        "Key:oneway",
        {
            "highway=steps, oneway=yes": FOOT,
            "highway=path, oneway=yes": (FOOT | BICYCLE | PHYSICAL, SHUT),
            "highway=cycleway, oneway=yes, width=1": (FOOT | BICYCLE, FOOT),
            "highway=service, oneway=yes, width=1": (ALL, FOOT),
        },
    ),
)
