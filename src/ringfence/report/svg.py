"""Making an SVG that matplotlib drew say what it shows, and fit to stand inside a page beside others."""

from __future__ import annotations

import re
from xml.etree import ElementTree as Tree

from ringfence.base.errors import BadInput, Fault

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
TITLE_ID, DESCRIPTION_ID = "map-title", "map-description"
RIM_NAME, RIM_PT = "rim-", 2.2
"""Groups of words whose id begins so get a pale rim of that width."""
_DRAWN = frozenset({"svg", "g", "defs", "title", "desc", "path", "use", "clipPath", "rect"})
_SCALE = re.compile(r"scale\(([0-9.]+)")
_GLYPH_SCALE = 1 / 64
_LONG_NUMBER = re.compile(r"(\d\.\d{2})\d+")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")


def describe_svg(svg: bytes, title: str, description: str) -> bytes:
    """The same drawing as an image with an accessible name and description, and without a style sheet of its own.

    A style sheet inside an SVG reaches all of the page that it is put into, so its two rules become attributes.
    """
    Tree.register_namespace("", SVG)
    Tree.register_namespace("xlink", XLINK)
    root = Tree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if _local(child.tag) in {"style", "metadata"}:
                parent.remove(child)
    for group in root.iter(f"{{{SVG}}}g"):
        if group.get("id", "").startswith(RIM_NAME):
            _add_rim(group)
    for path in root.iter(f"{{{SVG}}}path"):
        path.set("d", " ".join(_LONG_NUMBER.sub(r"\1", path.get("d", "")).split()))
    root.set("stroke-linejoin", "round")
    root.set("stroke-linecap", "butt")
    root.set("role", "img")
    root.set("aria-labelledby", TITLE_ID)
    root.set("aria-describedby", DESCRIPTION_ID)
    for position, (tag, name, text) in enumerate((("title", TITLE_ID, title), ("desc", DESCRIPTION_ID, description))):
        element = Tree.Element(f"{{{SVG}}}{tag}", {"id": name})
        element.text = text
        root.insert(position, element)
    return bytes(Tree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add_rim(group: Tree.Element) -> None:
    """Draw the same letters under each line of words, as pale outlines: a tenth of the size of outlines written out."""
    for line in reversed(group.findall(f"{{{SVG}}}g")):
        place = line.get("transform", "")
        scale = _SCALE.search(place)
        if scale is None:
            continue
        width = RIM_PT / float(scale[1]) / _GLYPH_SCALE
        style = f"fill: none; stroke: #ffffff; stroke-width: {width:.0f}"
        rim = Tree.Element(f"{{{SVG}}}g", {"style": style, "transform": place})
        rim.extend(Tree.Element(letter.tag, dict(letter.attrib)) for letter in line.iter(f"{{{SVG}}}use"))
        group.insert(0, rim)


def inline_svg(svg: bytes, prefix: str) -> str:
    """The drawing as an element for an HTML page: every id begins with `prefix`, and nothing in it acts or loads.

    Raises
    ------
    BadInput
        If it is no SVG, has no title, or holds scripts, event handlers, style sheets or outside references.
    """
    try:
        root = Tree.fromstring(svg)
    except Tree.ParseError as error:
        raise _refusal("well-formed SVG", str(error)) from None
    for element in root.iter():
        element.tag = _local(element.tag)
        if element.tag not in _DRAWN:
            raise _refusal("drawing elements only", f"<{element.tag}>")
        element.attrib = {_local(key): _prefixed(_local(key), value, prefix) for key, value in element.attrib.items()}
    if root.tag != "svg" or root.find("title") is None or "aria-labelledby" not in root.attrib:
        raise _refusal("an svg element with a title that names it", f"<{root.tag}> without one")
    return Tree.tostring(root, encoding="unicode")


def _prefixed(key: str, value: str, prefix: str) -> str:
    if key.lower().startswith("on"):
        raise _refusal("no event handlers", key)
    if key in {"id", "aria-labelledby", "aria-describedby"}:
        return f"{prefix}-{value}"
    if key == "href":
        if value.startswith("#"):
            return f"#{prefix}-{value[1:]}"
        raise _refusal("references inside the drawing only", value[:40])
    inside = _REFERENCE.sub(lambda match: f"url(#{prefix}-{match[1]})", value)
    if "url(" in inside.replace(f"url(#{prefix}-", ""):
        raise _refusal("references inside the drawing only", value[:40])
    return inside


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _refusal(expected: str, found: str) -> BadInput:
    return BadInput([Fault("svg-not-a-still-drawing", "svg", expected, found, "Draw the map with draw_map.")])
