"""A result is shared by a link: others see the picture, and make their own of it at their own cost."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from shared.codec import decode
from shared.errors import DeliveryUnknownError, MessageRejectedError, TooManyRequestsError
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import change_job, open_job
from shared.pictures.picture import request_of, result_of, with_result
from shared.pictures.share import Share, read_share_link, share_id, write_share_link
from shared.videos.video import Source, stored_video, video_request, with_video
from tests.fakes.messenger import Shown
from tests.world import GROUP, ME, OTHER, Json, World, writes_to

WORDS = "draw a fox in the snow"


async def make(world: World, words: str = WORDS, user_id: int = ME) -> Shown:
    """Somebody's finished picture."""
    await world.send(world.message(words, user_id=user_id))
    return next(each for each in reversed(world.messenger.messages(user_id)) if each.kind == "photo")


async def share(world: World, picture: Shown, user_id: int = ME) -> Shown:
    """*Share* is pressed; the page of the link."""
    await world.send(world.tap("share;", picture, user_id=user_id))
    return world.shown(user_id)


def payload_of(page: Shown) -> str:
    return page.text.partition("?start=")[2].partition("<")[0]


async def open_link(world: World, payload: str, user_id: int = OTHER) -> Shown:
    await world.send(world.message(f"/start {payload}", user_id=user_id))
    return world.shown(user_id)


def jobs_of(world: World, user_id: int) -> list[Job]:
    return [job for job in world.jobs() if job.user_id == user_id]


def shares(world: World) -> list[Share]:
    return [decode(Share, fields) for fields in world.store.collection("shares").values()]


async def test_a_link_fits_into_a_payload(world: World) -> None:
    """The link is one that Telegram accepts, and a second press shows the same one."""
    picture = await make(world)
    page = await share(world, picture)
    assert len(payload_of(page)) <= 64
    assert read_share_link(payload_of(page)) is not None
    assert payload_of(await share(world, picture)) == payload_of(page)
    assert len(shares(world)) == 1
    sent = parse_qs(urlsplit(page.buttons[0][0].url).query)
    assert payload_of(page) in sent["url"][0]


async def test_a_remix(world: World) -> None:
    """Who opens the link sees the picture and the price, and pays for their own version; the author pays nothing."""
    page = await share(world, await make(world))
    paid = world.user().account.available
    shown = await open_link(world, payload_of(page))
    photo = world.messenger.messages(OTHER)[-2]
    assert (photo.kind, photo.file_id) == ("photo", result_of(world.jobs()[0]).photo_file_id)
    assert " credits (you have " in shown.text
    assert jobs_of(world, OTHER) == []
    await world.send(world.message("make it night", user_id=OTHER))
    [job] = jobs_of(world, OTHER)
    assert job.state is JobState.DELIVERED
    assert [len(task.references) for task in world.model.tasks[-1:]] == [1]
    assert world.model.tasks[-1].parent is None
    assert world.user().account.available == paid
    world.check_money()


async def test_nothing_of_the_author_is_told(world: World) -> None:
    """Neither the words, the name nor the id of the author reach the other person or the model."""
    page = await share(world, await make(world))
    await open_link(world, payload_of(page))
    await world.send(world.message("make it night", user_id=OTHER))
    told = [each.text for each in world.messenger.messages(OTHER)]
    assert not any("fox" in text or "Ann" in text or str(ME) in text for text in told)
    assert world.model.tasks[-1].prompt == "make it night"


async def test_what_the_author_allows_is_shown(world: World) -> None:
    """Each switch says how it is, and shows or hides one thing."""
    page = await share(world, await make(world))
    for what in ("words", "name"):
        await world.send(world.tap(f"sharing;{shares(world)[0].job_id};{what};1", world.shown()))
    labels = [row[0].label for row in world.shown().buttons]
    assert labels[1:3] == ["📝 Show my words: yes", "👤 Show my name: yes"]
    shown = await open_link(world, payload_of(page))
    assert "fox in the snow" in shown.text
    assert "<b>Ann</b>" in shown.text
    for what in ("words", "name"):
        await world.send(world.tap(f"sharing;{shares(world)[0].job_id};{what};0", world.shown()))
    labels = [row[0].label for row in world.shown().buttons]
    assert labels[1:3] == ["📝 Show my words: no", "👤 Show my name: no"]
    shown = await open_link(world, payload_of(page))
    assert "fox" not in shown.text
    assert "Ann" not in shown.text
    assert shares(world)[0].name == ""


async def test_a_closed_link(world: World) -> None:
    """A closed link opens nothing, and a new one is another; the permissions begin anew."""
    page = await share(world, await make(world))
    await world.send(world.tap(f"sharing;{shares(world)[0].job_id};words;1", world.shown()))
    await world.send(world.tap(f"sharing;{shares(world)[0].job_id};link;0", world.shown()))
    assert "closed" in world.shown().text
    assert "opens nothing" in (await open_link(world, payload_of(page))).text
    assert world.user(OTHER).waiting is None
    await world.send(world.tap(f"sharing;{shares(world)[0].job_id};link;1", world.shown()))
    fresh = payload_of(world.shown())
    assert fresh != payload_of(page)
    assert not shares(world)[0].shows_words
    assert "credits (you have" in (await open_link(world, fresh)).text


async def test_a_switch_of_a_closed_link(world: World) -> None:
    """A switch that was still shown after the link was closed elsewhere changes nothing."""
    page = await share(world, await make(world))
    await world.send(world.tap(f"sharing;{shares(world)[0].job_id};link;0", page))
    await world.send(world.tap_data(f"1;sharing;{shares(world)[0].job_id};words;1", page.message_id))
    assert shares(world)[0].token == ""
    assert not shares(world)[0].shows_words
    assert "closed" in world.shown().text


async def test_a_deleted_picture(world: World) -> None:
    """After the picture is deleted its link opens nothing, and *Share* says that it is gone."""
    picture = await make(world)
    page = await share(world, picture)
    await world.send(world.tap("delete", picture))
    await world.send(world.tap("erase", world.messenger.chats[ME][picture.message_id]))
    assert "opens nothing" in (await open_link(world, payload_of(page))).text
    await world.send(world.tap_data(f"1;share;{world.jobs()[0].id};0", picture.message_id))
    assert world.messenger.taps[-1].toast == "That picture was deleted."


async def test_closed_after_the_question(world: World) -> None:
    """If the link is closed before the version is made, nothing is made or paid, and the card says why."""
    page = await share(world, await make(world))
    await open_link(world, payload_of(page))
    await world.send(world.tap("sharing;" + shares(world)[0].job_id + ";link;0", page))
    asked = len(world.model.tasks)
    await world.send(world.message("make it night", user_id=OTHER))
    [job] = jobs_of(world, OTHER)
    assert job.state is JobState.FAILED
    assert len(world.model.tasks) == asked
    assert "closed the link or deleted it" in world.shown(OTHER).text
    assert not any("again" in button.data for row in world.shown(OTHER).buttons for button in row)
    world.check_money()


async def test_gone_messages_do_not_matter(world: World) -> None:
    """The version is made although the author has deleted the message, and Telegram no longer keeps the file."""
    picture = await make(world)
    page = await share(world, picture)
    del world.messenger.chats[ME][picture.message_id]
    world.messenger.files.clear()
    await open_link(world, payload_of(page))
    await world.send(world.message("make it night", user_id=OTHER))
    assert [job.state for job in jobs_of(world, OTHER)] == [JobState.DELIVERED]


async def test_an_animation_of_it(world: World) -> None:
    """The picture may become the first frame of a video, as long as it is shared."""
    page = await share(world, await make(world))
    await world.give(1000, OTHER)
    shown = await open_link(world, payload_of(page))
    for _ in range(2):
        await world.send(world.reply("/video let it snow", shown, user_id=OTHER))
        await world.send(world.tap("vmake", world.shown(OTHER), user_id=OTHER))
        await world.send(world.tap(f"sharing;{shares(world)[0].job_id};link;0", page))
    made, refused = jobs_of(world, OTHER)
    assert (made.state, refused.state) == (JobState.DELIVERED, JobState.FAILED)
    assert world.video_model.tasks[0].first_frame is not None
    world.check_money()


async def test_tools_of_it(world: World) -> None:
    """A tool of the question makes a version too, for the price on its button."""
    page = await share(world, await make(world))
    shown = await open_link(world, payload_of(page))
    await world.send(world.tap("phototools", shown, user_id=OTHER))
    world.clock.advance(10)
    await world.send(world.tap("phototool", world.shown(OTHER), user_id=OTHER))
    [job] = jobs_of(world, OTHER)
    assert request_of(job).references[0].shared_id == world.jobs()[0].id
    assert job.state is JobState.DELIVERED


async def test_without_credits(world: World) -> None:
    """Who cannot pay is told the price and what helps."""
    page = await share(world, await make(world))
    await world.give(0, OTHER)
    shown = await open_link(world, payload_of(page))
    assert "you have 0" in shown.text
    assert shown.buttons == ()


async def test_others_cannot_press(world: World) -> None:
    """Only the author shares a picture and changes its page."""
    await world.send(world.message("/image a fox", chat_id=GROUP))
    picture = world.shown(GROUP)
    await world.send(world.tap("share;", picture, user_id=OTHER, chat_id=GROUP))
    assert shares(world) == []
    await world.send(world.tap("share;", picture, chat_id=GROUP))
    page = world.shown(GROUP)
    await world.send(world.tap("sharing;" + shares(world)[0].job_id + ";words", page, user_id=OTHER, chat_id=GROUP))
    assert not shares(world)[0].shows_words


async def test_made_up_buttons_and_links(world: World) -> None:
    """Unknown buttons and links are answered with words."""
    page = await share(world, await make(world))
    job_id = shares(world)[0].job_id
    await world.send(world.tap_data(f"1;sharing;{job_id};words;7", page.message_id))
    await world.send(world.tap_data("1;sharing", page.message_id))
    assert [tap.toast for tap in world.messenger.taps[-2:]] != ["", ""]
    unknown = write_share_link(replace(shares(world)[0], id=share_id("another")))
    assert "opens nothing" in (await open_link(world, unknown)).text
    wrong = write_share_link(replace(shares(world)[0], token="x" * 22))
    assert "opens nothing" in (await open_link(world, wrong)).text
    assert "opens nothing" not in (await open_link(world, "r_short")).text


async def test_it_expires(world: World) -> None:
    """The link ends with the time for which the result is kept, even where the store has not removed it yet."""
    page = await share(world, await make(world))
    world.clock.set(shares(world)[0].expire_at + timedelta(seconds=1))
    assert "opens nothing" in (await open_link(world, payload_of(page))).text


async def test_a_repeated_update(world: World) -> None:
    """A second delivery of the /start asks once."""
    page = await share(world, await make(world))
    start = world.message(f"/start {payload_of(page)}", user_id=OTHER)
    await world.send(start, start)
    assert len(world.messenger.sent("send_photo")) == 1


async def test_the_photo_is_sent_again(world: World) -> None:
    """If Telegram asks to wait, or its answer is lost, the question comes later; a refusal costs only the photo."""
    page = await share(world, await make(world))
    for error in (TooManyRequestsError(3.0), DeliveryUnknownError("lost"), MessageRejectedError("wrong file")):
        world.messenger.fail("send_photo", error)
        before = len(world.messenger.messages(OTHER))
        shown = await open_link(world, payload_of(page))
        assert "credits (you have" in shown.text
        assert len(world.messenger.messages(OTHER)) > before


async def test_without_a_preview(world: World) -> None:
    """A picture whose preview's id was lost is shared too: the question comes without the photo."""
    page = await share(world, await make(world))
    opened = await open_job(world.ports, shares(world)[0].job_id)
    assert opened is not None
    await change_job(world.ports, opened, lambda job: with_result(job, replace(result_of(job), photo_file_id="")))
    await open_link(world, payload_of(page))
    assert world.messenger.sent("send_photo") == []
    await world.send(world.message("make it night", user_id=OTHER))
    assert [job.state for job in jobs_of(world, OTHER)] == [JobState.DELIVERED]


async def test_deleted_after_the_question(world: World) -> None:
    """If the picture is deleted before the version is made, nothing is made or paid."""
    picture = await make(world)
    page = await share(world, picture)
    await open_link(world, payload_of(page))
    await world.send(world.tap("delete", picture))
    await world.send(world.tap("erase", world.messenger.chats[ME][picture.message_id]))
    await world.send(world.message("make it night", user_id=OTHER))
    assert [job.state for job in jobs_of(world, OTHER)] == [JobState.FAILED]
    assert "closed the link or deleted it" in world.shown(OTHER).text
    world.check_money()


async def test_a_delivery_at_the_same_time(world: World) -> None:
    """A second delivery that comes before the first is marked as handled asks nothing again."""
    page = await share(world, await make(world))
    await world.send(world.message("/help", user_id=OTHER))
    start = world.message(f"/start {payload_of(page)}", user_id=OTHER)
    world.store.interrupt(writes_to("inbox"), lambda: world.deliver(start))
    await world.send(start)
    assert len(world.messenger.sent("send_photo")) == 1


async def film(world: World) -> tuple[Shown, Job]:
    """Somebody's finished video, with enough credits for more."""
    await world.give(1000)
    await world.give(1000, OTHER)
    await world.send(world.message("/video a fox in the snow"))
    await world.send(world.tap("vmake", world.shown()))
    video = next(each for each in reversed(world.messenger.messages(ME)) if each.kind == "video")
    return video, world.jobs()[0]


def reply_to_video(world: World, words: str, shown: Shown) -> Json:
    """A reply as Telegram sends it: with the video that it replies to."""
    update = world.reply(words, shown, user_id=OTHER)
    update["message"]["reply_to_message"]["video"] = {"file_id": shown.file_id, "duration": 4}
    return update


async def test_a_shared_video(world: World) -> None:
    """Who opens the link sees the video with the price; words in reply open the review, and a press makes a version."""
    video, source = await film(world)
    page = await share(world, video)
    assert "this video" in page.text
    paid = world.user().account.available
    shown = await open_link(world, payload_of(page))
    assert (shown.kind, shown.file_id, shown.force_reply is not None) == ("video", video.file_id, True)
    assert "credits (you have 1,000)" in shown.text
    await world.send(reply_to_video(world, "let it rain", shown))
    assert jobs_of(world, OTHER) == []
    await world.send(world.tap("vmake", world.shown(OTHER), user_id=OTHER))
    [job] = jobs_of(world, OTHER)
    assert job.state is JobState.DELIVERED
    assert video_request(job).source == Source(source.id, stored_video(source).seconds, is_shared=True)
    told = [each.text for each in world.messenger.messages(OTHER)]
    assert not any("fox" in text or "Ann" in text for text in told)
    assert world.user().account.available == paid
    world.check_money()


async def test_a_shared_video_is_closed(world: World) -> None:
    """A version of a video whose link was closed meanwhile is not made, costs nothing, and its card says why."""
    video, source = await film(world)
    page = await share(world, video)
    await world.send(world.tap(f"sharing;{source.id};words;1", page))
    shown = await open_link(world, payload_of(page))
    assert "a fox in the snow" in shown.text
    await world.send(world.message("let it rain", user_id=OTHER))
    await world.send(world.tap(f"sharing;{source.id};link;0", world.messenger.chats[ME][page.message_id]))
    await world.send(world.tap("vmake", world.shown(OTHER), user_id=OTHER))
    assert [job.state for job in jobs_of(world, OTHER)] == [JobState.FAILED]
    assert "closed the link or deleted it" in world.messenger.messages(OTHER)[-1].text
    world.check_money()


async def test_a_version_of_a_shared_video_is_ones_own(world: World) -> None:
    """A version may be changed further after the link is closed: it is the other person's own video."""
    video, source = await film(world)
    page = await share(world, video)
    shown = await open_link(world, payload_of(page))
    await world.send(reply_to_video(world, "let it rain", shown))
    await world.send(world.tap("vmake", world.shown(OTHER), user_id=OTHER))
    await world.send(world.tap(f"sharing;{source.id};link;0", page))
    version = next(each for each in reversed(world.messenger.messages(OTHER)) if "vchange" in str(each.buttons))
    await world.send(world.tap("vchange", version, user_id=OTHER))
    await world.send(world.message("and make it night", user_id=OTHER))
    await world.send(world.tap("vmake", world.shown(OTHER), user_id=OTHER))
    assert [job.state for job in jobs_of(world, OTHER)] == [JobState.DELIVERED] * 2


async def test_a_video_of_another_length(world: World) -> None:
    """A shared video that no model can change is shown, with another way on."""
    video, source = await film(world)
    opened = await open_job(world.ports, source.id)
    assert opened is not None
    await change_job(world.ports, opened, lambda job: with_video(job, replace(stored_video(job), seconds=99.0)))
    shown = await open_link(world, payload_of(await share(world, video)))
    assert shown.kind == "video"
    assert "/video" in shown.text
    assert world.user(OTHER).waiting is None


async def test_a_video_that_cannot_be_shown(world: World) -> None:
    """Without a file at Telegram the question comes alone; after flood control it is asked again."""
    video, source = await film(world)
    page = await share(world, video)
    for error in (TooManyRequestsError(3.0), DeliveryUnknownError("lost"), MessageRejectedError("wrong file")):
        world.messenger.fail("send_video", error)
        shown = await open_link(world, payload_of(page))
        assert "what should be different" in shown.text
    opened = await open_job(world.ports, source.id)
    assert opened is not None
    await change_job(world.ports, opened, lambda job: with_video(job, replace(stored_video(job), file_id="")))
    shown = await open_link(world, payload_of(page))
    assert (shown.kind, shown.force_reply is not None) == ("text", True)


async def test_a_deleted_video(world: World) -> None:
    """A deleted video is shared no longer, and its link opens nothing."""
    video, source = await film(world)
    page = await share(world, video)
    await world.send(world.tap("vdelete", video))
    await world.send(world.tap("verase", world.messenger.chats[ME][video.message_id]))
    assert "opens nothing" in (await open_link(world, payload_of(page))).text
    await world.send(world.tap_data(f"1;share;{source.id}", video.message_id))
    assert world.messenger.taps[-1].toast == "That video was deleted."
