"""Decides what a complete album asks for: a video of its pictures, or something else (`decide_files.py`).

album ── /video, the mode *Video*, or words such as "animate these" ──▶ the review, which takes over the album's card
      ── everything else ──▶ an answer, or a picture
"""

from dataclasses import replace

from shared.conversations.decide_files import decide_files
from shared.conversations.read_rules import Act, Situation, read_rules
from shared.hash_ids import hash_id
from shared.jobs.shards import create_sharded
from shared.people.accounts import OpenUser
from shared.people.talk import mode_in, place_of
from shared.people.users import language_of
from shared.pictures.declines import decline
from shared.pictures.draft import Draft, DraftState, references_of, words_of
from shared.pictures.draft_documents import draft_key
from shared.pictures.find_material import find_parent, material_of
from shared.pictures.open_drafts import close_of, show_draft
from shared.ports import Ports, Record
from shared.providers.outcomes import DeclineReason
from shared.videos.choice import Wish, choice_for
from shared.videos.read_wish import read_parameters, read_work, with_words, write_exclusions
from shared.videos.review import review_screen, wish_of

COMMAND = "video"


async def decide_album(ports: Ports, user: OpenUser, draft: Draft, record: Record) -> None:
    """Go on with a complete draft. Raises as `close_draft` does."""
    if _wants_video(ports, user, draft):
        await _review(ports, user, draft, record)
    else:
        await decide_files(ports, user, draft, record)


def _wants_video(ports: Ports, user: OpenUser, draft: Draft) -> bool:
    if not references_of(draft):
        return False
    if draft.command:
        return draft.command == COMMAND
    mode = mode_in(user.user.talk, place_of(ports.bot_id, draft.chat_id, draft.thread_id))
    is_order = mode == "auto" and read_rules(words_of(draft), Situation(brings_picture=True)) is Act.ANIMATE
    return mode == "video" or is_order


async def _review(ports: Ports, user: OpenUser, draft: Draft, record: Record) -> None:
    """Show the review on the album's card, and store it in place of the album."""
    language, now = language_of(user.user, draft.language_code), ports.clock.now()
    material = material_of(await find_parent(ports, draft), references_of(draft))
    if isinstance(material, DeclineReason):
        await show_draft(ports, draft, decline(language, material))
        await ports.store.commit([close_of(draft, record)])
        return
    wish = Wish(words_of(draft), material.references, material.parent_id, shape=material.ratio)
    wish, choice = read_parameters(wish, choice_for(material.ratio))
    wish = with_words(wish, language)
    review = replace(
        draft,
        id=hash_id("video", draft.id),
        state=DraftState.ASKING,
        sweep_at=None,
        caption=write_exclusions(wish),
        texts={},
        parent_id=wish.parent_id,
        shape=wish.shape,
        wants_video=True,
        card="",
    )
    choice = read_work(wish_of(review), choice)
    screen = review_screen(review, choice, user.user, language, now, sellers=ports.sellers, sells=ports.sells)
    await show_draft(ports, draft, screen)
    await ports.store.commit([create_sharded(draft_key(review.id), review), close_of(draft, record)])
