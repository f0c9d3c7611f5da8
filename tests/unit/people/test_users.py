"""Choices are absolute and the last tap wins, whatever order they come in; marks end after a day."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from shared.credits.catalogue import WELCOME_CREDITS
from shared.people.news import News
from shared.people.users import (
    Asked,
    CancelMark,
    Language,
    PictureSettings,
    User,
    change_setting,
    covers,
    is_covered,
    language_of,
    mark_canceled,
    new_user,
    remember_payload,
)

NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)


def test_first_contact() -> None:
    """A new person has the welcome credits, and the transfer that gave them."""
    user, gift = new_user(501, NOW)
    assert user.account.available == gift.credits == WELCOME_CREDITS
    assert user.settings == PictureSettings()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("model", "best", PictureSettings(model="best")),
        ("ratio", "16:9", PictureSettings(ratio="16:9")),
        ("size", "4K", PictureSettings(size="4K")),
        ("count", "4", PictureSettings(count=4)),
        ("original", "on", PictureSettings(original=True)),
        ("original", "off", PictureSettings()),
    ],
)
def test_choice(name: str, value: str, expected: PictureSettings) -> None:
    """Each choice changes its own field and leaves its mark."""
    user = change_setting(User(501, NOW), name, value, NOW)
    assert user is not None
    assert user.settings == expected
    assert user.changed_at == {name: NOW}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_language_choice(language: Language) -> None:
    """The language is a choice like the others."""
    user = change_setting(User(501, NOW), "language", language, NOW)
    assert user is not None
    assert user.language == language


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", "imagen"), ("ratio", "17:9"), ("size", "8K"), ("count", "5"), ("count", "0"), ("count", "-1"),
        ("original", "yes"), ("language", "uz"), ("price", "0"), ("", ""), ("account", "1000"),
    ],
)  # fmt: skip
def test_no_such_choice(name: str, value: str) -> None:
    """Forged values and names change nothing."""
    assert change_setting(User(501, NOW), name, value, NOW) is None


@pytest.mark.parametrize("order", list(permutations([(1, "1:1"), (2, "16:9"), (3, "9:16")])))
def test_last_tap_wins(order: tuple[tuple[int, str], ...]) -> None:
    """Three taps in any order, one of them twice, end with the last one pressed."""
    user = User(501, NOW)
    for seconds, ratio in (*order, order[0]):
        user = change_setting(user, "ratio", ratio, NOW + timedelta(seconds=seconds)) or user
    assert (user.settings.ratio, user.changed_at) == ("9:16", {"ratio": NOW + timedelta(seconds=3)})


def test_mark_ends_after_a_day() -> None:
    """A mark from a clock that was ahead mutes nobody for longer than a day."""
    user = User(501, NOW, changed_at={"ratio": NOW + timedelta(days=2)})
    assert change_setting(user, "ratio", "16:9", NOW) is not None
    assert change_setting(user, "ratio", "16:9", NOW + timedelta(days=1, seconds=1)) is None


def test_choices_do_not_hold_each_other_back() -> None:
    """An early choice of one kind is still taken after a late one of another."""
    user = change_setting(User(501, NOW), "ratio", "16:9", NOW + timedelta(seconds=1))
    assert user is not None
    user = change_setting(user, "size", "4K", NOW)
    assert user is not None
    assert user.settings == PictureSettings(ratio="16:9", size="4K")


@pytest.mark.parametrize(
    ("code", "language"),
    [("ru", "ru"), ("ru-RU", "ru"), ("BE", "ru"), ("uk", "ru"), ("en", "en"), ("de", "en"), ("", "en"), ("rus", "en")],
)
def test_language_of_a_stranger(code: str, language: str) -> None:
    """The client's language decides until a person does."""
    assert language_of(None, code) == language
    assert language_of(User(501, NOW), code) == language


def test_language_while_nobody_writes() -> None:
    """What is told at night is told in the language of the last answer; a client that speaks goes before it."""
    seen = User(501, NOW, news=News(language="ru"))
    assert (language_of(seen, ""), language_of(seen, "en")) == ("ru", "en")


def test_chosen_language_wins() -> None:
    """The choice holds whatever the client says."""
    assert language_of(User(501, NOW, language="en"), "ru") == "en"


def cancel(message_id: int = 10, *, chat_id: int = 501, seconds: int = 0, private: bool = True) -> CancelMark:
    at = NOW + timedelta(seconds=seconds)
    return CancelMark(chat_id, message_id, at, at, is_private=private)


def asked(message_id: int, *, chat_id: int = 501, seconds: int = 0, is_tap: bool = False) -> Asked:
    at = NOW + timedelta(seconds=seconds)
    return Asked(chat_id, message_id, at, None if is_tap else at)


@pytest.mark.parametrize(
    ("mark", "request_", "covered"),
    [
        (cancel(10), asked(9, seconds=5), True),
        (cancel(10), asked(11, seconds=-5), False),
        (cancel(10), asked(99, seconds=-1, is_tap=True), True),
        (cancel(10), asked(1, seconds=1, is_tap=True), False),
        (cancel(10), asked(99, chat_id=-7, seconds=-1), True),
        (cancel(10), asked(1, chat_id=-7, seconds=1), False),
        (cancel(10, chat_id=-7, private=False), asked(9, chat_id=-7), True),
        (cancel(10, chat_id=-7, private=False), asked(9), False),
        (cancel(10, chat_id=-7, private=False), asked(9, chat_id=-8, seconds=-1), False),
    ],
)
def test_what_a_cancel_covers(mark: CancelMark, request_: Asked, *, covered: bool) -> None:
    """In one chat message ids tell the order, between chats and for taps times do; a group's /cancel stays there."""
    user = mark_canceled(User(501, NOW), 7, mark)
    assert user is not None
    assert is_covered(user, 7, request_) is covered
    assert not is_covered(user, 8, request_)


def test_a_groups_cancel_leaves_other_chats_alone() -> None:
    """A /cancel in a group covers nothing that was asked for elsewhere, however early."""
    assert not covers(cancel(10, chat_id=-7, private=False), asked(1, chat_id=-8, seconds=-9))


def test_a_cancel_is_forgotten_after_a_day() -> None:
    """However high its message id was, a /cancel mutes nobody on the next day, and is replaced by any newer one."""
    user = mark_canceled(User(501, NOW), 7, cancel(10**9))
    assert user is not None
    assert mark_canceled(user, 7, cancel(5, seconds=60)) is None
    tomorrow = 24 * 3600
    assert not is_covered(user, 7, asked(6, seconds=tomorrow))
    newer = mark_canceled(user, 7, cancel(5, seconds=tomorrow))
    assert newer is not None
    assert is_covered(newer, 7, asked(4, seconds=tomorrow))


def test_old_marks_do_not_pile_up() -> None:
    """Marks of other chats go when they have ended."""
    user = mark_canceled(User(501, NOW), 7, cancel(chat_id=-9, private=False))
    assert user is not None
    user = mark_canceled(user, 7, cancel(seconds=24 * 3600))
    assert user is not None
    assert list(user.cancel_marks) == ["7:501"]


def test_payloads_are_kept_once_and_bounded() -> None:
    """The newest payloads of /start links stay, each once."""
    user = User(501, NOW)
    for payload in ["a", "b", "c", "a", "d", "e", "f"]:
        user = remember_payload(user, payload)
    assert user.start_payloads == ("c", "a", "d", "e", "f")
