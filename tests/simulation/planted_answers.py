"""Faults in answers that a tired engineer might make; each must be noticed by the simulation, or a check is missing."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.codec import decode
from shared.conversations import answer_screens, keep_answer, make_answer, show_stream, watch_stop
from shared.conversations.answer import AnswerRequest, answer_of
from shared.conversations.attachment import Gathered
from shared.conversations.conversation import Conversation
from shared.conversations.conversation_documents import OpenConversation, conversation_key
from shared.conversations.messages import create_messages
from shared.jobs import mailbox, move_job, open_jobs, sweep_work, take_turn
from shared.jobs.frame import Receipt, Words
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.people.users import User
from shared.ports import Ports, Record, RepairPorts
from shared.providers.talk import Tokens, Told
from shared.telegram import chat
from shared.telegram.announce_jobs import card_place

Plant = Callable[[pytest.MonkeyPatch], None]


def order_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    """A question is answered while the one before it is."""

    async def agree(*arguments: Any) -> bool:
        return True

    patch.setattr(move_job, "may_begin", agree)


def only_the_neighbour_is_checked(patch: pytest.MonkeyPatch) -> None:
    """A question waits for the one right before it, which may be canceled while another is still answered."""
    patch.setattr(take_turn, "ahead_of", lambda user, job: (job.after,))


def mailbox_is_not_emptied(patch: pytest.MonkeyPatch) -> None:
    """A finished job stays in the mailbox of the conversation."""
    patch.setattr(open_jobs, "take_out", lambda user, job: (user, ""))


def follower_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Nobody tells the question that waited that it may begin, and `sweep` leaves alone what waits for another."""
    take_out, sweep = mailbox.take_out, sweep_work._sweep_job

    def tell_nobody(user: User, job: Job) -> tuple[User, str]:
        return take_out(user, job)[0], ""

    async def skip(ports: RepairPorts, record: Record) -> int:
        return 0 if record.fields.get("after") else await sweep(ports, record)

    patch.setattr(open_jobs, "take_out", tell_nobody)
    patch.setattr(sweep_work, "_sweep_job", skip)


def whole_hold_is_taken(patch: pytest.MonkeyPatch) -> None:
    """An answer costs what it could have cost."""
    patch.setattr(keep_answer, "note_spent", lambda job, spent: job)


def rest_is_sent_again(patch: pytest.MonkeyPatch) -> None:
    """The second message of a long answer has no place of its own: it is sent, as often as the delivery is repeated."""

    async def send(ports: Ports, held: StoredJob, shown: Any) -> tuple[StoredJob, None]:
        for screen in shown.screens[1:] if isinstance(shown, Words) else ():
            await ports.messenger.send_text(replace(card_place(held.job), reply_to=None), screen)
        return held, None

    patch.setattr(chat, "_send_rest", send)


def stop_is_not_heeded(patch: pytest.MonkeyPatch) -> None:
    """*Stop* is written down, and nobody looks."""
    patch.setattr(watch_stop, "answer_of", lambda job: replace(answer_of(job), stop_asked_at=None))


def turns_are_kept_apart(patch: pytest.MonkeyPatch) -> None:
    """What was said goes into the conversation first, then into the job: who dies in between says it twice."""

    async def keep(
        ports: Ports, held: StoredJob, opened: OpenConversation, told: Told, tokens: Tokens, files: tuple[Any, ...]
    ) -> StoredJob:
        now = ports.clock.now()
        made = keep_answer._with_answer(held.job, told, tokens, now)
        await ports.store.commit([opened.write(keep_answer._go_on(opened.conversation, made, files, now))])
        return await change_held_job(ports, held, lambda job: keep_answer._with_answer(job, told, tokens, now))

    patch.setattr(make_answer, "keep_answer", keep)


def messages_are_kept_later(patch: pytest.MonkeyPatch) -> None:
    """What is kept for the history is written after the answer: who dies in between never writes it."""
    create, keep = create_messages, keep_answer.keep_answer
    patch.setattr(keep_answer, "create_messages", lambda *arguments: ())

    async def later(
        ports: Ports, held: StoredJob, opened: OpenConversation, told: Told, tokens: Tokens, files: tuple[Any, ...]
    ) -> StoredJob:
        kept = await keep(ports, held, opened, told, tokens, files)
        [record] = await ports.store.read([conversation_key(opened.conversation.id)])
        assert record is not None
        talk = decode(Conversation, record.fields)
        own = replace(talk, turns=tuple(turn for turn in talk.turns if turn.job_id == held.job.id))
        await ports.store.commit(list(create(own, 0, 1)))
        return kept

    patch.setattr(make_answer, "keep_answer", later)


def free_answer_is_not_returned(patch: pytest.MonkeyPatch) -> None:
    """A free answer that did not come is one fewer all the same."""
    patch.setattr(AnswerRequest, "returned", lambda request, user: user)


def stream_counts_as_delivery(patch: pytest.MonkeyPatch) -> None:
    """What was shown while it was written is taken for the answer."""
    edit = chat._edit_card

    async def trust(ports: Ports, job: Job, shown: Any, left: int) -> Receipt:
        return Receipt() if isinstance(shown, Words) else await edit(ports, job, shown, left)

    patch.setattr(chat, "_edit_card", trust)


def edit_is_abandoned(patch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the last edit of a stream: it may come after the answer."""

    async def let_go(edit: Awaitable[None]) -> None:
        await edit

    patch.setattr(show_stream, "finish_edit", let_go)


def answer_is_drawn_over(patch: pytest.MonkeyPatch) -> None:
    """What a worker draws that stood still stays on another's answer."""
    patch.setattr(answer_screens, "ANSWER_SCREENS", replace(answer_screens.ANSWER_SCREENS, is_text=False))


def stop_throws_away(patch: pytest.MonkeyPatch) -> None:
    """What was said until *Stop* is gone."""
    patch.setattr(make_answer, "_cut_short", lambda *arguments: None)


def photo_is_left_behind(patch: pytest.MonkeyPatch) -> None:
    """A question about a photo is asked without it."""

    async def fetch_nothing(*arguments: object) -> Gathered:
        return Gathered()

    patch.setattr(make_answer, "gather_files", fetch_nothing)


PLANTED_IN_ANSWERS: tuple[Plant, ...] = (
    order_is_not_checked,
    only_the_neighbour_is_checked,
    mailbox_is_not_emptied,
    follower_is_forgotten,
    whole_hold_is_taken,
    rest_is_sent_again,
    stop_is_not_heeded,
    turns_are_kept_apart,
    messages_are_kept_later,
    free_answer_is_not_returned,
    stream_counts_as_delivery,
    edit_is_abandoned,
    answer_is_drawn_over,
    stop_throws_away,
    photo_is_left_behind,
)
