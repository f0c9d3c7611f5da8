"""Keys of programs: what proves one, how long an old secret does, and changes that come twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.people.api_keys import (
    KEYS_MAX,
    OLD_SECRET_KEPT,
    USE_NOTED_EVERY,
    ApiKey,
    ApiToken,
    find_key,
    hash_secret,
    note_use,
    read_token,
    renew_key,
    with_key,
    without_key,
    write_token,
)

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
ID, SECRET, NEW = "AAAA_aaaa-0000_1", "TEST-not-a-real-secret_1", "TEST-not-a-real-secret_2"
KEY = ApiKey(ID, NOW, ("read",), hash_secret(SECRET))


def test_a_token_is_taken_apart() -> None:
    """What is written is read, though ids and secrets may have underscores; a secret is in no text of the object."""
    token = read_token(write_token(501, ID, SECRET))
    assert token == ApiToken(501, ID, SECRET)
    assert SECRET not in repr(token)


@pytest.mark.parametrize(
    "text", ["", "nb", f"nb_0_{ID}_{SECRET}", f"nb_501_{ID}", f"nb_501_{ID}_short", f"nb_501_{ID}_{SECRET}\n",
             f"nb_-7_{ID}_{SECRET}", f"nb_٣_{ID}_{SECRET}", f"nb_501_{ID}_{SECRET * 4}"]
)  # fmt: skip
def test_no_token(text: str) -> None:
    """Anything else is none."""
    assert read_token(text) is None


def test_only_its_secret_proves_a_key() -> None:
    """Another secret, another id and a key without a hash prove nothing."""
    assert find_key((KEY,), ApiToken(501, ID, SECRET), NOW) == KEY
    assert find_key((KEY,), ApiToken(501, ID, NEW), NOW) is None
    assert find_key((KEY,), ApiToken(501, "B" * 16, SECRET), NOW) is None
    assert find_key((replace(KEY, secret_hash=""),), ApiToken(501, ID, ""), NOW) is None
    assert find_key((), ApiToken(501, ID, SECRET), NOW) is None


def test_an_old_secret_works_for_a_day() -> None:
    """After a renewal both secrets prove the key, and after a day only the new one; the secret before that never."""
    renewed = renew_key((KEY,), ID, 0, hash_secret(NEW), NOW)
    assert renewed is not None
    for secret, later, is_proven in (
        (NEW, OLD_SECRET_KEPT, True),
        (SECRET, OLD_SECRET_KEPT - timedelta(seconds=1), True),
        (SECRET, OLD_SECRET_KEPT, False),
    ):
        assert (find_key(renewed, ApiToken(501, ID, secret), NOW + later) is not None) is is_proven
    again = renew_key(renewed, ID, 1, hash_secret("third"), NOW)
    assert again is not None
    assert find_key(again, ApiToken(501, ID, SECRET), NOW) is None
    assert renew_key(renewed, ID, 0, hash_secret("third"), NOW) is None
    assert renew_key((), ID, 0, hash_secret(NEW), NOW) is None


def test_a_change_that_comes_twice_is_one() -> None:
    """A key is added once, there are a few at most, and a revoked one is gone."""
    assert with_key((KEY,), KEY) is None
    others = tuple(replace(KEY, id=str(number)) for number in range(KEYS_MAX))
    assert with_key(others, KEY) is None
    assert with_key(others[1:], KEY) == (*others[1:], KEY)
    assert without_key((KEY,), ID) == ()
    assert without_key((), ID) is None


def test_a_use_is_noted_once_an_hour() -> None:
    """The first use is noted, and then one in an hour; of a key that is gone none."""
    used = note_use((KEY, replace(KEY, id="B")), ID, NOW)
    assert used is not None
    assert [each.used_at for each in used] == [NOW, None]
    assert note_use(used, ID, NOW + USE_NOTED_EVERY - timedelta(seconds=1)) is None
    later = note_use(used, ID, NOW + USE_NOTED_EVERY)
    assert later is not None
    assert later[0].used_at == NOW + USE_NOTED_EVERY
    assert note_use((), ID, NOW) is None
