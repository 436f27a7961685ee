"""Many viewers on the live events while entries come in: does each see every entry, and does memory stay flat?

Not a race against a peer but a load test: it prints what happened, exits 1 if a viewer missed an entry or saw it twice.
All traffic stays on the loopback. Run it with ``python -m benchmarks.viewers --viewers 200 --rate 10 --seconds 120``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "wellington-2022"
GRACE_S = 15.0
EFFECT_EVERY = 20
"""One entry in so many moves a barrier, so that the promises are worked out anew as well."""


@dataclass
class Viewer:
    """One screen: reads events, drops its connection now and then, and comes back with Last-Event-ID."""

    drops: random.Random
    stays_s: tuple[float, float]
    last: int
    seen: list[int] = field(default_factory=list)
    seen_at: list[float] = field(default_factory=list)
    reconnections: int = 0

    async def watch(self, url: str) -> None:
        while True:
            try:
                async with asyncio.timeout(self.drops.uniform(*self.stays_s)):
                    async for position in _positions(url, self.last):
                        self.last = position
                        self.seen.append(position)
                        self.seen_at.append(time.perf_counter())
            except (TimeoutError, OSError):
                self.reconnections += 1


async def _positions(url: str, after: int) -> AsyncIterator[int]:
    """Positions as they come. Read from the bare socket: two hundred HTTP clients would be the slower end."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        head = f"GET /api/v1/events HTTP/1.1\r\nHost: {address.netloc}\r\nLast-Event-ID: {after}\r\n\r\n"
        writer.write(head.encode())
        position: int | None = None
        while line := await reader.readline():
            if line.startswith(b"id: "):
                position = int(line[4:])
            elif line == b"\n" and position is not None:  # the whole event has come: half a one would not count
                yield position
                position = None
    finally:
        writer.close()


async def _write(client: httpx.AsyncClient, number: int, sent_at: dict[int, float]) -> None:
    draft = {"kind": "note", "what": f"entry {number}", "source": {"by": "load test"}, "certainty": "observed"}
    if number % EFFECT_EVERY == 0:
        state = "moved" if number % (2 * EFFECT_EVERY) else "installed"
        draft |= {"kind": "barrier", "barriers": ["bunny-street"], "state": state}
    began = time.perf_counter()
    answer = await client.post("/api/v1/log", json=draft, headers={"Idempotency-Key": f"load-{number}"})
    answer.raise_for_status()
    sent_at[answer.json()["position"]] = began


def _memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


async def _load(
    url: str, pid: int, *, viewers: int, rate: float, seconds: float, stays: tuple[float, float], seed: int
) -> int:
    async with httpx.AsyncClient(base_url=url, timeout=None) as client:
        start = (await client.get("/api/v1/log?limit=1")).json()["last_position"]
        everyone = [Viewer(random.Random(seed + number), stays, start) for number in range(viewers)]
        sent_at: dict[int, float] = {}
        watching = [asyncio.create_task(viewer.watch(url)) for viewer in everyone]
        await asyncio.sleep(2)
        entries = int(rate * seconds)
        memory: list[tuple[int, float]] = []
        writing: list[asyncio.Task[None]] = []
        began = time.perf_counter()
        for number in range(entries):
            await asyncio.sleep(max(began + number / rate - time.perf_counter(), 0))
            writing.append(asyncio.create_task(_write(client, number, sent_at)))  # a desk does not wait for another
            if number % max(entries // 12, 1) == 0:
                memory.append((number, _memory_mb(pid)))
        await asyncio.gather(*writing)
        took = time.perf_counter() - began
        wanted = list(range(start + 1, start + entries + 1))
        deadline = time.perf_counter() + GRACE_S
        while time.perf_counter() < deadline and any(viewer.last < wanted[-1] for viewer in everyone):
            await asyncio.sleep(0.2)
        memory.append((entries, _memory_mb(pid)))
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
    wrong = [viewer for viewer in everyone if viewer.seen != wanted]
    waits = [
        at - sent_at[position]
        for viewer in everyone
        for position, at in zip(viewer.seen, viewer.seen_at, strict=True)
        if position in sent_at
    ]
    print(f"{viewers} viewers, {entries} entries in {took:.1f} s ({entries / took:.1f} a second), seed {seed}")
    print(f"reconnections with Last-Event-ID: {sum(viewer.reconnections for viewer in everyone)}")
    print(f"viewers that missed an entry, or saw one twice or out of order: {len(wrong)}")
    print(f"from sending an entry to seeing it: median {statistics.median(waits) * 1000:.0f} ms")
    print("memory of the server (MB) after so many entries: " + ", ".join(f"{n}: {mb:.0f}" for n, mb in memory))
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--rate", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument(
        "--stays", type=float, nargs=2, default=(5, 40), help="seconds up to a viewer's next drop: least and most"
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "operation"
        shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("ledger.sqlite*"))
        command = [sys.executable, "-m", "ringfence.cli.main", "serve", str(folder), "--port", "0", "--json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            said = ""
            while not said.rstrip().endswith("}"):
                said += server.stdout.readline()
            try:
                return asyncio.run(_load(json.loads(said)["url"], server.pid, **vars(options)))
            finally:
                server.terminate()


if __name__ == "__main__":
    sys.exit(main())
