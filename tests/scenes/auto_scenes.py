"""A person's first hour in the mode *Auto*, scene by scene. Each ends in what was meant, or in a free question."""

from collections.abc import Callable
from typing import Any

from shared.conversations.answer import is_answer, question_of
from shared.jobs.job import JobState
from shared.pictures.picture import request_of
from tests.scenes.scenes import FORWARDED, Play, Scene
from tests.scenes.stage import Stage

AUTO_SCENES: list[Scene] = []
PLAIN = ("a red fox in the snow", "рыжая лиса в снегу")
"""Words that the rules leave to the model."""


def scene(*, pictures: int = 0, asks: bool = False, understood: dict[str, Any] | None = None) -> Callable[[Play], Play]:
    """`understood`: what the model makes of everything; without it, it is away."""

    def add(play: Play) -> Play:
        async def played(stage: Stage) -> None:
            stage.model_reads(**(understood or {}))
            await play(stage)

        played.__name__ = play.__name__
        AUTO_SCENES.append(Scene(played, pictures, asks))
        return played

    return add


def answered(stage: Stage) -> list[str]:
    """The questions that were answered in words."""
    done = [job for job in stage.world.jobs() if is_answer(job) and job.state is JobState.DELIVERED]
    return [question_of(job).words for job in done]


@scene()
async def says_hello(stage: Stage) -> None:
    await stage.say("hello", "привет")
    assert answered(stage) == []


@scene(asks=True)
async def asks_a_question(stage: Stage) -> None:
    await stage.say("why is the sky blue?", "почему небо голубое?")
    assert len(answered(stage)) == 1


@scene(pictures=1)
async def orders_a_picture(stage: Stage) -> None:
    await stage.say("draw a red fox", "нарисуй рыжую лису")


@scene(pictures=1, understood={"act": "draw"})
async def describes_a_picture(stage: Stage) -> None:
    await stage.say(*PLAIN)


@scene(asks=True)
async def describes_a_picture_while_the_model_is_away(stage: Stage) -> None:
    await stage.say(*PLAIN)


@scene(pictures=1)
async def is_asked_and_wants_the_picture(stage: Stage) -> None:
    await stage.say(*PLAIN)
    await stage.press("draw;", times=3)


@scene(asks=True)
async def is_asked_and_wants_an_answer(stage: Stage) -> None:
    await stage.say(*PLAIN)
    await stage.press("inwords", times=3)
    assert answered(stage) == [stage.words(*PLAIN)]


@scene()
async def is_asked_and_says_no(stage: Stage) -> None:
    await stage.say(*PLAIN)
    await stage.say("no", "нет")


@scene(asks=True, understood={"act": "draw", "sure": 0.5})
async def is_not_understood(stage: Stage) -> None:
    await stage.say(*PLAIN)


@scene(asks=True, understood={"act": "answer"})
async def chats(stage: Stage) -> None:
    await stage.say("my dog ran away today and I am so sad", "сегодня убежала собака, так грустно на душе")
    assert len(answered(stage)) == 1


async def _is_misunderstood(stage: Stage, action: str) -> None:
    """The picture waits for a moment, in which the button is pressed."""
    await stage.world.deliver(stage.message(*PLAIN))
    await stage.world.run_next()
    assert stage.last.text.count("🧠") == 1
    await stage.press(action)


@scene(asks=True, understood={"act": "draw"})
async def cancels_what_was_misunderstood(stage: Stage) -> None:
    await _is_misunderstood(stage, "cancel")
    assert stage.world.user().account.available == 20


@scene(asks=True, understood={"act": "draw"})
async def wants_only_an_answer(stage: Stage) -> None:
    await _is_misunderstood(stage, "onlywords")
    assert stage.world.user().account.available == 20
    assert answered(stage) == [stage.words(*PLAIN)]


@scene(asks=True)
async def types_one_word(stage: Stage) -> None:
    await stage.say("fox", "лиса")


@scene(pictures=2)
async def wants_the_last_picture_at_night(stage: Stage) -> None:
    await stage.say("draw a red fox", "нарисуй рыжую лису")
    await stage.say("now at night", "теперь ночью")
    assert request_of(stage.world.jobs()[1]).parent_id == stage.world.jobs()[0].id


@scene(pictures=2, asks=True)
async def wants_one_of_two_pictures_at_night(stage: Stage) -> None:
    await stage.say("draw a red fox x2", "нарисуй рыжую лису x2")
    await stage.say("now at night", "теперь ночью")


@scene(pictures=2)
async def replies_to_a_picture(stage: Stage) -> None:
    await stage.say("draw a red fox", "нарисуй рыжую лису")
    await stage.reply("make the sky purple", "перекрась небо в розовый")


@scene(pictures=1, asks=True)
async def asks_about_a_picture(stage: Stage) -> None:
    await stage.say("draw a red fox", "нарисуй рыжую лису")
    await stage.reply("what do they eat?", "что они едят?")
    assert len(answered(stage)) == 1


@scene(pictures=1)
async def says_thanks_for_a_picture(stage: Stage) -> None:
    await stage.say("draw a red fox", "нарисуй рыжую лису")
    await stage.say("thank you!", "спасибо!")


@scene(asks=True)
async def asks_about_a_photo(stage: Stage) -> None:
    await stage.send_photo("what animal is it?", "что это за животное?")
    assert len(answered(stage)) == 1


@scene(pictures=1, understood={"act": "edit"})
async def changes_a_photo(stage: Stage) -> None:
    await stage.send_photo("ears somehow bigger than that", "уши как-нибудь побольше бы")


@scene(asks=True)
async def wants_a_video(stage: Stage) -> None:
    await stage.say("make a video of a dancing bear", "сделай видео с танцующим медведем")


@scene(asks=True)
async def wants_four(stage: Stage) -> None:
    await stage.say("red fox in the snow x4", "рыжая лиса в снегу х4")


@scene(asks=True)
async def forwards_a_text(stage: Stage) -> None:
    await stage.say("the news of today are good", "сегодня хорошие новости", **FORWARDED)


@scene(pictures=1)
async def describes_a_picture_to_the_rules(stage: Stage) -> None:
    await stage.say("a red cat on a fence, watercolour", "рыжий кот на заборе, акварель")
    assert stage.world.text_model.talks == []


@scene(asks=True)
async def regrets_a_description(stage: Stage) -> None:
    await stage.world.deliver(stage.message("a red cat on a fence, watercolour", "рыжий кот на заборе, акварель"))
    await stage.press("onlywords")
    assert stage.world.user().account.available == 20
    assert len(answered(stage)) == 1


@scene(asks=True)
async def starts_and_asks(stage: Stage) -> None:
    await stage.say("/start")
    await stage.press("ex;4", times=3)
    assert len(answered(stage)) == 1
    assert stage.world.user().account.available == 20


@scene(asks=True, pictures=1, understood={"act": "draw"})
async def corrects_the_text_while_it_is_read(stage: Stage) -> None:
    message = stage.message("a red fix in the snow", "рыжая лисв в снегу")
    await stage.world.deliver(message)
    await stage.world.send(stage.world.edited(message, stage.words(*PLAIN)))


@scene(asks=True, understood={"act": "draw"})
async def pastes_a_text_without_an_end(stage: Stage) -> None:
    await stage.say("a meadow, " * 405, "луг, цветы " * 366)


@scene(asks=True)
async def forwards_a_text_and_asks_about_it(stage: Stage) -> None:
    await stage.say("the news of today are good", "сегодня хорошие новости", **FORWARDED)
    await stage.say("translate it into German", "переведи на немецкий")
    assert len(answered(stage)) == 1


@scene(asks=True)
async def forwards_a_text_with_a_comment(stage: Stage) -> None:
    await stage.world.deliver(stage.message("is it true?", "это правда?"))
    await stage.say("the news of today are good", "сегодня хорошие новости", **FORWARDED)
    assert answered(stage) == [stage.words("is it true?", "это правда?")]


@scene()
async def nods_at_nothing(stage: Stage) -> None:
    for said in ("ok", "👍", "…", "?"):
        await stage.say(said)
    await stage.say("no", "нет")
    assert stage.world.jobs() == []


@scene(pictures=1)
async def promises_a_photo(stage: Stage) -> None:
    await stage.say("make this one a watercolour", "сделай эту акварелью")
    stage.wait(20)
    await stage.send_photo()
    assert len(stage.world.model.tasks[0].references) == 1


@scene(asks=True)
async def sends_a_photo_after_something_else(stage: Stage) -> None:
    await stage.say("fox", "лиса")
    await stage.send_photo()


@scene(pictures=1)
async def talks_about_a_photo_and_then_changes_it(stage: Stage) -> None:
    await stage.send_photo("what animal is it?", "что это за животное?")
    await stage.say("make it darker", "сделай темнее")
    assert stage.paid == 0
    await stage.press("draw;")
    assert len(stage.world.model.tasks[0].references) == 1


@scene(pictures=1)
async def wants_two_things(stage: Stage) -> None:
    await stage.say("draw a cat and tell me its history", "нарисуй кота и расскажи его историю")
    assert stage.paid == 0
    await stage.press("draw;")


@scene(pictures=1)
async def wants_words_in_a_picture(stage: Stage) -> None:
    await stage.say("draw a cat and write hello on it", "нарисуй кота и напиши на нём привет")


@scene(pictures=1)
async def wants_it_again(stage: Stage) -> None:
    await stage.say("draw a red fox", "нарисуй рыжую лису")
    picture = stage.last
    await stage.say("again", "ещё раз")
    assert stage.last.reply_to == picture.message_id


@scene(asks=True)
async def is_out_of_credits(stage: Stage) -> None:
    await stage.world.give(1)
    await stage.say(*PLAIN)


@scene(pictures=1)
async def chooses_pictures_after_all(stage: Stage) -> None:
    await stage.say("/mode")
    await stage.press("mode;picture", times=2)
    await stage.say(*PLAIN)


@scene(asks=True)
async def rewords_what_was_asked_about(stage: Stage) -> None:
    message = stage.message("fox", "лиса")
    await stage.world.send(message)
    await stage.world.send(stage.world.edited(message, stage.words(*PLAIN)))
