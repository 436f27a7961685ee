"""Commands that refuse an option which takes one value and was given two: the last would win, and nobody hear of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import typer
from typer.core import TyperCommand

from ringfence.base.errors import Fault, refuse_if


class Command(TyperCommand):
    """A command each of whose options says one thing."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line, once it says nothing twice.

        Raises
        ------
        BadInput
            ``said-twice``, for every option with values that differ.
        """
        if not ctx.resilient_parsing:
            times = Counter(self.make_parser(ctx).parse_args(list(args))[2])
            refuse_if([fault for option, count in times.items() if count > 1 for fault in _faults_of(option, args)])
        return super().parse_args(ctx, args)


class Commands(typer.Typer):
    """An application whose commands are such ones."""

    def command(self, *about: Any, **more: Any) -> Callable[[Any], Any]:
        """As `typer.Typer.command`."""
        return super().command(*about, **{"cls": Command, **more})


def _faults_of(option: Any, args: Sequence[str]) -> list[Fault]:
    """What is wrong with one that was named several times; nothing if it takes many values, none, or got one."""
    if option.param_type_name != "option" or option.multiple or option.is_flag or option.count:
        return []
    values = list(dict.fromkeys(_values_of(option.opts, args)))
    if len(values) < 2:
        return []
    return [
        Fault(
            "said-twice",
            option.opts[0],
            "one value",
            " and ".join(map(repr, values)),
            "Leave all but one out: this option is taken once.",
        )
    ]


def _values_of(names: Sequence[str], args: Sequence[str]) -> Iterator[str]:
    """What follows an option by any of its names, each time."""
    left = iter(args)
    for word in left:
        if word == "--":
            return
        name, has_value, value = word.partition("=")
        if word in names:
            yield next(left, "")
        elif name in names and has_value and name.startswith("--"):
            yield value
        elif short := [one for one in names if not one.startswith("--") and word.startswith(one)]:
            yield word.removeprefix(short[0]).removeprefix("=")
