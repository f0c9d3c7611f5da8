"""What goes wrong, end to end: Telegram refuses or loses answers, the model fails, people change their minds.

Whatever happens, a person sees what it was and what became of the credits, and pays for pictures only.
"""

import asyncio
from collections import Counter

import pytest

from shared.credits.catalogue import WELCOME_CREDITS
from shared.jobs.job import JobState
from shared.pictures.press import IMPATIENCE
from shared.providers.outcomes import FailureReason
from shared.texts import plain_text
from tests.e2e.backstage import Backstage
from tests.e2e.crowd import paint_photo
from tests.e2e.people import Json, Person, Telegram, answers, as_document, list_buttons, read_words

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.usefixtures("books_stay_right"),
]

PAID = WELCOME_CREDITS - 4
SLOW_SECONDS_MAX = 40
"""For what comes after a lease (15 s) or a pause (5 s)."""


async def ask(person: Person, words: str = "draw a red fox") -> Json:
    """In the mode that everybody begins in, an order is a picture whatever a model would make of it."""
    [message] = await person.send(words)
    return message


async def is_photo_alone(person: Person, request: Json) -> bool:
    """Whether exactly one message of the bot's shows a picture for this request."""
    return len([m for m in await person.bots_messages() if "photo" in m and answers(m, request)]) == 1


# --- Telegram ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "editMessageMedia"])
async def test_telegram_is_flooded(method: str, anna: Person, telegram: Telegram, backstage: Backstage) -> None:
    """A 429 is waited out for as long as it says, whichever call met it; the picture comes once and is paid once."""
    await telegram.add_fault("flood", retry_after=2, count=1, methods=[method], chat_ids=[anna.id])
    message = await ask(anna)
    await anna.wait_for_picture(message, SLOW_SECONDS_MAX)
    assert (await backstage.wait_for_rest(anna.id)).available == PAID
    assert await is_photo_alone(anna, message)
    assert len(await backstage.model_calls("a red fox")) >= 1


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "editMessageMedia"])
async def test_telegram_loses_an_answer(method: str, anna: Person, telegram: Telegram, backstage: Backstage) -> None:
    """A call that arrived without an answer leads to no second picture; at most a stray text card is left."""
    await telegram.add_fault("lost_answer", count=1, methods=[method], chat_ids=[anna.id])
    message = await ask(anna)
    await anna.wait_for_picture(message, SLOW_SECONDS_MAX)
    assert (await backstage.wait_for_rest(anna.id, SLOW_SECONDS_MAX)).available == PAID
    assert await is_photo_alone(anna, message)
    strays = [m for m in await anna.bots_messages() if "photo" not in m]
    assert len(strays) == (1 if method == "sendMessage" else 0)


async def test_telegram_has_an_outage(anna: Person, telegram: Telegram, backstage: Backstage) -> None:
    """A 500 while the picture is shown is tried again; the model is not asked a second time."""
    await telegram.add_fault("error", status=500, count=1, methods=["editMessageMedia"], chat_ids=[anna.id])
    message = await ask(anna, f"draw a lamp for {anna.id}")
    await anna.wait_for_picture(message, SLOW_SECONDS_MAX)
    assert (await backstage.wait_for_rest(anna.id)).available == PAID
    assert len(await backstage.model_calls(f"draw a lamp for {anna.id}")) == 1


async def test_the_card_was_deleted(anna: Person, telegram: Telegram, backstage: Backstage) -> None:
    """Somebody who deletes the card while it is drawn gets the picture in a new message, once."""
    await backstage.break_model("slow", seconds=2, times=1, prompt=f"for {anna.id}")
    message = await ask(anna, f"draw a shy fox for {anna.id}")
    card = await anna.wait_for_text("🎨")
    await telegram.post("delete", chat_id=anna.id, message_id=card["message_id"])
    picture = await anna.wait_for_picture(message, SLOW_SECONDS_MAX)
    assert picture["message_id"] != card["message_id"]
    assert (await backstage.wait_for_rest(anna.id)).available == PAID


async def test_the_bot_was_blocked(anna: Person, telegram: Telegram, backstage: Backstage) -> None:
    """A person who blocks the bot while it draws is not charged, and nothing goes on trying."""
    await backstage.break_model("slow", seconds=2, times=1, prompt=f"for {anna.id}")
    await ask(anna, f"draw a last fox for {anna.id}")
    await anna.wait_for_text("🎨")
    await telegram.post("block", user_id=anna.id, blocked=True)
    assert (await backstage.wait_for_rest(anna.id)).available == WELCOME_CREDITS
    [job] = await backstage.jobs(anna.id)
    assert job.state is JobState.FAILED


# --- the model ---------------------------------------------------------------------------------------------


async def test_the_model_is_busy_and_then_fine(anna: Person, backstage: Backstage) -> None:
    """A busy model is asked again after a while; the card says so, and the picture is paid once."""
    await backstage.break_model("busy", times=1, retry_delay_seconds=1, prompt=f"for {anna.id}")
    message = await ask(anna, f"draw a patient fox for {anna.id}")
    await anna.wait_for_text("🕓")
    await anna.wait_for_picture(message, SLOW_SECONDS_MAX)
    assert (await backstage.wait_for_rest(anna.id)).available == PAID
    assert len(await backstage.model_calls(f"for {anna.id}")) == 2


async def test_the_model_answers_without_a_picture_once(anna: Person, backstage: Backstage) -> None:
    """An answer without a picture is retried once by ourselves; nobody notices."""
    await backstage.break_model("finish", reason="NO_IMAGE", times=1, prompt=f"for {anna.id}")
    message = await ask(anna, f"draw a second try for {anna.id}")
    await anna.wait_for_picture(message)
    assert (await backstage.wait_for_rest(anna.id)).available == PAID


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"kind": "finish", "reason": "IMAGE_SAFETY"}, FailureReason.SAFETY),
        ({"kind": "blocked", "reason": "PROHIBITED_CONTENT"}, FailureReason.SAFETY),
        ({"kind": "finish", "reason": "NO_IMAGE", "times": 2}, FailureReason.NO_RESULT),
        ({"kind": "location"}, FailureReason.OURS),
    ],
    ids=["filtered", "blocked", "no-image", "not-served"],
)
async def test_the_model_refuses(fault: Json, reason: FailureReason, anna: Person, backstage: Backstage) -> None:
    """A refusal is explained; the credits are back, a button shows the code, another offers a next step."""
    await backstage.break_model(**{"times": 1, **fault}, prompt=f"for {anna.id}")
    await ask(anna, f"draw a fox that is refused for {anna.id}")
    card = await anna.wait_for_text("4 credits are back", SLOW_SECONDS_MAX)
    details = await anna.press(card, "details")
    assert reason in details["text"]
    assert details["show_alert"]
    assert (await backstage.wait_for_rest(anna.id)).available == WELCOME_CREDITS
    await backstage.clear_faults()
    if reason is FailureReason.SAFETY:  # the same words would be refused again
        await anna.press(card, "edit")
        question = await anna.wait_for_question()
        await anna.send(f"a kind fox for {anna.id}", reply_to=question["message_id"])
    else:
        await asyncio.sleep(IMPATIENCE.total_seconds())  # the time to see that the buttons have changed
        await anna.press(card, "again")
    await anna.wait_for(lambda messages: [m for m in messages if "photo" in m])
    assert (await backstage.wait_for_rest(anna.id)).available == PAID


async def test_one_of_several_fails(anna: Person, backstage: Backstage) -> None:
    """One of three pictures is refused: two are captured, one is released, each on its own card."""
    await backstage.break_model("finish", reason="IMAGE_SAFETY", times=1, prompt=f"for {anna.id}")
    message = await ask(anna, f"draw three foxes for {anna.id} x3")
    await anna.wait_for_pictures(message, 2)
    await anna.wait_for_text("4 credits are back")
    assert (await backstage.wait_for_rest(anna.id)).available == WELCOME_CREDITS - 8


async def test_a_file_is_no_picture(anna: Person, backstage: Backstage) -> None:
    """A file that only claims to be a picture is refused before any model call, free of charge."""
    words = f"make it brighter for {anna.id}"
    await anna.send(words, documents=[as_document("notes.jpg", b"this is no picture")])
    card = await anna.wait_for_text("cannot open this file")
    assert FailureReason.FILE_UNREADABLE in (await anna.press(card, "details"))["text"]
    assert (await backstage.wait_for_rest(anna.id)).available == WELCOME_CREDITS
    assert await backstage.model_calls(words) == []


# --- people change their minds -----------------------------------------------------------------------------


async def test_cancel_while_queued(anna: Person, backstage: Backstage) -> None:
    """Cancel on a waiting card returns the credits at once, and no picture is made afterwards."""
    words = f"draw a fox after all for {anna.id}"
    async with backstage.paused("image"):
        await ask(anna, words)
        card = await anna.wait_for_text("👌")
        assert (await backstage.account(anna.id)).held == 4
        assert (await anna.press(card, "cancel"))["text"] == plain_text("en", "toast-canceled")
        card = await anna.wait_for_text("✖️")
        assert "4 credits are back" in read_words(card)
        assert (await backstage.wait_for_rest(anna.id)).available == WELCOME_CREDITS
    assert [data.split(";")[1] for data in list_buttons(card)] == ["again"]
    assert await backstage.model_calls(words) == []


async def test_cancel_everything(anna: Person, backstage: Backstage) -> None:
    """/cancel stops all that waits, says how much it was, and returns the credits."""
    async with backstage.paused("image"):
        await ask(anna, "draw two foxes x2")
        await anna.wait_for(lambda messages: len(messages) == 2)
        await anna.send("/cancel")
        await anna.wait_for_text("Canceled 2 pictures")
        assert (await backstage.wait_for_rest(anna.id)).available == WELCOME_CREDITS


async def test_an_edit_while_queued(anna: Person, telegram: Telegram, backstage: Backstage) -> None:
    """A message that is edited while its picture waits is drawn as it now reads."""
    async with backstage.paused("image"):
        message = await ask(anna, f"draw a fox for {anna.id}")
        await anna.wait_for_text("👌")
        place = {"user_id": anna.id, "chat_id": anna.id, "message_id": message["message_id"]}
        await telegram.post("edit", **place, text=f"draw a wolf for {anna.id}")
        await backstage.wait_for_prompt(anna.id, f"draw a wolf for {anna.id}")
    await anna.wait_for_picture(message)
    [call] = await backstage.model_calls(f"for {anna.id}")
    assert call["prompt"] == f"draw a wolf for {anna.id}"
    await backstage.wait_for_rest(anna.id)


async def test_too_little_money(anna: Person, backstage: Backstage) -> None:
    """A request that costs more than there is is declined in plain words; nothing is held."""
    await ask(anna, "draw four foxes 2K x4")
    await anna.wait_for_text("you have 20")
    assert await backstage.jobs(anna.id) == []
    assert "hold" not in {transfer.kind for transfer in await backstage.transfers(anna.id)}


async def test_a_request_that_cannot_be(anna: Person, backstage: Backstage) -> None:
    """A request that cannot be drawn is declined before anything is held."""
    await ask(anna, "16:9 x2")
    await anna.wait_for_text("belong to a picture")
    assert await backstage.jobs(anna.id) == []


async def test_eight_taps_at_once(anna: Person, backstage: Backstage) -> None:
    """One Again pressed from eight devices at the same moment is one new picture."""
    message = await ask(anna)
    picture = await anna.wait_for_picture(message)
    toasts = [
        each["text"] for each in await asyncio.gather(*(anna.press(picture, "again", stale=True) for _ in range(8)))
    ]
    assert Counter(toasts) == {plain_text("en", "toast-again"): 1, plain_text("en", "toast-known"): 7}
    assert (await backstage.wait_for_rest(anna.id)).available == WELCOME_CREDITS - 8


def list_refusals(messages: list[Json]) -> list[Json]:
    """Those that say, in Russian, that the credits are not enough."""
    return [message for message in messages if "у вас" in read_words(message)]


async def test_eight_messages_at_once(boris: Person, backstage: Backstage) -> None:
    """Eight messages of one person at once, with credits for five: five pictures, three refusals in Russian."""
    messages = await asyncio.gather(*(ask(boris, f"нарисуй лису номер {n}") for n in range(8)))
    account = await boris.wait_for(
        lambda seen: len([m for m in seen if "photo" in m]) == 5 and [True], SLOW_SECONDS_MAX
    )
    account = await backstage.wait_for_rest(boris.id)
    assert (account.available, account.held) == (0, 0)
    # One chat gets one message a second: the last refusals come after the first pictures.
    refused = await boris.wait_for(lambda seen: list_refusals(seen) if len(list_refusals(seen)) >= 3 else None)
    assert (len(messages), len(refused)) == (8, 3)


async def test_a_photo_is_sent_by_itself_twice(anna: Person, telegram: Telegram) -> None:
    """A photo without words that comes twice is asked about once."""
    await telegram.add_fault("duplicate_intent", kinds=["message"], count=1)
    await anna.send(photos=[paint_photo(3)])
    await anna.wait_for_text("say what to change")
    await anna.send("/help")
    await anna.wait_for_text("/balance")
    assert len([m for m in await anna.bots_messages() if "say what to change" in read_words(m)]) == 1
