"""What a plan counts: what it has to spend, and what it costs the city."""

from __future__ import annotations

from enum import StrEnum


class Measure(StrEnum):
    """What a plan has to spend: each arm counts one, or its blocks, its staff, or what the street means to traffic.

    By importance an arm counts at least 1; what a plan says of `through` traffic is the importance as it is.
    """

    ARMS = "arms"
    BLOCKS = "blocks"
    STAFF = "staff"
    IMPORTANCE = "importance"


class Burden(StrEnum):
    """What a cordon costs the city: addresses or metres of street enclosed, importance of the streets closed."""

    ADDRESSES = "addresses"
    STREET = "street"
    THROUGH = "through"
