"""Maps spoiled as no container and no compression hides it: ids, positions, references, tags, members, order."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

from tests.fuzz.osm_drawing import Drawing, Node, Way
from tests.fuzz.osm_words import draw_key, draw_value
from tests.fuzz.spoiling import odd_text, whole_number

E7_MAX = 2**31 - 2
"""Positions have 32 bits in osmium; the last value stands for none."""

ROLES = ("from", "via", "to", "outer", "inner", "", "location_hint", "FROM", " via ")
MANY = 70
"""More than the importer follows in one place."""

Objects = list[Any]


def spoil_map(drawing: Drawing, random_: random.Random) -> Drawing:
    """The map with one to five things changed; it is changed in place."""
    for _ in range(random_.randint(1, 5)):
        random_.choice(_WAYS_TO_SPOIL)(drawing, random_)
    return drawing


def _some_list(drawing: Drawing, random_: random.Random) -> Objects:
    lists: list[Objects] = [drawing.nodes, drawing.ways, drawing.ways, drawing.relations]
    return random_.choice([one for one in lists if one] or [drawing.nodes])


def _tags(drawing: Drawing, random_: random.Random) -> None:
    objects = _some_list(drawing, random_)
    if not objects:
        return
    tags: dict[str, str] = random_.choice(objects).tags
    kind = random_.randrange(5)
    if kind == 0 and tags:
        del tags[random_.choice(list(tags))]
    elif kind <= 2 and tags:
        key = random_.choice(list(tags))
        tags[key] = draw_value(key, random_)
    elif kind == 3 and random_.random() < 0.02:
        tags.update({f"name:a{chr(97 + ix % 26)}{chr(97 + ix // 26)}": odd_text(random_) for ix in range(MANY)})
    else:
        key = draw_key(random_)
        tags[key] = draw_value(key, random_)


def _id(drawing: Drawing, random_: random.Random) -> None:
    objects = _some_list(drawing, random_)
    if objects:
        ix = random_.randrange(len(objects))
        number = random_.choice(objects).id if random_.random() < 0.5 else whole_number(random_)
        objects[ix] = objects[ix]._replace(id=number)


def _position(drawing: Drawing, random_: random.Random) -> None:
    if not drawing.nodes:
        return
    ix = random_.randrange(len(drawing.nodes))
    node, other = drawing.nodes[ix], random_.choice(drawing.nodes)
    kind = random_.randrange(6)
    e7 = other.e7 or (0, 0)
    if kind == 0:
        moved = None
    elif kind == 1:
        moved = (random_.randint(-E7_MAX, E7_MAX), random_.randint(-E7_MAX, E7_MAX))
    elif kind == 2:
        moved = (random_.choice((-1, 1)) * 1_800_000_000, random_.choice((-1, 0, 1)) * 900_000_000)
    elif kind == 3:
        moved = (e7[0] + random_.randint(-1, 1), e7[1] + random_.randint(-1, 1))
    elif kind == 4:
        moved = (random_.randint(-1_800_000_001, 1_800_000_001), random_.randint(-900_000_001, 900_000_001))
    else:
        moved = e7
    drawing.nodes[ix] = node._replace(e7=moved)


def _refs(drawing: Drawing, random_: random.Random) -> None:
    if not drawing.ways:
        return
    refs = random_.choice(drawing.ways).refs
    kind = random_.randrange(7)
    at = random_.randrange(len(refs) + 1)
    if kind == 0:
        refs.insert(at, whole_number(random_))
    elif kind == 1:
        refs[at : at + random_.randint(1, 4)] = []
    elif kind == 2 and drawing.nodes:
        refs.insert(at, random_.choice(drawing.nodes).id)
    elif kind == 3:
        refs.reverse()
    elif kind == 4 and len(refs) < MANY:
        refs += refs[:: random_.choice((-1, 1))]
    elif kind == 5 and refs:
        refs.append(refs[0])
    elif random_.random() < 0.05:
        refs += [random_.randint(1, 4) for _ in range(MANY)]


def _members(drawing: Drawing, random_: random.Random) -> None:
    if not drawing.relations:
        return
    members = random_.choice(drawing.relations).members
    kind = random_.randrange(6)
    at = random_.randrange(len(members) + 1)
    known = random_.choice(_some_list(drawing, random_) or [Node(1, {}, None)]).id
    if kind == 0:
        members.insert(at, (random_.choice("nwr"), known, random_.choice(ROLES)))
    elif kind == 1:
        members[at : at + 1] = []
    elif kind == 2 and at < len(members):
        members[at] = (members[at][0], members[at][1], random_.choice((*ROLES, odd_text(random_))))
    elif kind == 3 and at < len(members):
        members[at] = (random_.choice("nwr"), random_.choice((known, whole_number(random_))), members[at][2])
    elif kind == 4:
        random_.shuffle(members)
    elif random_.random() < 0.05:
        members += [("w", random_.randint(1, 5), random_.choice(ROLES)) for _ in range(MANY)]


def _again(drawing: Drawing, random_: random.Random) -> None:
    """An object twice, with tags and nodes of its own, so that the two may come to differ."""
    objects = _some_list(drawing, random_)
    if objects and len(objects) < MANY:
        objects.insert(random_.randrange(len(objects) + 1), copy.deepcopy(random_.choice(objects)))


def _gone(drawing: Drawing, random_: random.Random) -> None:
    objects = _some_list(drawing, random_)
    if objects:
        del objects[random_.randrange(len(objects))]


def _order(drawing: Drawing, random_: random.Random) -> None:
    random_.shuffle(_some_list(drawing, random_))


def _star(drawing: Drawing, random_: random.Random) -> None:
    """Very many streets at one node."""
    if drawing.ways and random_.random() < 0.02:
        one = random_.choice(drawing.ways)
        drawing.ways += [Way(1000 + ix, one.tags, list(one.refs)) for ix in range(MANY)]


_WAYS_TO_SPOIL: tuple[Callable[[Drawing, random.Random], None], ...] = (
    _tags, _tags, _tags, _tags, _id, _position, _refs, _members, _again, _gone, _order, _star,
)  # fmt: skip
