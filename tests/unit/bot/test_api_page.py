"""/api: keys are made, listed, renewed and revoked; a secret is shown once and stored nowhere."""

import re
from dataclasses import replace
from functools import partial

import pytest

from shared.errors import UnavailableError
from shared.people.accounts import change_user, open_user
from shared.people.api_keys import KEYS_MAX, SCOPES, ApiToken, find_key, read_token
from shared.people.user_documents import user_key
from shared.people.webhooks import Webhook
from tests.fakes.messenger import Shown
from tests.world import GROUP, ME, OTHER, World, writes_to

URL = "https://api.test"


@pytest.fixture
def world() -> World:
    world = World()
    world.ports = replace(world.ports, mini_app_url=URL)
    return world


def find_token(shown: Shown) -> ApiToken:
    """The token that a message shows."""
    found = re.search(r"<code>(nb_[^<]+)</code>", shown.text)
    token = read_token(found[1]) if found else None
    assert token is not None, shown.text
    return token


async def make(world: World, preset: str) -> Shown:
    """The message after a new key was made."""
    await world.send(world.message("/api"))
    await world.send(world.tap("apikey;choose", world.shown()))
    await world.send(world.tap(f"apikey;make;{ME};{preset}", world.shown()))
    return world.shown()


def buttons(shown: Shown) -> list[str]:
    return [button.label for row in shown.buttons for button in row]


@pytest.mark.parametrize(("preset", "scopes"), [("read", 1), ("make", 2), ("all", 3)])
async def test_a_new_key(world: World, preset: str, scopes: int) -> None:
    """Its token proves the key with what was chosen; the secret is in no document, and gone with the next press."""
    token = find_token(await make(world, preset))
    key = find_key(world.user().api_keys, token, world.now)
    assert key is not None
    assert key.scopes == SCOPES[:scopes]
    assert token.secret not in str(world.store._documents)
    await world.send(world.tap("apikey;list", world.shown()))
    assert token.secret not in world.shown().text
    assert f"🔑 {key.id[:5]}" in buttons(world.shown())
    assert [button.url for row in world.shown().buttons for button in row if button.url] == [f"{URL}/api/docs"]


async def test_a_press_that_comes_twice(world: World) -> None:
    """A double tap makes one key and leaves its secret on the screen; the second tap says how to get another one."""
    await world.send(world.message("/api"))
    await world.send(world.tap("apikey;choose", world.shown()))
    press = world.tap(f"apikey;make;{ME};read", world.shown())
    again = world.tap(f"apikey;make;{ME};read", world.shown())
    await world.send(press)
    token = find_token(world.shown())
    await world.send(press, again)
    assert find_key(world.user().api_keys, token, world.now) is not None
    assert len(world.user().api_keys) == 1
    assert find_token(world.shown()) == token
    assert (world.messenger.taps[-1].alert, "New secret" in world.messenger.taps[-1].toast) == (True, True)


async def test_a_press_that_dies_after_its_commit(world: World) -> None:
    """The key is there without anybody knowing its secret, and the person gets another one."""
    await world.send(world.message("/api"))
    await world.send(world.tap("apikey;choose", world.shown()))
    press = world.tap(f"apikey;make;{ME};read", world.shown())
    world.store.lose(writes_to("users"))
    with pytest.raises(UnavailableError):
        await world.send(press)
    await world.send(press)
    assert "/api" in world.messenger.taps[-1].toast
    await world.send(world.message("/api"))
    await world.send(world.tap("apikey;open", world.shown()))
    await world.send(world.tap("apikey;renew", world.shown()))
    assert find_key(world.user().api_keys, find_token(world.shown()), world.now) is not None


async def test_a_new_secret(world: World) -> None:
    """Both secrets work for a day; a double tap makes no third one, and leaves the new one on the screen."""
    old = find_token(await make(world, "make"))
    await world.send(world.tap("apikey;list", world.shown()))
    await world.send(world.tap("apikey;open", world.shown()))
    press, again = world.tap("apikey;renew", world.shown()), world.tap("apikey;renew", world.shown())
    await world.send(press)
    new = find_token(world.shown())
    await world.send(again)
    assert find_token(world.shown()) == new
    keys = world.user().api_keys
    assert [find_key(keys, each, world.now) is not None for each in (old, new)] == [True, True]
    world.clock.advance(24 * 3600)
    assert [find_key(keys, each, world.now) is not None for each in (old, new)] == [False, True]


async def test_a_revoked_key(world: World) -> None:
    """It is asked about first, and gone at once; its old buttons say that it is."""
    token = find_token(await make(world, "all"))
    await world.send(world.tap("apikey;list", world.shown()))
    opened = world.tap("apikey;open", world.shown())
    await world.send(opened)
    renew = world.tap("apikey;renew", world.shown())
    await world.send(world.tap("apikey;ask", world.shown()))
    assert find_key(world.user().api_keys, token, world.now) is not None
    await world.send(world.tap("apikey;revoke", world.shown()))
    assert world.user().api_keys == ()
    late = world.tap_data(opened["callback_query"]["data"], world.shown().message_id)
    for press in (late, renew):
        await world.send(press)
        assert world.messenger.taps[-1].toast.startswith("This key is not there")
        assert world.user().api_keys == ()


async def test_no_more_than_a_few(world: World) -> None:
    """Who has as many keys as there can be is told so, and a button from before makes none."""
    for _ in range(KEYS_MAX - 1):
        await make(world, "read")
        world.clock.advance(1)
    await world.send(world.message("/api"))
    await world.send(world.tap("apikey;choose", world.shown()))
    late = world.tap(f"apikey;make;{ME};all", world.shown())
    await make(world, "read")
    await world.send(late)
    assert len(world.user().api_keys) == KEYS_MAX
    assert world.messenger.taps[-1].toast == "You have as many keys as there can be."
    await world.send(world.message("/api"))
    assert f"{KEYS_MAX} keys are the most" in world.shown().text
    assert "➕ New key" not in buttons(world.shown())


@pytest.mark.parametrize(
    "data", [f"1;apikey;make;{ME};root;1", f"1;apikey;renew;{ME};x;y", f"1;apikey;{ME}", "1;apikey"]
)
async def test_a_press_that_means_nothing(world: World, data: str) -> None:
    """A button that no page has makes no key."""
    await world.send(world.message("/api"))
    await world.send(world.tap_data(data, world.shown().message_id))
    assert world.user().api_keys == ()


async def test_only_its_owner_and_only_in_private(world: World) -> None:
    """In a group the keys go to the private chat, and nobody presses there; another person's press is refused."""
    await world.send(world.message("/api", chat_id=GROUP))
    assert "/api/docs" in str(world.messenger.messages(ME)[-1].buttons)
    shown = world.messenger.messages(ME)[-1]
    await world.send(world.tap_data(f"1;apikey;make;{ME};all;1", shown.message_id, user_id=OTHER))
    await world.send(world.tap_data(f"1;apikey;make;{ME};all;1", shown.message_id, chat_id=GROUP))
    assert world.user().api_keys == ()


async def test_where_there_is_no_api(world: World) -> None:
    """Without an address of the API there are no keys, and the person hears so."""
    world.ports = replace(world.ports, mini_app_url="")
    await world.send(world.message("/api"))
    assert "no access for programs" in world.shown().text


async def test_when_it_was_used(world: World) -> None:
    """The list says when a key was last used, and what it may do."""
    await make(world, "make")
    world.store._documents[user_key(ME)].fields["api_keys"][0]["used_at"] = world.now
    await world.send(world.message("/api"))
    assert "may see credits, pictures and videos, spend credits" in world.shown().text
    assert "last used on" in world.shown().text


async def test_its_webhook(world: World) -> None:
    """The page shows the server that a key tells of its jobs, and how it goes; revoking the key removes it."""
    await make(world, "make")
    [key] = world.user().api_keys
    on = Webhook(key.id, world.now, "https://partner.example.org/hook?token=TEST")
    failing = replace(on, failing_since=world.now)
    for webhook, words in (
        (on, "webhook: partner.example.org."),
        (failing, "takes nothing at the moment"),
        (replace(failing, off_at=world.now), "switched off"),
    ):
        await change_user(world.ports, await open_user(world.ports, ME), partial(replace, webhooks=(webhook,)))
        await world.send(world.message("/api"))
        await world.send(world.tap(f"apikey;open;{ME};{key.id}", world.shown()))
        assert words in world.shown().text
        assert "TEST" not in world.shown().text
    await world.send(world.tap(f"apikey;ask;{ME};{key.id}", world.shown()))
    await world.send(world.tap(f"apikey;revoke;{ME};{key.id}", world.shown()))
    assert (world.user().api_keys, world.user().webhooks) == ((), ())
