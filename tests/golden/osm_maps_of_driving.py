"""Micro-maps of what could be driven at all, whoever may."""

from ringfence.base.traffic import PHYSICAL
from tests.golden.osm_drawing import ALL, BICYCLE, EMERGENCY, FOOT, STREET, OsmMap, Way, streets

PHYSICALLY = (
    streets(
        "footways can be driven, unless they belong to the street beside them",
        "Tag:highway=footway",
        {
            "highway=footway": FOOT | PHYSICAL,
            "highway=footway, footway=alley": FOOT | PHYSICAL,
            "highway=footway, footway=sidewalk": FOOT,
            "highway=footway, footway=traffic_island": FOOT,
            "highway=footway, footway=access_aisle": FOOT,
            "highway=footway, footway=crossing": FOOT | PHYSICAL,
            "highway=footway, footway=link": FOOT | PHYSICAL,
        },
    ),
    streets(
        "paths and cycleways that belong to the street beside them, by the key of their own name",
        "Key:path",
        {
            "highway=path, path=sidewalk": FOOT | BICYCLE,
            "highway=path, path=traffic_island": FOOT | BICYCLE,
            "highway=path, path=access_aisle": FOOT | BICYCLE,
            "highway=path, path=crossing": FOOT | BICYCLE | PHYSICAL,
            "highway=cycleway, cycleway=sidewalk": FOOT | BICYCLE,
            "highway=cycleway, cycleway=traffic_island": FOOT | BICYCLE,
            "highway=cycleway, cycleway=access_aisle": FOOT | BICYCLE,
            "highway=cycleway, cycleway=crossing": FOOT | BICYCLE | PHYSICAL,
            "highway=cycleway, cycleway=link": FOOT | BICYCLE | PHYSICAL,
            "highway=path, footway=sidewalk": FOOT | BICYCLE | PHYSICAL,
            "highway=cycleway, path=sidewalk": FOOT | BICYCLE | PHYSICAL,
            "highway=residential, cycleway=sidewalk": STREET,
        },
    ),
    OsmMap(
        "paths on both sides of a street hang on its crossing",
        "Tag:footway=crossing",
        (
            Way("AB", "highway=path"),
            Way("BCD", "highway=footway, footway=crossing"),
            Way("DE", "highway=path"),
            Way("FC", "highway=residential"),
        ),
        {
            "A-B": FOOT | BICYCLE | PHYSICAL,
            "B-C": FOOT | PHYSICAL,
            "C-D": FOOT | PHYSICAL,
            "D-E": FOOT | BICYCLE | PHYSICAL,
            "F-C": STREET,
        },
        {"A>B>C>D>E": FOOT | PHYSICAL, "F>C>D>E": FOOT | PHYSICAL},
    ),
    streets(
        "narrow ways can't be driven",
        "Key:width",
        {
            "highway=path, width=1.2": FOOT | BICYCLE,
            "highway=footway, width=1.6": FOOT | PHYSICAL,
            "highway=cycleway, width=1.5 m": FOOT | BICYCLE,
            "highway=bridleway, width=1.5m": FOOT,
            "highway=pedestrian, maxwidth=1": FOOT | EMERGENCY,
            "highway=track, maxwidth:physical=1.4": ALL,
            "highway=service, width=5'": ALL,
            "highway=service, width=5'2\"": ALL,
            "highway=service, width=6'7\"": STREET,
            "highway=service, est_width=1.5": ALL,
        },
    ),
    streets(
        "which width counts",
        "Key:maxwidth",
        {
            "highway=path, maxwidth:physical=2, maxwidth=1, width=1": FOOT | BICYCLE | PHYSICAL,
            "highway=path, maxwidth=1, width=3": FOOT | BICYCLE,
            "highway=path, width=3, est_width=1": FOOT | BICYCLE | PHYSICAL,
            "highway=path, width=narrow, est_width=1": FOOT | BICYCLE,
            "highway=path, width=narrow": FOOT | BICYCLE | PHYSICAL,
            "highway=residential, width=1": STREET,
        },
    ),
    streets(
        "indoors, conveyed, or not passable",
        "Key:smoothness",
        {
            "highway=footway, indoor=yes": FOOT,
            "highway=footway, conveying=yes": FOOT,
            "highway=footway, conveying=no": FOOT | PHYSICAL,
            "highway=track, smoothness=impassable": ALL,
            "highway=track, smoothness=horrible": STREET,
        },
    ),
    streets(
        "steep paths are for mountain hikers, others are ordinary",
        "Key:sac scale",
        {
            "highway=path, sac_scale=strolling": FOOT | BICYCLE | PHYSICAL,
            "highway=path, sac_scale=hiking": FOOT | BICYCLE | PHYSICAL,
            "highway=path, sac_scale=mountain_hiking": FOOT | BICYCLE,
            "highway=footway, sac_scale=demanding_mountain_hiking": FOOT,
            "highway=bridleway, sac_scale=alpine_hiking": FOOT,
            "highway=track, sac_scale=demanding_alpine_hiking": ALL,
            "highway=path, sac_scale=difficult_alpine_hiking": FOOT | BICYCLE,
            "highway=path, sac_scale=yes": FOOT | BICYCLE | PHYSICAL,
            "highway=service, sac_scale=mountain_hiking": STREET,
            "highway=cycleway, sac_scale=mountain_hiking": FOOT | BICYCLE | PHYSICAL,
        },
    ),
)
