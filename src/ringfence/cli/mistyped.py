"""What is wrong with an option, in plain words: the library that reads the command line speaks to programmers."""

from __future__ import annotations

import re
from difflib import get_close_matches

_PLAIN = {
    "Value error, ": "",
    "Input should be a valid integer, unable to parse string as an integer": "expected a whole number.",
    "Input should be a valid number, unable to parse string as a number": "expected a number.",
    "Input should be ": "it should be ",
}
_NOT_ONE_OF = re.compile(r"'(?P<found>.*)' is not one of (?P<known>'[^']*'(?:, '[^']*')*)\.?$", re.DOTALL)


def plainly(message: str) -> str:
    """The same complaint for whoever typed it; with the word that was meant, where one is close."""
    for theirs, ours in _PLAIN.items():
        message = message.replace(theirs, ours)
    choice = _NOT_ONE_OF.search(message)
    if choice is None:
        return message
    close = get_close_matches(choice["found"], re.findall("'([^']*)'", choice["known"]), n=1, cutoff=0.5)
    return f"{message} Did you mean '{close[0]}'?" if close else message
