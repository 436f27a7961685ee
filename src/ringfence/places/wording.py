"""Reading the words: guards against what is no text, the small grammar of places, and the roles of its names."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from ringfence.base.errors import BadInput, Fault, refuse_if
from ringfence.places.gazetteer import Gazetteer, Mention
from ringfence.places.names import COMMA, SINGULAR, SLASH, STREET_TYPES, Token, split_words

WORDS_MAX = 200


class Role(Enum):
    """What a name does in the words."""

    MAIN = auto()
    NEAR = auto()
    REAR = auto()
    END = auto()
    BETWEEN = auto()


class _Link(Enum):
    """What stands between names without giving the next one a role of its own."""

    JOIN = auto()
    CORNER = auto()
    END_OF = auto()
    PAUSE = auto()


_Connector = Role | _Link

_CONNECTORS: dict[tuple[str, ...], _Connector] = {
    tuple(words.split()): connector
    for connector, phrases in (
        (Role.NEAR, "near|nr|near to|close to|by|beside|next to|opposite|opp|outside|in front of|front of|off|at"
                    "|adjacent to|alongside|front entrance of|front entrance to|entrance of|entrance to"
                    "|main entrance of|main entrance to"),
        (Role.REAR, "rear of|rear entrance of|rear entrance to|back of|back entrance of|back entrance to|behind"),
        (Role.END, "bottom of|top of|foot of|head of"),
        (Role.BETWEEN, "between|btwn|from"),
        (Role.MAIN, "on|along|in"),
        (_Link.JOIN, "and|with|meets|to|x|/"),
        (_Link.CORNER, "corner of|corner|cnr of|cnr|intersection of|intersection|junction of|junction|crossing of|end"
                       "|intersection with|corner with|junction with"),
        (_Link.END_OF, "end of"),
        (_Link.PAUSE, ","),
    )
    for words in phrases.split("|")
}  # fmt: skip
_CONNECTOR_TOKENS_MAX = max(len(words) for words in _CONNECTORS)
_CONNECTOR_WORDS = frozenset(word for words in _CONNECTORS for word in words)
_SHARING = ("and", SLASH, COMMA)


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words, read: the names with their roles, in order."""

    names: tuple[tuple[Role, Mention], ...]

    def with_role(self, *roles: Role) -> tuple[Mention, ...]:
        """The names that have one of these roles."""
        return tuple(mention for role, mention in self.names if role in roles)


def place_fault(words: str, expected: str, found: str, do: str) -> Fault:
    """The fault of words that are no place at all."""
    return Fault("bad-place", name_words(words), expected, found, do)


def name_words(words: str) -> str:
    """The words as a fault quotes them: short, with everything invisible written out."""
    return f"place {words[:60]!r}"


def read_phrase(words: str, gazetteer: Gazetteer) -> Phrase:
    """Find the names in the words and what each does.

    Raises
    ------
    BadInput
        ``bad-place`` if the words can't be a place; else one fault for every name that is not known.
    """
    tokens = _share_type(split_words(_guard(words)))
    items = _scan(tokens, gazetteer)
    faults: list[Fault] = []
    names = _give_roles(items, gazetteer, name_words(words), faults)
    refuse_if(faults)
    if not names:
        raise BadInput([place_fault(words, "the name of a street or site", "none", "Name a street.")])
    return Phrase(tuple(_promote(names)))


def _guard(words: str) -> str:
    """The words, stripped, if they could name a place; else `BadInput` before any further work."""
    if len(words) > WORDS_MAX:
        found = f"{len(words):,} characters"
        raise BadInput([place_fault(words, f"at most {WORDS_MAX} characters", found, "Shorten it to the place.")])
    text = words.strip()
    for char in text:
        # Controls, bidi overrides and other invisibles, surrogates, private use, unassigned, line separators.
        if unicodedata.category(char)[0] == "C" or unicodedata.category(char) in ("Zl", "Zp"):
            found = f"the invisible character U+{ord(char):04X}"
            raise BadInput([place_fault(words, "plain text on one line", found, "Type the words again.")])
    if not any(char.isalnum() for char in text):
        found = "no letter or digit"
        raise BadInput([place_fault(words, "the name of a street or site", found, "Name a street.")])
    return text


def _share_type(tokens: list[Token]) -> list[Token]:
    """ "Bunny and Featherston Streets" becomes "Bunny street and Featherston street"."""
    shared = list(tokens)
    for position in range(len(tokens) - 1, 0, -1):
        kind = SINGULAR.get(tokens[position].text)
        after = tokens[position + 1].text if position + 1 < len(tokens) else COMMA
        if kind is None or after not in _CONNECTOR_WORDS:
            continue
        shared[position] = Token(kind, kind.title())
        for back in range(position - 1, 0, -1):
            before = tokens[back - 1].text
            if tokens[back].text in _SHARING:
                if before in _CONNECTOR_WORDS:
                    break
                if before not in STREET_TYPES:
                    shared.insert(back, Token(kind, kind.title()))
            elif tokens[back].text in _CONNECTOR_WORDS:
                break
    return shared


def _scan(tokens: list[Token], gazetteer: Gazetteer) -> list[_Connector | list[Token]]:
    """Connectors and runs of words, in order. Known names are kept whole, also where they hold a connector."""
    items: list[_Connector | list[Token]] = []
    position = 0
    while position < len(tokens):
        name_length = gazetteer.measure_name(tokens, position)
        connector, length = _match_connector(tokens, position)
        if connector is not None and length > name_length:
            items.append(connector)
            position += length
            continue
        run = tokens[position : position + max(name_length, 1)]
        # A known name with further words beside it is another name: Hill Street is not Upper Hill Street.
        if items and isinstance(items[-1], list):
            items[-1].extend(run)
        else:
            items.append(run)
        position += len(run)
    return items


def _match_connector(tokens: Sequence[Token], start: int) -> tuple[_Connector | None, int]:
    for length in range(_CONNECTOR_TOKENS_MAX, 0, -1):
        words = tuple(token.text for token in tokens[start : start + length])
        if len(words) == length and words in _CONNECTORS:
            return _CONNECTORS[words], length
    return None, 0


def _give_roles(
    items: Sequence[_Connector | list[Token]], gazetteer: Gazetteer, where: str, faults: list[Fault]
) -> list[tuple[Role, Mention]]:
    names: list[tuple[Role, Mention]] = []
    role, last_role, after_name = Role.MAIN, Role.MAIN, False
    for item in items:
        if isinstance(item, Role):
            role = item
        elif item is _Link.JOIN:
            role = last_role
        elif item is _Link.PAUSE:
            role = last_role if last_role is Role.BETWEEN else Role.MAIN
        elif item is _Link.END_OF:
            # "the Molesworth Street end of Hill Street" is on Hill Street.
            role = Role.MAIN if after_name else Role.END
            if after_name and names:
                names[-1] = (Role.NEAR, names[-1][1])
        elif isinstance(item, list):
            found = gazetteer.find(item, site_first=role is Role.REAR, where=where)
            if isinstance(found, Fault):
                faults.append(found)
            else:
                names.append((role, found))
            last_role = role
        after_name = isinstance(item, list)
    return names


def _promote(names: list[tuple[Role, Mention]]) -> list[tuple[Role, Mention]]:
    """Where no name is the main one ("near Parliament and Hill Street"), the first street is, else the first name."""
    if any(role is Role.MAIN for role, _ in names):
        return names
    streets = [position for position, (_, mention) in enumerate(names) if mention.street is not None]
    first = streets[0] if streets else 0
    role, mention = names[first]
    kept = [(role, mention)] if role is Role.END else []
    return [(Role.MAIN, mention), *kept, *names[:first], *names[first + 1 :]]
