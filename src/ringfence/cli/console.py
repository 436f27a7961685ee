"""Serving the console from the command line: here, or in a process of its own while something else is shown."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ringfence.base.errors import BadInput, Fault
from ringfence.cli.output import show

Host = Annotated[str, typer.Option(help="The address to listen on. There are no roles yet: keep it to this machine.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes a free one.")]


def serve_console(folder: Path, *, host: str, port: int, as_json: bool) -> None:
    """Serve a folder until Ctrl-C; says where, once it listens."""
    from ringfence.server import serve

    def ready(url: str) -> None:
        show({"url": url} if as_json else f"Console: {url}   API: {url.rstrip('/')}/api/v1   (Ctrl-C stops)")
        sys.stdout.flush()

    serve(folder, host=host, port=port, ready=ready)


class Console(subprocess.Popen[str]):
    """A console served by a process of its own; `url` says where."""

    url: str


def start_console(folder: Path, *, host: str, port: int, as_json: bool) -> Console:
    """Serve a folder in a process of its own, and come back once it listens.

    Raises
    ------
    BadInput
        If it can't be served: the faults are those of the server.
    """
    command = [sys.executable, "-m", "ringfence.cli.main", "serve", str(folder)]
    console = Console([*command, f"--host={host}", f"--port={port}", "--json"], stdout=subprocess.PIPE, text=True)
    assert console.stdout is not None
    said, decoder = "", json.JSONDecoder()
    for line in console.stdout:
        said += line
        try:
            answer: dict[str, Any] = decoder.raw_decode(said)[0]
        except ValueError:
            continue
        if "url" in answer:
            console.url = answer["url"]
            if as_json:
                print(json.dumps({"url": console.url}), flush=True)
            else:
                show(f"Console: {console.url}   (the tour follows; the console stays until Ctrl-C)")
            return console
        raise BadInput([Fault(**fault) for fault in answer.get("faults", ())])
    raise BadInput([Fault("no-console", "serve", "a server that starts", said or "nothing", "Try ringfence serve.")])


def stay_with(console: Console, *, as_json: bool) -> None:
    """Wait until the console stops; Ctrl-C stops it."""
    if not as_json:
        show(f"Console: {console.url}   (Ctrl-C stops)")
    try:
        console.wait()
    except KeyboardInterrupt:
        console.wait()  # it got the same Ctrl-C
