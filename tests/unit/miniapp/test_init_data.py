"""What a Mini App is opened with is believed only as Telegram signed it, for our bot, within the hour."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, urlencode

import pytest

from infra.local.telegram.signing import PUBLIC_KEY, sign_init_data
from shared.adapters.ed25519 import make_check
from shared.errors import UnauthenticatedError
from shared.miniapp.init_data import BYTES_MAX, SignedIn, read_init_data
from shared.settings import TELEGRAM_PUBLIC_KEY

BOT_ID = 1234567
TOKEN = f"{BOT_ID}:TEST-not-a-real-token"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
IS_SIGNED = make_check(bytes.fromhex(PUBLIC_KEY))
PERSON = {"id": 501, "first_name": 'Änn "=&\n', "language_code": "ru"}
FIELDS = {"query_id": "AAF1", "user": json.dumps(PERSON), "auth_date": str(int(NOW.timestamp()))}
PUBLISHED = (
    "user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%20%2B%20-%20%3F%20%5C%2F%22%2C%22last_name%22%3A"
    "%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%2C"
    "%22allows_write_to_pm%22%3Atrue%2C%22photo_url%22%3A%22https%3A%5C%2F%5C%2Ft.me%5C%2Fi%5C%2Fuserpic%5C%2F320%5C%2F"
    "4FPEE4tmP3ATHa57u6MqTDih13LTOiMoKoLDRG4PnSA.svg%22%7D&chat_instance=8134722200314281151&chat_type=private"
    "&auth_date=1733584787"
    "&signature=zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe-p7IbCisNlDKlo7Kb6G4D0Ao2mBrSgEk4maLSdv6MLIlADQ"
    "&hash=2174df5b000556d044f3f020384e879c8efcab55ddea2ced4eb752e93e7080d6"
)
"""The example at https://docs.telegram-mini-apps.com/packages/tma-js-init-data/validating, signed by Telegram."""
PUBLISHED_BOT_ID = 7342037359
PUBLISHED_AT = datetime.fromtimestamp(1733584787, UTC)


def read(content: str | bytes, *, bot_id: int = BOT_ID, now: datetime = NOW) -> SignedIn:
    given = content if isinstance(content, bytes) else content.encode()
    return read_init_data(given, bot_id, IS_SIGNED, now)


def refuse(content: str | bytes, *, bot_id: int = BOT_ID, now: datetime = NOW) -> str:
    with pytest.raises(UnauthenticatedError) as raised:
        read(content, bot_id=bot_id, now=now)
    return str(raised.value)


def sign(**changes: str) -> str:
    return sign_init_data(FIELDS | changes, TOKEN)


def test_telegrams_own_example() -> None:
    """What Telegram's production key has signed is believed, an hour long, for that bot and no other."""
    by_telegram = make_check(bytes.fromhex(TELEGRAM_PUBLIC_KEY))
    for later in (timedelta(), timedelta(hours=1)):
        person = read_init_data(PUBLISHED.encode(), PUBLISHED_BOT_ID, by_telegram, PUBLISHED_AT + later)
        assert person == SignedIn(279058397, "ru", PUBLISHED_AT)
    for bot_id, now in ((BOT_ID, PUBLISHED_AT), (PUBLISHED_BOT_ID, PUBLISHED_AT + timedelta(hours=1, seconds=1))):
        with pytest.raises(UnauthenticatedError):
            read_init_data(PUBLISHED.encode(), bot_id, by_telegram, now)


def test_the_local_telegram_signs_alike() -> None:
    """The person is the one who was signed, whatever their name has in it."""
    assert read(sign()) == SignedIn(501, "ru", NOW)
    assert read(sign(user=json.dumps({"id": 7}))) == SignedIn(7, "", NOW)
    assert read(sign(user=json.dumps({"id": 7, "language_code": 5}))) == SignedIn(7, "", NOW)


@pytest.mark.parametrize("seconds", [-61, 3601, 10**9, -(10**9)])
def test_old_and_future(seconds: int) -> None:
    """Older than an hour, or more than a minute ahead of our clock: refused."""
    assert " s ago" in refuse(sign(), now=NOW + timedelta(seconds=seconds))
    assert read(sign(), now=NOW + timedelta(seconds=3600)) == read(sign(), now=NOW - timedelta(seconds=60))


def test_of_another_bot() -> None:
    """A signature for another bot is none for ours."""
    assert "not signed" in refuse(sign(), bot_id=BOT_ID + 1)


@pytest.mark.parametrize("name", sorted({*FIELDS, "signature"}))
def test_without_a_field(name: str) -> None:
    """A field that was signed cannot be left out, nor said twice, nor changed."""
    pairs = parse_qsl(sign(), keep_blank_values=True)
    refuse(urlencode([pair for pair in pairs if pair[0] != name]))
    assert "twice" in refuse(urlencode([*pairs, *(pair for pair in pairs if pair[0] == name)]))
    refuse(urlencode([(each, f"{value}0" if each == name else value) for each, value in pairs]))


def test_one_more_field() -> None:
    """A field that was not signed makes all of it doubtful."""
    assert "not signed" in refuse(f"{sign()}&start_param=free")


def test_a_line_break_is_no_next_field() -> None:
    """Two fields that were signed cannot be put into one: the lines that are signed would be the same."""
    fields = dict(parse_qsl(sign()))
    joined = {"auth_date": f"{fields['auth_date']}\nquery_id={fields['query_id']}", "user": fields["user"]}
    assert "control characters" in refuse(urlencode(joined | {"signature": fields["signature"]}))


@pytest.mark.parametrize("spelling", ["{}=", "{}==", "{}\u00e9", "{}A", " {}", "{}!"])
def test_one_spelling_of_a_signature(spelling: str) -> None:
    """Another text that means the same bytes is refused: there is one way to write a signature."""
    pairs = dict(parse_qsl(sign()))
    pairs["signature"] = spelling.format(pairs["signature"])
    assert "without a signature" in refuse(urlencode(pairs))


@pytest.mark.parametrize(
    "user",
    ["", "5", "null", "[]", "{", '"501"', '{"id": "501"}', '{"id": true}', '{"id": 0}', '{"id": -501}', '{"id": 5.0}',
     '{"id": 4503599627370496}', '{"id": 501, "is_bot": true}', '{"name": 501}', "[" * 2000],
)  # fmt: skip
def test_signed_without_a_person(user: str) -> None:
    """Even what is signed has to name a person with a possible id."""
    assert refuse(sign(user=user)) == "init data without a person"


@pytest.mark.parametrize("auth_date", ["", "soon", "1.5", "-5", "٣", "9" * 30])
def test_signed_without_a_time(auth_date: str) -> None:
    """Even what is signed has to tell when."""
    assert refuse(sign(auth_date=auth_date)) == "init data without its time"


@pytest.mark.parametrize(
    "content",
    [b"", b"&", b"x", b"user", b"=&=", b"a=%ff", b"\xff\xfe", "имя=Анна".encode(), b"a=1;b=2", b"a=1&&b=2",
     b"x=" + b"y" * BYTES_MAX, b"&".join(b"f%d=1" % n for n in range(33)), b"a=%00", quote("имя=Анна").encode()],
)  # fmt: skip
def test_nonsense(content: bytes) -> None:
    """Whatever else comes is refused, and nothing of it is an error of ours."""
    assert refuse(content).startswith("init data ")
