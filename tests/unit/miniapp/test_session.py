"""A session is what we have signed, for an hour."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from shared.miniapp.session import (
    Audience,
    Session,
    is_form_token,
    open_renewal,
    open_session,
    read_token,
    write_form_token,
    write_token,
)

NOW = datetime(2026, 11, 29, 12, 0, 0, 5, tzinfo=UTC)
KEY, OLDER = b"test-key-not-a-real-one-000000001", b"test-key-not-a-real-one-000000002"
SESSION = open_session(501, "ru", NOW)
TOKEN = write_token(SESSION, KEY)


def test_an_hour() -> None:
    """It holds for an hour and says who it is and which language they read."""
    end = NOW.replace(microsecond=0) + timedelta(hours=1)
    assert Session(501, "ru", end) == SESSION
    assert read_token(TOKEN, [KEY], NOW) == SESSION
    assert read_token(TOKEN, [KEY], end - timedelta(seconds=1)) == SESSION
    assert read_token(TOKEN, [KEY], end) is None


def test_keys_are_replaced() -> None:
    """A session signed with the key before holds as long as that key is accepted."""
    assert read_token(TOKEN, [OLDER, KEY], NOW) == SESSION
    assert read_token(TOKEN, [OLDER], NOW) is None
    assert read_token(TOKEN, [], NOW) is None


@pytest.mark.parametrize(
    "token", ["", "s1", TOKEN[:-1], f"{TOKEN}=", f"{TOKEN}\n", "s1.٥٠١.ru.1.", TOKEN.replace("ru", "en")]
)
def test_no_session(token: str) -> None:
    """Another person, language or end, a shorter or longer text: none of it is a session."""
    assert read_token(token, [KEY], NOW) is None
    assert read_token(TOKEN.replace(".501.", ".502."), [KEY], NOW) is None


def test_no_change_survives() -> None:
    """Of two thousand sessions with one character changed none is believed."""
    dice = Random(88)  # noqa: S311 — a test's dice
    for _ in range(2000):
        at = dice.randrange(len(TOKEN))
        changed = TOKEN[:at] + chr(dice.randrange(32, 500)) + TOKEN[at + 1 :]
        assert changed == TOKEN or read_token(changed, [KEY], NOW) is None


def test_a_renewal() -> None:
    """It holds for a day after the session began, is no session, and no session is one."""
    renewal = open_renewal(SESSION)
    token = write_token(renewal, KEY)
    assert renewal.began_at == SESSION.began_at == NOW.replace(microsecond=0)
    assert read_token(token, [KEY], NOW + timedelta(hours=23), Audience.RENEWAL) == renewal
    assert read_token(token, [KEY], NOW + timedelta(hours=24), Audience.RENEWAL) is None
    assert read_token(token, [KEY], NOW) is None
    assert read_token(TOKEN, [KEY], NOW, Audience.RENEWAL) is None
    assert read_token(f"s1{token[2:]}", [KEY], NOW) is None


def test_a_session_for_operators() -> None:
    """It is for their pages alone, and ends after an hour as any other."""
    session = open_session(501, "ru", NOW, Audience.ADMIN)
    token = write_token(session, KEY)
    assert read_token(token, [KEY], NOW, Audience.ADMIN) == session
    assert session.began_at == SESSION.began_at
    assert [read_token(token, [KEY], NOW, each) for each in (Audience.PAGES, Audience.RENEWAL)] == [None, None]
    assert read_token(TOKEN, [KEY], NOW, Audience.ADMIN) is None
    assert read_token(token, [KEY], NOW + timedelta(hours=1), Audience.ADMIN) is None


def test_a_form_belongs_to_its_session() -> None:
    """What a form carries is known only to pages of this session; it is no signature of anything else."""
    carried = write_form_token(TOKEN, KEY)
    assert is_form_token(carried, TOKEN, [OLDER, KEY])
    assert not is_form_token(carried, TOKEN, [OLDER])
    assert not is_form_token(carried, write_token(open_session(502, "ru", NOW), KEY), [KEY])
    assert not any(is_form_token(each, TOKEN, [KEY]) for each in ("", "ü", TOKEN.rpartition(".")[2], f"{carried}="))
