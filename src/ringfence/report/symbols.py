"""How things look on the map: street widths, colours, barrier symbols. Colours are those of Okabe and Ito (2008)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from ringfence.report.words import SymbolKind

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, PAPER, GROUND = "#1a1a1a", "#ffffff", "#ebe9e2"
BLUE, SKY, VERMILLION, ORANGE, GREEN = "#0072B2", "#56B4E9", "#D55E00", "#E69F00", "#009E73"
GREY = "#6b6b6b"
AREA_FILL = "#cfe6f5"
SITE_INK = "#3d3d3d"


@dataclass(frozen=True, slots=True)
class StreetLook:
    """One class of street: width on the ground, least width on paper, colours, rank for labels (1 first)."""

    width_m: float
    width_pt_min: float
    fill: str
    casing: str
    rank: int


_MOTORWAY = StreetLook(15.0, 2.2, "#d0d0d0", "#777777", 1)
_MAIN = StreetLook(13.5, 2.0, "#ffffff", "#858585", 1)
_MIDDLE = StreetLook(11.0, 1.6, "#ffffff", "#969696", 2)
_MINOR = StreetLook(9.0, 1.1, "#ffffff", "#a9a9a9", 3)
_BUS = StreetLook(7.0, 1.0, "#e0e0e0", "#8f8f8f", 3)
_LANE = StreetLook(6.0, 0.8, "#ffffff", "#b5b5b5", 4)
_WALK = StreetLook(3.5, 0.7, "#f6f4ee", "#bdbdbd", 5)
STREET_LOOKS: dict[str, StreetLook] = {
    **dict.fromkeys(("motorway", "trunk"), _MOTORWAY),
    **dict.fromkeys(("motorway_link", "trunk_link"), _MIDDLE),
    **dict.fromkeys(("primary", "secondary"), _MAIN),
    **dict.fromkeys(("tertiary", "primary_link", "secondary_link", "tertiary_link"), _MIDDLE),
    **dict.fromkeys(("residential", "unclassified", "living_street", "road"), _MINOR),
    "busway": _BUS,
    **dict.fromkeys(("service", "track"), _LANE),
    **dict.fromkeys(("pedestrian", "footway", "steps", "path", "cycleway", "corridor", "bridleway"), _WALK),
}
OTHER_STREET = _LANE


@dataclass(frozen=True, slots=True)
class SymbolLook:
    """A barrier symbol: shape, size in points, face and edge; `cross` draws a cross over it, `half` fills one half."""

    marker: str
    size_pt: float
    face: str
    edge: str
    cross: bool = False
    half: Literal["full", "left", "bottom"] = "full"


SYMBOL_LOOKS: dict[SymbolKind, SymbolLook] = {
    "neutral": SymbolLook("s", 12.5, PAPER, GREY),
    "stands": SymbolLook("s", 10.0, BLUE, PAPER),
    "unstaffed": SymbolLook("s", 10.0, ORANGE, INK, half="left"),
    "part": SymbolLook("s", 10.0, BLUE, INK, half="bottom"),
    "doubtful": SymbolLook("^", 11.0, ORANGE, INK),
    "gone": SymbolLook("s", 10.0, PAPER, VERMILLION, cross=True),
    "planned": SymbolLook("s", 10.0, PAPER, INK),
    "plan": SymbolLook("D", 7.5, GREEN, INK),
}


def street_look(highway: str) -> StreetLook:
    """The look of an OSM `highway` class; unknown ones look like lanes."""
    return STREET_LOOKS.get(highway, OTHER_STREET)


def draw_symbol(axes: Axes, kind: SymbolKind, x: float, y: float, *, zorder: float, size_pt_max: float = 99.0) -> None:
    """One barrier symbol at a point of any axes."""
    look = SYMBOL_LOOKS[kind]
    size = min(look.size_pt, size_pt_max)
    common: dict[str, Any] = {"linestyle": "none", "zorder": zorder}
    edge_width = 1.8 if look.face == PAPER else 1.1
    axes.plot(
        [x], [y], marker=look.marker, markersize=size, color=look.face, markeredgecolor=look.edge,
        markeredgewidth=edge_width, fillstyle=look.half, markerfacecoloralt=PAPER, **common,
    )  # fmt: skip
    if look.cross:
        axes.plot([x], [y], marker="x", markersize=size - 3, color=look.edge, markeredgewidth=2.0, **common)


@lru_cache(maxsize=4096)
def text_width_pt(text: str, size_pt: float, *, bold: bool = False) -> float:
    """Width of a line of text in points, in the font that maps are drawn with."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal", size=size_pt)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, False)
    return float(width)


def wrap(text: str, size_pt: float, width_pt: float) -> tuple[str, ...]:
    """Lines no wider than asked, except for single words that are."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width_pt(longer, size_pt) <= width_pt:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)
