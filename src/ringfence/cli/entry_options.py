"""The options of `ringfence log add`: the fields of an entry under the model's own words, in groups."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from ringfence.base.errors import Fault, refuse_if
from ringfence.base.times import YEAR_MAX, YEAR_MIN, find_day, parse_time, refuse_day

_SAID, _WHEN = "Who says so, and where", "When"
_CHANGES, _COUNTS, _DECIDES, _ANSWERS = (
    "What it changes",
    "What it counts",
    "Why, and under which power",
    "What it answers",
)


def _option(panel: str, words: str, *names: str, metavar: str | None = None) -> Any:
    return typer.Option(*names, metavar=metavar, help=words, rich_help_panel=panel)


def _many(panel: str, words: str, metavar: str) -> Any:
    return _option(panel, f"{words} (repeatable).", metavar=metavar)


Text = str | None
Ids = list[str] | None

What = Annotated[Text, typer.Argument(help="What happened, in words.", show_default=False)]
Kind = Annotated[str, typer.Option(help="barrier, street, count, claim, decision, gate_rule, note, correction ...")]
By = Annotated[Text, _option(_SAID, "Who says so: an organisation, office or role.")]
Via = Annotated[Text, _option(_SAID, "How it came in: radio, phone ...")]
Certainty = Annotated[Text, _option(_SAID, "confirmed, observed, claimed, understood or denied.")]
Place = Annotated[Text, _option(_SAID, "Where, as people word it.")]
Ref = Annotated[Ids, _many(_SAID, "What it refers to: a page, a file, a line", "TEXT")]

So = Annotated[Text, _option(_WHEN, "When it was so, exactly; a date alone: some time on that day.", metavar="TIME")]
About = Annotated[Text, _option(_WHEN, "When it was so, more or less.", metavar="TIME")]
After = Annotated[Text, _option(_WHEN, "It was so after this; with --before: somewhere between.", metavar="TIME")]
Before = Annotated[Text, _option(_WHEN, "It was so before this.", metavar="TIME")]
Reported = Annotated[Text, _option(_WHEN, "When it was reported, as --so. Default: now.", metavar="TIME")]

Barrier = Annotated[Ids, _many(_CHANGES, "A barrier that it changes", "ID")]
State = Annotated[Text, _option(_CHANGES, "The barriers' state: installed, moved, removed ...")]
Gate = Annotated[Ids, _many(_CHANGES, "A gate whose staffing it changes, or *", "ID")]
Staffed = Annotated[bool | None, _option(_CHANGES, "The gates' staffing.", "--staffed/--unstaffed")]
Site = Annotated[Text, _option(_CHANGES, "A site that opens or closes.", metavar="ID")]
SiteState = Annotated[Text, _option(_CHANGES, "open or closed.")]
Occupied = Annotated[Ids, _many(_CHANGES, "A segment of street that is occupied", "ID")]
Cleared = Annotated[Ids, _many(_CHANGES, "A segment of street that is clear again", "ID")]
Swept = Annotated[bool, _option(_CHANGES, "The whole perimeter was swept.", "--swept")]
Rule = Annotated[Ids, _many(_CHANGES, "A logged access rule that it puts in force, or ends", "ID")]
InForce = Annotated[
    bool | None, _option(_CHANGES, "The rules hold from then on, or no more.", "--in-force/--not-in-force")
]

Number = Annotated[Text, _option(_COUNTS, "How many.", metavar="NUMBER")]
Unit = Annotated[Text, _option(_COUNTS, "Of what: people arrested, cars ...")]
Basis = Annotated[Text, _option(_COUNTS, "Counted on what: total, today, since 06:00, in custody now ...")]
Breakdown = Annotated[
    Ids, _many(_COUNTS, "A part of it, by category; never a name, since no erasure reaches it", "NAME=NUMBER")
]

Why = Annotated[Text, _option(_DECIDES, "The reason of a decision.")]
Power = Annotated[Text, _option(_DECIDES, "What it was decided under, such as a section of an act. It stays readable.")]

RelatesTo = Annotated[Ids, _many(_ANSWERS, "An entry that it answers, corrects or confirms", "ID")]
Disputes = Annotated[Ids, _many(_ANSWERS, "An entry that it contradicts", "ID")]
Follows = Annotated[Ids, _many(_ANSWERS, "An entry that it is known to come after", "ID")]
Retracts = Annotated[Ids, _many(_ANSWERS, "An entry that it takes back", "ID")]

Draft = Annotated[Path | None, typer.Option(help="Take the whole entry from a JSON file instead; - reads it.")]
AsNote = Annotated[bool, typer.Option("--as-note", help="All that was typed as a note, and nothing read from it.")]
Key = Annotated[Text, typer.Option(help="Sent again with the same key, it is stored once.")]

_NOT_OF_THE_ENTRY = frozenset(("op", "draft", "as_note", "key", "as_json", "ledger", "desk"))
_FIELDS = {"barrier": "barriers", "gate": "gates", "rule": "rules"}
"""Options that can be given again and again name one thing; the model's field names them all."""


def stated(context: typer.Context) -> dict[str, Any]:
    """The fields of the entry that somebody gave, as they were typed, in the order of the options."""
    found: dict[str, Any] = {}
    for option in context.command.params:
        name = option.name or ""
        value = None if name in _NOT_OF_THE_ENTRY else context.params.get(name)
        if value is None or value == () or (name == "swept" and not value):
            continue
        found[_FIELDS.get(name, name)] = list(value) if isinstance(value, tuple) else value
    return found


def document(typed: Mapping[str, Any], zone: ZoneInfo) -> bytes:
    """The JSON of the entry that these fields make.

    Raises
    ------
    BadInput
        ``two-times``, ``bad-time``, ``bad-part``. What the fields hold is for whoever reads the draft to judge.
    """
    times = {name: typed.get(name) for name in ("so", "about", "after", "before")}
    rest = {name: value for name, value in typed.items() if name not in {"by", "via", "reported", *times}}
    if "number" in rest:
        rest["number"] = _figure(rest["number"])
    if "breakdown" in rest:
        rest["breakdown"] = _parts(rest["breakdown"])
    if "swept" in rest:
        rest["swept"] = "perimeter"
    source = {name: typed[name] for name in ("by", "via") if name in typed}
    reported = _span(zone, so=typed["reported"]) if typed.get("reported") is not None else None
    return json.dumps({**rest, "source": source, "so": _span(zone, **times), "reported": reported}).encode()


def _figure(text: str) -> int | float | str:
    """1200, "1,200" and "1 200" are one number; what is none is left for whoever reads the draft."""
    plain = text.replace(",", "").replace(" ", "")
    for kind in (int, float):
        try:
            return kind(plain)
        except ValueError:
            continue
    return text


def _parts(told: Sequence[str]) -> dict[str, int | float | str]:
    found: dict[str, int | float | str] = {}
    faults = []
    for one in told:
        name, equals, number = one.rpartition("=")
        if not equals or not name.strip():
            expected, do = "a category, = and its number", 'Write it as --breakdown "obstruction=7".'
            faults.append(Fault("bad-part", "--breakdown", expected, one, do))
        elif name.strip() in found:
            expected, do = "each category once", "Add the numbers, or give them other names."
            faults.append(Fault("bad-part", "--breakdown", expected, f"{name.strip()} twice", do))
        else:
            found[name.strip()] = _figure(number)
    refuse_if(faults)
    return found


def _span(
    zone: ZoneInfo, *, so: str | None, about: str | None = None, after: str | None = None, before: str | None = None
) -> dict[str, str]:
    """The time that was stated, as exactly as it was stated."""
    if sum(one is not None for one in (so, about, after or before)) > 1:
        expected = "one of --so, --about, or --after with --before"
        refuse_if([Fault("two-times", "time", expected, "more than one", "Say the time once.")])
    day = find_day(so, zone) if so is not None else None
    if day:
        return {"precision": "day", "from": _stored(day[0], zone), "to": _stored(day[1], zone)}
    if about is not None:
        refuse_day(about, zone, f"Write --so {about.strip()} for some time on that day, or add the hour.")
    at = so if so is not None else about
    if at is not None:
        moment = _stored(parse_time(at, zone), zone)
        return {"precision": "about" if so is None else "exact", "from": moment, "to": moment}
    ends = {
        name: _stored(parse_time(text, zone), zone)
        for name, text in (("from", after), ("to", before))
        if text is not None
    }
    precision = {(): "unknown", ("from",): "after", ("to",): "before"}.get(tuple(ends), "between")
    return {"precision": precision, **ends}


def _stored(moment: datetime, zone: ZoneInfo) -> str:
    """The moment as an entry holds it. Where a zone once had an offset with seconds, in UTC: ISO 8601 has none."""
    in_utc = moment.astimezone(UTC)
    if not YEAR_MIN <= in_utc.year <= YEAR_MAX:
        expected, found = f"a year from {YEAR_MIN} to {YEAR_MAX}", f"{moment.astimezone(zone):%Y-%m-%d}"
        refuse_if([Fault("bad-time", "time", expected, found, "Correct the year.")])
    return (in_utc if (moment.utcoffset() or timedelta()) % timedelta(minutes=1) else moment).isoformat()
