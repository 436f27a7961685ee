"""Serving the console from the command line: here, or in a process of its own while something else is shown."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from ringfence.base.errors import BadInput, Fault
from ringfence.base.where import DESK_VARIABLE, LEDGER_VARIABLE, Where
from ringfence.cli.output import show

Host = Annotated[str, typer.Option(help="The address to listen on. There are no roles yet: keep it to this machine.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes a free one.")]


def serve_console(where: Where, *, host: str, port: int, as_json: bool) -> None:
    """Serve an operation until Ctrl-C; says where, once it listens."""
    from ringfence.server import serve

    def ready(url: str) -> None:
        show({"url": url} if as_json else f"Console: {url}   API: {url.rstrip('/')}/api/v1   (Ctrl-C stops)")
        sys.stdout.flush()

    serve(where, host=host, port=port, ready=ready)


class Console:
    """A console served by a process of its own, while something else is shown here; not started, it does nothing."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._url = ""

    def start(self, folder: Path, *, host: str, port: int, as_json: bool) -> None:
        """Serve a folder, and come back once it listens.

        Raises
        ------
        BadInput
            If it can't be served: the faults are those of the server.
        """
        command = [sys.executable, "-m", "ringfence.cli.main", "serve", str(folder)]
        # What is played with never goes to the server where the real log is.
        alone = {name: value for name, value in os.environ.items() if name not in {LEDGER_VARIABLE, DESK_VARIABLE}}
        self._process = subprocess.Popen(
            [*command, f"--host={host}", f"--port={port}", "--json"], stdout=subprocess.PIPE, text=True, env=alone
        )
        answer = _first_answer(self._process)
        if "url" not in answer:
            raise BadInput([Fault(**fault) for fault in answer.get("faults", ())])
        self._url = answer["url"]
        if as_json:
            print(json.dumps({"url": self._url}), flush=True)
        else:
            show(f"Console: {self._url}   (the tour follows; the console stays until Ctrl-C)")

    def stay(self, *, as_json: bool) -> None:
        """Wait until it is stopped by Ctrl-C."""
        if self._process is None:
            return
        if not as_json:
            show(f"Console: {self._url}   (Ctrl-C stops)")
        with suppress(KeyboardInterrupt):
            self._process.wait()

    def __enter__(self) -> Console:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()  # a console must not outlive what started it
            self._process.wait()


def _first_answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The first JSON object that a process prints."""
    assert process.stdout is not None
    said, decoder = "", json.JSONDecoder()
    for line in process.stdout:
        said += line
        with suppress(ValueError):
            return dict(decoder.raw_decode(said)[0])
    raise BadInput([Fault("no-console", "serve", "a server that starts", said or "nothing", "Try ringfence serve.")])


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Told to end (SIGTERM, or the terminal is closed), leave as by Ctrl-C, so that what was started ends as well."""
    ends = [one for one in (signal.SIGTERM, getattr(signal, "SIGHUP", None)) if one is not None]
    before = {one: signal.signal(one, _leave) for one in ends}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _leave(number: int, _: object) -> NoReturn:
    raise SystemExit(128 + number)  # as a shell tells of a process that a signal ended
