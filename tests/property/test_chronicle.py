"""The index of a log against the fold from scratch, on logs of every kind: unordered, linked, retracted, disputed."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from types import FrameType
from typing import Any

import pytest

from ringfence.desk.flags import Flagger
from ringfence.desk.log_view import extended_log, log_items
from ringfence.desk.opening import Stored
from ringfence.model.entries import Entry, Source
from ringfence.model.operation import Barrier, Site
from ringfence.operation import Operation
from ringfence.picture import Chronicle, counts, fold, rivals, worth_of, zones
from ringfence.picture.chronicle import _Known
from ringfence.picture.clusters import Clusters
from ringfence.picture.effects import changes_by
from ringfence.picture.timeline import Change, read
from ringfence.picture.zones import UNTIED

START = datetime(2022, 2, 21, tzinfo=UTC)
BARRIERS = [
    Barrier.model_validate(
        {"id": one, "name": one, "gate": True, "arms": [{"segment": "s", "offset_m": 1, "inside": "to"}]}
    )
    for one in ("hill", "bunny", "kate")
]
SITES = [Site.model_validate({"id": "court", "name": "Court", "kind": "other", "lat": -41.0, "lon": 174.0})]
LOGS = 400


def moment(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def span(rng: Random, around: int) -> dict[str, Any]:
    here, there = moment(around), moment(around + rng.randrange(1, 40))
    return rng.choice(
        [
            {"precision": "exact", "from": here, "to": here},
            {"precision": "exact", "from": here, "to": here},
            {"precision": "about", "from": here, "to": here},
            {"precision": "between", "from": here, "to": there},
            {"precision": "after", "from": here},
            {"precision": "before", "to": there},
            {"precision": "unknown"},
        ]
    )


ABOUT_OTHERS = ("correction", "confirmation", "denial", "retraction")


def drawn_log(
    rng: Random, length: int, *, tied: Sequence[float] = (0.0, 0.1, 0.5), about: Sequence[float] = (0.0, 0.2, 0.6)
) -> list[Entry]:
    """A log in order of arrival; moments follow that order loosely, links go either way.

    Those that follow or take back never go in a circle. In some logs many entries are about others: corrections with
    an effect and in words, confirmations, denials, contradictions, retractions, of any of these. `tied` and `about`
    are how often an entry has each link, and how often it is about others, of which one is drawn.
    """
    often_tied, often_about = rng.choice(tied), rng.choice(about)
    entries: list[dict[str, Any]] = []
    for number in range(length):
        around = number * 5 + rng.randrange(-30, 30)
        recorded = number * 5 if rng.random() < 0.9 else rng.randrange(length * 5)
        content: dict[str, Any] = {
            "id": f"e{rng.randrange(10**6):06}-{number}",
            "kind": "note",
            "what": "-",
            "source": {"by": "x"},
            "certainty": rng.choice(["confirmed", "observed", "observed", "claimed", "denied"]),
            "so": span(rng, around),
            "reported": span(rng, around + 3),
            "recorded": {"precision": "exact", "from": moment(recorded), "to": moment(recorded)},
        }
        content |= rng.choice(
            [
                {"barriers": rng.sample(["hill", "bunny", "kate"], 2), "state": rng.choice(["installed", "moved"])},
                {"barriers": ["hill"], "state": rng.choice(["installed", "removed", "obstructed"])},
                {"gates": [rng.choice(["*", "hill"])], "staffed": rng.random() < 0.5},
                {"site": "court", "site_state": rng.choice(["open", "closed"])},
                {"rules": ["r"], "in_force": rng.random() < 0.5},
                {"occupied": ["a"], "cleared": ["b"]},
                {"cleared": ["a"]},
                {"swept": "perimeter"},
                {"kind": "count", "number": number, "unit": rng.choice(["people", "arrests"])},
            ]
        )
        earlier = [one["id"] for one in entries]
        for link in ("follows", "retracts", "disputes", "relates_to"):
            if earlier and rng.random() < often_tied:
                content[link] = [rng.choice(earlier)]
        if earlier and rng.random() < often_about:
            content |= drawn_word(rng, earlier)
        entries.append(content)
    for one in entries:
        if entries[1:] and rng.random() < often_about / 10:  # of one that arrived later, perhaps in a circle
            one["relates_to"] = [rng.choice(entries)["id"]]
    if rng.random() < 0.3:
        rng.shuffle(entries)
    return [Entry.model_validate(entry) for entry in entries]


def drawn_word(rng: Random, earlier: list[str]) -> dict[str, Any]:
    """What makes of an entry a word about one or two others, mostly about the newest; most are in words only."""
    kind = rng.choice(ABOUT_OTHERS)
    near = earlier[-4:] if rng.random() < 0.7 else earlier
    named = sorted({rng.choice(near) for _ in range(rng.choice([1, 1, 1, 2]))})
    in_words = dict.fromkeys(("state", "staffed", "site", "site_state", "in_force", "swept", "number"))
    in_words |= dict.fromkeys(("barriers", "gates", "rules", "occupied", "cleared"), ())
    said = {"kind": kind, **(in_words if rng.random() < (0.2 if kind == "correction" else 0.7) else {})}
    said["retracts" if kind == "retraction" else "relates_to"] = named
    if kind == "correction" and rng.random() < 0.5:
        said["so"] = {"precision": "unknown"}
    if kind == "denial":
        said["certainty"] = "denied"
    elif rng.random() < 0.8:
        said["certainty"] = rng.choice(["confirmed", "observed"])
    if kind != "retraction" and rng.random() < 0.2:
        said["disputes"] = [rng.choice(near)]
    return said


def asked(rng: Random, length: int) -> tuple[datetime, datetime | None]:
    known = rng.choice([None, moment(rng.randrange(-10, length * 5 + 20))])
    return moment(rng.randrange(-40, length * 5 + 60)), known


@pytest.mark.parametrize("block", [2, 7, 1024])
def test_a_chronicle_gives_what_a_fold_from_scratch_gives(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(zones, "BLOCK", block)
    linked = contradicted = 0
    worth: Counter[str] = Counter()
    for seed in range(LOGS // 3):
        rng = Random(seed)
        log = drawn_log(rng, rng.choice([0, 1, 5, 20, 60]))
        chronicle = Chronicle(log)
        for _ in range(3):
            at, known_at = asked(rng, len(log))
            whole = fold(BARRIERS, SITES, log, at=at, known_at=known_at)
            assert chronicle.picture(BARRIERS, SITES, at=at, known_at=known_at) == whole, (seed, block)
            linked += any(entry.follows or entry.retracts for entry in log)
            contradicted += bool(whole.disputed)
        found = worth_of(log)
        worth["replaced"] += bool(found.replaced_by)
        worth["of another moment"] += bool(found.of_another_moment)
        worth["confirmed"] += any(found.is_sure(one.id, said=False) for one in log if one.certainty == "claimed")
        worth["in doubt"] += any(found.doubt(one.id, thing) for one in log for thing, _ in changes_by(one))
        worth["overruled"] += any(
            not found.counts(one.id, thing)
            for one in log
            for thing, _ in changes_by(one)
            if one.id not in found.replaced_by and one.id not in found.gone
        )
    assert min(worth.values()) > LOGS / 50, f"words about others are drawn: {worth}"
    assert linked > LOGS / 5, "links are drawn"
    assert contradicted > LOGS / 10, "disputes are drawn"


def test_entries_that_are_tied_to_others_far_away_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clusters reach near a moment or not; most of a long log's do not, and the picture is the same."""
    monkeypatch.setattr(zones, "BLOCK", 8)
    clusters: list[int] = []
    looked_at: set[tuple[int, datetime, datetime | None, int]] = set()
    tie = _Known._tie
    for seed in range(40):
        rng = Random(f"far {seed}")
        log = drawn_log(rng, 150, tied=(0.0, 0.02), about=(0.05, 0.1))
        chronicle = Chronicle(log)
        clusters += [len({chronicle._index.clusters.of(one.id) for one in log} - {UNTIED})] * 3
        for _ in range(3):
            at, known_at = asked(rng, len(log))

            def counted(known: _Known, cluster: int, asked_for: Any = (seed, at, known_at)) -> Any:
                looked_at.add((*asked_for, cluster))
                return tie(known, cluster)

            monkeypatch.setattr(_Known, "_tie", counted)
            found = chronicle.picture(BARRIERS, SITES, at=at, known_at=known_at)
            assert found == fold(BARRIERS, SITES, log, at=at, known_at=known_at), seed
    assert sum(clusters) > 10 * 120
    assert len(looked_at) < 0.7 * sum(clusters)  # the moments of many are not known


def test_a_chronicle_that_grew_is_that_of_the_whole_log_and_the_one_before_stays_as_it_was() -> None:
    for seed in range(60):
        rng = Random(seed)
        log = drawn_log(rng, 30)
        shorter = Chronicle(log[:12])
        longer = shorter.grown(log[:25]).grown(log)
        branch = shorter.grown([*log[:12], *reversed(log[12:])])
        at, known_at = asked(rng, len(log))
        for chronicle, entries in ((shorter, log[:12]), (longer, log), (branch, log)):
            found = chronicle.picture(BARRIERS, SITES, at=at, known_at=known_at)
            assert found == fold(BARRIERS, SITES, entries, at=at, known_at=known_at), seed


def test_what_was_found_a_moment_ago_is_found_again_and_never_once_it_is_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked_for, worked_out = count_calls(monkeypatch, "readings"), count_calls(monkeypatch, "_read")
    for seed in range(30):
        rng = Random(f"again {seed}")
        log = drawn_log(rng, 16)
        if seed % 2:  # else hardly any log is without them
            log = [
                one.model_copy(update=dict.fromkeys(("follows", "retracts", "disputes", "relates_to"), ()))
                for one in log
            ]
        edges = sorted({edge for one in log for edge in (one.so.earliest, one.so.latest) if edge.year == START.year})
        chronicle, done = Chronicle(), 0
        while done < len(log):
            done = min(len(log), done + rng.choice([1, 1, 4]))
            chronicle = chronicle.grown(log[:done])
            for edge in rng.sample(edges, min(3, len(edges))):
                for at in (edge, edge - timedelta(microseconds=1), edge + timedelta(seconds=1), edge):
                    found = chronicle.picture(BARRIERS, SITES, at=at)
                    assert found == fold(BARRIERS, SITES, log[:done], at=at), (seed, done, at)
    assert 0.2 * len(asked_for) < len(worked_out) < 0.8 * len(asked_for), "some are kept, and some are not"


def count_calls(monkeypatch: pytest.MonkeyPatch, name: str) -> list[None]:
    """A list that grows whenever the index of a log is asked something."""
    calls: list[None] = []
    original = getattr(_Known, name)

    def counted(*given: Any, **named: Any) -> Any:
        calls.append(None)
        return original(*given, **named)

    monkeypatch.setattr(_Known, name, counted)
    return calls


def test_what_is_kept_while_another_thread_adds_entries_is_not_taken_for_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = [
        Entry.model_validate(
            {
                **{"id": f"e{number}", "kind": "barrier", "what": "-", "source": {"by": "x"}, "certainty": "observed"},
                **{"barriers": ["hill"], "state": state, "so": exactly(number)},
                **{"reported": exactly(number), "recorded": exactly(number)},
            }
        )
        for number, state in enumerate(["installed", "moved", "reinstalled", "removed"])
    ]
    for name in ("unaltered_around", "is_plain"):
        chronicles = [Chronicle(log[:1])]
        original = getattr(zones.Changes, name)

        def while_others_add(
            changes: zones.Changes,
            given: int,
            original: Any = original,
            chronicles: list[Chronicle] = chronicles,
        ) -> Any:
            if len(chronicles) < len(log):
                chronicles.append(chronicles[-1].grown(log[: len(chronicles) + 1]))
            return original(changes, given)

        with monkeypatch.context() as patched:
            patched.setattr(zones.Changes, name, while_others_add)
            for number in range(len(log)):
                chronicles[number].picture(BARRIERS, SITES, at=moment(60))
        for number, chronicle in enumerate(chronicles):
            found = chronicle.picture(BARRIERS, SITES, at=moment(60))
            assert found == fold(BARRIERS, SITES, log[: number + 1], at=moment(60)), (name, number)


def exactly(minute: int) -> dict[str, Any]:
    return {"precision": "exact", "from": moment(minute), "to": moment(minute)}


def test_no_later_entry_alters_what_was_known_before_not_even_one_about_an_earlier_one() -> None:
    altered = 0
    for seed in range(150):
        rng = Random(f"known {seed}")
        log = drawn_log(rng, 25)
        until = moment(rng.randrange(10, 120))
        before = [one for one in log if one.recorded.latest <= until]
        at, _ = asked(rng, len(log))
        asks = (
            lambda entries, known, at=at: fold(BARRIERS, SITES, entries, at=at, known_at=known).model_dump(
                exclude={"known_at", "entries_left_out"}
            ),
            lambda entries, known, at=at: counts(entries, at=at, known_at=known),
            lambda entries, known, at=at: rivals(entries, at=at, known_at=known),
        )
        for ask in asks:
            assert ask(log, until) == ask(before, None), seed
            altered += ask(log, None) != ask(before, None)
    assert altered > 100, "later entries are about earlier ones, and alter what is known now"


def without_links_to_later(log: list[Entry]) -> list[Entry]:
    """A log as a desk takes it in: no entry names one that has not arrived."""
    known: set[str] = set()
    found = []
    for entry in log:
        links = {name: getattr(entry, name) for name in ("relates_to", "disputes", "follows", "retracts")}
        cut = {name: tuple(one for one in ids if one in known) for name, ids in links.items()}
        found.append(entry.model_copy(update=cut))
        known.add(entry.id)
    return found


def test_a_log_page_that_grew_is_that_of_the_whole_log(wellington: Operation) -> None:
    flagger, struck = Flagger(wellington), 0
    for seed in range(150):
        rng = Random(f"page {seed}")
        log = without_links_to_later(drawn_log(rng, 16))
        log = [entry.model_copy(update={"source": Source(by=rng.choice("xxy"))}) for entry in log]
        items, done = log_items(log[:6], (), flagger), 6
        while done < len(log):
            added = min(rng.choice([1, 1, 3]), len(log) - done)
            done += added
            stored = [Stored(number) for number in range(1, done + 1)]
            items = extended_log(items, log[:done], stored, added, flagger)
            assert items == log_items(log[:done], stored, flagger), seed
        worth = worth_of(log)
        assert {item.entry.id for item in items if item.corrected_by} == worth.corrected_by.keys()
        struck += len(worth.corrected_by)
    assert struck > 50


def test_a_confirmation_after_a_retraction_gives_the_entry_back_on_the_page_that_grew(wellington: Operation) -> None:
    """Of somebody who saw it: whoever said it takes back no more than their own word."""
    said: dict[str, Any] = {"what": "w", "so": {"precision": "unknown"}, "reported": {"precision": "unknown"}}

    def word(number: int, by: str, **more: Any) -> Entry:
        at = moment(number)
        recorded = {"precision": "exact", "from": at, "to": at}
        return Entry.model_validate({"id": f"e{number}", "source": {"by": by}, "recorded": recorded, **said, **more})

    log = [
        word(1, "x", kind="barrier", certainty="observed", barriers=["hill"], state="moved"),
        word(2, "x", kind="retraction", certainty="confirmed", retracts=["e1"]),
        word(3, "y", kind="confirmation", certainty="confirmed", relates_to=["e1"]),
    ]
    flagger, stored = Flagger(wellington), [Stored(number) for number in (1, 2, 3)]
    before = log_items(log[:2], stored[:2], flagger)
    assert before[0].retracted_by == ("e2",)
    after = extended_log(before, log, stored, 1, flagger)
    assert after[0].retracted_by == ()
    assert after == log_items(log, stored, flagger)


@pytest.mark.parametrize("link", [False, True])
def test_whoever_reads_while_entries_arrive_sees_the_log_before_them(
    monkeypatch: pytest.MonkeyPatch, link: bool
) -> None:
    """More arrive after each glance at how many rows there are: as other threads may have it, but each time."""
    monkeypatch.setattr(zones, "BLOCK", 4)
    for before in (3, 4, 15, 16, 17):
        changes, clusters = zones.Changes(), Clusters()
        number = iter(range(10**6))

        def arrive(
            changes: zones.Changes = changes, clusters: Clusters = clusters, number: Iterator[int] = number
        ) -> None:
            one = next(number)
            changes.append("installed", one, one, one, one, firm=True)
            if link and one % 3 == 0:
                cluster, _ = clusters.join([str(one), "another"])
                clusters.widen(cluster, one, one)
                changes.link(one, cluster)

        for _ in range(before):
            arrive()

        class Growing(zones.Columns):
            glancing = False

            def columns(self, first: int = 0, last: int | None = None) -> zones.Numbers:
                seen = super().columns(first, last)
                if not Growing.glancing:
                    Growing.glancing = True
                    for _ in range(5):
                        arrive()
                    Growing.glancing = False
                return seen

        changes._rows.__class__ = changes._bounds.__class__ = Growing
        over = changes.over_before(before, zones.ALWAYS, before)
        found = zones.Row(*changes.near(before, over, zones.ALWAYS, before, clusters.bounds)).entry.tolist()
        linked = {one for one in range(before) if link and one % 3 == 0}
        assert set(found) == linked | {max(set(range(before)) - linked)}


@pytest.mark.parametrize("wide", [False, True])
def test_whoever_reads_while_a_change_is_linked_sees_it_linked_or_not_but_never_both(
    monkeypatch: pytest.MonkeyPatch, wide: bool
) -> None:
    """Read before and after each line that the writer runs: a change that ends nothing any more must be seen linked."""
    monkeypatch.setattr(zones, "BLOCK", 1)
    changes, clusters, week = zones.Changes(), Clusters(), zones.WIDE
    changes.append("removed", 0, 0, 0, 0, firm=True)
    changes.append("installed", 2 * week, (4 if wide else 2) * week, 0, 1, firm=True)
    seen: list[tuple[tuple[int, ...], bool]] = []

    def look() -> None:
        over = changes.over_before(10 * week, zones.ALWAYS, 2)
        rows = zones.Row(*changes.near(10 * week, over, zones.ALWAYS, 2, clusters.bounds))
        seen.append((tuple(sorted(set(rows.entry.tolist()))), bool(rows.cluster.any())))

    def at_each_line(frame: FrameType, _event: str, _arg: object) -> Any:
        if frame.f_code.co_filename != zones.__file__:
            return None
        sys.settrace(None)
        look()
        sys.settrace(at_each_line)
        return at_each_line

    sys.settrace(at_each_line)
    cluster, _ = clusters.join(["0", "1"])
    clusters.widen(cluster, 2 * week, 4 * week)
    changes.link(1, cluster)
    sys.settrace(None)
    look()
    assert seen[0] == ((1,), False) and seen[-1] == ((0, 1), True) and len(seen) > 5
    assert set(seen) <= {((1,), False), ((1,), True), ((0, 1), True)}


def test_what_is_linked_while_a_picture_is_read_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where links contradict the times, every sure value counts, of changes far away, too."""
    monkeypatch.setattr(zones, "BLOCK", 1)
    plain = {"kind": "note", "what": "-", "source": {"by": "x"}, "certainty": "observed"}

    def entry(name: str, minute: int, **said: Any) -> Entry:
        then = {"precision": "exact", "from": moment(minute), "to": moment(minute)}
        return Entry.model_validate({**plain, "id": name, "so": then, "reported": then, "recorded": then, **said})

    log = [
        entry("x", 3, barriers=["hill"], state="obstructed"),
        entry("c", 12, barriers=["hill"], state="installed"),
        entry("d", 100, barriers=["hill"], state="moved"),
        entry("b", 5, barriers=["hill"], state="removed", follows=["d"]),
        entry("y", 30, kind="confirmation", relates_to=["x"]),
    ]
    old, at = Chronicle(log[:4]), moment(20)
    firm_values = zones.Changes.firm_values

    def meanwhile(changes: zones.Changes, *asked: Any) -> set[Any]:
        old.grown(log)
        return firm_values(changes, *asked)

    monkeypatch.setattr(zones.Changes, "firm_values", meanwhile)
    assert old.picture(BARRIERS, [], at=at) == fold(BARRIERS, [], log[:4], at=at)


def test_far_changes_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zones, "BLOCK", 16)
    changes = zones.Changes()
    for number in range(1000):
        changes.append("installed", number, number, number, number, firm=True)
    for at in (0, 500, 999):
        over = changes.over_before(at, zones.ALWAYS, 1000)
        assert zones.Row(*changes.near(at, over, zones.ALWAYS, 1000, Clusters().bounds)).entry.tolist() == [at]


def naive(changes: Sequence[Change[str]], at: datetime) -> tuple[frozenset[str], frozenset[str]]:
    """By the definition, every pair compared."""

    def must_follow(later: Change[str], earlier: Change[str]) -> bool:
        if later.latest > at:
            return False
        if earlier.entry in later.follows:
            return True
        if later.entry in earlier.follows:
            return False
        return later.earliest > min(earlier.latest, at)

    firm = [one for one in changes if one.sure]
    last = [
        one
        for one in changes
        if one.earliest <= at and not any(must_follow(other, one) for other in firm if other != one)
    ]
    sure = {one.value for one in last if one.sure} | ({"planned"} if all(one.latest > at for one in firm) else set())
    sure = sure or {one.value for one in firm}
    return frozenset(sure), frozenset(sure | {one.value for one in last})


def test_readings_are_those_of_comparing_every_pair() -> None:
    for seed in range(LOGS * 5):
        rng = Random(seed)
        changes = []
        for number in range(rng.randrange(7)):
            begins = rng.randrange(20)
            follows = tuple(f"e{one}" for one in range(number) if rng.random() < 0.2)
            ends = begins + rng.choice([0, 0, 3, 12])
            tightened = begins + (rng.choice([0, 6]) if follows else 0)  # perhaps past its own end
            sure = rng.random() < 0.8
            changes.append(Change(f"v{number}", f"e{number}", follows, moment(tightened), moment(ends), sure))
        at = moment(rng.randrange(24))
        found = read(changes, at, before="planned")
        assert (found.sure, found.possible) == naive(changes, at), seed
