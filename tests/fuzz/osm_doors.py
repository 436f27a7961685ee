"""The importer of OpenStreetMap behind the container: tiny maps, and the tags of one object."""

from __future__ import annotations

import random
from pathlib import Path

from ringfence.base.traffic import ALL_CLASSES, PHYSICAL
from ringfence.network import Origin
from ringfence.osm.addresses import address_of
from ringfence.osm.barriers import stopped_by
from ringfence.osm.extract import parse_tags
from ringfence.osm.measures import length_m, speed_kmh, whole
from ringfence.osm.read import NO_EDGE, city_of, read_extract
from ringfence.osm.restrictions import rules_of
from ringfence.osm.sites import site_of
from ringfence.osm.text import CONDITION_LENGTH_MAX, NAME_LENGTH_MAX, names_of
from ringfence.osm.ways import Street, conditions_of, plain, street_of
from tests.fuzz.city_use import use_city
from tests.fuzz.door import Outcome, Trial, answer
from tests.fuzz.osm_drawing import Lines, draw_map
from tests.fuzz.osm_spoiling import spoil_map
from tests.fuzz.osm_words import draw_tags
from tests.fuzz.spoiling import SPLICES, odd_text

LOOKED_AT_CLOSELY = 0.01
EDGES = (NO_EDGE, (-0.01, -0.01, 0.01, 0.01), (179.0, -90.0, 180.0, -89.0))


def open_maps(_folder: Path) -> Trial:
    """Whole maps, read as they come from osmium."""

    def trial(random_: random.Random) -> Outcome:
        source = Lines(spoil_map(draw_map(random_), random_))
        stated = random_.random() < 0.5
        origin = Origin("fuzz", "", "", "", random_.choice(EDGES) if stated else NO_EDGE, edge_stated=stated)

        def read() -> None:
            city = city_of(read_extract(source, _silent), origin, _silent)
            use_city(city, random_, often=LOOKED_AT_CLOSELY)

        return answer(read)

    return trial


def _silent(_doing: str, _done: float) -> None:
    """Progress that nobody asked for."""


def open_tags(_folder: Path) -> Trial:
    """The tags of one object, read as every kind of object."""

    def trial(random_: random.Random) -> Outcome:
        tags = draw_tags(random_, 8, *random_.choice((("highway",), ("barrier",), ("restriction",), ())))
        if "highway" in tags:
            _check_street(street_of(tags))
        stopped = stopped_by(tags)
        assert stopped == stopped & (ALL_CLASSES | PHYSICAL)
        rules = rules_of(plain(tags.items()))
        assert rules, "neither rules nor a reason"
        if not isinstance(rules, str):
            assert all(0 < rule.mask <= ALL_CLASSES for rule in rules)
        name, further = names_of(tags)
        address, site = address_of(tags, (0, 0)), site_of("n", 1, tags, (0, 0))
        kept = [name, *further]
        kept += [address.number, address.street] if address is not None else []
        kept += [site.name] if site is not None else []
        _check_texts(kept, NAME_LENGTH_MAX)
        _check_texts(conditions_of(tags), CONDITION_LENGTH_MAX)
        _check_numbers(odd_text(random_))
        if random_.random() < 0.1:
            parse_tags(f"a=%{odd_text(random_)}%,{random_.choice(SPLICES).decode(errors='replace')}=b")
        return Outcome.ANSWERED

    return trial


def _check_street(street: object) -> None:
    if not isinstance(street, Street):
        return
    for mask in (street.forward, street.backward, street.limited):
        assert 0 <= mask <= ALL_CLASSES
    assert not street.limited & ~(street.forward | street.backward), "limited, but may not"
    assert street.forward or street.backward or street.physical
    assert -128 <= street.layer <= 127
    assert 0 <= street.lanes <= 255
    assert 0 <= street.maxspeed_kmh <= 65535
    assert 0 <= street.width_dm <= 65535


def _check_texts(texts: list[str] | tuple[str, ...], length_max: int) -> None:
    for text in texts:
        assert len(text) <= length_max
        text.encode()
        assert not any(letter in "\x00\x1b\n\u202e\u2066" for letter in text), f"steering left in {text!r}"


def _check_numbers(text: str) -> None:
    assert 0 <= speed_kmh(text) <= 65535
    assert -128 <= whole(text, -128, 127) <= 127
    metres = length_m(text)
    assert metres is None or metres >= 0
