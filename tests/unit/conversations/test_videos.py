"""Ordinary videos are asked about as files; /transcribe writes down what is said in them."""

import struct
from typing import Any

import pytest

from shared.conversations.answer import answer_of, is_answer, question_of
from shared.conversations.attachment import (
    FILES_TOKENS_MAX,
    VIDEO_SECONDS_MAX,
    Attachment,
    bound_tokens,
    find_trouble,
    kind_of,
)
from shared.conversations.tokens import VIDEO_SECOND_TOKENS
from shared.credits.catalogue import FREE_ANSWERS_PER_DAY, TALK
from shared.jobs.job import Job, JobState
from shared.voices.measure_mp4 import BOXES_MAX
from shared.voices.measure_sound import measure_seconds
from shared.voices.transcript import is_transcript, spoken_of
from tests.sounds import make_spoken
from tests.world import OTHER, Json, World

WORDS = "hello from the beach"


def box(name: bytes, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return struct.pack(">I4s", 8 + len(content), name) + content


def make_film(seconds: int, *tracks: bytes) -> bytes:
    return box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1, seconds)), *tracks)


def make_track(units_per_second: int, *table: tuple[int, int], version: int = 0) -> bytes:
    """A track whose samples last so long."""
    times = struct.pack(">IQQI", version << 24, 0, 0, units_per_second)
    mdhd = times if version else struct.pack(">IIII", 0, 0, 0, units_per_second)
    stts = struct.pack(">II", 0, len(table)) + b"".join(struct.pack(">II", *each) for each in table)
    return box(b"trak", box(b"mdia", box(b"mdhd", mdhd), box(b"minf", box(b"stbl", box(b"stts", stts)))))


def video(world: World, content: bytes | None = None, *, seconds: int = 8, **fields: Any) -> Json:
    """A video as Telegram describes it."""
    content = make_spoken(WORDS, "video/mp4", seconds) if content is None else content
    file_id = world.messenger.add_file(content)
    return {"file_id": file_id, "duration": seconds, "mime_type": "video/mp4", "file_size": len(content)} | fields


def answers(world: World) -> list[Job]:
    return [job for job in world.jobs() if is_answer(job)]


async def choose(world: World, mode: str) -> None:
    await world.send(world.message("/mode"))
    await world.send(world.tap(f"mode;{mode}", world.shown()))


@pytest.mark.parametrize("mode", ["chat", "auto"])
async def test_a_caption_asks_about_it(world: World, mode: str) -> None:
    """A video with a question is watched: the model gets it as it is, and its seconds are what it may cost."""
    await choose(world, mode)
    content = make_spoken(WORDS, "video/mp4", 8)
    await world.send(world.message(video=video(world, content), caption="what is this beach called?"))
    [job] = answers(world)
    [document] = world.text_model.talks[-1].lines[-1].documents
    assert (job.state, question_of(job).words) == (JobState.DELIVERED, "what is this beach called?")
    assert (document.content, document.mime_type, document.seconds) == (content, "video/mp4", 8)
    bound = TALK.bound_usd_micros(world.now.date(), 11 * VIDEO_SECOND_TOKENS)
    assert question_of(job).bound_usd_micros == bound
    assert not [each for each in world.jobs() if is_transcript(each)]
    world.check_money()


@pytest.mark.parametrize("mode", ["picture", "chat", "auto"])
async def test_ask_about_somebodys(world: World, mode: str) -> None:
    """/ask in reply to somebody's video asks about it in every mode."""
    await choose(world, mode)
    replied = {"message_id": 5, "from": {"id": OTHER, "is_bot": False}, "video": video(world)}
    await world.send(world.message("/ask where is that?", reply_to_message=replied))
    assert [file.seconds for file in question_of(answers(world)[0]).files] == [8]


async def test_plain_words_in_reply(world: World) -> None:
    """In *Chat* plain words in reply to a video are about what is seen in it, and it is not written down."""
    await choose(world, "chat")
    replied = {"message_id": 5, "from": {"id": OTHER, "is_bot": False}, "video": video(world)}
    await world.send(world.message("who is that?", reply_to_message=replied))
    assert [job.kind for job in world.jobs()] == ["answer"]
    assert world.text_model.talks[-1].lines[-1].documents


async def test_without_words(world: World) -> None:
    """Without words it is asked for free what is wanted."""
    await choose(world, "chat")
    await world.send(world.message(video=video(world)))
    assert world.jobs() == []
    await world.send(world.tap("inwords", world.shown()))
    assert [file.seconds for file in question_of(answers(world)[0]).files] == [8]


async def test_an_album(world: World) -> None:
    """A photo and a video of one album are one question about both."""
    await choose(world, "chat")
    photo = world.photo("what is the same in both?", media_group_id="7")
    await world.send(photo, world.message(video=video(world), media_group_id="7"))
    [job] = answers(world)
    assert sorted(file.seconds for file in question_of(job).files) == [0, 8]
    [line] = world.text_model.talks[-1].lines
    assert (len(line.pictures), [each.seconds for each in line.documents]) == (1, [8])
    world.check_money()


async def test_more_than_fits_together(world: World) -> None:
    """Two videos that are too long together are told so, for nothing."""
    await choose(world, "chat")
    first = world.message(video=video(world, seconds=60), caption="which is longer?", media_group_id="7")
    second = world.message(video=video(world, make_film(70), seconds=70), media_group_id="7")
    await world.send(first, second)
    assert [answer_of(job).trouble for job in answers(world)] == ["pages"]
    assert "90 seconds of video" in world.shown().text
    assert world.user().account.available == 20
    world.check_money()


async def test_in_the_mode_picture(world: World) -> None:
    """Where pictures are drawn, it is said what can be done with a video, for nothing."""
    await world.send(world.message(video=video(world), caption="a red fox"))
    assert world.jobs() == []
    assert "/ask" in world.shown().text
    assert "/transcribe" in world.shown().text


@pytest.mark.parametrize("is_reply", [True, False])
async def test_transcribe(world: World, *, is_reply: bool) -> None:
    """/transcribe, in reply to a video or as its caption, writes down what is said in it."""
    film: Json = {"video": video(world)}
    if is_reply:
        replied = {"message_id": 5, "from": {"id": OTHER, "is_bot": False}, **film}
        await world.send(world.message("/transcribe", reply_to_message=replied))
    else:
        entities = [{"type": "bot_command", "offset": 0, "length": 11}]
        await world.send(world.message(caption="/transcribe", caption_entities=entities, **film))
    [job] = world.jobs()
    assert (is_transcript(job), spoken_of(job).recording.kind, world.shown().text) == (True, "video", WORDS)


async def test_a_video_sent_as_a_file(world: World) -> None:
    """A video that is sent as a file is the same; nobody says how long it is, so the most is held."""
    await world.give(20)
    content = make_spoken(WORDS, "video/mp4", 8)
    await world.send(world.file(content, "beach.mp4", "/ask where?", mime_type="video/mp4"))
    question = question_of(answers(world)[0])
    assert question.bound_usd_micros == TALK.bound_usd_micros(world.now.date(), FILES_TOKENS_MAX)
    assert answers(world)[0].state is JobState.DELIVERED
    await world.send(world.file(content, "beach.mp4", "/transcribe", mime_type="video/mp4"))
    assert world.shown().text == WORDS


@pytest.mark.parametrize(
    ("seconds", "content", "trouble"),
    [
        (VIDEO_SECONDS_MAX + 1, make_film(8), ""),
        (8, make_film(60), "long"),
        (8, make_film(8, make_track(1_000, (60, 1_000))), "long"),
        (8, b"no film", "broken"),
        (8, make_film(8) + box(b"moof", b""), "broken"),
        (8, make_film(8, make_track(0, (1, 1))), "broken"),
    ],
)
async def test_declined(world: World, seconds: int, content: bytes, trouble: str) -> None:
    """What is too long, longer than it says, or no film is told, and costs nothing."""
    await choose(world, "chat")
    await world.send(world.message(video=video(world, content, seconds=seconds), caption="what is this?"))
    assert [answer_of(job).trouble for job in answers(world)] == ([trouble] if trouble else [])
    assert world.user().account.available == 20
    assert ("damaged" if trouble == "broken" else "90 seconds") in world.shown().text
    assert world.text_model.talks == []
    world.check_money()


async def test_long_ones_count_twice(world: World) -> None:
    """A long video takes the place of several free answers, as a document does."""
    content = make_spoken(WORDS, "video/mp4", VIDEO_SECONDS_MAX)
    await world.send(
        world.message(
            caption="/ask what happens?",
            caption_entities=[{"type": "bot_command", "offset": 0, "length": 4}],
            video=video(world, content, seconds=VIDEO_SECONDS_MAX),
        )
    )
    assert question_of(answers(world)[0]).free_count == 2
    assert world.user().talk.free_used == 2 <= FREE_ANSWERS_PER_DAY


async def test_other_forms(world: World) -> None:
    """A form whose length cannot be measured is told which can be read."""
    await world.send(world.file(b"webm", "beach.webm", "/ask where?", mime_type="video/webm"))
    assert answers(world) == []
    assert "MP4" in world.shown().text


async def test_an_animation_is_none(world: World) -> None:
    """What Telegram calls an animation has no sound, and stays what it was."""
    await choose(world, "chat")
    await world.send(world.message(animation={"file_id": "a"}, document=video(world), caption="what is this?"))
    assert world.jobs() == []
    assert "animations" in world.shown().text


def test_bound() -> None:
    """A video is weighed by its seconds, and all files together have their bound."""
    short = Attachment("f", 1_000, "video/mp4", seconds=5)
    assert (kind_of(short), find_trouble([short])) == ("video", None)
    assert bound_tokens([short]) == 8 * VIDEO_SECOND_TOKENS
    assert bound_tokens([Attachment("f", 1_000, "video/mp4")]) == FILES_TOKENS_MAX
    assert (VIDEO_SECONDS_MAX + 3) * VIDEO_SECOND_TOKENS <= FILES_TOKENS_MAX


@pytest.mark.parametrize(
    ("film", "seconds"),
    [
        (make_film(7), 7),
        (make_film(7, make_track(90_000, (100, 3_003), (5, 9_009))), 7),
        (make_film(1, make_track(1_000, (20, 1_050))), 21),
        (make_film(1, make_track(1_000, (20, 1_000), version=1)), 20),
        (make_film(0), 0),
        (make_film(3, make_track(1_000)), 3),
    ],
)
def test_measure(film: bytes, seconds: int) -> None:
    """The longest of what the tables say counts."""
    assert measure_seconds(film, "video/mp4") == pytest.approx(seconds, abs=0.1)


def test_a_film_in_fragments() -> None:
    """A film whose tables say nothing is not believed."""
    assert measure_seconds(make_film(7) + box(b"moof", b""), "video/mp4") is None


def test_a_film_without_a_length() -> None:
    """A film without a header, or without the movie, has no length."""
    assert measure_seconds(box(b"moov", make_track(1_000, (1, 1))), "video/mp4") is None
    assert measure_seconds(box(b"ftyp", b"isom"), "video/mp4") is None


def test_a_table_that_ends_too_early() -> None:
    """Of a table that is cut the whole entries count."""
    whole = make_track(1_000, (10, 1_000), (10, 1_000))
    cut = whole.replace(struct.pack(">I4sII", 32, b"stts", 0, 2), struct.pack(">I4sII", 28, b"stts", 0, 2))
    assert measure_seconds(make_film(1, cut), "video/mp4") == 10


def test_boxes_within_boxes() -> None:
    """Boxes that are nested without end cost nothing."""
    nested = b"".join(struct.pack(">I4s", 8 * (5_000 - depth), b"mdia") for depth in range(5_000))
    assert measure_seconds(make_film(7, box(b"trak", nested)), "video/mp4") == 7


def test_what_hides_a_length() -> None:
    """A fragment behind a thousand boxes, or a second unit of time in a track, makes a film's length unknown."""
    fragment = box(b"free") * BOXES_MAX + box(b"moof", b"")
    assert measure_seconds(make_film(7) + fragment, "video/mp4") is None
    other = box(b"mdhd", struct.pack(">IIII", 0, 0, 0, 1_000_000))
    track = make_track(1_000, (60, 1_000))
    doubled = box(b"trak", box(b"mdia", track[16:], other))
    assert measure_seconds(make_film(7, doubled), "video/mp4") is None
