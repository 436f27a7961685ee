"""Keys and values of the rule book (`docs/osm-tags.md`), for tags that reach the rules."""

from __future__ import annotations

import random

from tests.fuzz.spoiling import odd_text


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


HIGHWAYS = _words(
    "motorway motorway_link trunk trunk_link primary primary_link secondary secondary_link tertiary tertiary_link "
    "unclassified residential living_street service road track busway bus_guideway pedestrian footway path cycleway "
    "bridleway steps corridor platform proposed construction abandoned planned razed disused raceway elevator "
    "rest_area services bus_stop no via_ferrata escape"
)
BARRIERS = _words(
    "cattle_grid toll_booth border_control kerb entrance sally_port bump_gate coupure no height_restrictor gate "
    "lift_gate swing_gate sliding_gate sliding_beam hampshire_gate yes chain rope bar bus_trap sump_buster bollard "
    "planter block jersey_barrier log debris boulder tank_trap cycle_barrier motorcycle_barrier kissing_gate stile "
    "turnstile full-height_turnstile wicket_gate horse_stile fence wall retaining_wall city_wall hedge ditch "
    "guard_rail cable_barrier"
)
ACCESS_KEYS = _words("access vehicle motor_vehicle motorcar hgv bus psv emergency bicycle foot")
ACCESS = _words(
    "yes permissive designated official public discouraged destination customers delivery private permit residents no "
    "agricultural forestry use_sidepath dismount military emergency psv bus unknown"
)
ONE_WAY = _words("yes true 1 -1 reverse no false 0 reversible alternating")
ONE_WAY_KEYS = _words(
    "oneway oneway:motorcar oneway:motor_vehicle oneway:vehicle oneway:hgv oneway:bus oneway:psv oneway:emergency "
    "oneway:bicycle oneway:foot"
)
RESTRICTIONS = _words(
    "no_left_turn no_right_turn no_straight_on no_u_turn only_left_turn only_right_turn only_straight_on only_u_turn "
    "no_entry no_exit"
)
MODES = _words("hgv motorcar bus psv emergency bicycle motor_vehicle vehicle")
NAME_KEYS = _words(
    "name ref alt_name old_name official_name loc_name short_name name:left name:right name:pt name:zh-Hant"
)
TIME_KEYS = _words("day_on day_off hour_on hour_off date_on date_off")
OPPOSITE = _words("opposite opposite_lane opposite_track opposite_share_busway lane")
COUNTS = ("0", "1", "2", "3", "255", "256", "2.0")
WIDTHS = ("2", "2.5", "1.59", "1.6", "1.8 m", "2.5m", "6'7\"", "6'", "narrow")
YES_NO = ("yes", "no")
AT_TIMES = ("no @ (Mo-Fr 07:00-09:00)", "yes @ wet")

VALUES: dict[str, tuple[str, ...]] = {
    "highway": HIGHWAYS,
    "barrier": BARRIERS,
    "type": ("restriction", "multipolygon", "route"),
    **dict.fromkeys(ACCESS_KEYS, ACCESS),
    **dict.fromkeys((f"{key}:{way}" for key in ACCESS_KEYS for way in ("forward", "backward")), ACCESS),
    **dict.fromkeys((f"{key}:conditional" for key in (*ACCESS_KEYS, "oneway", "maxspeed", "restriction")), AT_TIMES),
    **dict.fromkeys(ONE_WAY_KEYS, ONE_WAY),
    "junction": ("roundabout", "circular", "yes"),
    **dict.fromkeys(_words("cycleway cycleway:left cycleway:right cycleway:both"), OPPOSITE),
    **dict.fromkeys(_words("cycleway:left:oneway cycleway:right:oneway cycleway:both:oneway"), ONE_WAY),
    **dict.fromkeys(_words("busway busway:left busway:right busway:both"), OPPOSITE),
    **dict.fromkeys(_words("lanes:psv:forward lanes:psv:backward lanes:bus:forward lanes:bus:backward"), COUNTS),
    **dict.fromkeys(_words("lanes lanes:forward lanes:backward"), COUNTS),
    "layer": ("-1", "0", "1", "-128", "127", "200", "1;2"),
    "maxspeed": ("50", "30 mph", "10 knots", "walk", "none", "999999"),
    **dict.fromkeys(_words("width est_width maxwidth maxwidth:physical"), WIDTHS),
    **dict.fromkeys(_words("maxweight maxheight"), ("3.5", "7.5 t", "2.1", "default")),
    "bridge": ("yes", "no", "viaduct"),
    "tunnel": ("yes", "no", "building_passage"),
    "footway": _words("sidewalk crossing traffic_island link access_aisle"),
    "service": ("emergency_access", "parking_aisle"),
    "conveying": ("yes", "no", "forward"),
    "sac_scale": ("hiking",),
    "smoothness": ("impassable", "good"),
    **dict.fromkeys(_words("motorroad indoor area locked"), YES_NO),
    "bollard": _words("removable rising foldable flexible"),
    "restriction": RESTRICTIONS,
    **dict.fromkeys((f"restriction:{mode}" for mode in MODES), RESTRICTIONS),
    "except": (*MODES, "bus;psv"),
    **dict.fromkeys(TIME_KEYS, ("Monday", "07:00")),
    **dict.fromkeys(NAME_KEYS, ("Main Street", "main street", "Rua Formosa", "A1", "A;B", "Straße")),
    "addr:housenumber": ("1", "12a", "3-7", "1;3;5"),
    **dict.fromkeys(_words("addr:street addr:place"), ("Main Street", "MAIN STREET", "Rua Formosa", "Elsewhere")),
    "amenity": _words(
        "school kindergarten university college hospital clinic fire_station police courthouse nursing_home "
        "bus_station ferry_terminal townhall prison place_of_worship theatre marketplace library casino"
    ),
    "emergency": (*ACCESS, "ambulance_station"),
    "social_facility": _words("nursing_home assisted_living group_home"),
    "railway": _words("station halt tram_stop level_crossing tram_level_crossing"),
    "public_transport": ("station", "platform"),
    "government": ("parliament",),
    "tourism": ("attraction", "museum"),
    "historic": _words("castle monument memorial"),
    "leisure": _words("park stadium garden"),
    "place": ("square",),
    "building": ("yes", "no", "church"),
}
"""What may stand behind each key."""

KEYS = tuple(VALUES)


def draw_key(random_: random.Random) -> str:
    """A key of the rule book; seldom another."""
    return random_.choice(KEYS) if random_.random() < 0.95 else odd_text(random_)


def draw_value(key: str, random_: random.Random) -> str:
    """A value of this key; or of another, written oddly, two in one, or absurd."""
    kind = random_.random()
    if kind < 0.6 and key in VALUES:
        return random_.choice(VALUES[key])
    value = random_.choice(VALUES[random_.choice(KEYS)])
    if kind < 0.7:
        return value
    if kind < 0.78:
        return f"{value};{random_.choice(VALUES.get(key, YES_NO))}"
    if kind < 0.84:
        return random_.choice((value.upper(), f" {value} ", f"{value};", f"{value}\u202e"))
    return odd_text(random_)


def draw_tags(random_: random.Random, most: int, *needed: str) -> dict[str, str]:
    """Tags with the keys that are needed, and up to `most` others."""
    keys = [*needed, *(draw_key(random_) for _ in range(random_.randrange(most + 1)))]
    return {key: draw_value(key, random_) for key in keys}
