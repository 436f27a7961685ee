"""Sheets for the crews that put a cordon up: a PDF with a map and a list for each, set with Typst.

Words reach Typst as data only, so that no name of a street can be read as markup or run as code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ringfence.base.errors import BadInput, Fault
from ringfence.model.plans import Plan
from ringfence.operation import Operation
from ringfence.report.crew_map import HEIGHT_PT, RADIUS_PT, WIDTH_PT, CrewMap, draw_crew_map
from ringfence.report.install_list import COMPASS, InstallRow, install_list
from ringfence.report.words import clean, counted, driver_shown, least_shown, proof_mark

if TYPE_CHECKING:
    import typst

FONT = "DejaVu Sans"
"""As on maps; it comes with matplotlib."""
_ARROWS = "↑↗→↘↓↙←↖"
_SHOWN_MAX, _UNBROKEN_MAX = 400, 24
_LONG_WORD = re.compile(rf"(\S{{{_UNBROKEN_MAX}}})(?=\S)")


def crew_sheets_pdf(operation: Operation, plan: Plan, crews: int = 1) -> bytes:
    """A sheet of A4 for each crew, or several where its list is long.

    On each: which crew it is, a map of the whole cordon with the crew's barriers in black and the others in grey, its
    barriers in the order of `install_list` with room to note when each is in place, and at the foot whom the cordon
    stops, what is proven of it, and whom the data is from. Meant to be printed without colour.

    Parameters
    ----------
    crews : int
        How many there are, from 1. Where there are fewer barriers, so are the sheets.

    Returns
    -------
    bytes
        PDF without a date; the same for the same inputs and the same versions of the libraries. Scripts that DejaVu
        Sans lacks are set in a font of this machine that has them, and then the bytes depend on that font.

    Raises
    ------
    BadInput
        ``nothing-to-install`` if the plan has no barrier; ``bad-crews`` and ``plan-of-another-network`` as
        `install_list`.

    Notes
    -----
    Not for two threads at once, as `draw_map`.
    """
    rows = install_list(operation, plan, crews)
    if not rows:
        found = "one without a barrier" if plan.possible else "that no cordon exists"
        raise BadInput(
            [Fault("nothing-to-install", "plan", "a plan with barriers", found, "Widen the limit, or export GeoJSON.")]
        )
    crew_map = draw_crew_map(operation, rows)
    sheets = _sheets(operation, plan, rows, crew_map)
    return _compile(sheets, crew_map.svg)


def _compile(sheets: dict[str, Any], svg: bytes) -> bytes:
    import typst

    words = json.dumps(sheets, ensure_ascii=False)
    fonts, families = _fonts_for(words)
    template = files("ringfence.report").joinpath("templates/crew_sheet.typ").read_bytes()
    compiler = typst.Compiler(
        template,
        font_paths=fonts,
        sys_inputs={"sheets": json.dumps({**sheets, "fonts": families}), "map": svg.decode()},
    )
    pdf = compiler.compile(format="pdf")
    assert isinstance(pdf, bytes)
    return pdf


def _sheets(operation: Operation, plan: Plan, rows: Sequence[InstallRow], crew_map: CrewMap) -> dict[str, Any]:
    """All that the template shows, as plain data."""
    crews = rows[-1].crew
    return {
        "title": shown(operation.file.title),
        "crews": crews,
        "map": {
            "width": WIDTH_PT,
            "height": HEIGHT_PT,
            "radius": RADIUS_PT,
            "shows_limit": crew_map.shows_limit,
            "shows_inferred": crew_map.shows_inferred,
            "spots": [
                {
                    "crew": row.crew,
                    "number": str(row.order),
                    "fixed": row.barrier.fixed,
                    "bar": spot.bar,
                    "foot": spot.foot,
                    "at": spot.number,
                }
                for row, spot in zip(rows, crew_map.spots, strict=True)
            ],
        },
        "sheets": [_sheet(crew, crews, [row for row in rows if row.crew == crew]) for crew in range(1, crews + 1)],
        "foot": _foot(operation, plan),
        "made_by": f"Made with Ringfence {version('ringfence')}",
    }


def _sheet(crew: int, crews: int, rows: Sequence[InstallRow]) -> dict[str, Any]:
    to_place = sum(not row.barrier.fixed for row in rows)
    there = len(rows) - to_place
    blocks, staff = sum(row.blocks for row in rows), sum(row.staff for row in rows)
    load = [
        f"put up {counted(to_place, 'barrier')} of {counted(blocks, 'block')}" if to_place else "",
        f"look at {there} already there" if there else "",
        f"{staff} staff stay" if staff else "",
    ]
    name = f"Crew {crew} of {crews}"
    numbers = [str(row.order) for row in rows]
    return {
        "crew": crew,
        "name": name,
        "some_fixed": there > 0,
        "load": ", ".join(filter(None, load)).capitalize(),
        "map_says": f"Map of the cordon. {name} puts up {', '.join(numbers)}, as listed below.",
        "rows": [_row(row) for row in rows],
    }


def _row(row: InstallRow) -> dict[str, Any]:
    barrier = row.barrier
    lat, lon = f"{barrier.lat:.6f}", f"{barrier.lon:.6f}"
    return {
        "number": str(row.order),
        "letter": row.letter,
        "place": shown(barrier.place),
        "notes": [shown(note[:1].upper() + note[1:]) for note in barrier.notes],
        "what": row.what,
        "fixed": barrier.fixed,
        "staff": str(row.staff),
        "inside": row.inside,
        "arrow": _ARROWS[COMPASS.index(row.inside)],
        "lat": lat,
        "lon": lon,
        "geo": f"geo:{lat},{lon}",
    }


def _foot(operation: Operation, plan: Plan) -> list[tuple[str, str]]:
    sources = ". ".join(clean(credit).rstrip(". ") for credit in operation.file.credits)
    lines = [
        ("Operation", f"{shown(operation.file.title)} ({operation.file.id})"),
        ("Keeps out", driver_shown(plan.threat, plan.vehicle_class)),
        ("Proof", proof_line(plan)),
        ("Data", broken(sources)),
    ]
    return [line for line in lines if line[1]]


def proof_line(plan: Plan) -> str:
    """What is proven of the plan, in the words of the board: ``the fewest barriers: proven (9 needed)``."""
    if plan.certificate is not None and plan.certificate.weights is None and plan.optimal:
        figures = f"{plan.cost:,} needed"
    else:
        figures = f"cost {plan.cost:,}, at least {plan.lower_bound:,} needed"
    return f"{least_shown(plan)}: {proof_mark(plan)[1]} ({figures})"


def shown(text: str) -> str:
    """Text of a length that a sheet can bear, on one line, harmless (`clean`), with places where a long word breaks."""
    plain = clean(text)
    return broken(plain if len(plain) <= _SHOWN_MAX else plain[: _SHOWN_MAX - 1] + "…")


def broken(text: str) -> str:
    """Words longer than `_UNBROKEN_MAX` with zero-width spaces in them, so that they stay on the sheet."""
    return _LONG_WORD.sub("\\1\u200b", text)


@cache
def _own_fonts() -> typst.Fonts:
    """The fonts that matplotlib brings, and those in Typst itself: alike on every machine."""
    import typst

    return typst.Fonts(False, True, [_font_folder()])


@cache
def _all_fonts() -> typst.Fonts:
    import typst

    return typst.Fonts(True, True, [_font_folder()])


def _font_folder() -> str:
    import matplotlib as mpl

    return f"{mpl.get_data_path()}/fonts/ttf"


def _fonts_for(words: str) -> tuple[typst.Fonts, list[str]]:
    """The fonts to look in, and the families to set text in, first choice first.

    The machine's own fonts come in only where a letter asks for them: all else looks alike everywhere.
    """
    from matplotlib.ft2font import FT2Font

    missing = set(map(ord, words)) - set(FT2Font(f"{_font_folder()}/DejaVuSans.ttf").get_charmap())
    missing = {code for code in missing if code > 0x2FF}
    if not missing:
        return _own_fonts(), [FONT]
    families, own = [FONT], True
    for info in sorted(_all_fonts().fonts(), key=_preference):
        if missing and info.path is not None and (covered := missing & _letters_of(info.path, info.index)):
            families.append(info.family)
            missing -= covered
            own &= _is_own(info)
    return (_own_fonts() if own else _all_fonts()), families


def _is_own(info: typst.FontInfo) -> bool:
    """Whether the font came with a library, so that it is the same on every machine."""
    return info.path is None or info.path.startswith(_font_folder())


def _preference(info: typst.FontInfo) -> tuple[Any, ...]:
    """Own before the machine's; upright, regular, sans first; what shows a box for every letter last of all."""
    serif = "Serif" in info.family or "Mono" in info.family
    box = "Last Resort" in info.family
    plain = (info.style != "normal", abs(info.weight - 400), serif)
    return (box, not _is_own(info), *plain, info.family, info.path or "", info.index)


@cache
def _letters_of(path: str, index: int) -> frozenset[int]:
    """The letters that a font file holds; none if it can't be read."""
    from matplotlib.ft2font import FT2Font

    if index:
        return frozenset()  # only the first face of a collection can be looked into
    try:
        return frozenset(FT2Font(path).get_charmap())
    except (RuntimeError, OSError):
        return frozenset()
