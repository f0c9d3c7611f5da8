"""Two thousand changed, cut, joined and invented launches of the Mini App: nobody signs in, and nothing breaks."""

import random
import string
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, urlencode

import httpx
import pytest

from infra.local.telegram.signing import sign_init_data
from tests.functions.app import TOKEN, App, load_app
from tests.functions.conftest import Load
from tests.functions.test_api import PAGE
from tests.stored import copy_all
from tests.world import ME, World

COUNT = 2000
SEED = 14
Pairs = list[tuple[str, str]]
STRANGE = ("é", "ツ", "\x00", "\n", "&", "=", "%", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "🍌")


@pytest.fixture
def app(load: Load, world: World) -> App:
    return load_app(load, world)


async def test_nobody_signs_in_by_a_change(app: App) -> None:
    """Of 2,000 changes of what Telegram has signed none is believed, stores anything, or is an error of ours."""
    dice = random.Random(SEED)  # noqa: S311 — a test's dice
    await app.world.send(app.world.message("/start"))
    genuine, stored = app.write_init_data(), copy_all(app.world)
    assert stored
    statuses: dict[int, int] = {}
    believed: list[bytes] = []
    for number in range(COUNT):
        content = CHANGES[number % len(CHANGES)](genuine, dice)
        if means_the_same(content, genuine):  # such as a change of `hash` alone, which nobody looks at
            content = b"user=" + content
        answer = await app.sign_in(content)
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        if answer.status_code not in {401, 413}:
            believed.append(content)
    assert believed == []
    assert sum(statuses.values()) == COUNT
    assert statuses[401] > COUNT * 0.9
    assert copy_all(app.world) == stored
    assert (await app.sign_in(genuine)).status_code == 200


async def test_sessions_are_for_their_person(app: App) -> None:
    """Of 2,000 changed sessions none opens a page."""
    dice = random.Random(SEED)  # noqa: S311 — a test's dice
    token = await app.open()
    stored = copy_all(app.world)
    for _ in range(COUNT):
        changed = change_character(token, dice)
        answer = await ask_with(app.client, changed)
        assert changed == token or answer.status_code == 401, changed
    assert copy_all(app.world) == stored
    assert (await ask_with(app.client, token)).status_code == 200


async def ask_with(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.get(PAGE, headers={b"Authorization": b"Bearer " + token.encode("latin-1", "replace")})


def means_the_same(content: bytes, genuine: str) -> bool:
    """Whether every field that Telegram signs is as it was."""

    def signed(text: str) -> Pairs:
        return sorted(pair for pair in parse_qsl(text, keep_blank_values=True) if pair[0] != "hash")

    return signed(content.decode("utf-8", "replace")) == signed(genuine)


# --- the changes ---------------------------------------------------------------------------------------------


def change_character(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text))
    return text[:at] + dice.choice(string.ascii_letters + string.digits + "-_.~%&=") + text[at + 1 :]


def change_one(genuine: str, dice: random.Random) -> bytes:
    return change_character(genuine, dice).encode()


def flip_bit(genuine: str, dice: random.Random) -> bytes:
    content = bytearray(genuine.encode())
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    return bytes(content)


def cut(genuine: str, dice: random.Random) -> bytes:
    return genuine[: dice.randrange(len(genuine))].encode()


def put_strange(genuine: str, dice: random.Random) -> bytes:
    at = dice.randrange(len(genuine))
    strange = dice.choice(STRANGE)
    return (genuine[:at] + dice.choice((strange, quote(strange))) + genuine[at:]).encode()


def double(genuine: str, dice: random.Random) -> bytes:
    pairs = parse_qsl(genuine)
    pairs.insert(dice.randrange(len(pairs)), dice.choice(pairs))
    return urlencode(pairs).encode()


def leave_out(genuine: str, dice: random.Random) -> bytes:
    pairs = parse_qsl(genuine)
    gone = dice.choice(["user", "auth_date", "query_id", "signature"])
    return urlencode([pair for pair in pairs if pair[0] != gone]).encode()


def rename(genuine: str, dice: random.Random) -> bytes:
    pairs = parse_qsl(genuine)
    at = dice.choice([number for number, pair in enumerate(pairs) if pair[0] != "hash"])
    pairs[at] = (dice.choice(["user ", "User", "receiver", "auth_date", "", "hash"]) + str(at), pairs[at][1])
    return urlencode(pairs).encode()


def be_somebody_else(genuine: str, dice: random.Random) -> bytes:
    other = str(dice.randrange(1, 10**10))
    return genuine.replace(f"%22id%22%3A%20{ME}", f"%22id%22%3A%20{other}").encode()


def move_signature(_: str, dice: random.Random) -> bytes:
    """The signature of one launch under the fields of another, or of another bot's."""
    fields = {"user": f'{{"id": {dice.randrange(1, 10**9)}}}', "auth_date": str(dice.randrange(10**9, 2 * 10**9))}
    other = {**fields, "user": '{"id": 7}'}
    signature = dict(parse_qsl(sign_init_data(other, TOKEN)))["signature"]
    if dice.random() < 0.5:
        return sign_init_data(fields, f"{dice.randrange(1, 10**6)}:TEST-another").encode()
    return urlencode({**fields, "signature": signature}).encode()


def invent(_: str, dice: random.Random) -> bytes:
    return dice.randbytes(dice.randrange(400))


def swell(genuine: str, dice: random.Random) -> bytes:
    return f"{genuine}&x={'y' * dice.randrange(1, 200_000)}".encode()


CHANGES: tuple[Callable[[str, random.Random], bytes], ...] = (
    *(change_one, flip_bit, cut, put_strange, double, leave_out),
    *(rename, be_somebody_else, move_signature, invent, swell),
)
