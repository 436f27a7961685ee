"""Whole OpenStreetMap files through osmium: containers, compression, XML. A process each, so there are few of them."""

from __future__ import annotations

import bz2
import gzip
import io
import random
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from itertools import count, islice
from pathlib import Path

import osmium

from ringfence.osm import read_osm
from tests.fuzz.city_use import use_city
from tests.fuzz.door import Outcome, Trial, answer
from tests.fuzz.osm_containers import Block, blocks_of, written
from tests.fuzz.osm_drawing import Node, Relation, Way, as_xml, draw_map
from tests.fuzz.spoiling import SPLICES, odd_text, spoil_bytes, whole_number

BOMBS = (
    # Entities that grow by tens, entities without end, and files from elsewhere.
    "<!DOCTYPE osm [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {chr(98 + ix)} '{f'&{chr(97 + ix)};' * 10}'>" for ix in range(9))
    + "]><osm version='0.6'><way id='1'><tag k='highway' v='&j;'/></way></osm>",
    "<!DOCTYPE osm [<!ENTITY a '&b;'><!ENTITY b '&a;'>]><osm version='0.6'><node id='1' lat='&a;' lon='0'/></osm>",
    "<!DOCTYPE osm [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><osm version='0.6'><node id='1'><tag k='name' v='&a;'/>"
    "</node></osm>",
    "<osm version='0.6'>" + "<way id='1'>" * 20_000,
    "<osm version='0.6'>" + f"<node id='1' {'a' * 1_000_000}='1'/></osm>",
    "<osm version='0.6'><way id='1'>" + "<nd ref='1'/>" * 70_000 + "<tag k='highway' v='road'/></way></osm>",
    "<osm version='0.7'/>",
    "<osmChange version='0.6'><delete><node id='1' version='1'/></delete></osmChange>",
    "<?xml version='1.0' encoding='UTF-16'?><osm version='0.6'/>",
)
BOMB_BYTES = 20_000_000
BOUNDS = "<bounds minlon='-1' minlat='-1' maxlon='1' maxlat='1'/>"
MAPS = 12
TAG_MAX = 255
"""Characters of a key or value, as in OpenStreetMap's own database; osmium reads little more."""

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML file can hold."""


def open_files(folder: Path) -> Trial:
    """Files in all formats, spoiled in the container, in the content, or made up."""
    texts = list(islice(_whole_maps(), MAPS))
    packs = [_pbf(text, folder) for text in texts]

    def trial(random_: random.Random) -> Outcome:
        kind = random_.randrange(8)
        if kind <= 3:
            path, data = folder / "fuzz.osm.pbf", _spoiled_pbf(random_.choice(packs), random_)
        elif kind == 4:
            path, data = _garbage(folder, random_.choice(texts).encode(), random_)
        elif kind == 5:
            path, data = folder / "fuzz.osm", random_.choice(BOMBS).encode()
        else:
            path, data = _packed_xml(folder, spoil_bytes(random_.choice(texts).encode(), random_, times_max=2), random_)
        path.write_bytes(data)
        return answer(lambda: use_city(read_osm(path), random_, often=1))

    return trial


def _whole_maps() -> Iterator[str]:
    """Maps that osmium reads before they are spoiled."""
    for seed in count():
        drawing = draw_map(random.Random(seed))
        text = as_xml(drawing, BOUNDS)
        objects: list[Node | Way | Relation] = [*drawing.nodes, *drawing.ways, *drawing.relations]
        longest = max(len(word) for one in objects for item in one.tags.items() for word in item)
        if longest <= TAG_MAX and _NOT_XML.search(text) is None:
            yield text


def _pbf(text: str, folder: Path) -> list[Block]:
    plain, packed = folder / "whole.osm", folder / "whole.osm.pbf"
    plain.write_text(text, encoding="utf-8")
    with osmium.SimpleWriter(osmium.io.File(str(packed), "pbf,pbf_compression=none"), overwrite=True) as writer:
        osmium.apply(str(plain), writer)
    return blocks_of(packed.read_bytes())


def _spoiled_pbf(blocks: list[Block], random_: random.Random) -> bytes:
    """Most often what is in a block, behind its compression; else the order of blocks, their sizes, or the file."""
    blocks = list(blocks)
    kind = random_.randrange(8)
    at = random_.randrange(len(blocks))
    raw_size = None
    if kind <= 4:
        blocks[at] = blocks[at]._replace(content=spoil_bytes(blocks[at].content, random_, times_max=2))
    elif kind == 5:
        random_.shuffle(blocks)
        blocks.insert(at, random_.choice(blocks))
    elif kind == 6:
        raw_size = random_.choice((0, 1, 2**25, 2**31, 2**63, whole_number(random_)))
    packed = random_.random() < 0.7
    data = b"".join(
        written(block, packed=packed, raw_size=raw_size if ix == at else None) for ix, block in enumerate(blocks)
    )
    if kind == 7:
        return spoil_bytes(data, random_)
    return data[: random_.randrange(len(data))] if random_.random() < 0.1 else data


def _packed_xml(folder: Path, data: bytes, random_: random.Random) -> tuple[Path, bytes]:
    kind = random_.randrange(4)
    if kind == 0:
        return folder / "fuzz.osm.gz", gzip.compress(data)
    if kind == 1:
        return folder / "fuzz.osm.bz2", bz2.compress(data)
    return folder / "fuzz.osm", data


@cache
def _swollen() -> bytes:
    return gzip.compress(bytes(BOMB_BYTES), 1)


def _garbage(folder: Path, whole: bytes, random_: random.Random) -> tuple[Path, bytes]:
    """What is something else than its name says: zipped, half packed, packed twice, swollen, random."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("map.osm", whole)
    packed = random_.choice((gzip.compress(whole), bz2.compress(whole)))
    data = random_.choice(
        (
            archive.getvalue(),
            packed,
            packed[: random_.randrange(len(packed))],
            spoil_bytes(packed, random_),
            packed + packed,
            gzip.compress(packed),
            _swollen(),
            b"",
            random_.randbytes(random_.randrange(200)),
            b"".join(random_.choices(SPLICES, k=3)),
            odd_text(random_).encode(errors="surrogatepass"),
        )
    )
    return folder / f"fuzz{random_.choice(('.osm.pbf', '.osm', '.osm.gz', '.osm.bz2'))}", data
