"""A picture that is made reaches its owner whatever its group does: shown once, paid once, never made again."""

from datetime import timedelta

import pytest

from shared.errors import (
    ChatMigratedError,
    DeliveryUnknownError,
    MessageGoneError,
    MessageRejectedError,
    NanoBananaError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.jobs.job import JobState
from shared.jobs.next_step import DELIVERY_SECONDS_MAX
from shared.jobs.open_jobs import change_job, open_jobs
from shared.pictures.picture import request_of
from shared.ports import Place, Screen
from shared.providers.outcomes import Busy, FailureReason, Refused
from shared.telegram.address import Left, chat_of, go_private
from shared.telegram.move_place import bring_here
from tests.world import GROUP, ME, OTHER, World, writes_to

SUPERGROUP = -1002000
FOX = "/image a red fox"


async def ask(world: World, words: str = FOX) -> None:
    await world.deliver(world.message(words, chat_id=GROUP))


def kinds(world: World, chat_id: int) -> list[str]:
    return [message.kind for message in world.messenger.messages(chat_id)]


def check_delivered(world: World, chat_id: int) -> None:
    """One photo in this chat, made and paid once."""
    assert world.job().state is JobState.DELIVERED
    assert kinds(world, chat_id) == ["photo"]
    assert len(world.model.tasks) == 1
    assert world.user().account.available == 16
    world.check_money()


async def test_no_photos(world: World) -> None:
    """A group that forbids photos: the private chat gets the picture and the reason, the group's card says where."""
    await ask(world)
    world.messenger.photoless.add(GROUP)
    card = world.shown(GROUP)
    await world.settle()
    check_delivered(world, ME)
    assert "The group did not let me post the picture" in world.shown().text
    assert "4 credits" in world.shown().text
    [left] = world.messenger.messages(GROUP)
    assert (left.message_id, left.buttons) == (card.message_id, ())
    assert "in our private chat" in left.text
    assert "4 credits" not in left.text


async def test_topic_is_closed(world: World) -> None:
    """Where not even a card can be posted the picture is made all the same, in the private chat."""
    world.messenger.closed.add(GROUP)
    await ask(world)
    await world.settle()
    check_delivered(world, ME)
    assert kinds(world, GROUP) == []
    assert chat_of(world.job()).left == Left(GROUP, None, None)


async def test_put_out_while_drawing(world: World) -> None:
    """Put out of the group while the model works: the private chat gets it, the group's card stays as it is."""
    await ask(world)
    world.messenger.closed.add(GROUP)
    await world.settle()
    check_delivered(world, ME)
    assert kinds(world, GROUP) == ["text"]


async def test_reply_to_the_moved_picture(world: World) -> None:
    """In the private chat the picture can be replied to, as any other."""
    await ask(world)
    world.messenger.photoless.add(GROUP)
    await world.settle()
    await world.send(world.reply("at night", world.shown()))
    assert request_of(world.jobs()[-1]).parent_id == world.jobs()[0].id
    assert [job.state for job in world.jobs()] == [JobState.DELIVERED] * 2


@pytest.mark.parametrize("when", ["before the card", "before the model", "before the picture"])
async def test_group_becomes_a_supergroup(world: World, when: str) -> None:
    """The picture follows its group to the new chat, with a card of its own there, whenever the group moves."""
    if when == "before the card":
        world.messenger.migrated[GROUP] = SUPERGROUP
    await ask(world)
    if when == "before the model":
        world.messenger.migrated[GROUP] = SUPERGROUP
    if when == "before the picture":
        world.messenger.fail("edit_photo", ChatMigratedError(SUPERGROUP))
    await world.settle()
    check_delivered(world, SUPERGROUP)
    assert (chat_of(world.job()).chat_id, chat_of(world.job()).thread_id, chat_of(world.job()).is_private) == (
        SUPERGROUP,
        None,
        False,
    )
    assert f"{SUPERGROUP}:{world.shown(SUPERGROUP).message_id}" in chat_of(world.job()).messages


async def test_supergroup_forbids_photos(world: World) -> None:
    """A group that has moved and takes no photos there: the private chat."""
    world.messenger.migrated[GROUP] = SUPERGROUP
    world.messenger.photoless.add(SUPERGROUP)
    await ask(world)
    await world.settle()
    check_delivered(world, ME)
    assert "in our private chat" in world.shown(SUPERGROUP).text


async def test_failure_follows_the_group(world: World) -> None:
    """A refusal is told where the group has moved; it is nothing private."""
    world.model.script("a red fox", Refused("SAFETY"))
    await ask(world)
    world.messenger.migrated[GROUP] = SUPERGROUP
    await world.settle()
    assert world.job().state is JobState.FAILED
    assert "filter stopped this" in world.shown(SUPERGROUP).text
    world.check_money()


async def test_failure_in_a_closed_topic(world: World) -> None:
    """A refusal that the group does not take is told in the private chat."""
    world.model.script("a red fox", Refused("SAFETY"))
    await ask(world)
    world.messenger.closed.add(GROUP)
    await world.settle()
    assert world.job().state is JobState.FAILED
    assert "4 credits are back" in world.shown().text
    world.check_money()


async def test_failure_after_the_move(world: World) -> None:
    """A job whose card had to go to the private chat ends there, and on the card that stands in the group as well."""
    world.model.script("a red fox", Busy("429"), Refused("SAFETY"))
    await ask(world)
    [card] = world.messenger.messages(GROUP)
    [opened] = await open_jobs(world.ports, [world.job().id])
    moved = go_private(opened.job, ME)
    await change_job(world.ports, opened, lambda _: moved)
    await world.settle()
    assert world.job().state is JobState.FAILED
    assert "4 credits are back" in world.shown().text
    [left] = world.messenger.messages(GROUP)
    assert left.message_id == card.message_id
    assert "Credits are back." in left.text
    world.check_money()


async def test_nobody_can_be_told(world: World) -> None:
    """A refusal that neither the group nor the private chat takes ends all the same, and costs nothing."""
    world.model.script("a red fox", Refused("SAFETY"))
    await ask(world)
    world.messenger.closed.add(GROUP)
    world.messenger.blocked.add(ME)
    await world.settle()
    assert (world.job().state, world.job().failure) == (JobState.FAILED, FailureReason.SAFETY)
    world.check_money()


async def test_nowhere_to_draw(world: World) -> None:
    """Neither the group nor the private chat takes a card: no model is asked, and the credits are back."""
    world.messenger.closed.add(GROUP)
    world.messenger.blocked.add(ME)
    await ask(world)
    await world.settle()
    assert (world.job().state, world.job().failure) == (JobState.FAILED, FailureReason.UNDELIVERABLE)
    assert world.model.tasks == []
    world.check_money()


async def test_shown_before_the_group_forbade_it(world: World) -> None:
    """An edit whose answer was lost had arrived before the group stopped taking photos: it is not shown again."""
    await ask(world)
    world.messenger.lose("edit_photo")
    await world.run_next()
    assert world.job().state is JobState.MADE
    world.messenger.photoless.add(GROUP)
    await world.settle()
    check_delivered(world, GROUP)
    assert kinds(world, ME) == []


@pytest.mark.parametrize("error", [TooManyRequestsError(9), DeliveryUnknownError("?")])
async def test_whether_it_is_shown_is_not_known(world: World, error: NanoBananaError) -> None:
    """Without an answer to that question nothing is shown elsewhere; the question is asked again."""
    await ask(world)
    world.messenger.lose("edit_photo")
    await world.run_next()
    world.messenger.photoless.add(GROUP)
    world.messenger.fail("edit_caption", error)
    await world.settle()
    check_delivered(world, GROUP)
    assert kinds(world, ME) == []


class Kept:
    """A picture in a group without photos whose owner never started the bot."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def make(self) -> None:
        await ask(self.world)
        self.world.messenger.photoless.add(GROUP)
        self.world.messenger.blocked.add(ME)
        while self.world.job().state is not JobState.MADE:
            await self.world.run_next()

    async def fetch(self, user_id: int = ME) -> None:
        job = await bring_here(self.world.ports, user_id, user_id, self.world.job().id)
        assert (job is None) == (user_id != ME)


async def test_kept_under_a_button(world: World) -> None:
    """The private chat cannot be reached: the picture is kept, a button in the group leads to it, nothing is paid."""
    await Kept(world).make()
    [card] = world.messenger.messages(GROUP)
    [[button]] = card.buttons
    assert button.url == f"https://t.me/{world.messenger.name}?start=get_{world.job().id}"
    assert button.data == ""
    assert "ready, but I may not post it here" in card.text
    assert (world.user().account.available, world.user().account.held) == (16, 4)
    assert kinds(world, ME) == []


async def test_fetched_by_its_owner(world: World) -> None:
    """A person who comes by the button gets the picture that was made, pays once, and the group's card says so."""
    kept = Kept(world)
    await kept.make()
    world.messenger.blocked.clear()
    await kept.fetch()
    await kept.fetch()
    [task, *_] = world.tasks.take_all()[-1:]
    await world.run_task(task)
    check_delivered(world, ME)
    assert "in our private chat" in world.shown(GROUP).text
    assert world.shown(GROUP).buttons == ()
    await kept.fetch()
    assert kinds(world, ME) == ["photo"]


async def test_fetched_the_moment_it_is_offered(world: World) -> None:
    """A person who presses the button before its worker has said good-bye gets the picture, not a day's silence."""
    kept = Kept(world)
    edit = world.messenger.edit_text
    came: list[bool] = []

    async def edit_and_come(place: Place, message_id: int, screen: Screen) -> None:
        await edit(place, message_id, screen)
        if screen.buttons and screen.buttons[0][0].url:
            world.messenger.blocked.clear()
            await kept.fetch()
            came.append(True)

    world.messenger.edit_text = edit_and_come  # type: ignore[method-assign]
    await kept.make()
    await world.settle()
    assert came
    check_delivered(world, ME)


async def test_killed_before_it_is_offered(world: World) -> None:
    """A worker that is killed after letting go and before showing the button is followed by one that shows it."""
    edit = world.messenger.edit_text
    kills = [RuntimeError("killed")]

    async def edit_or_die(place: Place, message_id: int, screen: Screen) -> None:
        if kills and screen.buttons and screen.buttons[0][0].url:
            raise kills.pop()
        await edit(place, message_id, screen)

    world.messenger.edit_text = edit_or_die  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        await Kept(world).make()
    await world.run_next()
    assert world.job().state is JobState.MADE
    assert world.shown(GROUP).buttons[0][0].url


async def test_fetched_by_start(world: World) -> None:
    """The button opens the private chat with a /start that brings the picture and no first screen; later ones do."""
    await Kept(world).make()
    world.messenger.blocked.clear()
    start = f"/start get_{world.job().id}"
    await world.deliver(world.message(start))
    for task in world.tasks.take_all()[-1:]:
        await world.run_task(task)
    check_delivered(world, ME)
    await world.send(world.message(start), world.message("/start"), world.message("/start get_nothing"))
    assert kinds(world, ME) == ["photo", "text", "text", "text"]
    await world.send(world.message(start, chat_id=GROUP))
    assert "/image" in world.shown(GROUP).text


async def test_fetched_by_somebody_else(world: World) -> None:
    """The button is for its owner alone; for others, and for what is no job, there is nothing."""
    kept = Kept(world)
    await kept.make()
    before = world.job()
    await kept.fetch(OTHER)
    assert await bring_here(world.ports, ME, ME, "no/job") is None
    assert await bring_here(world.ports, ME, ME, "A" * 16) is None
    assert world.job() == before


async def test_fetched_before_it_is_made(world: World) -> None:
    """A job that is still being drawn is left to its worker."""
    await ask(world)
    job = await bring_here(world.ports, ME, ME, world.job().id)
    assert job is not None
    assert job.state is JobState.QUEUED
    await world.settle()
    check_delivered(world, GROUP)


async def test_fetched_while_it_is_shown(world: World) -> None:
    """A worker that is showing the picture at this moment is not disturbed: it is shown once."""
    kept = Kept(world)
    await ask(world)
    world.messenger.stall("edit_photo", kept.fetch)
    await world.settle()
    check_delivered(world, GROUP)


async def test_start_while_it_is_shown(world: World) -> None:
    """If a worker holds the picture at this moment, /start says so instead of staying silent."""
    await ask(world)
    start = world.message(f"/start get_{world.job().id}")

    async def come() -> None:
        await world.deliver(start)

    world.messenger.stall("edit_photo", come)
    await world.settle()
    assert "on its way" in world.shown(ME).text
    assert kinds(world, GROUP) == ["photo"]
    world.check_money()


async def test_fetched_while_the_group_is_flooded(world: World) -> None:
    """A picture that waits for its turn in the group can be had in private at once."""
    await ask(world)
    world.messenger.fail("edit_photo", TooManyRequestsError(99))
    await world.run_next()
    await Kept(world).fetch()
    await world.settle()
    check_delivered(world, ME)
    assert "in our private chat" in world.shown(GROUP).text


async def test_still_blocked_when_fetched(world: World) -> None:
    """Where the private chat still refuses, the picture goes on being kept."""
    kept = Kept(world)
    await kept.make()
    await kept.fetch()
    for task in world.tasks.take_all()[-1:]:
        await world.run_task(task)
    assert world.job().state is JobState.MADE
    assert world.shown(GROUP).buttons[0][0].url


async def test_never_fetched(world: World) -> None:
    """After a day nobody came: the credits go back, and the group's card says so without a number."""
    await Kept(world).make()
    made_at = world.job().created_at
    await world.settle()
    assert (world.job().state, world.job().failure) == (JobState.FAILED, FailureReason.UNDELIVERABLE)
    assert (world.now - made_at).total_seconds() >= DELIVERY_SECONDS_MAX
    assert "Credits are back." in world.shown(GROUP).text
    assert world.user().account.available == 20
    world.check_money()


@pytest.mark.parametrize("method", ["send_text", "edit_photo", "edit_text", "username"])
@pytest.mark.parametrize("error", [TooManyRequestsError(9), DeliveryUnknownError("?")])
@pytest.mark.parametrize("reachable", [True, False])
async def test_telegram_stumbles(world: World, method: str, error: NanoBananaError, *, reachable: bool) -> None:
    """Whichever call on the way fails for a moment: in the end one picture, made and paid once, or kept."""
    await ask(world)
    world.messenger.photoless.add(GROUP)
    world.messenger.blocked |= set() if reachable else {ME}
    world.messenger.fail(method, error)
    tomorrow = world.now + timedelta(hours=12)
    while any((task.not_before or world.now) < tomorrow for task in world.tasks.tasks):
        await world.run_next()
    world.messenger.blocked.clear()
    await Kept(world).fetch()
    await world.settle()
    check_delivered(world, ME)
    assert "in our private chat" in world.shown(GROUP).text


@pytest.mark.parametrize("error", [MessageGoneError("gone"), MessageRejectedError("400")])
async def test_groups_card_cannot_be_edited(world: World, error: NanoBananaError) -> None:
    """What cannot be said in the group is no reason to keep the picture back."""
    await ask(world)
    world.messenger.photoless.add(GROUP)
    world.messenger.fail("edit_text", error)
    await world.settle()
    check_delivered(world, ME)


async def test_worker_dies_on_the_way(world: World) -> None:
    """Between the move and the picture the worker dies: the next one goes on in the private chat."""
    await ask(world)
    world.messenger.photoless.add(GROUP)

    async def die() -> None:
        raise UnavailableError("no store")

    world.store.interrupt(writes_to("jobs", is_private=True, state="delivered"), die)
    with pytest.raises(UnavailableError):
        await world.settle()
    await world.move(world.job())
    world.clock.advance(10)
    await world.move(world.job())
    check_delivered(world, ME)


@pytest.mark.parametrize("error", [MessageRejectedError("400"), MessageGoneError("gone")])
async def test_end_without_a_card(world: World, error: NanoBananaError) -> None:
    """An end that no message can carry is an end."""
    world.messenger.fail("send_text", DeliveryUnknownError("?"), error)
    await ask(world)
    world.clock.advance(900)
    await world.settle()
    assert world.job().state is JobState.FAILED
    world.check_money()


async def test_answer_where_nothing_may_be_written(world: World) -> None:
    """A command in a closed topic is answered in the private chat, if there is one; nothing replaces that."""
    world.messenger.closed.add(GROUP)
    await world.send(world.message("/help", chat_id=GROUP))
    assert "I may not write in that group" in world.shown().text
    world.messenger.blocked.add(ME)
    await world.send(world.message("/help", chat_id=GROUP))
    world.messenger.blocked.clear()
    world.messenger.closed.add(OTHER)
    await world.send(world.message("/help", user_id=OTHER))
    assert kinds(world, OTHER) == []
