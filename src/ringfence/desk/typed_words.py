"""The words of the trade in a typed line: who says so, how sure, which entry it answers, and what it says happened."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ringfence.desk.typed_text import READ, Reading
from ringfence.model.entries import Certainty, EntryKind


def _words(pattern: str) -> re.Pattern[str]:
    """Whole words, where any run of spaces or a hyphen stands for a space."""
    return re.compile(rf"\b(?:{pattern.replace(' ', '[ -]+')})(?!\w)", re.IGNORECASE)


Family = Literal["barrier", "gate", "street", "site", "sweep", "unclear"]


@dataclass(frozen=True)
class Happening:
    """What words say happened: to what, and in which state it is now."""

    family: Family
    state: str
    says: str


_PEOPLE = r"(?:people|protest[eo]rs?|demonstrators|(?:a |the )?crowds?|vehicles?|cars|trucks|tents)"

UNCLEAR: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        _words(r"(?:moved|pushed|rolled|pulled|dragged) back(?! (?:in|into) place)"),
        "Write reinstalled, or pushed aside.",
    ),
    (_words(r"blocks? (?:is |are |now )*down"), "Write set down (they stand), or taken away."),
    (
        _words(r"(?:barrier|gate|block|barricade)s? (?:is |are |now )*(?:opened|open|closed|shut)"),
        "Write moved, removed, installed, staffed or unstaffed.",
    ),
)
"""Words that mean one thing to one person and the contrary to another."""

_STATES: tuple[tuple[Family, str, str], ...] = (
    (
        "sweep",
        "perimeter",
        r"(?:sweep of (?:the )?perimeter|perimeter sweep|perimeter (?:was |is |has been )?swept"
        r"|swept (?:the )?perimeter)(?: (?:complete|completed|done|finished|over))?",
    ),
    (
        "barrier",
        "reinstalled",
        r"re-?installed|put back(?: up| in place)?|(?:pushed |moved )?back (?:in|into) place|set (?:back )?up again"
        r"|back up|restored|replaced|re-?erected|up again",
    ),
    (
        "street",
        "cleared",
        r"no longer (?:blocked|occupied)|cleared of \w+|cleared(?! away)|clear again|free again|passable again"
        r"|unblocked",
    ),
    (
        "gate",
        "unstaffed",
        r"unstaffed|unmanned|unattended|no longer staffed|not staffed|left unstaffed"
        r"|(?:nobody|no one|no staff|no officers?|no police)(?: is| are)?(?: left)? (?:at|on)(?: the| all)?"
        r"(?= gates?\b| barriers?\b| blocks?\b)",
    ),
    (
        "gate",
        "staffed",
        r"staffed(?: again)?|manned(?: again)?|crewed|(?:officers?|police|staff) (?:are |is )?(?:back )?(?:at|on)"
        r"(?: the| all)?(?= gates?\b)",
    ),
    (
        "barrier",
        "part-placed",
        r"part(?:ly|ially)? (?:placed|installed|up|built)|half (?:up|placed|built)|being (?:placed|set down|put up"
        r"|installed)|going up",
    ),
    (
        "barrier",
        "obstructed",
        rf"obstructed|blocked by {_PEOPLE}|surrounded by \w+|surrounded|climbed(?: on| over)?"
        rf"|{_PEOPLE} (?:climbing|sitting|standing|sat down) (?:on|in front of)",
    ),
    (
        "barrier",
        "moved",
        r"moved(?: away| aside)?|pushed (?:aside|away|over|apart)|pushed|shifted(?: away| aside)?|displaced|breached"
        r"|dragged (?:aside|away|off|apart)|dragged|shoved (?:aside|away)|shoved|pulled (?:aside|away|apart)"
        r"|rolled (?:aside|away)",
    ),
    (
        "barrier",
        "removed",
        r"removed|taken (?:away|down|out)|carried (?:away|off)|carted (?:away|off)|lifted out|dismantled|cleared away"
        r"|torn down|pulled down|knocked down|gone|(?<=barrier\s)down|(?<=barriers\s)down|(?<=barricade\s)down",
    ),
    (
        "barrier",
        "installed",
        r"installed|in place|placed|put up|set up|put down|set down|erected|standing|(?<=barrier\s)up|(?<=barriers\s)up"
        r"|(?<=blocks\s)up|(?<=block\s)up",
    ),
    ("barrier", "planned", r"planned"),
    (
        "street",
        "occupied",
        rf"occupied by \w+|occupied|taken over|blocked by \w+|blocked|overrun"
        rf"|{_PEOPLE} (?:parked|camped|sitting|standing) (?:in|on|across|along)",
    ),
    ("site", "open", r"re-?opened|open again|open"),
    ("site", "closed", r"closed|shut(?: down)?|locked"),
)
"""In order: what stands earlier wins where both fit the same words ("put back" before "put up")."""

STATES: tuple[tuple[Family, str, re.Pattern[str]], ...] = tuple(
    (family, state, _words(words)) for family, state, words in _STATES
)

NOUNS = (
    r"arrests?|injur(?:y|ies)|casualties|casualty|deaths?|patients?|protest[eo]rs?|demonstrators?|people|persons?|officers?|staff|"
    r"residents?|cars?|vehicles?|trucks?|vans?|buses|bus|motorbikes?|motorcycles?|ambulances?|tents?|caravans?|trailers?|portaloos?|"
    r"arrested|injured|hurt|detained|held|cases?|positives?|children|pupils|students|drivers|pedestrians|permits?"
)
"""What is counted."""

NOT = (
    r"\b(?:not(?! (?:more|less|fewer) than\b)|never|none|neither|nor|zero|hardly|barely"
    r"|(?:is|are|was|were|has|have|had|did|does|do|ca|could|wo|would|should|must|need|might|ai)?nt)\b"
    r"|n\s?['’‘ʼ`´]\s?t\b"
)
"""Words that say that it is not so; the apostrophe is often left out."""
MAY = r"(?<![0-9]\s)(?<!(?:st|nd|rd|th)\s)may\b(?!\s+(?:[0-9]|(?:st|street|road|rd|lane|place|avenue)\b)|\s*/)"
"""Not the month, nor a street of that name."""
NOT_SO = re.compile(
    rf"(?:(?:{NOT})|(?<![\w.:,/+-])0+(?![\w.:,/])|\bun(?=\s?[-‐–—−]\s?$)|\b(?:none|neither)\b(?:\W+\w+){{3}}|\b{MAY}"
    r"|\b(?:without|might|could|will|would|shall|should|must|if|unless|try(?:ing)?|tries|tried|attempt\w*"
    r"|want\w*|going|about|plan(?:s|ning)?|threaten\w*|prepar\w*|nearly|almost|expected|due|likely|yet|cannot|failed|ready|"
    r"intend\w*|ordered|asked|request\w*|nobody|no|to be|to get|being|can|needs?|needed|starts?|started|begins?|began"
    r"|soon)\b)(?:\W+\w+){0,4}?\W*$",
    re.IGNORECASE,
)
"""Words before a state that say that it is not so, or not yet."""

_SAID = r"(?:report|logg?|said|call|enter|entr|record|stated?\b)[a-z]*"
_PLAYED = (
    r"(?:drill|exercise(?! (?:of|powers?|their|his|her|its|our|the|caution|discretion|rights?|control)\b)|training"
    r"|test(?! (?:positive|negative))"
    r")"
    r"(?![\s-]+(?:cent(?:re|er)s?|station|site|college|school|hall|ground|street|st|road|lane|place|avenue|team|officers?"
    r"|sergeants?|staff|area|wing|unit"
    r"|results?|kits?)\b)"
)
UNREAL = re.compile(
    _words(
        r"false (?:alarm|report|call|info(?:rmation)?|claim|rumou?r)s?|untrue|hoax(?:es)?|pranks?"
        r"|(?:not|(?:is|was)n['’]?t) (?:true|the case)|fake (?:alarm|report|call|news)s?|mistaken"
        r"|misreport(?:ed)?|incorrect|disregard|simulat(?:ed|ion)"
        r"|rehears(?:al|ed)|hypothetical(?:ly)?|practi[cs]e (?:run|alarm)|(?:for|only) practi[cs]e"
        rf"|{_SAID}(?: [a-z0-9]+){{0,4}}? (?:in|by) (?:error|mistake)|(?:in|by) (?:error|mistake) {_SAID}"
        rf"|(?:wrong|incorrect|mistaken|false)ly {_SAID}|not so(?=\s*(?:[,;:.)]|$))"
        r"|wrong(?! (?:way|side|turn|lane|end|street|direction|place|road|exit|address)s?\b)"
        r"|(?:did not|didn['’]?t|has not|hasn['’]?t|never|not) happen(?:ed)?"
        rf"|(?:an?|the|this is|only|just|for|fire|evacuation|training|field|live|joint) {_PLAYED}"
        rf"|(?=drill|exercise|training\s?:){_PLAYED}|(?:false|fake)(?=\s*(?:[,;:.)]|$))"
    ).pattern
    + r"|(?:^|(?<=[,;:.(0-9]))[ \t-]*+(?:drill|exercise|training|test)(?=\s?(?:[,;:.)\n]|$))"
    + rf"|^[\s0-9:.,-]*+{_PLAYED}(?!\w)",
    re.IGNORECASE,
)
"""Words anywhere in a line that say that what it tells is not so, or only played."""
_POSTS = "gate|post|patrol|crew|team|sector|checkpoint|channel|ch|phase|level|day"
NAMED_POST = re.compile(rf"\b(?:{_POSTS})\s+$", re.IGNORECASE)
NAMED = re.compile(rf"\b(?:by|per|from|{_POSTS})\s+(?:the\s+)?$", re.IGNORECASE)
"""Words before a number that make it a name, and no count."""
PART_OF = re.compile(
    r"(?:[\w%]+\s+of\s+(?:the|these|those|our|all)|(?<!\w)(?:[0-9]+|half|quarter|thirds?|most|some|many|few|any|none|one"
    r"|two|three|four|five|six|seven|eight|nine|ten|out|part|rest)\s+of)\s+$",
    re.IGNORECASE,
)
"""Words before a number that make it the whole of which only a part is meant."""
EXCEPTED = _words(r"except(?:ed|ing|ion)?|excluding|apart from|aside from|other than|save for|but (?:not|for)")
"""Words that take something out of what was said before them."""

_FIGURE = r"(?<![\w.:,/+-])[0-9]{1,4}"
_MANY = rf"(?:(?:all|every|each)\s+(?:of\s+)?(?:(?:the|our)\s+)?(?:{_FIGURE}\s+)?|{_FIGURE}\s+(?:of\s+)?(?:the\s+)?)"
SUBJECT = re.compile(
    rf"\b(?P<many>{_MANY})?(?P<noun>(?:concrete\s+)?(?:barriers?|barricades?|blocks?)"
    r"|gates?(?!\s+(?:[0-9]|[A-Za-z]\b)))(?!\w)"
    r"(?!\s+(?:street|road|lane|place|avenue)\b)",
    re.IGNORECASE,
)
_LETTER = r"(?:[a-z]|alpha|bravo|charlie|delta|echo|foxtrot|golf|hotel|red|blue|green|yellow)"
ACTORS = _words(
    rf"by (?:the )?(?:{_PEOPLE}|(?:patrol|crew|team) (?:[0-9]+|{_LETTER}))"
    r"|by (?:mistake|accident)"
    r"|(?:by )?(?:police|officers?|staff|contractors?|somebody|someone|people|protest[eo]rs?|"
    r"demonstrators|(?:a |the )?crowd)(?! (?:station|college|headquarters|campus|street|road))"
)
"""Who did it: read, but no field of an entry holds it."""

_CERTAIN: tuple[tuple[Certainty | None, str], ...] = (
    (None, r"denied (?:entry|access|passage)|claims? (?:form|desk)"),
    ("claimed", r"unconfirmed|not (?:yet )?confirmed|to be confirmed|tbc|unverified"),
    ("denied", r"denied|denies|deny|denying"),
    ("confirmed", r"confirmed|confirms?|confirming"),
    ("understood", r"understood|understands?|believed|believes?|thought to (?:be|have)"),
    ("claimed", r"claimed|claims?|claiming|alleged(?:ly)?|alleges?|alleging|reportedly|rumou?r(?:ed|s)?|hearsay"),
    ("observed", r"observed|observes|seen|saw|sighted|witnessed|sees"),
    ("claimed", r"says?|said|saying"),
)  # fmt: skip
CERTAINTIES = tuple((certainty, _words(words)) for certainty, words in _CERTAIN)

_END = (
    rf"(?=\s*(?:[{READ},;:()\n]|[.!?]+(?:\s|$)|$|\b(?:that|because|who|which|as|but|except\w*|excluding"
    r"|apart\s+from|aside\s+from|other\s+than|save\s+for|with\s+(?:a|an|the|some|no|[0-9]+))\b))"
)
_NAME = rf"(?P<who>[^\s{READ},;:()\n][^{READ},;:()\n]{{0,120}}?)"
_TELLS = (
    r"reports?|reported|says?|said|claims?|claimed|alleges?|alleged|confirms?|confirmed|den(?:y|ies|ied)|states?|stated"
    r"|tells? us|told us|radios?|advises?|advised|understands?|observes?|observed|saw|sees|decide[sd]?"
)
_BY = r"reported|reports?|seen|observed|witnessed|confirmed|claimed|alleged|denied|stated|said|told|decided|understood"
SOURCES: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:as\s+)?(?P<verb>{_BY})\b[\s{READ}]*\bby\s+(?:the\s+)?{_NAME}{_END}",
        rf"\b(?P<verb>according to|per|source:?|(?:word|message|call|report) from)\s+(?:the\s+)?{_NAME}{_END}",
        rf"(?:^|(?<=[,;:.{READ}]))\s*(?P<verb>from)\s+(?:the\s+)?{_NAME}{_END}",
        rf"(?<=[,;])\s*(?P<verb>by)\s+(?:the\s+)?{_NAME}{_END}",
        rf"(?:(?<=[,;])\s*|^[\s{READ}]*)(?P<verb>says?)\s+(?:the\s+)?{_NAME}{_END}",
        rf"(?:^|(?<=[,;:{READ}]))[\s:]*(?:the\s+)?(?P<who>[^\s{READ},;:()\n][^{READ},;:()\n]{{0,80}}?)\s+"
        rf"(?P<verb>{_TELLS})\b(?!\s+(?:by|of)\b)(?:\s+that\b)?",
    )
)
"""Who says so, behind a word or before a verb. A name ends at a comma, or at what was read already."""
BARE_SOURCES = (
    re.compile(rf"^[\s{READ},]*{_NAME}\s*:(?=\s)"),
    re.compile(rf"[,;]\s*{_NAME}[\s{READ}]*\.?\s*$"),
)
"""Who says so, before a colon at the start or behind the last comma: only for sources that are known."""

_CHANNEL = (
    r"radio|phone|telephone|mobile(?: phone)?|e-?mail|text(?: message)?|sms|message|letter|fax|hand|runner|pager"
    r"|video(?: call)?|camera|cctv|drone|intercom|landline|satellite phone"
)
CHANNELS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:by|over (?:the )?|on the|via(?: the)?|through the)\s+(?P<via>(?:{_CHANNEL})(?:\s+channel\s+[0-9]+)?)\b",
        r"\b(?P<via>in person)\b",
        r"\b(?:on|via|by)\s+(?P<via>ch(?:annel|\.)?\s?[0-9]+)\b",
        rf"\bvia\s+(?P<via>[^\s{READ},;:()\n][^{READ},;:()\n]{{0,80}}?){_END}",
        rf"(?:(?<=[,;(])\s*)(?P<via>{_CHANNEL})(?=\s*(?:[,;).]|$))",
    )
)

_POST = r"(?:gate|post|checkpoint|patrol|crew|team|sector|cordon|barrier)s?"
OWN = re.compile(
    rf"{_POST}\s+(?:[0-9]+|[a-z])(?:\s+(?:officers?|sergeant|staff|crew|commander))?"
    r"|(?:duty officer|control(?: room)?|this desk|cordon (?:staff|officers?|commander)|commander|planner|gate officer)"
    r"|(?:forward|incident|sector|gate|operation|cordon|bronze|silver|gold) (?:commander|controller)"
    rf"|(?:officers?|staff|crew|sergeant|team|police) (?:at|on) (?:the )?{_POST}\b.*",
    re.IGNORECASE,
)
"""Gates, posts, patrols and roles that any operation has: they see what they report."""

_ID = r"(?=[A-Za-z._-]*[0-9])[A-Za-z](?:[A-Za-z0-9._-]{0,78}[A-Za-z0-9])?(?![A-Za-z0-9])"
_IDS = rf"(?P<ids>{_ID}(?:\s*(?:,|&|\band\b|\+)\s*{_ID})*)"
_LINKS: tuple[tuple[str, str], ...] = (
    ("correction", r"correction(?: of| to| for)?:?|corrects?|correcting"),
    ("confirmation", r"confirmation of|confirms?|confirmed|confirming"),
    ("denial", r"denial of|denies|deny|denied|contradicts?|disputes?"),
    ("retraction", r"(?:takes?|took|taken|taking) back|retracts?|retraction of|retraction:?|withdraws?|withdrawn"),
    ("follows", r"follows|following"),
    ("answers", r"re:?|see(?: also)?|answers?|answering|regarding|relates to"),
)
LINKS = tuple(
    (link, re.compile(rf"\b(?:{words.replace(' ', ' +')})\s+(?:entry |entries )?{_IDS}", re.IGNORECASE))
    for link, words in _LINKS
)

KIND_HEADS: Mapping[str, EntryKind] = {
    "observation": "observation", "claim": "claim", "note": "note", "advisory": "advisory", "staffing": "staffing",
    "standoff": "standoff", "stand-off": "standoff", "statement": "statement", "level": "level", "count": "count",
    "site notice": "site_notice", "gate rule": "gate_rule", "denial": "denial", "barrier": "barrier",
    "street": "street",
}  # fmt: skip
KIND_HEAD = re.compile(rf"^[\s{READ},.-]*(?P<head>{'|'.join(KIND_HEADS)})\s*:", re.IGNORECASE)


def read_certainty(reading: Reading, *, spare: bool) -> Certainty | None:
    """How sure the line says it is; None where it says nothing.

    `spare` is true where the source's own verb settled it already: then "says" and "reports" are not asked again.
    """
    found: list[Certainty] = []
    for certainty, pattern in CERTAINTIES:
        for match in pattern.finditer(reading.left):
            if certainty is None:
                reading.left = reading.left[: match.start()] + READ * len(match[0]) + reading.left[match.end() :]
                continue
            if spare and match[0].casefold().startswith("sa") and match[0].casefold() != "saw":
                continue
            reading.take_match(match, "certainty", certainty)
            found.append(certainty)
    different = list(dict.fromkeys(found))
    if len(different) > 1:
        reading.doubt(
            "two-certainties",
            "certainty",
            expected="one word for how sure it is",
            found=" and ".join(different),
            do="Say who knows it how: one line for each.",
        )
    return different[0] if different else None
