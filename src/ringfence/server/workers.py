"""Threads for what takes long, so that the event loop never waits; and answers that many ask for, worked out once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, TypeVar

from ringfence.base.errors import Fault
from ringfence.server.limits import Limits
from ringfence.server.problems import Refusal

T = TypeVar("T")
Kind = Literal["question", "slow", "write", "watch"]


class Workers:
    """One pool of threads for each kind of work, so that a long plan never holds up an entry."""

    def __init__(self, limits: Limits) -> None:
        sizes: dict[Kind, int] = {"question": limits.threads, "slow": 1, "write": 1, "watch": 2}
        self._limits = limits
        self._pools = {kind: ThreadPoolExecutor(size, f"ringfence-{kind}") for kind, size in sizes.items()}
        self._waiting = dict.fromkeys(sizes, 0)

    async def run(self, kind: Kind, work: Callable[[], T]) -> T:
        """Do the work in a thread of its kind; entries are written one after the other.

        Raises
        ------
        Refusal
            503 if too many wait already.
        """
        if self._waiting[kind] >= self._limits.waiting:
            found = f"{self._waiting[kind]} that wait"
            fault = Fault("too-busy", "server", f"at most {self._limits.waiting} questions", found, "Ask again soon.")
            raise Refusal(503, fault, headers={"retry-after": "2"})
        self._waiting[kind] += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pools[kind], work)
        finally:
            self._waiting[kind] -= 1

    def close(self) -> None:
        """Start nothing more; what runs is not waited for."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)


class Shared:
    """The newest answer to each of a few questions: whoever asks while it is worked out waits for the same one."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[Hashable, asyncio.Future[Any]]] = {}

    async def get(self, question: str, version: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """The answer at `version`, made if it is not held."""
        held = self._held.get(question)
        if held is None or held[0] != version or (held[1].done() and _failed(held[1])):
            held = self._held[question] = (version, asyncio.ensure_future(make()))
        answer: T = await asyncio.shield(held[1])
        return answer


def _failed(future: asyncio.Future[Any]) -> bool:
    return future.cancelled() or future.exception() is not None
