"""What is remembered of how a person talks with the bot, place by place."""

from datetime import timedelta

import pytest

from shared.credits.catalogue import FREE_ANSWERS_PER_DAY, READINGS_PER_DAY
from shared.people import talk
from shared.people.talk import (
    MODES,
    PLACES_KEPT,
    RECENT_FOR,
    RECENT_MAX,
    Mode,
    Recent,
    TalkPlace,
    TalkSettings,
    asks_above,
    count_free,
    count_reading,
    is_free,
    may_be_read,
    mode_in,
    note_request,
    number_in,
    recent_in,
    return_free,
    with_mode,
    with_new_conversation,
)
from tests.fakes.clock import START

HERE, THERE = "1:501:0", "1:-100:7"


def asked(number: int, seconds: float = 0) -> Recent:
    return Recent("picture", f"job-{number}", START + timedelta(seconds=seconds))


@pytest.mark.parametrize("default", MODES)
def test_default(default: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no mode was chosen, the default counts, whichever it is; a choice counts in its place."""
    monkeypatch.setattr(talk, "DEFAULT_MODE", default)
    chosen = with_mode(TalkSettings(), HERE, "chat", START)
    assert chosen is not None
    assert (mode_in(chosen, HERE), mode_in(chosen, THERE)) == ("chat", default)
    begun = with_new_conversation(TalkSettings(), HERE, START)
    assert begun is not None
    assert mode_in(begun, HERE) == default


def test_recent() -> None:
    """The newest requests of a place are known for a while, and another place's are not."""
    noted = TalkSettings()
    for number in range(RECENT_MAX + 2):
        noted = note_request(noted, HERE, asked(number, seconds=number))
    known = [each.job_id for each in recent_in(noted, HERE, START)]
    assert known == [f"job-{number}" for number in range(2, RECENT_MAX + 2)]
    assert recent_in(noted, THERE, START) == ()
    assert recent_in(noted, HERE, START + RECENT_FOR + timedelta(seconds=3, microseconds=1))[0].job_id == "job-4"
    assert recent_in(noted, HERE, START + timedelta(hours=2)) == ()


def test_a_request_is_no_choice() -> None:
    """A tap on a mode that the webhook got before a request counts all the same."""
    noted = note_request(TalkSettings(), HERE, asked(1, seconds=60))
    chosen = with_mode(noted, HERE, "chat", START)
    assert chosen is not None
    assert mode_in(chosen, HERE) == "chat"
    assert [each.job_id for each in chosen.places[HERE].recent] == ["job-1"]


def test_places_in_use_stay() -> None:
    """Of too many places the one goes in which nothing was chosen or asked for the longest time."""
    places = {f"1:{n}:0": TalkPlace(START + timedelta(seconds=n), "chat") for n in range(PLACES_KEPT)}
    noted = note_request(TalkSettings(places), "1:0:0", asked(1, seconds=1_000))
    noted = note_request(noted, HERE, asked(2, seconds=2_000))
    assert len(noted.places) == PLACES_KEPT
    assert "1:0:0" in noted.places
    assert "1:1:0" not in noted.places


def test_readings() -> None:
    """So many messages of a day are read, and the next day begins anew."""
    read = TalkSettings()
    for _ in range(READINGS_PER_DAY):
        assert may_be_read(read, "2026-11-29")
        read = count_reading(read, "2026-11-29")
    assert not may_be_read(read, "2026-11-29")
    assert may_be_read(read, "2026-11-30")
    assert count_reading(read, "2026-11-30").readings == 1


def test_asks_above() -> None:
    """Without a choice it is the price of one small picture."""
    assert (asks_above(TalkSettings()), asks_above(TalkSettings(ask_above=0))) == (4, 0)


def test_answers_that_count_as_several() -> None:
    """A long file takes several of the day's free answers, all or none of them, and gives them back."""
    talk = count_free(TalkSettings(), "2026-11-29", FREE_ANSWERS_PER_DAY - 1)
    assert is_free(talk, "2026-11-29")
    assert not is_free(talk, "2026-11-29", 2)
    assert is_free(talk, "2026-11-30", 2)
    assert return_free(talk, "2026-11-29", 2).free_used == FREE_ANSWERS_PER_DAY - 3
    assert return_free(talk, "2026-11-30", 2) == talk


def test_what_new_forgot_stays_forgotten() -> None:
    """A place that had to be forgotten, as one of too many, does not go back to what was said before its /new."""
    place = "1:1:0"
    talked = with_new_conversation(TalkSettings(), place, START)
    assert talked is not None
    ended = number_in(talked, place)
    for n in range(PLACES_KEPT):
        talked = note_request(talked, f"1:{n + 2}:0", Recent("picture", "id", START + timedelta(seconds=n + 1)))
    assert place not in talked.places
    assert number_in(talked, place) >= ended
    noted = note_request(talked, place, Recent("picture", "id", START + timedelta(days=1)))
    assert number_in(noted, place) >= ended


def test_a_mode_that_overtakes_new() -> None:
    """A mode chosen after /new, and handled before it, does not undo it; nor is either done twice."""
    place = "1:1:0"
    chosen = with_mode(TalkSettings(), place, "chat", START + timedelta(seconds=5))
    assert chosen is not None
    begun = with_new_conversation(chosen, place, START)
    assert begun is not None
    assert number_in(begun, place) > number_in(chosen, place)
    assert mode_in(begun, place) == "chat"
    assert with_new_conversation(begun, place, START) is None
