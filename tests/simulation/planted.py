"""Faults a tired engineer might make; each must be noticed by the simulation, or a check is missing."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.codec import encode
from shared.credits import ledger
from shared.credits.ledger import Account, Hold, Transfer
from shared.credits.spending import SpendingBook
from shared.errors import DeliveryUnknownError, MessengerError
from shared.hash_ids import hash_id
from shared.jobs import (
    accept_request,
    ask_while_ours,
    attempts,
    cancel_jobs,
    conclude_attempt,
    deliver_job,
    identity,
    lanes,
    move_job,
    next_step,
    open_jobs,
    pause_job,
    refuse_job,
    shards,
    sweep_work,
)
from shared.jobs import job as jobs
from shared.jobs.frame import Photo, Receipt
from shared.jobs.job import Job, JobState
from shared.people import accounts, links, user_documents, users
from shared.pictures import collect_parts, make_picture, recover_picture, show_picture
from shared.pictures.cards import card
from shared.ports import Media, PictureStudio, Place, Ports, Query, Screen, Sent, Update, Write
from shared.task import Task
from shared.telegram import chat, move_place
from shared.telegram.address import chat_of
from shared.telegram.announce_jobs import card_place
from shared.telegram.updates import Message
from tests.fakes.blobs import FakeBlobStore
from tests.fakes.messenger import FakeMessenger
from tests.fakes.store import FakeStore
from tests.simulation import slow_work, world
from tests.simulation.world import SimulatedQueue

Plant = Callable[[pytest.MonkeyPatch], None]


def no_fence(patch: pytest.MonkeyPatch) -> None:
    """A stalled worker writes although another has taken over."""

    async def change(ports: Ports, opened: open_jobs.StoredJob, change: Callable[[Job], Job]) -> open_jobs.StoredJob:
        return await open_jobs.change_job(ports, opened, change)

    patch.setattr(open_jobs, "_fenced", lambda job, fence: job)
    for module in (make_picture, move_job, move_place, pause_job, refuse_job):
        patch.setattr(module, "change_held_job", change)


def no_outbox(patch: pytest.MonkeyPatch) -> None:
    """A job is not marked for the sweep when it is created."""
    create = accept_request._new_job

    def forget(*arguments: Any) -> Job:
        return replace(create(*arguments), sweep_at=None)

    patch.setattr(accept_request, "_new_job", forget)


def no_sweep_of_drafts(patch: pytest.MonkeyPatch) -> None:
    """An album whose task was lost is never closed."""

    async def skip(*arguments: Any) -> int:
        return 0

    patch.setattr(sweep_work, "_sweep_draft", skip)


def unreadable_is_not_put_aside(patch: pytest.MonkeyPatch) -> None:
    """An unreadable document stays first among the overdue ones."""

    async def leave(*arguments: Any) -> None:
        return None

    patch.setattr(sweep_work, "_put_aside", leave)


def a_shard_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """The search leaves out one shard, at a time when no older release's documents are looked for."""

    def search(collection: str, now: datetime, limit: int) -> Query:
        query = shards.due_for_sweep(collection, now, limit)
        return replace(query, where=(("shard", "in", tuple(range(1, lanes.SHARDS))), *query.where[1:]))

    patch.setattr(world, "is_of_older", lambda key: False)
    patch.setattr(sweep_work, "due_for_sweep", search)
    patch.setattr(sweep_work, "due_without_shard", search)


def older_documents_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    """What an older release wrote without a shard is looked for by its shard."""
    patch.setattr(sweep_work, "due_without_shard", shards.due_for_sweep)


def no_sweep_after_claim(patch: pytest.MonkeyPatch) -> None:
    """A worker that dies takes its job along."""
    extend = jobs.extend_lease
    patch.setattr(jobs, "extend_lease", lambda job, now: replace(extend(job, now), sweep_at=None))


def random_transfer_id(patch: pytest.MonkeyPatch) -> None:
    """A transfer is named by chance, not by its fact."""
    count = iter(range(10**9))
    make = ledger._transfer

    def rename(*arguments: Any) -> Transfer:
        return replace(make(*arguments), id=f"random-{next(count)}")

    patch.setattr(ledger, "_transfer", rename)


def account_of_another_person(patch: pytest.MonkeyPatch) -> None:
    """A transfer names the next person's account."""
    make = ledger._transfer

    def rename(*arguments: Any) -> Transfer:
        transfer = make(*arguments)
        return replace(transfer, account_id=links.account_id_of(links.telegram_link(transfer.user_id + 1)))

    patch.setattr(ledger, "_transfer", rename)


def account_is_not_named(patch: pytest.MonkeyPatch) -> None:
    """A user's account is used without its id where an older release wrote it."""
    patch.setattr(user_documents, "name_account", lambda account, user_id: account)


def random_job_id(patch: pytest.MonkeyPatch) -> None:
    """The same wish is a new one each time it comes."""
    count = iter(range(10**9))
    patch.setattr(accept_request, "job_id_of", lambda intent, index: f"{next(count):016d}")


def intent_from_update(patch: pytest.MonkeyPatch) -> None:
    """A message that comes under a new update id is taken for a new wish."""
    from shared.pictures import take_requests as requests

    start = requests.start_request

    async def start_anew(ports: Ports, visit: Any, intent: str, wish: Any) -> Any:
        return await start(ports, visit, hash_id(intent, visit.update.update_id), wish)

    patch.setattr(requests, "start_request", start_anew)


def send_instead_of_edit(patch: pytest.MonkeyPatch) -> None:
    """The picture is sent as a message of its own."""

    async def send(self: FakeMessenger, place: Place, message_id: int, photo: Media, caption: Screen) -> Sent:
        message = self._add(place, "photo", caption, self._keep(photo))
        return Sent(message.message_id, message.file_id)

    patch.setattr(FakeMessenger, "edit_photo", send)


def capture_before_delivery(patch: pytest.MonkeyPatch) -> None:
    """The money is taken when the picture is stored, and it is shown if all goes well."""

    async def pay_first(ports: Ports, held: Any, shown: Photo, note: Any) -> None:
        user = await accounts.open_user(ports, held.job.user_id)
        paid = await deliver_job._settle(ports, held, user, Receipt(), note)
        with suppress(MessengerError):
            await chat.TelegramChat().deliver(ports, paid, shown, user.user.account.available)

    patch.setattr(show_picture, "deliver_job", pay_first)


def no_release(patch: pytest.MonkeyPatch) -> None:
    """A refused job keeps its credits."""

    def keep(at: datetime) -> open_jobs.Settlement:
        def settle(account: Account, hold: Hold) -> tuple[Account, tuple[Transfer, ...]]:
            _, transfer = ledger.release_hold(account, hold, at)
            return account, (transfer,)

        return settle

    patch.setattr(refuse_job, "releasing", keep)


def cancel_without_release(patch: pytest.MonkeyPatch) -> None:
    """A canceled job is marked, and its hold forgotten."""

    async def mark(ports: Ports, opened: open_jobs.StoredJob, *, is_joined: bool) -> open_jobs.StoredJob:
        return await open_jobs.change_job(ports, opened, lambda job: jobs.refuse(job, None))

    patch.setattr(cancel_jobs, "_settle_canceled", mark)


def cancel_while_working(patch: pytest.MonkeyPatch) -> None:
    """A job is canceled whoever works on it, and delivered as well: canceling raises no fence."""

    def stop(job: Job, now: datetime) -> Job:
        return replace(attempts.cancel(job, now), fence=job.fence)

    patch.setattr(cancel_jobs, "cancel", stop)


def no_other_place(patch: pytest.MonkeyPatch) -> None:
    """A group that takes no photos costs the picture that was made for it."""

    async def stay(ports: Ports, held: Any, error: MessengerError) -> Any:
        return held, error

    patch.setattr(chat, "move_away", stay)


def no_look_before_the_move(patch: pytest.MonkeyPatch) -> None:
    """A picture that may stand in the group already is shown in the private chat as well."""

    async def say_no(*arguments: Any) -> bool:
        return False

    patch.setattr(chat, "_is_shown", say_no)


def worker_does_not_look(patch: pytest.MonkeyPatch) -> None:
    """Nobody tells the worker that its job was canceled, and nobody draws the end again."""

    async def watch(ports: Ports, job: Job, *, moves_card: bool) -> bool:
        while True:
            message_id = chat_of(job).card_message_id
            if moves_card and message_id is not None:
                await ports.messenger.edit_text(card_place(job), message_id, card(job, ports.clock.now()))
            await ports.clock.sleep(1)

    async def skip(*arguments: Any) -> bool:
        return True

    patch.setattr(ask_while_ours, "watch_job", watch)
    patch.setattr(chat.TelegramChat, "redraw_end", skip)


def no_cancel_mark(patch: pytest.MonkeyPatch) -> None:
    """A /cancel that overtakes its message leaves no mark that the message sees."""
    plan = accept_request._plan

    def ignore(*arguments: Any, canceled: bool) -> Any:
        return plan(*arguments, canceled=False)

    patch.setattr(accept_request, "_plan", ignore)


def no_limits(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks whether the credits are there."""
    patch.setattr(accept_request, "check_total", lambda *arguments: None)


def lost_update(patch: pytest.MonkeyPatch) -> None:
    """A user's document is overwritten whatever happened to it since it was read."""
    check = FakeStore._check_precondition

    def skip_users(self: FakeStore, write: Write) -> None:
        if write.key.collection != "users":
            check(self, write)

    patch.setattr(FakeStore, "_check_precondition", skip_users)


def blind_retry_of_a_send(patch: pytest.MonkeyPatch) -> None:
    """An original whose answer was lost is sent again."""
    send = show_picture.send_original

    async def send_twice(ports: Ports, delivered: Any, document: Media) -> None:
        try:
            await send(ports, delivered, document)
        except DeliveryUnknownError:
            await send(ports, delivered, document)

    from shared.pictures import press_results as results

    patch.setattr(show_picture, "send_original", send_twice)
    patch.setattr(results, "send_original", send_twice)


def last_tap_wins(patch: pytest.MonkeyPatch) -> None:
    """A setting is what came last, not what was pressed last."""
    from shared.people import change_setting

    def apply(user: users.User, name: str, value: str, update_id: int) -> users.User | None:
        return users._with_choice(user, name, value)

    patch.setattr(change_setting, "change_setting", apply)


def album_parts_are_jobs(patch: pytest.MonkeyPatch) -> None:
    """Each part of an album is a request of its own."""

    def own(ports: Ports, message: Message) -> str:
        return identity.album_intent(ports.bot_id, message.chat.id, f"{message.media_group_id}{message.message_id}")

    patch.setattr(collect_parts, "draft_id_of", own)


def endless_no_image(patch: pytest.MonkeyPatch) -> None:
    """A model that never paints is asked for ever."""
    patch.setattr(conclude_attempt, "after_outcome", lambda *arguments: attempts.Retry(0.0))
    patch.setattr(next_step, "ATTEMPTS_MAX", 10**6)


def no_patience(patch: pytest.MonkeyPatch) -> None:
    """A provider that cannot is asked for two minutes."""
    after_outcome = attempts.after_outcome

    def hurry(job: Job, *arguments: Any) -> Any:
        return after_outcome(
            replace(job, deadline_at=(job.busy_since or job.deadline_at) + timedelta(seconds=120)), *arguments
        )

    patch.setattr(conclude_attempt, "after_outcome", hurry)


def no_look_into_the_bucket(patch: pytest.MonkeyPatch) -> None:
    """A picture that was stored before the store went out is made and paid again."""

    async def find_nothing(*arguments: Any) -> bool:
        return False

    patch.setattr(make_picture, "recover_picture", find_nothing)


def caps_are_not_checked(patch: pytest.MonkeyPatch) -> None:
    """Pictures are bought whatever they cost together."""

    async def spend_freely(*arguments: Any) -> None:
        return None

    patch.setattr(SpendingBook, "rest_until", spend_freely)


def caps_are_checked_afterwards(patch: pytest.MonkeyPatch) -> None:
    """A person who wants a picture is told that the cap is reached; a worker with a job asks the model all the same."""
    recover = recover_picture.recover_picture

    async def buy_first(ports: Ports, studio: PictureStudio, held: open_jobs.StoredJob) -> bool:
        if not await recover(ports, studio, held):
            await make_picture._make(ports, studio, held)
        return True

    patch.setattr(make_picture, "recover_picture", buy_first)


def failure_is_not_told(patch: pytest.MonkeyPatch) -> None:
    """The credits go back, the card goes on saying that it works."""

    async def say_nothing(ports: Ports, held: Any) -> None:
        await open_jobs.change_held_job(ports, held, lambda job: jobs.ended(job, JobState.FAILED))

    patch.setattr(refuse_job, "tell_end", say_nothing)


def task_before_commit(patch: pytest.MonkeyPatch) -> None:
    """A task is lost when the queue is out: nobody tries again."""
    enqueue = SimulatedQueue.enqueue

    async def drop(self: SimulatedQueue, task: Task) -> None:
        if task.queue == "image" and self._world.dice.random() < 0.05:
            return
        await enqueue(self, task)

    patch.setattr(SimulatedQueue, "enqueue", drop)
    patch.setattr(sweep_work, "PAGE_MAX", 0)


def pieces_are_wishes(patch: pytest.MonkeyPatch) -> None:
    """A comment is painted alone, and so is the photo that was forwarded with it."""
    from shared.pictures import take_requests as requests

    async def leave(*arguments: Any) -> None:
        return None

    async def join_nothing(*arguments: Any) -> bool:
        return False

    patch.setattr(requests, "take_back", leave)
    patch.setattr(requests, "join_draft", join_nothing)
    patch.setattr(requests, "may_be_split", lambda text: False)


def everything_is_a_wish(patch: pytest.MonkeyPatch) -> None:
    """Thanks and question marks are painted."""
    from shared.pictures import take_requests as requests
    from shared.pictures.wishes import Reading

    patch.setattr(requests, "read_words", lambda text: Reading.WISH if text else Reading.EMPTY)


def double_press_buys_twice(patch: pytest.MonkeyPatch) -> None:
    """A renewed keyboard forgets that the picture of the press before is still being made."""

    async def forget(*arguments: Any) -> bool:
        return False

    from shared.pictures import press_repeat as repeats

    patch.setattr(repeats, "were_open", forget)


def format_pressed_twice(patch: pytest.MonkeyPatch) -> None:
    """A second press of a button that opens a keyboard buys what lies under the finger then."""
    from shared.pictures import press as presses

    patch.setattr(presses, "read_moment", lambda text: None)


def silent_repeat(patch: pytest.MonkeyPatch) -> None:
    """The card of a repeat does not say of what."""
    from shared.pictures import cards

    patch.setattr(cards, "_took", lambda job: [])


def original_per_press(patch: pytest.MonkeyPatch) -> None:
    """Each press of *Original* sends the file."""
    from shared.pictures import press_results as results

    async def claim(ports: Ports, opened: Any, pressed_at: datetime) -> Any:
        return opened

    patch.setattr(results, "claim_original", claim)


def files_stay(patch: pytest.MonkeyPatch) -> None:
    """A deleted picture is hidden, and its files are kept for ever."""

    async def keep(*arguments: Any) -> None:
        return None

    patch.setattr(FakeBlobStore, "delete_all", keep)


def newer_fields_are_erased(patch: pytest.MonkeyPatch) -> None:
    """An older release writes an account as it knows it, and what a newer one wrote into it is gone."""
    patch.setattr(accounts, "update", lambda record, value: Update(record.key, encode(value), record.version))


def answers_are_said_once(patch: pytest.MonkeyPatch) -> None:
    """An answer whose sending ended unknown is not shown again."""

    def forget(*arguments: Any) -> None:
        return None

    from shared.bot import router

    patch.setattr(router, "put_off", forget)


def begun_again_after_a_death(patch: pytest.MonkeyPatch) -> None:
    """A worker that finds that a provider may have been asked to begin asks it once more instead of looking."""
    slow = slow_work.SLOW_KINDS["picture"]
    patch.setitem(slow_work.SLOW_KINDS, "picture", replace(slow, look=slow.make))


PLANTED_IN_SLOW_WORK: tuple[Plant, ...] = (begun_again_after_a_death,)
PLANTED: tuple[Plant, ...] = (
    no_fence,
    no_outbox,
    no_sweep_of_drafts,
    unreadable_is_not_put_aside,
    a_shard_is_forgotten,
    older_documents_are_forgotten,
    no_sweep_after_claim,
    random_transfer_id,
    random_job_id,
    intent_from_update,
    send_instead_of_edit,
    capture_before_delivery,
    no_release,
    cancel_without_release,
    cancel_while_working,
    no_other_place,
    no_look_before_the_move,
    worker_does_not_look,
    no_cancel_mark,
    no_limits,
    lost_update,
    blind_retry_of_a_send,
    last_tap_wins,
    album_parts_are_jobs,
    endless_no_image,
    no_patience,
    no_look_into_the_bucket,
    caps_are_not_checked,
    caps_are_checked_afterwards,
    failure_is_not_told,
    task_before_commit,
    pieces_are_wishes,
    everything_is_a_wish,
    double_press_buys_twice,
    format_pressed_twice,
    silent_repeat,
    original_per_press,
    files_stay,
    newer_fields_are_erased,
    answers_are_said_once,
    account_of_another_person,
    account_is_not_named,
)
