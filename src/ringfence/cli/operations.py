"""OP on the command line: a folder, with the ledger and the desk that options or the environment name."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ringfence.base.where import DESK_VARIABLE, LEDGER_VARIABLE, OperationPlace


class OperationCommands(TyperGroup):
    """Commands; each one that takes an OP takes ``--ledger`` and ``--desk`` as well."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or None."""
        command = super().get_command(ctx, cmd_name)
        names = {parameter.name for parameter in command.params} if command is not None else set()
        if command is not None and "op" in names and "ledger" not in names:
            command.params += [option for option in _options() if option.name in {"ledger", "desk"}]
        return command


def operation_at(folder: str) -> OperationPlace:
    """OP alone."""
    return OperationPlace(Path(folder))


def with_options(context: typer.Context, place: OperationPlace | None) -> OperationPlace | None:
    """OP with what the two options say: being eager, they were read before."""
    if place is None:
        return None
    return replace(place, server=context.meta.get("ledger"), desk=context.meta.get("desk"))


def _keep_ledger(context: typer.Context, value: str | None) -> None:
    context.meta["ledger"] = value


def _keep_desk(context: typer.Context, value: str | None) -> None:
    context.meta["desk"] = value


def _declared(
    ledger: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            envvar=LEDGER_VARIABLE,
            help="The log is on a server: postgresql://user@host/database. Default: in the folder.",
            callback=_keep_ledger,
            is_eager=True,
            expose_value=False,
        ),
    ] = None,
    desk: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            envvar=DESK_VARIABLE,
            help="The desk that writes; its lines are a chain of their own.",
            callback=_keep_desk,
            is_eager=True,
            expose_value=False,
        ),
    ] = None,
) -> None:
    """Never run: Typer makes the options of it."""


@cache
def _options() -> list[Any]:
    carrier = typer.Typer(add_completion=False)
    carrier.command()(_declared)
    return typer.main.get_command(carrier).params
