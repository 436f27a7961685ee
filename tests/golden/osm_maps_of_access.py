"""Micro-maps of who may use a way by its kind and its access tags."""

from ringfence.base.traffic import PHYSICAL
from tests.golden.osm_drawing import (
    ALL,
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
    Way,
    streets,
)

KINDS = (
    streets(
        "everybody may use ordinary streets",
        "Key:highway",
        {
            "highway=trunk": STREET,
            "highway=primary": STREET,
            "highway=secondary": STREET,
            "highway=tertiary": STREET,
            "highway=unclassified": STREET,
            "highway=residential": STREET,
            "highway=living_street": STREET,
            "highway=service": STREET,
            "highway=road": STREET,
            "highway=track": STREET,
        },
    ),
    streets(
        "links are like the roads that they join",
        "Highway link",
        {
            "highway=trunk_link": STREET,
            "highway=primary_link": STREET,
            "highway=secondary_link": STREET,
            "highway=tertiary_link": STREET,
        },
    ),
    streets(
        "motorways are for motor vehicles and one-way unless they say otherwise",
        "Tag:highway=motorway",
        {"highway=motorway": (MOTOR | PHYSICAL, PHYSICAL), "highway=motorway, oneway=no": MOTOR | PHYSICAL},
    ),
    streets(
        "motorway links are two-way unless they say otherwise",
        "Tag:highway=motorway link",
        {
            "highway=motorway_link": MOTOR | PHYSICAL,
            "highway=motorway_link, oneway=yes": (MOTOR | PHYSICAL, PHYSICAL),
        },
    ),
    streets(
        "motorroads are shut to bicycles and feet, unless opened",
        "Key:motorroad",
        {
            "highway=trunk, motorroad=yes": MOTOR | PHYSICAL,
            "highway=trunk, motorroad=no": STREET,
            "highway=trunk, motorroad=yes, bicycle=yes": WHEELS | PHYSICAL,
        },
    ),
    streets(
        "busways, and guideways that only buses can drive",
        "Tag:highway=busway",
        {"highway=busway": BUS | EMERGENCY | PHYSICAL, "highway=bus_guideway": BUS},
    ),
    streets(
        "pedestrian streets are for people on foot and emergencies",
        "Tag:highway=pedestrian",
        {
            "highway=pedestrian": FOOT | EMERGENCY | PHYSICAL,
            "highway=pedestrian, bicycle=yes": STREET & ~(CAR | HEAVY | BUS),
        },
    ),
    streets(
        "paths, cycleways and bridleways",
        "Tag:highway=path",
        {
            "highway=path": FOOT | BICYCLE | PHYSICAL,
            "highway=cycleway": FOOT | BICYCLE | PHYSICAL,
            "highway=bridleway": FOOT | PHYSICAL,
            "highway=bridleway, bicycle=yes": FOOT | BICYCLE | PHYSICAL,
        },
    ),
    streets(
        "nobody drives on steps, corridors and platforms, whoever may",
        "Tag:highway=steps",
        {
            "highway=steps": FOOT,
            "highway=steps, bicycle=yes": FOOT | BICYCLE,
            "highway=steps, conveying=forward": FOOT,
            "highway=corridor, indoor=yes": FOOT,
            "highway=platform": FOOT,
        },
    ),
    streets(
        "emergency access roads",
        "Tag:service=emergency access",
        {
            "highway=service, service=emergency_access": EMERGENCY | FOOT | PHYSICAL,
            "highway=service, service=emergency_access, bicycle=yes": EMERGENCY | FOOT | BICYCLE | PHYSICAL,
            "highway=service, service=alley": STREET,
        },
    ),
    streets(
        "what is no street in use",
        "Key:highway",
        {
            "highway=residential": STREET,
            **dict.fromkeys(
                (
                    *(f"highway={value}" for value in ("proposed", "construction", "abandoned", "planned", "razed")),
                    *(f"highway={value}" for value in ("disused", "raceway", "elevator", "rest_area", "services")),
                    *(f"highway={value}" for value in ("bus_stop", "no", "via_ferrata", "wishing_well")),
                    "highway=construction, construction=residential, access=yes",
                    "railway=tram",
                    "highway=footway, footway=sidewalk, foot=no",
                ),
                0,
            ),
        },
    ),
    OsmMap(
        "a ferry joins nothing",
        "Tag:route=ferry",
        (
            Way("AB", "highway=residential"),
            Way("BC", "route=ferry, motor_vehicle=yes, foot=yes"),
            Way("CD", "highway=residential"),
        ),
        {"A-B": STREET, "C-D": STREET},
    ),
    OsmMap(
        "values are compared in small letters and without space around them",
        "Any tags you like",
        (Way("AB", "highway= Residential , motor_vehicle=NO , bicycle=Yes"),),
        {"A-B": FOOT | BICYCLE | PHYSICAL},
    ),
)

ACCESS = (
    streets(
        "access for nobody, and who is let in all the same",
        "Key:access",
        {
            "highway=residential, access=no": PHYSICAL,
            "highway=residential, access=no, foot=yes": FOOT | PHYSICAL,
            "highway=residential, access=no, bus=yes": BUS | PHYSICAL,
            "highway=residential, access=no, emergency=yes": EMERGENCY | PHYSICAL,
        },
    ),
    streets(
        "the most specific key decides",
        "Key:access",
        {
            "highway=residential, access=no, motor_vehicle=yes, motorcar=no": HEAVY | BUS | EMERGENCY | PHYSICAL,
            "highway=residential, vehicle=no": FOOT | PHYSICAL,
            "highway=residential, vehicle=no, motor_vehicle=yes": MOTOR | FOOT | PHYSICAL,
            "highway=residential, motor_vehicle=no": BICYCLE | FOOT | PHYSICAL,
            "highway=residential, motorcar=no": STREET & ~CAR,
        },
    ),
    streets(
        "what is open without more ado",
        "Key:access",
        {
            f"highway=residential, access=no, motorcar={value}": CAR | PHYSICAL
            for value in ("yes", "permissive", "designated", "official", "public", "discouraged")
        },
    ),
    streets(
        "private streets are for emergencies, with a reason",
        "Tag:access=private",
        {
            "highway=service, access=private": EMERGENCY | PHYSICAL,
            "highway=service, access=permit": EMERGENCY | PHYSICAL,
            "highway=service, access=residents": EMERGENCY | PHYSICAL,
            "highway=service, motor_vehicle=private": EMERGENCY | BICYCLE | FOOT | PHYSICAL,
        },
        limited={"A-B": EMERGENCY, "C-D": EMERGENCY, "E-F": EMERGENCY, "G-H": EMERGENCY},
    ),
    streets(
        "whoever has a destination, a purchase or a parcel there",
        "Tag:access=destination",
        {
            "highway=residential, access=destination": STREET,
            "highway=residential, motor_vehicle=customers": STREET,
            "highway=residential, vehicle=no, hgv=delivery": HEAVY | FOOT | PHYSICAL,
        },
        limited={"A-B": ALL, "C-D": MOTOR, "E-F": HEAVY},
    ),
    streets(
        "for farm, forest and army only",
        "Key:access",
        {
            "highway=track, motor_vehicle=agricultural": BICYCLE | FOOT | PHYSICAL,
            "highway=track, vehicle=forestry": FOOT | PHYSICAL,
            "highway=track, access=military": PHYSICAL,
        },
    ),
    streets(
        "lorries apart from the rest",
        "Key:hgv",
        {
            "highway=residential, hgv=no": STREET & ~HEAVY,
            "highway=residential, motor_vehicle=no, hgv=designated": HEAVY | BICYCLE | FOOT | PHYSICAL,
        },
    ),
    streets(
        "buses apart from the rest",
        "Key:psv",
        {
            "highway=residential, motor_vehicle=no, psv=yes": BUS | BICYCLE | FOOT | PHYSICAL,
            "highway=residential, psv=yes, bus=no": STREET & ~BUS,
            "highway=residential, psv=no, bus=yes": STREET,
            "highway=residential, motor_vehicle=psv": BUS | BICYCLE | FOOT | PHYSICAL,
            "highway=residential, access=bus": BUS | PHYSICAL,
        },
    ),
    streets(
        "emergency vehicles apart from the rest",
        "Key:emergency",
        {
            "highway=residential, emergency=no": STREET & ~EMERGENCY,
            "highway=footway, emergency=yes": FOOT | EMERGENCY | PHYSICAL,
            "highway=residential, vehicle=emergency": EMERGENCY | FOOT | PHYSICAL,
            "highway=residential, access=emergency": EMERGENCY | PHYSICAL,
        },
    ),
    streets(
        "ways opened to those who may not use them by default",
        "OSM tags for routing/Access restrictions",
        {
            "highway=footway, bicycle=yes": FOOT | BICYCLE | PHYSICAL,
            "highway=cycleway, motor_vehicle=destination": STREET,
            "highway=motorway, oneway=no, foot=yes": MOTOR | FOOT | PHYSICAL,
            "highway=pedestrian, hgv=delivery": FOOT | EMERGENCY | HEAVY | PHYSICAL,
        },
        limited={"C-D": MOTOR, "G-H": HEAVY},
    ),
    streets(
        "a footway open to all is no road for cars",
        "OSM tags for routing/Access restrictions",
        {
            "highway=footway, access=yes": FOOT | PHYSICAL,
            "highway=path, access=destination": FOOT | BICYCLE | PHYSICAL,
            "highway=steps, access=private": 0,
            "highway=footway, access=private": PHYSICAL,
            "highway=pedestrian, access=private": EMERGENCY | PHYSICAL,
            "highway=footway, access=no, vehicle=yes": WHEELS | PHYSICAL,
        },
        limited={"C-D": FOOT | BICYCLE, "I-J": EMERGENCY},
    ),
    streets(
        "bicycles sent to the path beside, or pushed",
        "Tag:bicycle=use sidepath",
        {
            "highway=primary, bicycle=use_sidepath": STREET & ~BICYCLE,
            "highway=path, bicycle=dismount": FOOT | PHYSICAL,
            "highway=trunk, foot=no": STREET & ~FOOT,
        },
    ),
    streets(
        "a value that nobody can read is passed over",
        "Key:access",
        {
            "highway=residential, access=no, motorcar=perhaps": PHYSICAL,
            "highway=residential, motor_vehicle=unknown": STREET,
            "highway=footway, access=unknown": FOOT | PHYSICAL,
        },
    ),
    streets(
        "several values: one that opens is enough",
        "Semi-colon value separator",
        {
            "highway=residential, access=private;destination": STREET,
            "highway=residential, motor_vehicle=agricultural;forestry": BICYCLE | FOOT | PHYSICAL,
            "highway=residential, access=no; bus": BUS | PHYSICAL,
            "highway=residential, motor_vehicle=unknown;no": BICYCLE | FOOT | PHYSICAL,
        },
        limited={"A-B": ALL},
    ),
    streets(
        "access in one direction",
        "Forward & backward, left & right",
        {
            "highway=residential, motor_vehicle:backward=no": (STREET, BICYCLE | FOOT | PHYSICAL),
            "highway=residential, vehicle=no, vehicle:forward=yes": (STREET, FOOT | PHYSICAL),
            "highway=residential, motorcar=yes, motor_vehicle:backward=no": (STREET, CAR | BICYCLE | FOOT | PHYSICAL),
            "highway=residential, access=no, foot:forward=yes": (FOOT | PHYSICAL, PHYSICAL),
        },
    ),
    streets(
        "tags that hold only at times are kept and not applied",
        "Conditional restrictions",
        {
            "highway=residential, hgv:conditional=no @ (22:00-06:00)": STREET,
            "highway=residential, oneway:conditional=yes @ (Sa,Su)": STREET,
            "highway=residential, access:conditional=no @ (school_days)": STREET,
            "highway=residential, maxspeed:conditional=30 @ (wet)": STREET,
        },
        conditions=frozenset(
            {
                ("A-B", "hgv:conditional=no @ (22:00-06:00)"),
                ("C-D", "oneway:conditional=yes @ (Sa,Su)"),
                ("E-F", "access:conditional=no @ (school_days)"),
                ("G-H", "maxspeed:conditional=30 @ (wet)"),
            }
        ),
    ),
)
