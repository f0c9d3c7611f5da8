"""The chain of events: whole, or broken at a place that is found."""

from dataclasses import replace
from typing import Any

from shared.codec import encode
from shared.releases.actor import TIME
from shared.releases.attempt import NAMES_MAX, WORDS_MAX, Attempt, Evidence
from shared.releases.event import append_event, find_break
from shared.releases.release import Release, Status
from tests.unit.releases.releasing import BASE, EVIDENCE, NOW

Stored = list[dict[str, Any]]


def make_chain() -> tuple[Release, Stored]:
    """A release with three events, the second one refused, as they are stored."""
    release, events = BASE, Stored()
    for refusal in ("", "stale", ""):
        attempt = Attempt(Status.BUILDING, 1, "p", "why", EVIDENCE)
        release, event = append_event(release, TIME, attempt, NOW, source=Status.INITIATED, refusal=refusal)
        events.append(encode(event))
    return release, events


def test_a_whole_chain() -> None:
    """Numbers without gaps, each hash of the one before; the release counts events and refusals."""
    release, events = make_chain()
    assert find_break(release, events) is None
    assert find_break(BASE, []) is None
    assert (release.event_count, release.refusal_count) == (3, 1)
    assert [event["number"] for event in events] == [1, 2, 3]


def test_each_fault_is_found() -> None:
    """A changed word, a missing, doubled or added event, and a chain that ends too early."""
    release, events = make_chain()
    changed = [events[0], events[1] | {"reason": "another"}, events[2]]
    forged = [events[0], events[1], {**events[2], "hash": "0" * 64}]
    assert find_break(release, changed) == 2
    assert find_break(release, forged) == 3
    assert find_break(release, events[:2]) == 3
    assert find_break(release, [events[0], events[2]]) == 2
    assert find_break(release, [*events, events[2]]) == 4
    assert find_break(replace(release, event_hash="0" * 64), events) == 4
    assert find_break(replace(release, release_tag="v9.9.9"), events) == 1


def test_a_later_release_may_add_fields() -> None:
    """A field without a value does not change the hash, at any depth; one with a value does."""
    release, events = make_chain()
    added = [event | {"extra": "", "evidence": event["evidence"] | {"is_more": False}} for event in events]
    assert find_break(release, added) is None
    assert find_break(release, [events[0] | {"extra": "x"}, *events[1:]]) == 1


def test_what_is_refused_may_be_of_any_size() -> None:
    """A history keeps the beginning of long words, and no evidence of a refused attempt."""
    attempt = Attempt(Status.BUILDING, 1, "p" * 10_000, "r" * 10_000, EVIDENCE)
    _, event = append_event(BASE, replace(TIME, name="n" * 999), attempt, NOW, source=None, refusal="too-long")
    assert (len(event.phase), len(event.reason), len(event.actor_name)) == (NAMES_MAX, WORDS_MAX, NAMES_MAX)
    assert (event.source, event.evidence) == ("", Evidence())
