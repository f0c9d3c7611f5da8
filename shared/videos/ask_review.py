"""Asks, free of charge, whether to make a video: stores the request as a draft and sends the review screen.

The choices are stored only in the buttons. The draft waits for presses, and if its pictures came without words also
for these (`say_movement.py`).
"""

from contextlib import suppress
from dataclasses import replace
from functools import partial

from shared.credits.catalogue import sold_videos
from shared.errors import ConflictError
from shared.hash_ids import hash_id
from shared.jobs.shards import create_sharded
from shared.people.accounts import try_until_won
from shared.people.users import Waiting
from shared.people.waiting import wait_for_words
from shared.pictures.declines import decline
from shared.pictures.draft import Draft, DraftState
from shared.pictures.draft_documents import draft_key
from shared.pictures.open_drafts import OpenDraft, begin_draft, close_of, open_draft
from shared.ports import Place, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.videos.choice import Choice, Wish, choice_for, keep_to_sold, plan_video
from shared.videos.press_review import mend_card
from shared.videos.read_wish import read_parameters, read_work, says_no_movement, with_words, write_exclusions
from shared.videos.review import review_screen, wish_of
from shared.videos.video import VideoRequest


async def ask_review(ports: Ports, visit: Visit, wish: Wish, choice: Choice) -> None:
    """Show the review screen of a request, or decline it. Raises MessengerErrors, UnavailableError."""
    draft, choice = _draft_of(ports, visit, wish), keep_to_sold(choice, sold_videos(ports.sellers))
    plan = plan_video(wish_of(draft), choice)
    if not isinstance(plan, VideoRequest):
        await answer(ports, visit, decline(visit.language, plan, wish.words))
        return
    with suppress(ConflictError):  # a second delivery
        await ports.store.commit([create_sharded(draft_key(draft.id), draft)])
    await answer(ports, visit, _screen(ports, visit, draft, choice))
    await _await_movement(ports, visit, wish)


async def _await_movement(ports: Ports, visit: Visit, wish: Wish) -> None:
    """Let the next words say what moves in the pictures, if none did. Raises UnavailableError."""
    if says_no_movement(wish):
        chat, asked_at = visit.update.chat, visit.received_at
        waiting = Waiting(chat.id, chat.thread_id, "draft", _review_id(visit), asked_at, is_video=True)
        await wait_for_words(ports, visit.opened, waiting)


def _screen(ports: Ports, visit: Visit, draft: Draft, choice: Choice) -> Screen:
    user, now = visit.opened.user, ports.clock.now()
    return review_screen(draft, choice, user, visit.language, now, sellers=ports.sellers, sells=ports.sells)


async def turn_into_review(ports: Ports, visit: Visit, tap: Tap, asked: OpenDraft) -> bool:
    """Turn the message with a question into the review; False if the question was already answered.

    This closes the question, so that a later "yes" does not answer it. Pictures without words get usual ones. Raises
    MessengerErrors, UnavailableError.
    """
    turned = await try_until_won(ports, partial(_turn, ports, visit, tap, asked.draft.id))
    if turned is None:
        return False
    review, choice = turned
    if review.state is DraftState.ASKING:  # otherwise a second delivery, and the first one's review was pressed
        screen = _screen(ports, visit, review, choice)
        await ports.messenger.edit_text(Place(tap.chat.id, tap.chat.thread_id), tap.message_id, screen)
    await mend_card(ports, review.id)
    await _await_movement(ports, visit, wish_of(review))
    return True


async def _turn(ports: Ports, visit: Visit, tap: Tap, asked_id: str) -> tuple[Draft, Choice] | None:
    """Store the review in place of the question as it is now, or find it, if an earlier delivery stored it.

    Returns None if the question was answered otherwise. Raises ConflictError, UnavailableError.
    """
    asked, known = await open_draft(ports, asked_id), await open_draft(ports, _review_id(visit))
    if asked is None or (known is None and asked.draft.state is not DraftState.ASKING):
        return None
    wish = wish_of(asked.draft)
    wish, choice = read_parameters(wish, choice_for(wish.shape))
    wish = with_words(wish, visit.language)
    choice, review = read_work(wish, choice), _draft_of(ports, visit, wish)
    if known is not None:
        return known.draft, choice
    review = replace(review, parts=asked.draft.parts, card_message_id=tap.message_id)
    await ports.store.commit([create_sharded(draft_key(review.id), review), close_of(asked.draft, asked.record)])
    return review, choice


def _review_id(visit: Visit) -> str:
    return hash_id("video", visit.inbox_id)


def _draft_of(ports: Ports, visit: Visit, wish: Wish) -> Draft:
    """The draft of a visit's request; its id is the same for every delivery of the update."""
    return replace(
        begin_draft(visit, visit.update, _review_id(visit), ports.clock.now()),
        state=DraftState.ASKING,
        parts={str(place): each for place, each in enumerate(wish.pictures)},
        caption=write_exclusions(wish),
        parent_id=wish.parent_id,
        source_seconds=wish.source_seconds,
        is_shared=wish.is_shared,
        shape=wish.shape,
        wants_video=True,
    )
