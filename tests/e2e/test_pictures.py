"""Pictures end to end: asked for, made, edited, collected from albums, sent as files, deleted; and paid once each."""

import io
import re

import pytest
from PIL import Image

from shared.credits.catalogue import WELCOME_CREDITS
from shared.jobs.job import ANNOUNCE_SECONDS, JobState
from shared.pictures.picture import artefacts_of, request_of, result_of
from shared.telegram.address import chat_of
from shared.texts import plain_text
from tests.e2e.backstage import Backstage
from tests.e2e.crowd import paint_photo
from tests.e2e.people import Json, Person, Telegram, answers, as_document, list_buttons, read_words

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.usefixtures("books_stay_right"),
]

GROUP = -1001
FOREST = 77
ALBUM_SECONDS_MAX = 30


def prompt_of(person: Person, words: str) -> str:
    """Words that no other person used, to find the model call by."""
    return f"{words}, for {person.id}"


def size_of(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content)) as picture:
        return picture.size


async def ask(person: Person, words: str = "draw a red fox", **more: object) -> Json:
    """A picture that is wanted, until it is there and paid. In the mode that everybody begins in, an order says so."""
    [message] = await person.send(prompt_of(person, words), **more)  # type: ignore[arg-type]
    return await person.wait_for_picture(message)


# --- one picture -------------------------------------------------------------------------------------------


async def test_a_message_becomes_a_picture(anna: Person, backstage: Backstage) -> None:
    """A text becomes one card that turns into the picture, with cost, balance and buttons, paid once."""
    await backstage.break_model("slow", seconds=2, times=1, prompt=f"for {anna.id}")
    picture = await ask(anna, "draw a red fox")
    assert (await backstage.wait_for_rest(anna.id)).available == WELCOME_CREDITS - 4
    assert read_words(picture) == "Nano Banana · 1:1 · 1K · 4 credits · 16 left"
    assert [len(row) for row in picture["reply_markup"]["inline_keyboard"]] == [2, 2, 2, 2]
    seen = [version["text"] for version in picture["_history"]]
    assert "Got it" in seen[0]
    assert "Drawing" in seen[-1]
    assert len(await anna.bots_messages()) == 1
    kinds = [(transfer.kind, transfer.credits) for transfer in await backstage.transfers(anna.id)]
    assert kinds == [("credit", WELCOME_CREDITS), ("hold", 4), ("capture", 4)]


async def test_the_original_stays_in_storage(anna: Person, backstage: Backstage) -> None:
    """The model's own file is kept as it came, its signature behind it; Telegram got a JPEG of the same picture."""
    job = await backstage.job_of(await ask(anna))
    stored = await backstage.read_blob(result_of(job).blob)
    assert stored is not None
    assert stored.startswith(b"\x89PNG")
    assert size_of(stored) == (result_of(job).width, result_of(job).height)
    picture, signature = stored[: result_of(job).size_bytes], stored[result_of(job).size_bytes :]
    assert picture.endswith(b"IEND\xaeB`\x82")
    assert signature


async def test_closing_words_are_parameters(anna: Person, backstage: Backstage) -> None:
    """ "16:9 2K" at the end of a text reaches the model as settings, not as words, and is priced."""
    [message] = await anna.send(prompt_of(anna, "draw a wide field") + " 16:9 2K")
    picture = await anna.wait_for_picture(message)
    assert read_words(picture).startswith("Nano Banana · 16:9 · 2K · 6 credits")
    [call] = await backstage.model_calls(prompt_of(anna, "draw a wide field"))
    assert (call["aspect_ratio"], call["image_size"]) == ("16:9", "2K")
    assert "2K" not in call["prompt"]


async def test_settings_apply_to_what_comes_next(anna: Person, backstage: Backstage) -> None:
    """A ratio chosen in /settings is what the next picture is made with."""
    await anna.send("/settings")
    panel = await anna.wait_for_text("Settings")
    await anna.press(panel, "set", "ratio", "9:16")
    picture = await ask(anna, "draw a tall tower")
    assert "9:16" in read_words(picture)
    [call] = await backstage.model_calls(prompt_of(anna, "draw a tall tower"))
    assert call["aspect_ratio"] == "9:16"


async def test_several_pictures_are_several_cards(anna: Person, backstage: Backstage) -> None:
    """ "x3" makes three cards that become three pictures, numbered, each paid on its own."""
    [message] = await anna.send(prompt_of(anna, "draw three boats") + " x3")
    pictures = await anna.wait_for_pictures(message, 3)
    assert (await backstage.wait_for_rest(anna.id)).available == WELCOME_CREDITS - 12
    numbers = [words for each in pictures for words in re.findall(r"\d of 3", read_words(each))]
    assert sorted(numbers) == ["1 of 3", "2 of 3", "3 of 3"]
    assert len(await backstage.model_calls(prompt_of(anna, "draw three boats"))) == 3


async def test_again_is_a_new_picture_once_per_press(anna: Person, backstage: Backstage) -> None:
    """Again makes another picture; the same press come twice makes no third."""
    first = await ask(anna, "draw a lighthouse")
    assert (await anna.press(first, "again"))["text"] == plain_text("en", "toast-again")
    await anna.wait_for(lambda messages: len([m for m in messages if "photo" in m]) == 2)
    assert (await anna.press(first, "again", stale=True))["text"] == plain_text("en", "toast-known")
    assert (await backstage.wait_for_rest(anna.id)).available == WELCOME_CREDITS - 8


# --- editing -----------------------------------------------------------------------------------------------


async def test_a_reply_is_a_new_version_of_any_earlier_picture(anna: Person, backstage: Backstage) -> None:
    """A reply to the first of two pictures starts from that one, with the model's signature of it."""
    first = await ask(anna, "draw a house")
    await ask(anna, "draw a bridge")
    version = await ask(anna, "now in winter", reply_to=first["message_id"])
    parent, child = await backstage.job_of(first), await backstage.job_of(version)
    assert request_of(child).parent_id == parent.id
    [call] = await backstage.model_calls(prompt_of(anna, "now in winter"))
    assert (call["images_in"], call["had_signature"], call["turns"]) == (1, True, 3)


async def test_the_answer_to_edit_is_a_new_version(anna: Person, backstage: Backstage) -> None:
    """The Edit button asks what to change, and a reply to its question means that picture."""
    first = await ask(anna, "draw a castle")
    await anna.press(first, "edit")
    question = await anna.wait_for_question()
    version = await ask(anna, "with a moat", reply_to=question["message_id"])
    assert request_of(await backstage.job_of(version)).parent_id == (await backstage.job_of(first)).id


@pytest.mark.parametrize("kind", ["photo", "document"])
async def test_a_photo_with_words_is_edited(kind: str, anna: Person, backstage: Backstage) -> None:
    """A photo with a caption, sent as a photo or as a file, reaches the model with the words."""
    if kind == "photo":
        await ask(anna, f"make this {kind} blue", photos=[paint_photo(1)])
    else:
        await ask(anna, f"make this {kind} blue", documents=[as_document("fox.jpg", paint_photo(1))])
    [call] = await backstage.model_calls(prompt_of(anna, f"make this {kind} blue"))
    assert call["images_in"] == 1


async def test_a_photo_without_words_is_asked_about(anna: Person, backstage: Backstage) -> None:
    """A photo alone costs nothing; the reply to the question about it uses it."""
    await anna.send(photos=[paint_photo(2)])
    question = await anna.wait_for_text("say what to change")
    await ask(anna, "turn it around", reply_to=question["message_id"])
    [call] = await backstage.model_calls(prompt_of(anna, "turn it around"))
    assert call["images_in"] == 1


# --- albums ------------------------------------------------------------------------------------------------


async def test_an_album_in_pieces_is_one_request(anna: Person, telegram: Telegram, backstage: Backstage) -> None:
    """Five parts, shuffled and each delivered twice, become one picture made of all five, paid once."""
    await telegram.add_fault("shuffle", window_seconds=1.0, kinds=["message"])
    await telegram.add_fault("duplicate_update", kinds=["message"])
    await telegram.add_fault("duplicate_intent", kinds=["message"])
    parts = await anna.send(prompt_of(anna, "put all into one collage"), photos=[paint_photo(n) for n in range(5)])
    assert len(parts) == 5
    await telegram.clear_faults()
    await anna.wait_for(lambda messages: [m for m in messages if "photo" in m], ALBUM_SECONDS_MAX)
    assert (await backstage.wait_for_rest(anna.id)).available == WELCOME_CREDITS - 4
    [call] = await backstage.model_calls(prompt_of(anna, "put all into one collage"))
    assert call["images_in"] == 5
    assert len(await backstage.jobs(anna.id)) == 1
    assert len(await anna.bots_messages()) == 1


async def test_an_album_does_not_wait_for_a_lease(anna: Person, backstage: Backstage) -> None:
    """The worker starts as soon as the album is closed: nobody holds the job any more."""
    await anna.send(prompt_of(anna, "combine the two"), photos=[paint_photo(n) for n in range(2)])
    await anna.wait_for(lambda messages: [m for m in messages if "photo" in m], ALBUM_SECONDS_MAX)
    await backstage.wait_for_rest(anna.id)
    [job] = await backstage.jobs(anna.id)
    assert (job.attempts[0].started_at - job.created_at).total_seconds() < ANNOUNCE_SECONDS


async def test_an_album_without_words_is_asked_about(anna: Person, backstage: Backstage) -> None:
    """Three photos alone are asked about once, and the answer uses all three."""
    await anna.send(photos=[paint_photo(n) for n in range(3)])
    question = await anna.wait_for_text("3 pictures", ALBUM_SECONDS_MAX)
    await ask(anna, "side by side", reply_to=question["message_id"])
    [call] = await backstage.model_calls(prompt_of(anna, "side by side"))
    assert call["images_in"] == 3


# --- files -------------------------------------------------------------------------------------------------


async def test_the_original_is_sent_once(anna: Person, telegram: Telegram) -> None:
    """Original sends the stored PNG as a document, once however often it is pressed."""
    picture = await ask(anna, "draw a map")
    since = await telegram.last_call()
    await anna.press(picture, "original")
    await anna.wait_for(lambda messages: [m for m in messages if "document" in m])
    for _ in range(3):
        assert (await anna.press(picture, "original"))["text"] == plain_text("en", "toast-sent-already")
    [sent] = [m["document"] for m in await anna.bots_messages() if "document" in m]
    assert sent["mime_type"] == "image/png"
    assert len(await telegram.calls("sendDocument", since)) == 1


async def test_delete_forgets_the_picture(anna: Person, backstage: Backstage) -> None:
    """Delete asks once and removes the message; for a minute the line that is left brings the picture back."""
    picture = await ask(anna, "draw a secret")
    await backstage.wait_for_rest(anna.id)
    job = await backstage.job_of(picture)
    assert artefacts_of(job).result is not None
    for press in ("undo", ""):
        await anna.press(picture, "delete")
        [asked] = await anna.wait_for(lambda messages: [m for m in messages if ";erase;" in str(list_buttons(m))])
        await anna.press(asked, "erase")
        line = await anna.wait_for_text("🗑 Deleted.")
        assert len(await anna.bots_messages()) == 1
        assert await backstage.read_blob(result_of(job).blob) is not None
        if press:
            await anna.press(line, press)
            [picture] = await anna.wait_for(lambda messages: [m for m in messages if "photo" in m])
    assert (await backstage.job_of(line)).deleted_at is not None
    assert (await backstage.account(anna.id)).available == WELCOME_CREDITS - 4


# --- groups and languages ----------------------------------------------------------------------------------


async def test_groups_and_their_topics(anna: Person, boris: Person, telegram: Telegram, backstage: Backstage) -> None:
    """In a topic /image answers there, hides the price, and nobody presses another person's buttons."""
    await telegram.post("chats", id=GROUP, is_forum=True, topics={str(FOREST): "Forest"})
    await boris.send("/help")
    anna.chat_id = boris.chat_id = GROUP
    [message] = await anna.send(f"/image {prompt_of(anna, 'a pine')}", message_thread_id=FOREST)
    picture = await anna.wait_for_picture(message)
    assert picture["message_thread_id"] == FOREST
    assert "credit" not in read_words(picture)
    refusal = await boris.press(picture, "again")
    assert "чужая" in refusal["text"]
    assert (await backstage.wait_for_rest(anna.id)).available == WELCOME_CREDITS - 4


async def test_talk_in_a_topic_is_not_for_the_bot(
    anna: Person, boris: Person, telegram: Telegram, backstage: Backstage
) -> None:
    """Telegram shows what is said in a topic as a reply to the message that opened it: that asks for nothing."""
    await telegram.post("chats", id=GROUP - 1, is_forum=True, topics={str(FOREST): "Forest"})
    anna.chat_id = boris.chat_id = GROUP - 1
    await boris.send("a fine day", message_thread_id=FOREST)
    [message] = await anna.send("/image a sun", message_thread_id=FOREST)
    await anna.wait_for_picture(message)
    assert await backstage.jobs(boris.id) == []


async def test_russian_is_spoken_and_can_be_changed(boris: Person) -> None:
    """A Russian client gets Russian cards and captions; /language changes that."""
    picture = await ask(boris, "нарисуй рыжую лису")
    assert read_words(picture) == "Nano Banana · 1:1 · 1K · 4 кредита · осталось 16"
    assert "Принято" in picture["_history"][0]["text"]
    await boris.send("/language")
    await boris.press(await boris.wait_for_text("Язык"), "set", "language", "en")
    assert "12 left" in read_words(await ask(boris, "draw a red fox"))


async def test_balance_shows_what_happened(anna: Person, backstage: Backstage) -> None:
    """/balance tells the credits left and the entries: the gift, and what was paid for which words."""
    await ask(anna, "draw a kite")
    await backstage.wait_for_rest(anna.id)
    await anna.send("/balance")
    balance = read_words(await anna.wait_for_text("16 credits"))
    assert "welcome gift" in balance
    assert "−4 · draw a kite" in balance


async def test_an_update_that_comes_again_changes_nothing(
    anna: Person, telegram: Telegram, backstage: Backstage
) -> None:
    """The same message once more, under its old and under a new update id, makes no second picture."""
    picture = await ask(anna, "draw one only")
    update_id = chat_of((await backstage.jobs(anna.id))[0]).update_id
    for is_new in (False, True):
        await telegram.post("repeat", update_id=update_id, new_id=is_new)
    await anna.send("/help")
    await anna.wait_for_text("/balance")
    assert [m["message_id"] for m in await anna.bots_messages() if answers(m, picture["reply_to_message"])] == [
        picture["message_id"]
    ]
    assert len(await backstage.jobs(anna.id)) == 1
    assert (await backstage.account(anna.id)).available == WELCOME_CREDITS - 4
    assert (await backstage.jobs(anna.id))[0].state is JobState.DELIVERED
