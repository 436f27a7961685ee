"""The `ringfence` command. Exit 0: yes; 1: a checked no; 2: bad input; 3: our fault. Rooms are imported when used."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from ringfence.base.errors import BadInput, Conflict, Fault, RingfenceError, shown
from ringfence.base.traffic import Threat
from ringfence.cli.alarms import acknowledge, alarms, watch
from ringfence.cli.console import Console, Host, Port, ending_in_order, serve_console
from ringfence.cli.log import log_app
from ringfence.cli.log_backup import backup
from ringfence.cli.mistyped import plainly
from ringfence.cli.network import init, network_app
from ringfence.cli.operations import OperationCommands
from ringfence.cli.output import (
    BAD_INPUT,
    NO,
    OUR_FAULT,
    YES,
    AsJson,
    At,
    KnownAt,
    Operation,
    map_format,
    open_desk,
    show,
    write,
)
from ringfence.cli.planning import alternatives, compare, front, plan, plans, stages, why
from ringfence.cli.repeated import Commands
from ringfence.cli.review import replay, review

ALIKE_SHOWN_MAX = 5
"""From so many on, faults of one kind that ask for the same are told as one."""
FAULTS_SHOWN_MAX = 20
"""A person reads no more; one cause can have a fault for every entry."""

app = Commands(
    name="ringfence",
    cls=OperationCommands,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""Plan, check and watch a street cordon.

    An operation (OP) is a folder with an operation.toml; examples/wellington-2022 is one.
    TIME is ISO 8601 with a zone (2022-02-21T07:36+13:00), or local time of the operation (2022-02-21T07:36).
    Every command takes --json. Exit status: 0 yes, 1 a checked no, 2 bad input, 3 our fault.""",
    epilog="Start with: ringfence demo",
)
app.command(
    epilog='Example: ringfence init my-op --osm porto.osm.pbf --around "Rua Formosa / Rua do Bonjardim" --radius 400m'
)(init)
app.add_typer(network_app, name="network")
log_app.command("backup", epilog="Example: ringfence log backup OP saturday.sqlite")(backup)
app.add_typer(log_app, name="log")


@app.callback(invoke_without_command=True)
def ringfence(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """See the help of the application."""
    if version:
        print(f"ringfence {metadata.version('ringfence')}")
        raise typer.Exit(YES)
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit(BAD_INPUT)


@app.command(epilog="Example: ringfence check examples/wellington-2022 --at 2022-02-22T12:00")
def check(op: Operation, at: At = None, known_at: KnownAt = None, as_json: AsJson = False) -> None:
    """Are the promises kept? Each is kept, broken or unknown, with its witness. Exit 1 unless all are kept."""
    desk = open_desk(op)
    report = desk.check(at=desk.moment(at), known_at=desk.moment(known_at) if known_at is not None else None)
    show(report if as_json else desk.board(report))
    raise typer.Exit(YES if report.all_kept else NO)


OP_EXAMPLE = "examples/wellington-2022"
for command, example in (
    (plan, "--threat determined --save tight --export tight.pdf --crews 2"),
    (front, "--threat determined"),
    (why, "--threat determined"),
    (alternatives, "--threat determined --differ 2 --pick 1 --save other"),
    (plans, "tight --export tight.pdf --crews 2"),
    (stages, "planned fewest --threat determined"),
    (compare, "installed fewest --threat determined --map both.svg"),
    (alarms, "--at 2022-02-22T12:00"),
    (acknowledge, "sealed-lawful --by 'duty officer' --why 'a crew is on its way with blocks'"),
    (watch, ""),
    (review, "--at 2022-02-22T12:00 --known-at 2022-02-22T12:00"),
    (replay, "--speed 600x --from 2022-02-21T07:00"),
):
    app.command(epilog=f"Example: ringfence {command.__name__} {OP_EXAMPLE} {example}".rstrip())(command)


@app.command(epilog="Example: ringfence picture examples/wellington-2022 --at 2022-02-22T12:00")
def picture(
    op: Operation,
    at: Annotated[str, typer.Option(metavar="TIME", help="When it was so.", show_default=False)],
    known_at: KnownAt = None,
    as_json: AsJson = False,
) -> None:
    """The state folded from the log: barriers, gates, sites, counts, rival claims, as known at any moment."""
    desk = open_desk(op)
    found = desk.whole_picture(at=desk.moment(at), known_at=desk.moment(known_at) if known_at is not None else None)
    show(found if as_json else desk.picture_board(found))


@app.command(epilog='Example: ringfence place examples/wellington-2022 "Molesworth Street near Pipitea Street"')
def place(
    op: Operation,
    words: Annotated[str, typer.Argument(help="The place as people word it.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Where is that? Readings of a place, best first, with the reasons."""
    desk = open_desk(op)
    readings = desk.places(words)
    if as_json:
        show({"words": words, "readings": [reading.model_dump(mode="json") for reading in readings]})
    else:
        show(desk.places_board(words, readings))


@app.command("map", epilog="Example: ringfence map examples/wellington-2022 --at 2022-02-22T12:00 -o noon.svg")
def map_(
    op: Operation,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="FILE.svg or FILE.png.")],
    at: At = None,
    known_at: KnownAt = None,
    threat: Annotated[Threat | None, typer.Option(help="Draw the fewest barriers for this threat beside.")] = None,
    as_json: AsJson = False,
) -> None:
    """Draw a map of one moment: barriers by state, leaks as driven paths."""
    desk = open_desk(op)
    file_format = map_format(output, "-o")
    moment, known = desk.moment(at), desk.moment(known_at) if known_at is not None else None
    drawn = desk.map(
        at=moment,
        known_at=known,
        leaks=desk.check(at=moment, known_at=known).leaks,
        file_format=file_format,
        plan=desk.plan(threat) if threat else None,
    )
    write(output, drawn)
    show({"map": str(output)} if as_json else f"Map written to {output}")


@app.command(epilog="Example: ringfence serve OP --port 8300")
def serve(op: Operation, host: Host = "127.0.0.1", port: Port = 8300, as_json: AsJson = False) -> None:
    """Serve the console and the API until Ctrl-C. A folder without a ledger gets one, begun with its log."""
    serve_console(op, host=host, port=port, as_json=as_json)


@app.command(epilog="Example: ringfence demo --serve")
def demo(
    example: Annotated[Path | None, typer.Argument(metavar="[OP]", help="Default: the Wellington example.")] = None,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The HTML page to write.")] = Path(
        "out/ringfence-demo.html"
    ),
    with_console: Annotated[
        bool, typer.Option("--serve", help="Serve the console too, on a copy beside FILE.")
    ] = False,
    host: Host = "127.0.0.1",
    port: Port = 8300,
    as_json: AsJson = False,
) -> None:
    """Tour an operation: its promises over the days, the fewest barriers beside the real ones, one page with maps."""
    from ringfence.desk.example import copy_to_play_with, example_folder
    from ringfence.desk.tour import show_tour, take_tour

    folder = example or example_folder()
    desk = open_desk(folder)
    write(output, b"")  # a place that can't be written is refused before the work, not after
    with ending_in_order(), Console() as console:
        if with_console:
            copy = copy_to_play_with(folder, output.parent / desk.operation.file.id, now=datetime.now(UTC))
            console.start(copy, host=host, port=port, as_json=as_json)
        tour = take_tour(desk, progress=not as_json and sys.stderr.isatty())
        write(output, tour.page.encode())
        show({**tour.summary(), "page": str(output)} if as_json else show_tour(desk, tour, output))
        console.stay(as_json=as_json)


def run(command: Callable[..., Any] = app) -> None:
    """Entry point: run the command and turn errors into words and exit status."""
    try:
        sys.exit(command(standalone_mode=False))
    except RingfenceError as error:
        _complain(str(error), error.faults if isinstance(error, BadInput | Conflict) else ())
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(YES)
    except Exception as error:  # the last line of defence: a person gets a sentence, not a stack
        if hasattr(error, "format_message"):  # the command line itself was wrong
            wrong: Any = error
            wrong.message = plainly(wrong.message)
            _complain(wrong.format_message(), (), usage=wrong)
            sys.exit(BAD_INPUT)
        _complain(f"Ringfence failed: {type(error).__name__}: {shown(str(error))}. Please report this.", ())
        sys.exit(OUR_FAULT)


def _complain(message: str, faults: Sequence[Fault], *, usage: Any = None) -> None:
    """Say what is wrong: as JSON on standard output where JSON was asked for, else in words."""
    if "--json" in sys.argv:
        print(json.dumps({"error": message, "faults": [asdict(fault) for fault in faults]}, indent=2))
    elif usage is not None and hasattr(usage, "show"):
        usage.show()
    elif len(faults) <= 1:
        print(f"Refused. {message}" if faults else message, file=sys.stderr)
    else:
        print(f"Refused: {len(faults)} faults.", *_fault_lines(faults), sep="\n", file=sys.stderr)


def _fault_lines(faults: Sequence[Fault]) -> Iterator[str]:
    """A line for each fault; of many alike, the first and how many more there are."""
    left = FAULTS_SHOWN_MAX
    for _, alike in groupby(faults, key=lambda fault: (fault.code, fault.do)):
        first, *others = alike
        told = [first, *others] if len(others) < ALIKE_SHOWN_MAX else [first]
        yield from (f"  - {fault}" for fault in told[: max(left, 0)])
        if len(told) <= len(others) and left > 0:
            yield f"    ... and {len(others)} more like it, the last at {others[-1].where} (--json names all)"
        left -= len(told)
    if left < 0:
        yield f"  ... and {-left} more (--json names all)"


if __name__ == "__main__":
    run()
