"""Choices are absolute and the last tap wins, whatever order they come in; marks end after a day."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from shared.domain.catalogue import WELCOME_CREDITS
from shared.domain.users import Language, PictureSettings, User, change_setting, language_of, new_user

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


def test_chosen_language_wins() -> None:
    """The choice holds whatever the client says."""
    assert language_of(User(501, NOW, language="en"), "ru") == "en"
