"""Asks, free of charge, whether to make a video: stores the request as a draft and sends the review screen.

The choices are stored only in the buttons. The draft waits for presses, not for words.
"""

from contextlib import suppress
from dataclasses import replace

from shared.credits.catalogue import sold_videos
from shared.errors import ConflictError
from shared.hash_ids import hash_id
from shared.jobs.shards import create_sharded
from shared.pictures.declines import decline
from shared.pictures.draft import Draft, DraftState
from shared.pictures.draft_documents import draft_key
from shared.pictures.open_drafts import OpenDraft, begin_draft, close_of, open_draft
from shared.ports import Place, Ports, Screen, Write
from shared.telegram.answers import answer
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.videos.choice import Choice, Wish, choice_for, keep_to_sold, plan_video
from shared.videos.read_wish import read_work, write_exclusions
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


def _screen(ports: Ports, visit: Visit, draft: Draft, choice: Choice) -> Screen:
    user, now = visit.opened.user, ports.clock.now()
    sells = bool(ports.support_contact)
    return review_screen(draft, choice, user, visit.language, now, sellers=ports.sellers, sells=sells)


async def turn_into_review(ports: Ports, visit: Visit, tap: Tap, asked: OpenDraft) -> bool:
    """Turn the message with a question into the review; False if the question was already answered.

    This closes the question, so that a later "yes" does not answer it. Raises MessengerErrors, UnavailableError.
    """
    wish = wish_of(asked.draft)
    choice = read_work(wish, choice_for(wish.shape))
    draft = _draft_of(ports, visit, wish)
    if await open_draft(ports, draft.id) is None:
        if asked.draft.state is not DraftState.ASKING:
            return False
        try:
            writes: list[Write] = [create_sharded(draft_key(draft.id), draft), close_of(asked.draft, asked.record)]
            await ports.store.commit(writes)
        except ConflictError:
            return False
    screen = _screen(ports, visit, draft, choice)
    await ports.messenger.edit_text(Place(tap.chat.id, tap.chat.thread_id), tap.message_id, screen)
    return True


def _draft_of(ports: Ports, visit: Visit, wish: Wish) -> Draft:
    """The draft of a visit's request; its id is the same for every delivery of the update."""
    return replace(
        begin_draft(visit, visit.update, hash_id("video", visit.inbox_id), ports.clock.now()),
        state=DraftState.ASKING,
        parts={str(place): each for place, each in enumerate(wish.pictures)},
        caption=write_exclusions(wish),
        parent_id=wish.parent_id,
        source_seconds=wish.source_seconds,
        is_shared=wish.is_shared,
        shape=wish.shape,
        wants_video=True,
    )
