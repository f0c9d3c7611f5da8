"""A new person's first hour, scene by scene. Each ends in what was meant, or in a question or answer that is free."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from shared.pictures.picture import request_of
from shared.providers.outcomes import Busy, Refused
from tests.scenes.stage import Stage, speaks
from tests.world import BOT_ID, OTHER

Play = Callable[[Stage], Awaitable[None]]
FORWARDED: dict[str, Any] = {"forward_origin": {"type": "user", "date": 0}}


@dataclass(frozen=True)
class Scene:
    """A scene and its expected end."""

    play: Play
    pictures: int
    """How many pictures were delivered and paid."""
    asks: bool
    """The last message of the bot asks something: it has a button or wants a reply."""
    in_auto: bool = True
    """It ends so in the mode *Auto* too; what does not has a twin in `auto_scenes.py`."""

    @property
    def title(self) -> str:
        return self.play.__name__


SCENES: list[Scene] = []


def scene(*, pictures: int = 0, asks: bool = False, in_auto: bool = True) -> Callable[[Play], Play]:
    def add(play: Play) -> Play:
        SCENES.append(Scene(play, pictures, asks, in_auto))
        return play

    return add


# --- the first minute ---


@scene(asks=True)
async def starts(stage: Stage) -> None:
    await stage.say("/start")


@scene(asks=True)
async def starts_twice(stage: Stage) -> None:
    await stage.say("/start")
    await stage.say("/start")


@scene(pictures=1)
async def presses_an_example(stage: Stage) -> None:
    await stage.say("/start")
    await stage.press("ex;1")


@scene(pictures=1)
async def presses_an_example_ten_times(stage: Stage) -> None:
    await stage.say("/start")
    await stage.press("ex;1", times=10)


@scene(pictures=3)
async def presses_every_example(stage: Stage) -> None:
    await stage.say("/start")
    for number in (1, 2, 3):
        await stage.press(f"ex;{number}")


@scene()
async def says_hello(stage: Stage) -> None:
    await stage.say("hello", "привет")


@scene()
async def asks_for_help(stage: Stage) -> None:
    await stage.say("help", "помощь")


@scene(asks=True)
async def asks_what_it_is(stage: Stage) -> None:
    await stage.say("what can you do?", "что ты умеешь?")


@scene()
async def types_a_question_mark(stage: Stage) -> None:
    await stage.say("?")


@scene()
async def types_a_wrong_command(stage: Stage) -> None:
    await stage.say("/balanse")


@scene()
async def types_a_wrong_command_with_words(stage: Stage) -> None:
    await stage.say("/rol answer like a pirate", "/rol отвечай как пират")
    assert stage.words("answer like a pirate", "отвечай как пират") in stage.last.text


@scene(pictures=1)
async def misspells_the_order_for_a_picture(stage: Stage) -> None:
    await stage.say("/imgae a red fox", "/imgae рыжая лиса")
    assert stage.paid == 0
    await stage.press("draw;", times=3)


@scene(asks=True)
async def orders_nothing(stage: Stage) -> None:
    await stage.say("draw me", "нарисуй мне")


@scene(pictures=1)
async def orders_nothing_and_then_says_what(stage: Stage) -> None:
    await stage.say("/image")
    await stage.answer_question("fox", "лиса")


@scene(asks=True)
async def asks_nothing_and_then_asks(stage: Stage) -> None:
    await stage.say("/ask")
    await stage.answer_question("a cat in a hat", "кот в шляпе")


@scene(asks=True)
async def types_one_word(stage: Stage) -> None:
    await stage.say("fox", "лиса")


@scene(pictures=1)
async def types_one_word_and_means_it(stage: Stage) -> None:
    await stage.say("fox", "лиса")
    await stage.press("draw;", times=5)


@scene(pictures=1)
async def types_one_word_and_says_yes(stage: Stage) -> None:
    await stage.say("fox", "лиса")
    await stage.say("yes", "да")


# --- a picture ---


@scene(pictures=1)
async def asks_for_a_picture(stage: Stage) -> None:
    await stage.say("a red fox in the snow", "рыжая лиса в снегу")


@scene(pictures=1)
async def asks_politely(stage: Stage) -> None:
    await stage.say("Could you please draw a red fox?", "Можешь нарисовать лису в снегу?")


@scene(pictures=1)
async def puts_the_format_first(stage: Stage) -> None:
    await stage.say("16:9 a red fox", "16:9 рыжая лиса")
    assert stage.world.model.tasks[0].ratio == "16:9"


@scene(pictures=1)
async def writes_the_format_with_an_x(stage: Stage) -> None:
    await stage.say("a red fox 16x9", "рыжая лиса 16х9")
    assert stage.world.model.tasks[0].ratio == "16:9"


@scene(pictures=1)
async def comes_from_another_bot(stage: Stage) -> None:
    await stage.say("a red fox --ar 9:16 --v 6", "рыжая лиса --ar 9:16 --v 6")
    assert stage.world.model.tasks[0].ratio == "9:16"


@scene(pictures=4, in_auto=False)
async def wants_four(stage: Stage) -> None:
    await stage.say("x4 red fox", "х4 рыжая лиса")


@scene(asks=True)
async def wants_ten(stage: Stage) -> None:
    await stage.say("a red fox x10", "рыжая лиса х10")


@scene(asks=True)
async def wants_what_nobody_paints(stage: Stage) -> None:
    await stage.say("a red fox 5:7", "рыжая лиса 5:7")


@scene(pictures=1)
async def takes_the_nearest(stage: Stage) -> None:
    await stage.say("a red fox 5:7", "рыжая лиса 5:7")
    await stage.press("draw;", times=2)


@scene(pictures=1)
async def presses_again_and_again_while_it_paints(stage: Stage) -> None:
    await stage.world.deliver(stage.message("a red fox", "рыжая лиса"))
    await stage.world.deliver(stage.message("?"))
    await stage.world.settle()


@scene(pictures=2)
async def presses_again_ten_times(stage: Stage) -> None:
    await stage.say("a red fox", "рыжая лиса")
    await stage.press("again", times=10)


@scene(pictures=1)
async def says_thanks(stage: Stage) -> None:
    await stage.say("a red fox", "рыжая лиса")
    await stage.say("thanks!", "спасибо!")


@scene(pictures=1)
async def greets_and_thanks(stage: Stage) -> None:
    await stage.say("a red fox", "рыжая лиса")
    await stage.say("hey bot, thanks a lot", "эй, бот, спасибо большое")


@scene(pictures=1)
async def says_thanks_in_a_reply(stage: Stage) -> None:
    await stage.say("a red fox", "рыжая лиса")
    await stage.reply("thank you so much", "спасибо большое")


@scene(pictures=1, asks=True)
async def sends_a_link(stage: Stage) -> None:
    await stage.say("a red fox", "рыжая лиса")
    await stage.say("https://example.com/foxes")


@scene(pictures=1, in_auto=False)
async def corrects_the_text_at_once(stage: Stage) -> None:
    message = stage.message("a red fix", "рыжая лисв")
    await stage.world.deliver(message)
    await stage.world.send(stage.world.edited(message, stage.words("a red fox", "рыжая лиса")))
    assert stage.world.model.tasks[0].prompt == stage.words("a red fox", "рыжая лиса")


@scene(pictures=1, asks=True)
async def corrects_the_text_too_late(stage: Stage) -> None:
    message = stage.message("a red fix", "рыжая лисв")
    await stage.world.send(message)
    await stage.world.send(stage.world.edited(message, stage.words("a red fox", "рыжая лиса")))


@scene()
async def cancels_at_once(stage: Stage) -> None:
    await stage.world.deliver(stage.message("a red fox", "рыжая лиса"))
    await stage.say("stop", "стоп")


@scene(in_auto=False)
async def cancels_with_the_button(stage: Stage) -> None:
    await stage.world.deliver(stage.message("a red fox", "рыжая лиса"))
    await stage.press("cancel", times=3)


# --- going on ---


@scene(pictures=2)
async def replies_with_a_change(stage: Stage) -> None:
    await stage.say("a red fox", "рыжая лиса")
    await stage.reply("make it blue, please", "сделай её синей")
    assert request_of(stage.world.jobs()[1]).parent_id == stage.world.jobs()[0].id


@scene(pictures=1, asks=True, in_auto=False)
async def says_now_at_night(stage: Stage) -> None:
    await stage.say("a red fox", "рыжая лиса")
    await stage.say("now at night", "а теперь ночью")


@scene(pictures=2, in_auto=False)
async def says_now_at_night_and_means_the_last(stage: Stage) -> None:
    await stage.say("a red fox", "рыжая лиса")
    await stage.say("now at night", "а теперь ночью")
    await stage.press("drawlast")
    assert request_of(stage.world.jobs()[1]).parent_id == stage.world.jobs()[0].id


@scene(pictures=2)
async def replies_with_a_format(stage: Stage) -> None:
    await stage.say("a red fox", "рыжая лиса")
    await stage.reply("9:16")
    assert [request_of(job).ratio for job in stage.world.jobs()] == ["1:1", "9:16"]


@scene(pictures=3)
async def wants_two_more(stage: Stage) -> None:
    await stage.say("a red fox", "рыжая лиса")
    await stage.reply("2 more", "ещё 2")


@scene(pictures=2)
async def presses_edit_and_writes(stage: Stage) -> None:
    await stage.say("a red fox", "рыжая лиса")
    await stage.press("edit", times=3)
    await stage.say("with a hat", "в шляпе")
    assert request_of(stage.world.jobs()[1]).parent_id == stage.world.jobs()[0].id


@scene(pictures=1)
async def asks_for_the_file_three_times(stage: Stage) -> None:
    await stage.say("a red fox", "рыжая лиса")
    await stage.press("original", times=3)
    assert len(stage.world.messenger.sent("send_document")) == 1


@scene(pictures=1)
async def deletes_and_regrets(stage: Stage) -> None:
    await stage.say("a red fox", "рыжая лиса")
    await stage.press("delete")
    await stage.tap("erase")
    await stage.tap("undo")
    await stage.world.settle()
    assert stage.last.kind == "photo"


@scene(pictures=1)
async def replies_stop(stage: Stage) -> None:
    await stage.say("a red fox", "рыжая лиса")
    await stage.reply("stop", "отмена")


# --- photos ---


@scene(asks=True)
async def sends_a_photo(stage: Stage) -> None:
    await stage.send_photo()


@scene(pictures=1)
async def sends_a_photo_with_words(stage: Stage) -> None:
    await stage.send_photo("make it a watercolour", "сделай акварелью")


@scene(pictures=1, asks=True)
async def loses_patience(stage: Stage) -> None:
    await stage.say("a red fox", "рыжая лиса")
    await stage.say("hurry up", "ну где же она")
    await stage.say("thanks, it looks very good", "спасибо, очень красиво получилось")
    await stage.say("not like that", "не так")
    await stage.say("wrong one", "верни деньги")
    await stage.say("fix it", "переделай её")


@scene()
async def shouts_stop(stage: Stage) -> None:
    await stage.world.deliver(stage.message("a red fox", "рыжая лиса"))
    await stage.say("stop stop stop", "стоп стоп стоп")
    await stage.say("don't draw it", "не надо")
    await stage.say("/stop", "/отмена")


@scene(pictures=1)
async def sends_a_photo_then_words(stage: Stage) -> None:
    await stage.send_photo()
    stage.wait(20)
    await stage.say("make it a watercolour", "сделай акварелью")
    assert len(stage.world.model.tasks[0].references) == 1


@scene(pictures=1)
async def sends_two_photos_one_by_one(stage: Stage) -> None:
    await stage.send_photo()
    stage.wait(15)
    await stage.world.send(stage.picture(number=1))
    await stage.say("put them together", "соедини их")
    assert len(stage.world.model.tasks[0].references) == 2


@scene(asks=True)
async def asks_about_a_photo(stage: Stage) -> None:
    await stage.send_photo("what is this?", "что это?")


@scene(pictures=1)
async def sends_an_album_with_words(stage: Stage) -> None:
    await stage.send_album(3, "put them into one picture", "соедини в одну картинку")
    assert len(stage.world.model.tasks[0].references) == 3


@scene(pictures=1)
async def sends_an_album_then_words(stage: Stage) -> None:
    await stage.send_album(3)
    await stage.say("put them into one picture", "соедини в одну картинку")
    assert len(stage.world.model.tasks[0].references) == 3


@scene(pictures=1)
async def replies_to_one_photo_of_an_album(stage: Stage) -> None:
    parts = await stage.send_album(3)
    reply = {"reply_to_message": parts[1]["message"]}
    await stage.say("put all three into one collage", "собери все три в коллаж", **reply)
    assert len(stage.world.model.tasks[0].references) == 3


@scene(pictures=1)
async def forwards_a_photo_with_a_comment(stage: Stage) -> None:
    comment = stage.message("make this one a watercolour", "сделай это акварелью")
    photo = stage.picture("somebody's words", "чужие слова", **FORWARDED)
    await stage.world.send(comment, photo)
    assert len(stage.world.model.tasks[0].references) == 1


@scene(asks=True)
async def forwards_a_photo(stage: Stage) -> None:
    await stage.send_photo("somebody's holidays", "чужой отпуск", **FORWARDED)


@scene(asks=True)
async def forwards_a_text(stage: Stage) -> None:
    await stage.say("the news of today are good", "сегодня хорошие новости", **FORWARDED)


@scene()
async def sends_a_pdf(stage: Stage) -> None:
    await stage.say("", document={"file_id": "p", "mime_type": "application/pdf"}, caption="illustrate this brief")


@scene()
async def sends_a_gif(stage: Stage) -> None:
    await stage.say("", animation={"file_id": "g"}, caption="make it a cartoon")


@scene()
async def sends_a_voice_message(stage: Stage) -> None:
    await stage.say("", voice={"file_id": "v"})


@scene()
async def replies_to_a_video(stage: Stage) -> None:
    video = {"message_id": 1, "from": {"id": OTHER}, "video": {"file_id": "v"}}
    await stage.say("make it a poster", "сделай постер", reply_to_message=video)


# --- limits, mishaps, words that are commands ---


@scene()
async def pastes_a_book(stage: Stage) -> None:
    text = stage.words("a meadow with one more flower, ", "луг и ещё один цветок, ") * 400
    await stage.world.send(*(stage.message(text[start : start + 4096]) for start in range(0, len(text), 4096)))


@scene()
async def asks_for_what_is_refused(stage: Stage) -> None:
    words = stage.words("something forbidden here", "что-то запрещённое тут")
    stage.world.model.script(words, Refused("SAFETY"))
    await stage.say(words)


@scene(pictures=1)
async def meets_a_busy_model(stage: Stage) -> None:
    words = stage.words("a red fox", "рыжая лиса")
    stage.world.model.script(words, Busy("429"), Busy("429"))
    await stage.say(words)


@scene(pictures=5)
async def spends_everything(stage: Stage) -> None:
    for number in range(6):
        await stage.say(f"a red fox number {number}", f"рыжая лиса номер {number}")


@scene()
async def changes_the_language(stage: Stage) -> None:
    await stage.say("/language")
    await stage.press(f"set;language;{'ru' if stage.language == 'en' else 'en'}")
    told = stage.last.text
    await stage.press(f"set;language;{stage.language}")
    assert speaks(told) != stage.language
    stage.world.messenger.taps.clear()  # "Saved" in the other language


@scene(pictures=1)
async def changes_a_setting_and_asks(stage: Stage) -> None:
    await stage.say("settings", "настройки")
    await stage.press("set;ratio;16:9", times=3)
    await stage.say("a red fox", "рыжая лиса")
    assert stage.world.model.tasks[0].ratio == "16:9"


@scene(pictures=1)
async def replies_to_the_help(stage: Stage) -> None:
    await stage.say("/help")
    replied = {"message_id": stage.last.message_id, "from": {"id": BOT_ID, "is_bot": True}}
    await stage.say("a red fox in the snow", "рыжая лиса в снегу", reply_to_message=replied)
    assert stage.paid == 0
    await stage.press("draw;")
