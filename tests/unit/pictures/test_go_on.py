"""Out of credits: whatever was refused goes on by itself once some are bought."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from shared.credits.catalogue import PACKAGES
from shared.credits.ledger import Change, TransferKind
from shared.errors import BotBlockedError, LaterError, UnavailableError
from shared.jobs.job import JobState
from shared.payments.order import Order, write_payload
from shared.people.change_credits import change_credits
from shared.pictures import go_on as module
from shared.pictures.picture import request_of
from shared.pictures.wait_for_credits import WAITS_FOR
from shared.providers.outcomes import DeclineReason
from shared.texts import plain_text, unmark
from tests.fakes.messenger import Shown
from tests.unit.payments.conftest import KEY
from tests.world import GROUP, ME, World, any_commit, writes_to

LOST = 4
Ask = Callable[[World], Awaitable[dict[str, Any]]]
"""Prepares a world in which the person then lacks credits; the update that is refused for that."""


@pytest.fixture
async def shop(world: World) -> World:
    """Somebody with many credits, where credits are sold."""
    await world.give(400)
    world.sell(KEY)
    return world


async def lose_credits(world: World, left: int = 0) -> None:
    """Take the person's credits but for so many."""
    if taken := world.user().account.available - left:
        spent = Change(TransferKind.CORRECTION, ME, -taken, f"t{world.last_update_id}", "spent")
        await change_credits(world.store, world.clock, spent)


def payment(world: World, charge: str = "stx1", package: str = "l") -> dict[str, Any]:
    """Telegram's message that a package was paid."""
    sold = PACKAGES[package]
    order = Order("o" * 16, ME, sold.stars, sold.credits, world.now.replace(microsecond=0) + timedelta(hours=1))
    body = {"currency": "XTR", "total_amount": sold.stars, "invoice_payload": write_payload(order, KEY)}
    return world.message(successful_payment=body | {"telegram_payment_charge_id": charge})


async def picture_of(world: World) -> Shown:
    await world.send(world.message("/image a red fox"))
    return world.shown()


async def repeat(world: World) -> dict[str, Any]:
    return world.tap("again", await picture_of(world))


async def change_size(world: World) -> dict[str, Any]:
    return world.reply("4K", await picture_of(world))


async def edit(world: World) -> dict[str, Any]:
    return world.reply("make it blue", await picture_of(world))


async def question(world: World) -> dict[str, Any]:
    return world.message("/search who won the match yesterday?")


async def recording(world: World) -> dict[str, Any]:
    sound = world.voice("why is the sky blue?", seconds=3)
    sound["message"]["voice"]["duration"] = 3000
    return sound


async def speech(world: World) -> dict[str, Any]:
    await world.send(world.message("/ask why is the sky blue?"))
    return world.tap("speak", world.shown())


async def video(world: World) -> dict[str, Any]:
    await lose_credits(world)
    await world.send(world.message("/video a fox in the snow"))
    assert "Press the button all the same" in world.shown().text
    return world.tap("vmake", world.shown())


async def dear_video(world: World) -> dict[str, Any]:
    await video(world)
    for label in ("15 s", "1080p"):
        [data] = [each.data for row in world.shown().buttons for each in row if each.label == label]
        await world.send(world.tap_data(data, world.shown().message_id))
    return world.tap("vmake", world.shown())


async def batch(world: World) -> dict[str, Any]:
    await lose_credits(world)
    await world.send(world.message("/batch\na fox\na cat 16:9\na dog"))
    return world.tap("batch;", world.shown())


async def example(world: World) -> dict[str, Any]:
    await world.send(world.message("/start"))
    return world.tap("ex;1", world.shown())


WAYS = [repeat, change_size, edit, question, recording, speech, video, batch, example]


@pytest.mark.parametrize("ask", WAYS)
async def test_goes_on(shop: World, ask: Ask) -> None:
    """Whatever is refused for want of credits is shown with a package, and begins with the payment, once."""
    update = await ask(shop)
    await lose_credits(shop)
    before = len(shop.jobs())
    await shop.send(update)
    refused = shop.shown()
    assert any("⭐" in row[0].label for row in refused.buttons)
    assert "goes on by itself" in refused.text
    assert len(shop.jobs()) == before
    paid = payment(shop)
    await shop.send(paid, paid)
    made = shop.jobs()[before:]
    assert made
    assert {job.state for job in made} == {JobState.DELIVERED}
    assert shop.user().unpaid_order == ""
    count = len(shop.jobs())
    await shop.send(update | {"update_id": 99}, payment(shop, "stx2"))
    assert len(shop.jobs()) == count
    shop.check_money()


@pytest.mark.parametrize("ask", [repeat, video, batch, question])
async def test_a_worker_dies(shop: World, ask: Ask) -> None:
    """Wherever a worker dies, at the refusal or after the payment, it begins once."""
    update = await ask(shop)
    await lose_credits(shop)
    before = len(shop.jobs())
    for body in (update, payment(shop)):
        for _ in range(LOST):
            shop.store.lose(any_commit)
        for _ in range(2 * LOST):
            with suppress(UnavailableError, LaterError):
                await shop.deliver(body, deferrals=1)
        await shop.settle()
    made = shop.jobs()[before:]
    assert len(made) == (3 if ask is batch else 1)
    assert {job.state for job in made} == {JobState.DELIVERED}
    shop.check_money()


async def test_every_picture_of_a_set(shop: World) -> None:
    """A batch that waits has its own prompts and shapes, in its own album."""
    update = await batch(shop)
    await shop.send(update)
    await shop.send(payment(shop))
    assert [(request_of(job).prompt, request_of(job).ratio) for job in shop.jobs()] == [
        ("a fox", "1:1"),
        ("a cat", "16:9"),
        ("a dog", "1:1"),
    ]


@pytest.mark.parametrize("ask", [edit, repeat])
async def test_canceled(shop: World, ask: Ask) -> None:
    """After /cancel, which says that it has forgotten something, a payment brings credits and begins nothing."""
    update = await ask(shop)
    await lose_credits(shop)
    await shop.send(update)
    await shop.send(shop.message("/cancel"))
    assert shop.shown().text == plain_text("en", "cancel-question")
    await shop.send(payment(shop))
    assert len(shop.jobs()) == 1
    assert shop.user().account.available >= PACKAGES["l"].credits


async def test_dropped_review(shop: World) -> None:
    """A review that was canceled, or whose words were changed, after the refusal begins nothing."""
    await shop.send(await video(shop))
    review = shop.messenger.messages(ME)[-2]
    await shop.send(shop.tap("vdrop", review))
    await shop.send(payment(shop))
    assert (shop.jobs(), shop.user().unpaid_order) == ([], "")


async def test_too_late(shop: World) -> None:
    """After an hour the payment brings credits only."""
    update = await edit(shop)
    await lose_credits(shop)
    await shop.send(update)
    shop.clock.advance((WAITS_FOR + timedelta(seconds=1)).total_seconds())
    await shop.send(payment(shop))
    assert len(shop.jobs()) == 1


async def test_the_newest_goes_on(shop: World) -> None:
    """Of a repetition and a new wish that both lack credits the later begins, whichever kind of wait it has."""
    picture = await picture_of(shop)
    await lose_credits(shop)
    await shop.send(shop.tap("again", picture))
    await shop.send(shop.message("/image a grey owl"))
    await shop.send(payment(shop))
    assert [request_of(job).prompt for job in shop.jobs()] == ["a red fox", "a grey owl"]
    await lose_credits(shop, 1)
    await shop.send(shop.message("/image a white hare"))
    shop.clock.advance(1)
    await shop.send(shop.tap("again", picture))
    await shop.send(payment(shop, "stx2"))
    assert request_of(shop.jobs()[-1]).prompt == "a red fox"


async def test_something_else_was_bought(shop: World) -> None:
    """Who bought something else meanwhile no longer waits for the dearer one."""
    picture = await picture_of(shop)
    await lose_credits(shop, 6)
    await shop.send(shop.reply("4K x4", picture))
    await shop.send(shop.message("/image a grey owl"))
    await shop.send(payment(shop))
    assert len(shop.jobs()) == 2


async def test_still_not_enough(shop: World) -> None:
    """A package that is too small is answered with what is missing now, and the next one begins it."""
    await shop.send(await dear_video(shop))
    await shop.send(payment(shop, package="s"))
    assert "goes on by itself" in shop.shown().text
    assert shop.jobs() == []
    await shop.send(payment(shop, "stx2"))
    assert shop.job().state is JobState.DELIVERED
    shop.check_money()


async def test_question_that_is_still_too_dear(world: World) -> None:
    """So is a question that waited: who owes more than the package brings is told so, and the next one begins it."""
    await world.give(-100)
    world.sell(KEY)
    await world.send(world.message("/image a red fox"))
    await world.send(payment(world, package="s"))
    assert "goes on by itself" in world.shown().text
    await world.send(payment(world, "stx2"))
    assert world.job().state is JobState.DELIVERED


async def test_nobody_is_there_to_be_told(shop: World) -> None:
    """Who has blocked the bot meanwhile is not told what is missing still; the credits are theirs."""
    await shop.send(await dear_video(shop))
    shop.messenger.fail("send_text", BotBlockedError("403"), BotBlockedError("403"))
    await shop.send(payment(shop, package="s"))
    assert (shop.jobs(), shop.user().account.available) == ([], PACKAGES["s"].credits)


async def test_doubtful_wish(shop: World) -> None:
    """A doubtful wish does not begin, but its question gets the button that was left out."""
    await lose_credits(shop)
    await shop.send(shop.message("/mode"))
    await shop.send(shop.tap("mode;picture", shop.shown()))
    await shop.send(shop.message("fox"))
    asked = shop.shown()
    assert not [button for row in asked.buttons for button in row if button.data.startswith("1;draw")]
    await shop.send(payment(shop))
    assert shop.jobs() == []
    await shop.send(shop.tap("draw", shop.messenger.chats[ME][asked.message_id]))
    assert len(shop.jobs()) == 1


CHATTER = "hold on, my card is upstairs"


async def choose_mode(world: World, mode: str) -> None:
    await world.send(world.message("/mode"))
    await world.send(world.tap(f"mode;{mode}", world.shown()))


@pytest.mark.parametrize("words", ["ok, I'll buy some now", "ок, сейчас куплю", "Buying!", "щас пополню"])
@pytest.mark.parametrize("mode", ["auto", "picture"])
async def test_says_that_they_buy(shop: World, mode: str, words: str) -> None:
    """Who answers the refusal in words that they buy some sees the packages, and is not asked whether to draw that."""
    await choose_mode(shop, mode)
    await lose_credits(shop)
    await shop.send(shop.message("draw a red fox in the snow"))
    await shop.send(shop.message(words))
    assert "Buy credits" in shop.shown().text
    await shop.send(payment(shop))
    assert [request_of(job).prompt for job in shop.jobs()] == ["draw a red fox in the snow"]


async def test_chatter_between_refusal_and_payment(shop: World) -> None:
    """Words that the bot asks about do not take the place of the wish that it promised to go on with; their question
    gets its button.
    """
    await choose_mode(shop, "auto")
    await lose_credits(shop)
    await shop.send(shop.message("draw a red fox in the snow"))
    assert "goes on by itself" in shop.shown().text
    await shop.send(shop.message(CHATTER))
    asked = shop.shown()
    assert asked.text.startswith("🤔")
    assert not [button for row in asked.buttons for button in row if button.data.startswith("1;draw")]
    paid = payment(shop)
    await shop.send(paid, paid)
    assert [request_of(job).prompt for job in shop.jobs()] == ["draw a red fox in the snow"]
    assert shop.tap("draw", shop.messenger.chats[ME][asked.message_id])
    assert shop.user().unpaid_order == ""
    shop.check_money()


@pytest.mark.parametrize("ends", [["no"], [CHATTER, "/cancel"]])
async def test_chatter_that_ends_it(shop: World, ends: list[str]) -> None:
    """A "no" to the question, or a /cancel after whatever was said since, ends the wish that waits for credits."""
    await choose_mode(shop, "auto")
    await lose_credits(shop)
    await shop.send(shop.message("draw a red fox in the snow"))
    for words in ends:
        shop.clock.advance(1)
        await shop.send(shop.message(words))
    assert shop.shown().text in {plain_text("en", "answer-no"), plain_text("en", "cancel-question")}
    await shop.send(payment(shop))
    assert shop.jobs() == []


async def test_chatter_for_too_long(shop: World) -> None:
    """After an hour the wish behind the chatter waits no more."""
    await choose_mode(shop, "auto")
    await lose_credits(shop)
    await shop.send(shop.message("draw a red fox in the snow"))
    await shop.send(shop.message(CHATTER))
    shop.clock.advance((module.PAYING_KEPT + timedelta(seconds=1)).total_seconds())
    await shop.send(payment(shop))
    assert shop.jobs() == []


async def test_doubtful_wish_about_nothing(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question about a picture that is gone meanwhile is not asked again."""

    async def plan(*_: object) -> DeclineReason:
        return DeclineReason.PARENT_DELETED

    await lose_credits(shop)
    await shop.send(shop.message("/mode"))
    await shop.send(shop.tap("mode;picture", shop.shown()))
    await shop.send(shop.message("fox"))
    asked = shop.shown()
    monkeypatch.setattr(module, "plan_draft", plan)
    await shop.send(payment(shop))
    assert shop.messenger.chats[ME][asked.message_id].edits == 0


async def test_voice_of_an_answer_does_not_wait(shop: World) -> None:
    """What the bot adds by itself, the voice of an answer, is left out without credits and takes no other's place."""
    await lose_credits(shop)
    await shop.send(shop.message("/settings"))
    await shop.send(shop.tap_data(f"1;set;speech;always;{ME}", shop.shown().message_id))
    await shop.send(shop.message("/ask why is the sky blue?"))
    assert shop.user().unpaid_order == ""
    await shop.send(payment(shop))
    assert [job.kind for job in shop.jobs()] == ["answer"]


async def test_group(shop: World) -> None:
    """In a group nothing waits: who refused whom for what is nobody else's business."""
    await lose_credits(shop)
    await shop.send(shop.message("/image a red fox", chat_id=GROUP))
    assert shop.user().unpaid_order == ""
    await shop.send(payment(shop))
    assert shop.jobs() == []


async def test_press_in_a_group(shop: World) -> None:
    """A press in a group is declined by an alert, which only the presser sees, without a package."""
    await shop.send(shop.message("/image a red fox", chat_id=GROUP))
    shown = shop.shown(GROUP)
    await lose_credits(shop)
    await shop.send(shop.tap("again", shown, chat_id=GROUP))
    assert "you have 0" in shop.messenger.taps[-1].toast
    assert len(unmark(shop.messenger.taps[-1].toast)) <= 200
    assert shop.shown(GROUP).message_id == shown.message_id
    assert shop.user().unpaid_order == ""


@pytest.mark.parametrize("ask", [repeat, video, batch])
async def test_release_before(shop: World, ask: Ask) -> None:
    """The release before places what it finds under the intent, a batch as copies of its first prompt and a video whose
    review was canceled: nothing of the chat is there, so a payment that it handles brings the credits alone.
    """
    update = await ask(shop)
    await lose_credits(shop)
    await shop.send(update)
    intent, kept = shop.user().unpaid_order, shop.store.collection("asked_orders")
    assert intent
    assert (len(kept), intent in kept) == (1, False)


async def test_newer_release(shop: World) -> None:
    """An order of a kind that only another release knows is left to it."""
    update = await video(shop)
    await shop.send(update)
    screens = dict(shop.ports.screens)
    screens.pop("video")
    object.__setattr__(shop.ports, "screens", screens)
    await shop.send(payment(shop))
    assert shop.jobs() == []


async def test_the_refusal_is_stored_before_it_is_said(shop: World) -> None:
    """A worker that dies before it could answer has kept the order; the repeated update answers."""
    update = await repeat(shop)
    await lose_credits(shop)
    shop.store.lose(writes_to("asked_orders"))
    shop.store.lose(any_commit)
    for _ in range(LOST):
        with suppress(UnavailableError, LaterError):
            await shop.deliver(update, deferrals=1)
    assert shop.user().unpaid_order
    assert "goes on by itself" in shop.shown().text
