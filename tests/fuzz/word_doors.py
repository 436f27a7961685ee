"""Words that a person types: places, and the options of the command line."""

from __future__ import annotations

import math
import random
from pathlib import Path

from ringfence.cli.network import read_edge, read_metres
from ringfence.generator.city import generate_city
from ringfence.places import find_in_city
from tests.fuzz.door import Outcome, Trial, answer
from tests.fuzz.spoiling import FIGURES, odd_text

LINKS = (
    "near", "nr", "at", "by", "beside", "opposite", "outside", "in front of", "rear of", "back of", "behind",
    "bottom of", "top of", "between", "from", "on", "along", "in", "and", "with", "meets", "to", "x", "/", "corner of",
    "corner", "cnr", "intersection of", "junction of", "end of", "end", ",", "street", "st", "streets", "road", "rua",
    "&", "-", "(", ")", ".", ";", "'", "the", "de", "da",
)  # fmt: skip
"""What stands between names."""


def open_places(_folder: Path) -> Trial:
    """Words about a made-up city: names that it has, names bent a little, links in any order, and noise."""
    city = generate_city(1_000, seed=4)
    names = (*city.name[:], *filter(None, city.site_name))
    numbers = tuple(dict.fromkeys(city.address_number[:200]))

    def draw_word(random_: random.Random) -> str:
        kind = random_.randrange(10)
        if kind <= 3:
            return random_.choice(names)
        if kind <= 6:
            return random_.choice(LINKS)
        if kind == 7:
            return _bent(random_.choice(names), random_)
        return random_.choice((*numbers[:20], odd_text(random_)))

    def trial(random_: random.Random) -> Outcome:
        if random_.random() < 0.1:
            words = f"{random_.choice(FIGURES)}{random_.choice((',', ' , ', ';', ' '))}{random_.choice(FIGURES)}"
        elif random_.random() < 0.4:
            words = f" {random_.choice(LINKS)} ".join(
                random_.choice(names) for _ in range(random_.choice((1, 2, 2, 3)))
            )
        else:
            words = random_.choice((" ", " ", " ", "", ", ")).join(
                draw_word(random_) for _ in range(random_.choice((1, 2, 3, 3, 4, 5, 7, 12)))
            )
        near = None
        if random_.random() < 0.3:
            near = (random_.choice((0.0, 0.01, -8.6, 180.0, math.nan)), random_.choice((0.0, 0.0, 41.1, 90.0, -91.0)))

        def read() -> None:
            readings = find_in_city(city, words, near=near)
            assert readings, "no reading and no refusal"
            for one in readings:
                assert -180 <= one.lon <= 180
                assert -90 <= one.lat <= 90
            assert [one.score for one in readings] == sorted((one.score for one in readings), reverse=True)

        return answer(read)

    return trial


def _bent(name: str, random_: random.Random) -> str:
    """A name with a letter dropped, doubled, swapped or strange."""
    at = random_.randrange(len(name) + 1)
    return random_.choice(
        (
            name[:at] + name[at + 1 :],
            name[: at + 1] + name[at:],
            name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
            name[:at] + odd_text(random_)[:3] + name[at:],
            name.upper(),
            name[:at],
        )
    )


def open_options(_folder: Path) -> Trial:
    """Distances and edges, as they are typed behind an option."""

    def trial(random_: random.Random) -> Outcome:
        if random_.random() < 0.5:
            words = random_.choice(("", " ", "+")) + random_.choice(
                (*FIGURES, "800", "1.2", "1234567", odd_text(random_))
            )
            return answer(
                lambda: _check_metres(words + random_.choice(("", "m", "km", " m", "M", "mi", odd_text(random_))))
            )
        numbers = ("-8.7", "41.1", "-8.5", "41.2", "-180", "90", random_.choice(FIGURES), odd_text(random_))
        edge = ",".join(random_.choice(numbers) for _ in range(random_.choice((4, 4, 4, 4, 3, 5, 1))))
        if random_.random() < 0.2:
            edge = f"-8.70,41.10,{random_.choice(numbers)},41.20"
        return answer(lambda: _check_edge(edge))

    return trial


def _check_metres(words: str) -> None:
    metres = read_metres(words, "--radius")
    assert 0 <= metres < 1e10, metres


def _check_edge(words: str) -> None:
    edge = read_edge(words)
    assert edge is not None
    west, south, east, north = edge
    assert -180 <= west < east <= 180
    assert -90 <= south < north <= 90
