"""What a street's class says where nothing better is known: how many lanes it has, and what it means to traffic."""

from __future__ import annotations

USUAL_LANES = {
    "motorway": 2,
    "trunk": 2,
    "primary": 2,
    "secondary": 2,
    "tertiary": 2,
    "unclassified": 2,
    "residential": 2,
    "street": 2,
}
"""Lanes of a street of which neither width nor lanes are known (OpenStreetMap wiki, Key:lanes); any other has 1."""

IMPORTANCE = {
    "motorway": 32,
    "trunk": 24,
    "motorway_link": 16,
    "primary": 16,
    "trunk_link": 12,
    "secondary": 8,
    "primary_link": 8,
    "busway": 8,
    "tertiary": 4,
    "secondary_link": 4,
    "unclassified": 2,
    "tertiary_link": 2,
    "street": 2,
    "residential": 1,
    "living_street": 1,
}
"""What closing a street of each class means to through traffic; any other class means 0.

A house rule without a source, and one scale of street classes: it knows of no bus route and no way of an ambulance.
From motorway to primary a class counts 8 less than the one above it, from there down half of it; a slip road counts
half of its road.
"""
