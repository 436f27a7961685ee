"""A desk as a process of its own, which ends itself by SIGKILL at the point that is drawn: see the test of it."""

from __future__ import annotations

import os
import signal
import sys
from random import Random

from tests.crash.desks import Desk, Point, Send


class OwnEnd:
    def __init__(self, point: Point) -> None:
        self.point = point

    def come(self, desk: Desk) -> None:
        print(self.point.told, desk.commits, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

    def come_within(self, desk: Desk, send: Send, statement: str) -> object:
        """The server gets the commit, and nobody waits for its answer."""
        server = desk.store._db.pgconn
        server.send_query(statement.encode())
        while server.flush():
            pass
        self.come(desk)
        return send(statement)


def write(place: str, seed: str) -> None:
    """Say each hash that was acknowledged, then where the end came and how many commits there were."""
    desk, point = Desk(place, "control", seed), Point.draw(Random(f"point {seed}"))
    desk.listen(point, OwnEnd(point))
    while True:
        desk.act()
        print(desk.acknowledged[-1][1], flush=True)


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2])
