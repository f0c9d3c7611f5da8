"""The pace of calls to Telegram: what waits, what comes again later, and what is not concerned."""

from contextlib import suppress
from itertools import pairwise

import pytest

from shared.adapters import telegram_pace
from shared.adapters.telegram_pace import Limits, Pace
from shared.errors import TooManyRequestsError

ANNA, BORIS, GROUP = 7, 8, -100
LIMITS = Limits(chat_seconds=1, group_seconds=2, group_per_minute=10, total_per_second=30, wait_seconds_max=5)


class Watch:
    """A monotonic clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def pace(watch: Watch) -> Pace:
    return Pace(LIMITS, watch)


def refuse(pace: Pace, chat_id: int) -> float:
    """The pause that a call is sent away with."""
    with pytest.raises(TooManyRequestsError) as caught:
        pace.book(chat_id)
    return caught.value.retry_after_seconds


def test_one_message_a_second(pace: Pace, watch: Watch) -> None:
    """The first goes at once, the next one a second after the other; a pause is not saved up."""
    assert [pace.book(ANNA) for _ in range(3)] == [0, 1, 2]
    watch.seconds += 60
    assert [pace.book(ANNA) for _ in range(2)] == [0, 1]


def test_chats_do_not_wait_for_each_other(pace: Pace) -> None:
    """Only the total is common."""
    assert [pace.book(chat_id) for chat_id in range(1, 31)] == [0] * 30


def test_thirty_a_second_in_all(pace: Pace) -> None:
    """The thirty-first call of a second is made in the next one."""
    waits = [pace.book(chat_id) for chat_id in range(1, 62)]
    assert (waits[:30], waits[30:60], waits[60]) == ([0] * 30, [1] * 30, 2)


def test_who_would_wait_long_comes_again(pace: Pace, watch: Watch) -> None:
    """Beyond five seconds a call is sent away, each to a time of its own, and is taken when it comes then."""
    waits = [pace.book(ANNA) for _ in range(6)]
    assert waits == [0, 1, 2, 3, 4, 5]
    assert [refuse(pace, ANNA) for _ in range(3)] == [6, 7, 8]
    watch.seconds += 6
    assert pace.book(ANNA) == 0


def test_ten_a_minute_in_a_group(pace: Pace, watch: Watch) -> None:
    """Half of what Telegram grants a group goes out at two-second steps; the rest is spread over the next minute."""
    for _ in range(10):
        pace.book(GROUP)
        watch.seconds += 2
    first = refuse(pace, GROUP)
    assert first == pytest.approx(60 - 20, abs=1.1)
    assert [refuse(pace, GROUP) - first for _ in range(3)] == [6, 12, 18]
    watch.seconds += first
    assert pace.book(GROUP) == 0


def test_never_more_than_ten_in_any_minute(pace: Pace, watch: Watch) -> None:
    """However often the group is tried, no window of sixty seconds holds an eleventh call."""
    sent = list[float]()
    for _ in range(3000):
        with suppress(TooManyRequestsError):
            sent.append(watch.seconds + pace.book(GROUP))
        watch.seconds += 0.1
    assert len(sent) > 40
    assert all(later - earlier > 60 for earlier, later in zip(sent, sent[10:], strict=False))
    assert all(later - earlier >= 2 for earlier, later in pairwise(sent))


def test_looking_at_the_wait_counts_nothing(pace: Pace, watch: Watch) -> None:
    """What would be waited is told as often as it is asked, for a chat's second, for all, and for a group's minute."""
    assert [pace.wait_seconds(ANNA) for _ in range(3)] == [0, 0, 0]
    assert pace.book(ANNA) == 0
    assert [pace.wait_seconds(ANNA) for _ in range(3)] == [1, 1, 1]
    for chat_id in range(100, 129):
        pace.book(chat_id)
    assert pace.wait_seconds(BORIS) == 1
    for _ in range(10):
        pace.book(GROUP)
        watch.seconds += 2
    assert pace.wait_seconds(GROUP) == refuse(pace, GROUP) > LIMITS.wait_seconds_max


def test_room_in_a_group(pace: Pace, watch: Watch) -> None:
    """Each call takes one of the minute's places, for a minute; private chats have no such limit."""
    for _ in range(3):
        watch.seconds += pace.book(GROUP)
        pace.book(ANNA)
    assert (pace.room(GROUP), pace.room(ANNA)) == (7, 10)
    watch.seconds += 62
    assert pace.room(GROUP) == 10


def test_no_room_where_telegram_wants_silence(pace: Pace) -> None:
    """A chat that has to be left alone has no room, so that decoration does not put off what counts."""
    pace.hold(GROUP, 30)
    assert pace.room(GROUP) == 0
    assert refuse(pace, GROUP) == 30


def test_telegrams_own_word_counts(pace: Pace, watch: Watch) -> None:
    """`retry_after` holds the chat, not the others, and a shorter one does not shorten it."""
    pace.hold(ANNA, 30)
    pace.hold(ANNA, 2)
    assert refuse(pace, ANNA) == 30
    assert pace.book(BORIS) == 0
    watch.seconds += 30
    assert pace.book(ANNA) == 0


def test_quiet_chats_are_forgotten(pace: Pace, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that meets very many chats keeps those that matter."""
    monkeypatch.setattr(telegram_pace, "CHATS_MAX", 20)
    for chat_id in range(1, 20):
        pace.book(chat_id)
    watch.seconds += 61
    pace.hold(ANNA, 30)
    watch.seconds += 1
    for chat_id in range(100, 120):
        pace.book(chat_id)
    assert len(pace._chats) <= 21
    assert refuse(pace, ANNA) == pytest.approx(29)


def test_a_busy_group_keeps_nobody_else_waiting(pace: Pace, watch: Watch) -> None:
    """One group's bookings for the next seconds do not delay other chats now."""
    for _ in range(3):
        pace.book(GROUP)
    waits = []
    for chat_id in range(1, 100):
        watch.seconds += 0.05
        waits.append(pace.book(chat_id))
    assert max(waits) == 0


def test_a_group_of_its_own(watch: Watch) -> None:
    """Where no other function writes, this one has all of Telegram's limit, and only there."""
    pace = Pace(telegram_pace.limits_of("bot", GROUP), watch)
    assert (pace.room(GROUP), pace.room(GROUP - 1)) == (20, 7)
    for _ in range(20):
        pace.book(GROUP)
        watch.seconds += 2.1
    assert refuse(pace, GROUP) == pytest.approx(61 - 20 * 2.1)
