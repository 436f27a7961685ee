"""Which words may name the parts of a count: categories, never people.

Parts stand in the hashed line of the log: they are in every disclosure, and no erasure reaches them. So a part that is
read from what somebody typed has to be made of words that can't be a person's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ringfence.model.entries import Figure
from ringfence.operation import Operation

PART_WORDS_MAX = 6
_OF_ONE_NAME_MAX = 2
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

_OFFENCES = """
    arson arrest arrests assault assaulting assaults behaviour breach breaches breaching burglary charge charged charges
    cordon damage damaging dangerous details disobeying disorder disorderly disturbance driving drunk drunkenness
    endangering entering entry failing failure fighting giving graffiti hindering intimidation intoxicated littering
    noise nuisance obstructing obstruction offence offences offensive other others peace police possessing possession
    property rioting refused refusing remaining resisting restricted robbery serious speeding spraying stealing
    stopping theft threat threatening threats throwing trespass trespassing unlawful unlicensed vandalism violence
    violent weapon weapons wilful
"""
_OUTCOMES = """
    admitted bailed cautioned cited convicted detained discharged escorted evicted fined freed held hospital custody
    impounded left moved out overnight penalised pending processed ran released removed sent summonsed ticketed towed
    treated turned warned warning away back in inside outside
"""
_HARM = """
    ankle arm back bitten bleeding broken bruise bruised bruises burn burned burns chest chronic concussed concussion
    covid critical critically cut cuts dead deceased deaths dehydrated dehydration eye eyes facial fall fatal fatally
    fire foot fracture fractured fractures gas gear glasses hand head heat hurt hypothermia ill illness injured injuries
    injury isolating knee laceration lacerations leg light lightly medical mild minor moderate moderately negative
    pepper poisoning positive protective recovered riot scratches seriously severe severely shock sick slight slightly
    smoke sprain sprained sprains stable stings strain strained symptoms unconscious unhurt uninjured untested
    vaccinated unvaccinated wounded
"""
_WHO = """
    adult adults ambulance bystander bystanders caller callers camper campers child children civilian civilians
    commuter commuters contractor contractors crew crews cyclist cyclists demonstrator demonstrators driver drivers
    elderly female females firefighter firefighters foreign inhabitants journalist journalists local locals male males
    man media medic medics men minors motorist motorists occupant occupants officer officers organisers paramedic
    paramedics passenger passengers patient patients pedestrian pedestrians people person persons police protest
    protester protesters protestor protestors pupil pupils resident residents security soldiers staff student students
    teenager teenagers tourist tourists visitor visitors volunteer volunteers woman women worker workers youth youths
"""
_WHAT = """
    abandoned ambulances banner banners barricade barricades barrier barriers bicycle bicycles bike bikes block blocks
    bus buses business businesses camp camps campervan campervans car caravan caravans cars class classes community
    case cases commercial concrete delivery deliveries emergency empty engine engines freight full gate gates
    generator generators goods gone government heavy house houses household households large leaving lorries lorry
    marquee marquees motorbike motorbikes motorcycle motorcycles motorhome motorhomes new occupied official parked
    permit permits private portaloo portaloos public rental repeat sanitation scooter scooters service shop shops site
    sites small stationary stolen stranded structures taxi taxis tent tents trailer trailers tractor tractors truck
    trucks unoccupied utes ute vacant van vans vehicle vehicles with without
"""
_HOW = """
    a about after against all already and another another's any as at been before being between both but by during each
    east eastern either entered exit exited first for from had has have hour hours into its known last later more most
    neither new no none nor north northern not now of off official old on one only or over own per same second since
    some south southern still than the their them then there these they third this those through to today tomorrow
    tonight two under unknown unnamed unspecified unstated until up was were west western what where which while who
    yesterday yet morning afternoon evening night
"""
PLAIN: frozenset[str] = frozenset(" ".join((_OFFENCES, _OUTCOMES, _HARM, _WHO, _WHAT, _HOW)).split())
"""Words of offences, outcomes, injuries, roles, vehicles and things, and the small words between them."""

_OF_PEOPLE = re.compile(
    r"\b(?:arrest\w*|people|persons?|injur\w+|hurt|held|detained|officers?|staff|patients?|protest[eo]rs?|demonstrators?"
    r"|deaths?|casualt\w+|residents?|drivers?|pedestrians?|children|pupils|students|wounded)\b",
    re.IGNORECASE,
)


def known_parts(operation: Operation) -> dict[str, str]:
    """Whole names of parts that the operation has, casefolded, each as it is written there: its barriers, sites and
    categories, and the parts of what was counted before, but for those that may be people.
    """
    said = [
        *(one.name for one in operation.barriers),
        *(one.name for one in operation.sites),
        *(one.name for one in operation.access.category),
        *(
            part
            for entry in operation.entries
            if entry.breakdown and not perhaps_people(entry.breakdown, entry.unit)
            for part in entry.breakdown
        ),
    ]
    return {_key(words): words for words in reversed(said)}  # the first that said it gives the spelling


def category(words: str, known: Mapping[str, str]) -> str | None:
    """The category that these words name; None if they may be a person's name.

    What is known is written as before; plain words are written small, so that not even a capital letter stands for a
    name.
    """
    return known.get(_key(words)) or (_key(words) if is_plain(words) else None)


def is_plain(words: str) -> bool:
    """Whether every word is a plain one: no name has been made of such."""
    found = _key(words).replace("-", " ").replace("/", " ").split()
    return 0 < len(found) <= PART_WORDS_MAX and all(_WORD.fullmatch(word) and word in PLAIN for word in found)


def perhaps_people(breakdown: Mapping[str, Figure], unit: str | None) -> list[str]:
    """Parts of a stored count that may be people's names: people were counted, and no plain words say which.

    A name is one person's, or two of a family. Where a part that is no plain word counts more, the parts are places,
    services or the like, as in a table of districts: then none is taken for a person.
    """
    if unit is not None and not _OF_PEOPLE.search(unit):
        return []
    unknown = {part: number for part, number in breakdown.items() if not is_plain(part)}
    return list(unknown) if all(number <= _OF_ONE_NAME_MAX for number in unknown.values()) else []


def _key(words: str) -> str:
    return " ".join(words.split()).casefold()
