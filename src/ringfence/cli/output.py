"""What every command shares: its options, opening the folder, printing answers, writing files."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import typer

from ringfence.base.errors import BadInput, Fault
from ringfence.base.where import OperationPlace, Where
from ringfence.cli.operations import operation_at, with_options

if TYPE_CHECKING:
    from ringfence.desk import Desk
    from ringfence.desk.cities import Progress

YES, NO, BAD_INPUT, OUR_FAULT = 0, 1, 2, 3

Operation = Annotated[
    OperationPlace,
    typer.Argument(
        metavar="OP", help="The operation folder.", show_default=False, parser=operation_at, callback=with_options
    ),
]
OperationOrLines = Annotated[
    OperationPlace,
    typer.Argument(
        metavar="OP|FILE",
        help="The operation folder, or exported lines.",
        show_default=False,
        parser=operation_at,
        callback=with_options,
    ),
]
At = Annotated[str | None, typer.Option(metavar="TIME", help="When it was so. Default: now, within the operation.")]
KnownAt = Annotated[
    str | None, typer.Option(metavar="TIME", help="As known to this desk then. Default: all that is known now.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def open_desk(where: Where) -> Desk:
    """The operation there."""
    from ringfence.desk import Desk

    return Desk.open(where)


def show(answer: Any) -> None:
    """Records and plain data as JSON (ASCII, so that nothing steers a terminal); the rest as text."""
    from pydantic import BaseModel

    if isinstance(answer, BaseModel):
        answer = answer.model_dump(mode="json", by_alias=True)
    if isinstance(answer, dict):
        print(json.dumps(answer, indent=2))
    else:
        from rich.console import Console

        Console(markup=False).print(answer)


def map_format(path: Path, option: str) -> Literal["svg", "png"]:
    """What a map is drawn as, by the ending of its file."""
    for form in get_args(Literal["svg", "png"]):
        if path.suffix.lower() == f".{form}":
            chosen: Literal["svg", "png"] = form
            return chosen
    found, do = repr(path.name), "Change the ending."
    raise BadInput([Fault("bad-map-format", option, "a file ending in .svg or .png", found, do)])


Replace = Annotated[bool, typer.Option("--replace", help="Take the place of an earlier file.")]


def write(path: Path, data: bytes, *, replace: bool = True, option: str = "-o") -> None:
    """Write whole or not at all; never over a file that an operation is made of. `option` is where it was named."""
    _refuse_taken(path, option, replace=replace)
    part = path.parent / f".{path.name}.part"
    try:
        if path.is_dir() or not path.name:
            raise IsADirectoryError(None, "it is a folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        found = f"{path}: {error.strerror}"
        raise BadInput([Fault("cannot-write", option, "a file that can be written", found, "Name another.")]) from None


def _refuse_taken(path: Path, option: str, *, replace: bool) -> None:
    from ringfence.desk.own_files import refuse_own_file

    refuse_own_file(path, option)
    if not replace and os.path.lexists(path):
        found, do = f"{path} is there", "Name another, or say --replace."
        raise BadInput([Fault("already-there", option, "a name that is free", found, do)])


@contextmanager
def progress_bar(*, on: bool) -> Iterator[Progress | None]:
    """A bar on standard error, where a person looks at it."""
    if not (on and sys.stderr.isatty()):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description:32}"), BarColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("reading", total=1.0)
        yield lambda words, share: bars.update(task, description=words, completed=share)
