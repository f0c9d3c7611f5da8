"""What a person without enough credits is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.credits.bounds import Conduct
from shared.credits.ledger import Account
from shared.people.users import LANGUAGES, Language, User
from shared.pictures.declines import decline_for_now, decline_means, way_to_credits
from shared.providers.outcomes import DeclineReason
from shared.texts import unmark, write_moment

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
ALERT_CHARACTERS_MAX = 200


def user_with(credits_left: int) -> User:
    return User(1, NOW, Account(available=credits_left))


@pytest.mark.parametrize(
    ("available", "price", "told"),
    [
        (3, 4, "The next free ones come on 3 January 2026 00:00 UTC;"),
        (3, 14, "The next free ones come on 3 January 2026 00:00 UTC, enough for a small picture for 4"),
        (4, 6, "Yours are enough for a small picture for 4: choose Nano Banana, 1K"),
        (13, 14, "Yours are enough for a small picture for 4: choose Nano Banana, 1K"),
    ],
)
def test_way_to_credits(available: int, price: int, told: str) -> None:
    """The free credits of the next day are promised only where they buy something; else what the credits buy now."""
    assert told in way_to_credits("en", user_with(available), price, NOW)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("available", [0, 20])
def test_decline_fits_into_an_alert(language: Language, available: int) -> None:
    """Why somebody cannot pay is short enough for the answer to a press."""
    screen = decline_means(language, DeclineReason.NOT_ENOUGH_CREDITS, user_with(available), 96, NOW)
    assert len(unmark(screen.text).encode("utf-16-le")) // 2 <= ALERT_CHARACTERS_MAX


@pytest.mark.parametrize("language", LANGUAGES)
def test_rests(language: Language) -> None:
    """Anyone who has to wait reads until when, by a clock that has passed it then, and in an answer to a press too."""
    conduct = Conduct(failures_in_a_row=5, failed_at=NOW)
    user = replace(user_with(20), conduct=conduct)
    own = unmark(decline_means(language, DeclineReason.PERSON_RESTS, user, 4, NOW).text)
    over = write_moment(language, NOW.replace(minute=5, second=0))
    assert over in own
    for reason in (DeclineReason.ALL_REST, DeclineReason.BOOKS_WRONG):
        for_all = unmark(decline_for_now(language, reason, NOW + timedelta(seconds=30)).text)
        assert over in for_all
        assert len(for_all.encode("utf-16-le")) // 2 <= ALERT_CHARACTERS_MAX
    assert len(own.encode("utf-16-le")) // 2 <= ALERT_CHARACTERS_MAX
