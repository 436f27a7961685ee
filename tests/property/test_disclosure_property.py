"""Whatever a log holds and a role may read: the disclosed chain verifies, and no withheld word is in the file."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import count
from pathlib import Path
from typing import Any, get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringfence.desk.disclosing import disclose
from ringfence.ledger import Ledger, LedgerLine, RevealedText, audit_lines, audit_revealed, read_lines
from ringfence.ledger.texts import commitments
from ringfence.model.disclosure import NAMES, DisclosureFile
from ringfence.model.entries import EntryDraft, EntryKind
from tests.property.test_ledger_property import Clock, figures, ids, spans, words

WHO = ("NZ Police", "a neighbour", "Gate  6", "nz herald")
"""How sources are worded; the number that follows each makes its text one that stands nowhere else."""
WANTED = ("*", "NZ Police *", "nz police*", "*neighbour*", "gate 6 *", "Gate*6*", "*e*", "nobody")
KINDS = tuple(kind for kind in get_args(EntryKind) if kind != "erasure")


@dataclass(frozen=True)
class Said:
    """What one entry shall say; its texts are made unmistakable when it is added."""

    kind: str
    who: str
    has: frozenset[str]
    references: int
    flavour: str
    rest: dict[str, Any]
    erased: frozenset[str]


entries = st.builds(
    Said,
    kind=st.sampled_from((*KINDS[:4], "note")),
    who=st.sampled_from(WHO),
    has=st.frozensets(st.sampled_from(["why", "place", "source.via"])),
    references=st.integers(0, 2),
    flavour=words,
    rest=st.fixed_dictionaries(
        {"so": spans, "number": st.none() | figures, "relates_to": st.lists(ids, max_size=2).map(tuple)},
        optional={"power": words, "unit": words, "basis": words},
    ),
    erased=st.frozensets(st.sampled_from(NAMES), max_size=2),
)
readable = st.fixed_dictionaries(
    {},
    optional={
        "texts": st.lists(st.sampled_from(NAMES), min_size=1, max_size=3),
        "kinds": st.lists(st.sampled_from(KINDS[:4]), max_size=2),
        "sources": st.sampled_from(["all", "public"]),
        "by": st.lists(st.sampled_from(WANTED), min_size=1, max_size=2),
    },
)
rules = st.fixed_dictionaries(
    {
        "public_source": st.lists(
            st.fixed_dictionaries(
                {"by": st.sampled_from(WANTED[1:])}, optional={"via": st.sampled_from(["*", "gate 6*"])}
            ),
            max_size=2,
        ),
        "role": st.lists(readable, max_size=3).map(lambda reads: [{"id": "somebody", "reads": reads}]),
    }
)


def is_like(text: str | None, wanted: str) -> bool:
    """As the page says it: any letters for a star, capital letters and spaces aside; what is gone is like nothing."""
    if wanted == "*" or text is None:
        return wanted == "*"
    return fnmatchcase(" ".join(text.casefold().split()), " ".join(wanted.casefold().split(" ")))


def may_read(stated: dict[str, Any], role: str, name: str, kind: str, by: str | None, via: str | None) -> bool:
    """The page's rule, written a second time."""
    is_public = any(
        is_like(by, source["by"]) and is_like(via, source.get("via", "*")) for source in stated["public_source"]
    )
    if role == "court":
        return True
    if role == "public":
        return is_public
    for reads in stated["role"][0]["reads"]:
        fits = name in reads.get("texts", NAMES) and kind in (reads.get("kinds") or [kind])
        fits = fits and any(is_like(by, wanted) for wanted in reads.get("by", ["*"]))
        if fits and (is_public or reads.get("sources", "all") == "all"):
            return True
    return False


def write_log(ledger: Ledger, log: list[Said]) -> dict[str, dict[str, str]]:
    """Add the entries, erase what is to be erased; every text by entry and field, as it was said."""
    numbers = count(100_000)
    texts: dict[str, dict[str, str]] = {}
    for said in log:

        def new(words: str, said: Said = said) -> str:
            return f"{words} <{next(numbers)}> {said.flavour}"

        draft = EntryDraft(
            kind=said.kind,
            what=new("words"),
            why=new("reason") if "why" in said.has else None,
            place=new("spot") if "place" in said.has else None,
            source={"by": new(said.who), "via": new("gate 6") if "source.via" in said.has else None},
            ref=tuple(new("see") for _ in range(said.references)),
            certainty="claimed",
            **said.rest,
        )
        line = ledger.add(draft).line
        texts[line.entry.id] = {field: kept.text for field, kept in line.texts.items() if kept}
        has = {field.partition(".")[0] if field.startswith("ref") else field for field in texts[line.entry.id]}
        if gone := sorted(said.erased & has):
            erasure = ledger.erase(line.entry.id, gone, by=new("officer"), power="An act", why=new("on request")).line
            texts[erasure.entry.id] = {field: kept.text for field, kept in erasure.texts.items() if kept}
    return texts


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(log=st.lists(entries, max_size=6), stated=rules, role=st.sampled_from(["public", "court", "somebody"]))
def test_a_disclosure_verifies_and_holds_what_the_role_may_read_and_not_a_word_more(
    log: list[Said], stated: dict[str, Any], role: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "ledger.db"
        with closing(Ledger.create(place, operation="op", desk="a", clock=Clock())) as ledger:
            texts = write_log(ledger, log)
            heads, held = ledger.heads(), [line for _, line in ledger.lines()]
    told = disclose(held, DisclosureFile.model_validate(stated), role)
    lines = read_lines(told.text.encode(), "disclosed")
    found = audit_lines(lines, operation="op", expect=heads)
    assert found.faults == ()
    assert (found.heads, found.lines) == (heads, len(held))
    assert (found.withheld, found.erased) == (told.withheld, told.erased)
    assert [line.hash for line in lines] == [line.hash for line in held]
    for line, own in zip(lines, held, strict=True):
        kept = {field: text.text for field, text in own.texts.items() if text}
        by, via = kept.get("source.by"), kept.get("source.via")
        for field in commitments(line.written):
            said = texts[line.entry.id][field]
            name = "ref" if field.startswith("ref.") else field
            if field not in kept:
                assert line.texts[field] is None, "what was erased is told as erased"
                assert_nowhere(said, told.text)
            elif may_read(stated, role, name, line.entry.kind, by, via):
                assert line.texts[field] == own.texts[field], "what is disclosed is the original, with its salt"
                assert line.texts[field].text == said  # type: ignore[union-attr]
            else:
                assert field not in line.texts
                assert_nowhere(said, told.text)
                assert own.texts[field].salt not in told.text  # type: ignore[union-attr]
                assert_can_be_revealed(lines, own, field)


def assert_nowhere(text: str, file: str) -> None:
    """Neither as it is, nor as JSON writes it, nor by the number that makes it one of its kind."""
    number = text[text.find("<") : text.find(">") + 1] or text  # an erasure words its own `what`
    for written in (number, text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]):
        assert written not in file
        assert written.encode() not in file.encode()


def assert_can_be_revealed(lines: tuple[LedgerLine, ...], own: LedgerLine, field: str) -> None:
    """The text with its salt fits the line that was handed on without it; any other text does not."""
    kept = own.texts[field]
    assert kept is not None
    revealed = RevealedText(entry=own.entry.id, field=field, salt=kept.salt, text=kept.text)
    assert audit_revealed(lines, [revealed]) == ()
    other: Callable[..., RevealedText] = revealed.model_copy
    for changes in ({"text": kept.text + "."}, {"salt": f"{int(kept.salt, 16) ^ 1:032x}"}):
        (fault,) = audit_revealed(lines, [other(update=changes)])
        assert fault.code == "not-that-text"
