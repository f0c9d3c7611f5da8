"""An album is the same set whatever order its parts come in, and it ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from shared.jobs.limits import PROMPT_CHARACTERS_MAX
from shared.pictures.draft import (
    ALBUM_PARTS_MAX,
    QUIET_SECONDS,
    TEXTS_MAX,
    Draft,
    DraftState,
    add_part,
    add_text,
    add_words,
    references_of,
    reword,
    words_of,
)
from shared.pictures.picture import Reference

NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)
EMPTY = Draft("d", 501, 501, None, 1, is_private=True, language_code="en", update_id=1, close_at=NOW, expire_at=NOW)


def part(number: int) -> Reference:
    return Reference(f"file-{number}", number)


def album(*numbers: int, caption: str = "") -> Draft:
    draft = EMPTY
    for number in numbers:
        draft = add_part(draft, number, part(number), caption, NOW)
    return draft


@pytest.mark.parametrize("order", list(permutations([9, 10, 11])))
def test_shuffled_parts(order: tuple[int, ...]) -> None:
    """Pictures stand in the order in which they were sent, numbers as numbers; repeats are not counted."""
    draft = album(*order, order[0])
    assert references_of(draft) == (part(9), part(10), part(11))
    assert draft.late_parts == 0


def test_each_part_moves_the_end() -> None:
    """The album is complete so long after its last part, and a sweep looks after that."""
    draft = add_part(album(1), 2, part(2), "", NOW + timedelta(seconds=1))
    assert draft.close_at == NOW + timedelta(seconds=1 + QUIET_SECONDS)
    assert draft.sweep_at is not None
    assert draft.sweep_at > draft.close_at


def test_repeated_part_does_not_move_the_end() -> None:
    """A part that comes again later changes nothing."""
    draft = album(1)
    assert add_part(draft, 1, part(1), "", NOW + timedelta(seconds=9)) == draft


def test_words_of_any_part_count() -> None:
    """The caption may be on any part, also on one that came before without it (edited)."""
    draft = add_part(album(1, 2), 1, part(1), "make it blue", NOW)
    assert draft.caption == "make it blue"
    assert add_part(draft, 3, part(3), "", NOW).caption == "make it blue"


def test_words_answer_the_question() -> None:
    """Words that come after the bot asked for them set the album going again."""
    asking = replace(album(1), state=DraftState.ASKING, sweep_at=None)
    answered = add_part(asking, 2, part(2), "make it blue", NOW)
    assert (answered.state, answered.caption) == (DraftState.COLLECTING, "make it blue")
    assert answered.sweep_at is not None


def test_late_part_joins_the_question() -> None:
    """A picture without words joins an album that waits for words, which goes on waiting."""
    asking = replace(album(1), state=DraftState.ASKING, sweep_at=None)
    joined = add_part(asking, 2, part(2), "", NOW)
    assert (joined.state, len(references_of(joined))) == (DraftState.ASKING, 2)


def test_late_part_of_a_closed_set_is_counted_once() -> None:
    """After the end a part is only counted, and once however often it comes."""
    closed = replace(album(1, caption="x"), state=DraftState.CLOSED)
    late = add_part(closed, 2, part(2), "y", NOW)
    assert (late.state, late.caption, late.late_parts) == (DraftState.CLOSED, "x", 1)
    assert add_part(late, 2, part(2), "y", NOW) == late
    assert add_part(late, 1, part(1), "y", NOW) == late


def test_set_is_bounded() -> None:
    """More parts than an album can have are not taken, but words still are."""
    full = album(*range(1, ALBUM_PARTS_MAX + 1))
    assert add_part(full, 99, part(99), "words", NOW) == full
    assert add_part(full, 1, part(1), "words", NOW).caption == "words"


def test_newest_words_count() -> None:
    """Words that the webhook got earlier do not replace those it got later."""
    newer = add_part(EMPTY, 1, part(1), "make it green", NOW, NOW)
    assert add_part(newer, 1, part(1), "make it blue", NOW, NOW - timedelta(seconds=1)) == newer
    assert add_part(newer, 1, part(1), "make it red", NOW, NOW + timedelta(seconds=1)).caption == "make it red"


def test_forged_words_never_outgrow_the_document() -> None:
    """Whatever comes, a draft holds a few prompts' worth of words, and still shows that they are too many."""
    forged = "\U0001f98a" * 200_000
    draft = EMPTY
    for number in range(2 * TEXTS_MAX):
        draft = add_text(draft, number, forged, NOW)
    for grown in (
        add_words(add_words(draft, forged, NOW, NOW), forged, NOW, NOW),
        add_part(draft, 99, part(99), forged, NOW),
        reword(draft, forged, NOW, NOW),
    ):
        words = words_of(grown)
        assert len(words) > PROMPT_CHARACTERS_MAX
        assert len(words.encode()) < 200_000


def test_late_parts_are_bounded() -> None:
    """Parts without end, which only a forger sends, do not make a closed set grow without end."""
    draft = replace(album(1), state=DraftState.CLOSED)
    for number in range(2, 100):
        draft = add_part(draft, number, part(number), "", NOW)
    assert len(draft.parts) == ALBUM_PARTS_MAX
