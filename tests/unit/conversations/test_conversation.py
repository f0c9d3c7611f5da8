"""The stored turns of a conversation, and the ones sent to the model."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.conversations.answer import AnswerRequest
from shared.conversations.compose_talk import compose_talk
from shared.conversations.conversation import CHARACTERS_KEPT, TURNS_KEPT, Turn, add_turns, begin, without
from shared.conversations.conversation_documents import open_conversation
from shared.conversations.tokens import estimate_tokens
from shared.credits.catalogue import TALK
from shared.people.talk import PLACES_KEPT, TalkPlace, TalkSettings, mode_in, return_free, with_mode
from tests.world import ME, World

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
EMPTY = begin(ME, "c", "p", NOW)
QUESTION = AnswerRequest(words="why?", conversation_id="c", bound_usd_micros=1, price=0)


def turns(count: int, length: int = 10) -> tuple[Turn, ...]:
    """Questions and answers in turn, each of a job of its own."""
    speakers = ("person", "model")
    return tuple(Turn(speakers[n % 2], f"{n:03d}" + "x" * length, NOW, f"job-{n // 2}") for n in range(count))  # type: ignore[arg-type]


def test_only_the_newest_turns_are_kept() -> None:
    """A document stays small, however long the conversation is; the count goes on."""
    known = EMPTY
    for n in range(0, 100, 2):
        known = add_turns(known, turns(100)[n : n + 2], NOW)
    assert (len(known.turns), known.count) == (TURNS_KEPT, 100)
    assert known.turns[-1].text.startswith("099")
    assert known.title.startswith("000")


def test_long_turns_make_room() -> None:
    """However long they are, what was said last is kept whole."""
    known = add_turns(EMPTY, turns(2, CHARACTERS_KEPT), NOW)
    assert len(known.turns) == 2
    known = add_turns(known, turns(4)[2:], NOW)
    assert [len(turn.text) for turn in known.turns] == [13, 13]
    assert [turn.number for turn in known.turns] == [3, 4]


def test_an_answer_that_is_asked_for_anew() -> None:
    """The turns of the answer that is replaced are gone."""
    known = add_turns(EMPTY, turns(4), NOW)
    assert [turn.job_id for turn in without(known, "job-0").turns] == ["job-1", "job-1"]


def test_what_fits_is_sent() -> None:
    """The newest turns that fit go along, and a conversation begins with the person's words."""
    talk = compose_talk(TALK, QUESTION, turns(24, 3_000), "ru", NOW)
    sent = estimate_tokens(talk.instruction) + sum(estimate_tokens(line.text) for line in talk.lines)
    assert sent <= TALK.input_tokens_max
    assert talk.lines[0].speaker == "person"
    assert talk.lines[-1].text == "why?"
    assert len(talk.lines) < 24


def test_a_turn_of_the_model_does_not_begin() -> None:
    """If the oldest turn that fits is the model's, it is left out too."""
    talk = compose_talk(TALK, QUESTION, turns(4)[1:], "en", NOW)
    assert [line.text[:3] for line in talk.lines] == ["002", "003", "why"]


async def test_an_old_conversation_is_forgotten(world: World) -> None:
    """An expired conversation is not read, even if TTL has not deleted it yet."""
    await world.send(world.message("/ask one"))
    [(conversation_id, fields)] = world.store.collection("conversations").items()
    later = fields["expire_at"] + timedelta(seconds=1)
    opened = await open_conversation(world.ports, ME, conversation_id, fields["place"], later)
    assert opened.record is not None
    assert opened.conversation.turns == ()


def test_only_the_newest_places_are_remembered() -> None:
    """A person who talks in many chats keeps the choices of the newest."""
    talk = TalkSettings()
    for n in range(PLACES_KEPT + 5):
        changed = with_mode(talk, f"1:{n}:0", "chat", NOW + timedelta(minutes=n))
        assert changed is not None
        talk = changed
    assert len(talk.places) == PLACES_KEPT
    assert "1:4:0" not in talk.places


def test_an_older_press_changes_nothing() -> None:
    """A press that comes late does not undo a later one."""
    talk = with_mode(TalkSettings(), "p", "chat", NOW)
    assert talk is not None
    assert with_mode(talk, "p", "picture", NOW - timedelta(seconds=1)) is None


@pytest.mark.parametrize(("day", "left"), [("2026-11-29", 2), ("2026-11-30", 3)])
def test_a_free_answer_is_returned_on_its_day(day: str, left: int) -> None:
    """Yesterday's free answers do not count today."""
    talk = TalkSettings(free_day="2026-11-29", free_used=3)
    assert return_free(talk, day).free_used == left


def test_a_mode_of_a_newer_release() -> None:
    """Unknown values are read as the default."""
    talk = TalkSettings({"p": replace(TalkPlace(NOW), mode="video")})  # type: ignore[arg-type]
    assert mode_in(talk, "p") == "picture"
