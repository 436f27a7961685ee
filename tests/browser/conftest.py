"""A served operation and a real Chromium that can reach nothing but the loopback."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Route,
    expect,
    sync_playwright,
)

from tests.command_line import ringfence_alone, started
from tests.conftest import EXAMPLE, ROOT
from tests.serving import running

expect.set_options(timeout=20_000)  # two cores may be shared with other tests
PICTURES = ROOT / "out" / "browser"
NOON = "#at=2022-02-22T12:00:00%2B13:00"
LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "::1"}
FLAGS = [
    "--no-sandbox",  # CI runs as root
    "--use-angle=swiftshader",  # WebGL without a graphics card
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",  # only the map itself is drawn by WebGL: what is no map costs a third
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup",  # a page for each window's bar
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # no name leads anywhere
]
NO_WEBGL = """
    const context = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
        return kind.startsWith("webgl") ? null : context.call(this, kind, ...rest);
    };
"""
SIDE = 17


def small_city() -> str:
    """An OpenStreetMap extract: a grid of streets 100 m apart, and a river with two bridges east of the middle.

    Against the river a cordon needs fewer barriers and holds more, so that there is something to choose.
    """
    west, south, across, up = -8.61, 41.14, 0.0012, 0.0009
    corners = [(row, column) for row in range(SIDE) for column in range(SIDE)]
    number = {corner: 1 + at for at, corner in enumerate(corners)}
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", "<osm version='0.6' generator='tests'>"]
    low, high = (south - up / 2, west - across / 2), (south + up * (SIDE - 0.5), west + across * (SIDE - 0.5))
    lines.append(f"<bounds minlat='{low[0]}' minlon='{low[1]}' maxlat='{high[0]}' maxlon='{high[1]}'/>")
    for row, column in corners:
        lines.append(f"<node id='{number[row, column]}' lat='{south + row * up}' lon='{west + column * across}'/>")
    for at, (row, column) in enumerate(corners):
        house = f"<tag k='addr:street' v='Row {row}'/><tag k='addr:housenumber' v='{column + 1}'/>"
        lat, lon = south + row * up + 0.0001, west + column * across + across / 2
        lines.append(f"<node id='{5000 + at}' lat='{lat}' lon='{lon}'>{house}</node>")
    ways = [[(row, column), (row, column + 1)] for row in range(SIDE) for column in range(SIDE - 1)]
    ways = [way for way in ways if way[0][1] != 11 or way[0][0] in (6, 9)]  # the river and its bridges
    ways += [[(row, column), (row + 1, column)] for row in range(SIDE - 1) for column in range(SIDE)]
    for at, way in enumerate(ways):
        name = f"Row {way[0][0]}" if way[0][0] == way[1][0] else f"Column {way[0][1]}"
        nodes = "".join(f"<nd ref='{number[corner]}'/>" for corner in way)
        tags = f"<tag k='highway' v='residential'/><tag k='name' v='{name}'/>"
        lines.append(f"<way id='{9000 + at}'>{nodes}{tags}</way>")
    return "\n".join([*lines, "</osm>"])


@contextmanager
def served(folder: Path, *, port: int = 0) -> Iterator[str]:
    """Serve a folder in a process of its own; gives the URL."""
    with started("serve", folder, "--port", str(port), "--json") as (_, told):
        said = ""
        while not said.rstrip().endswith("}"):
            line = told.readline()
            assert line, f"the server did not start: {said}"
            said += line
        yield json.loads(said)["url"]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("The browser tests need Chromium: install Debian's package chromium (as root, make test does).")
    running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    yield running
    running.close()


@pytest.fixture(scope="session")
def reading_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served copy of the example for tests that write nothing to its log."""
    folder = tmp_path_factory.mktemp("served") / "operation"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("ledger.sqlite*"))
    with served(folder) as url:
        yield url


@pytest.fixture(scope="session")
def city_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served operation in a small city of its own, with addresses, founded as a person would."""
    home = tmp_path_factory.mktemp("city")
    extract, folder = home / "city.osm", home / "operation"
    extract.write_text(small_city(), encoding="utf-8")
    place = ["--around", "Row 8 / Column 8", "--radius", "260m", "--limit", "700m"]
    made = ringfence_alone("init", folder, "--osm", extract, *place)
    assert made.returncode == 0, made.stderr + made.stdout
    with served(folder) as url:
        yield url


@pytest.fixture
def writing_url(spoilable: Path) -> Iterator[str]:
    """A served copy of the example for one test that writes to its log."""
    with running(spoilable) as url:
        yield f"{url}/"


def _complains(said: ConsoleMessage) -> bool:
    """Whether a page reports an error.

    A stopped server is none of its own, a refusal (413, 422) is an answer; that there is no WebGL the page says itself.
    """
    stopped = re.search(r"net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INCOMPLETE_CHUNKED)", said.text)
    refused = re.search(r"the server responded with a status of (413|422)", said.text)
    without_map = "GPUInitializationError: WebGL2 is required" in said.text
    return said.type == "error" and not stopped and not refused and not without_map


class Strays(list[str]):
    """What a page asked of anything but the loopback, and what it complained of."""


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages; at the end none may have tried to leave the machine, or have met an error.

    Without a graphics card a map costs more than all the rest: `webgl=False` is a browser that can't draw it, in which
    board and log work all the same. Pictures for a person are made with ``device_scale_factor=1``.
    """
    contexts: list[BrowserContext] = []
    strays = Strays()

    def hold_back(route: Route) -> None:
        if urlsplit(route.request.url).hostname in LOOPBACK:
            route.continue_()
        else:
            strays.append(route.request.url)
            route.abort()

    def open_one(
        url: str,
        *,
        width: int = 1440,
        height: int = 900,
        theme: str | None = None,
        webgl: bool = True,
        **options: Any,
    ) -> Page:
        # Still, so that a map can be waited for; and drawn in few pixels: places are in those of CSS all the same.
        seen = {"reduced_motion": "reduce", "device_scale_factor": 0.25}
        context = browser.new_context(viewport={"width": width, "height": height}, **{**seen, **options})
        contexts.append(context)
        context.route("**/*", hold_back)
        if theme:
            context.add_init_script(f"localStorage.setItem('ringfence.theme', '{theme}')")
        if not webgl:
            context.add_init_script(NO_WEBGL)
        page = context.new_page()
        page.on("pageerror", lambda error: strays.append(f"error in the page: {error}"))
        page.on("console", lambda said: strays.append(said.text) if _complains(said) else None)
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert strays == []
