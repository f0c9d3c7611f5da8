"""Sending a result from the app to a chat: `bot` prepares the message, the page hands its id to Telegram's app."""

from datetime import timedelta

import pytest

from shared.errors import DeliveryUnknownError, MessageRejectedError, TooManyRequestsError
from shared.miniapp import gallery_page
from shared.miniapp.acts import Act, publish_act
from shared.miniapp.sending import WAITED_FOR
from shared.ports import InlineResult
from tests.unit.gallery.test_find_results import FOX, draw, film, write
from tests.unit.miniapp.conftest import App
from tests.world import ME, OTHER, World


async def ask(app: App, token: str = "once") -> str:
    """Press the button; the address of the sending."""
    return (await app.post(f"/gallery/{app.world.jobs()[0].id}/send", {"token": token})).location


def prepared(world: World) -> list[tuple[int, InlineResult]]:
    return list(world.messenger.prepared.values())


async def test_a_picture(app: App, world: World) -> None:
    """The page waits for `bot`, and then names the message; it has the picture, and neither words nor author."""
    await world.give(100)
    await draw(world, FOX)
    for path in ("gallery", "made"):
        result = await app.get(f"/{path}/{world.job().id}")
        assert f'action="/gallery/{world.job().id}/send" data-since="8.0" hidden' in result.html
        assert result.hidden("token")
    address = await ask(app)
    assert "Preparing the message" in (await app.get(address)).text
    assert 'data-poll="' + address + '/state"' in (await app.get(address)).html
    await world.settle()
    for each in (address, f"{address}/state"):
        assert 'data-prepared="prepared-0"' in (await app.get(each)).html
    [(user_id, shown)] = prepared(world)
    assert user_id == ME
    assert (shown.medium, shown.title, shown.caption.buttons) == ("photo", "", ())
    assert FOX not in repr(shown)
    assert shown.caption.text == "🍌 Made with @nanobanana_test_bot"
    world.check_money()


async def test_a_video(app: App, world: World) -> None:
    """A video goes as one, under a title that says nothing of its words."""
    await world.give(100)
    await film(world, "a running fox")
    await ask(app)
    await world.settle()
    [(_, shown)] = prepared(world)
    assert (shown.medium, shown.title) == ("video", "Video")


async def test_the_link_goes_with_it_while_it_is_open(app: App, world: World) -> None:
    """Only where the owner has opened the link the message has a button to it."""
    await world.give(100)
    await draw(world, FOX)
    address = f"/gallery/{world.job().id}"
    await app.post(f"{address}/share", {"on": "1"})
    await ask(app)
    await world.settle()
    await app.post(f"{address}/share", {"on": "0"})
    await ask(app, "again")
    await world.settle()
    [(_, opened), (_, closed)] = prepared(world)
    assert "start=r_" in opened.caption.buttons[0][0].url
    assert closed.caption.buttons == ()


async def test_a_form_that_comes_twice(app: App, world: World) -> None:
    """One sending and one message: a task that comes again finds the message there."""
    await world.give(100)
    await draw(world, FOX)
    address = await ask(app)
    assert await ask(app) == address
    await world.settle()
    assert len(prepared(world)) == 1
    assert await ask(app) == address
    await world.settle()
    assert len(prepared(world)) == 1


async def test_two_workers(app: App, world: World) -> None:
    """Of two messages that were prepared at the same time the page names one."""
    await world.give(100)
    await draw(world, FOX)
    address = await ask(app)
    await ask(app)

    async def other() -> None:
        await world.run_next()

    world.messenger.stall("prepare_message", other)
    await world.settle()
    assert len(prepared(world)) == 2
    assert "data-prepared=" in (await app.get(address)).html


@pytest.mark.parametrize("error", [TooManyRequestsError(3.0), DeliveryUnknownError()])
async def test_telegram_is_busy(app: App, world: World, error: Exception) -> None:
    """What Telegram puts off is done a little later."""
    await world.give(100)
    await draw(world, FOX)
    address = await ask(app)
    world.messenger.fail("prepare_message", error)  # type: ignore[arg-type]
    await world.settle()
    assert "data-prepared=" in (await app.get(address)).html


async def test_telegram_refuses(app: App, world: World) -> None:
    """Where Telegram keeps no such message the page says so, and leads back."""
    await world.give(100)
    await draw(world, FOX)
    address = await ask(app)
    world.messenger.fail("prepare_message", MessageRejectedError("no"))
    await world.settle()
    page = await app.get(address)
    assert "could not be prepared" in page.text
    assert f"/gallery/{world.job().id}" in page.links()
    await publish_act(world.ports, Act("prepare", ME, address.rpartition("/")[2], world.now))
    await world.settle()
    assert prepared(world) == []


async def test_nobody_prepares_it(app: App, world: World) -> None:
    """Where `bot` does not answer within a minute, the page stops waiting, and what comes later prepares nothing."""
    await world.give(100)
    await draw(world, FOX)
    address = await ask(app)
    world.clock.advance(WAITED_FOR.total_seconds())
    assert "could not be prepared" in (await app.get(address)).text
    await world.settle()
    assert prepared(world) == []


async def test_it_is_too_late(app: App, world: World) -> None:
    """A message that Telegram has forgotten is not offered any more."""
    await world.give(100)
    await draw(world, FOX)
    address = await ask(app)
    world.messenger.prepared_until = world.now + timedelta(minutes=5)
    await world.settle()
    world.clock.advance(300)
    assert "could not be prepared" in (await app.get(address)).text


async def test_it_was_deleted_meanwhile(app: App, world: World) -> None:
    """A result that is deleted before the message is prepared does not go anywhere."""
    await world.give(100)
    await draw(world, FOX)
    address = await ask(app)
    await app.post(f"/gallery/{world.job().id}/delete")
    await world.settle()
    assert prepared(world) == []
    assert "could not be prepared" in (await app.get(address)).text


async def test_a_result_that_telegram_has_not(app: App, world: World) -> None:
    """Without a file that Telegram knows there is no button, and a form that was kept leads back."""
    await world.give(100)
    await draw(world, FOX)
    result = world.store.collection("jobs")[world.job().id]["result"]
    await write(world, world.job(), result={**result, "photo_file_id": ""})
    assert "/send" not in (await app.get(f"/gallery/{world.job().id}")).html
    assert await ask(app) == gallery_page.GONE


async def test_somebody_else(app: App, world: World) -> None:
    """Nobody sends another person's result, sees their sending, or has it prepared."""
    await world.give(100)
    await draw(world, FOX)
    address, other = await ask(app), app.as_other(OTHER)
    assert await ask(other) == gallery_page.GONE
    for each in (address, f"{address}/state", "/sendings/nonsense"):
        assert (await other.get(each)).status == 404
    world.tasks.tasks.clear()
    await publish_act(world.ports, Act("prepare", OTHER, address.rpartition("/")[2], world.now))
    await world.settle()
    assert prepared(world) == []
