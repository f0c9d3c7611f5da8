"""A draft collects what belongs to one request before it is one: the parts of an album, or a photo without words.

COLLECTING ──2 s after the last part──▶ CLOSED    the request was made (or refused) with all parts
└──▶ ASKING    no words came with it: the card asks for them
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.jobs import SWEEP_AFTER_SECONDS, Reference

QUIET_SECONDS = 2.0
"""An album is complete when no part came for this long."""
ALBUM_PARTS_MAX = 10
"""Telegram's own limit; more can only be forged."""
KEPT = timedelta(days=35)


class DraftState(StrEnum):
    """Where a draft stands; drawn in the module's docstring."""

    COLLECTING = "collecting"
    ASKING = "asking"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Draft:
    """See the module's docstring. `parts` maps the message id, as text, to the picture it brought."""

    id: str
    user_id: int
    chat_id: int
    thread_id: int | None
    message_id: int
    """The first part seen, which the card replies to."""
    is_private: bool
    language_code: str
    update_id: int
    """The lowest update id of its parts."""
    close_at: datetime
    expire_at: datetime
    state: DraftState = DraftState.COLLECTING
    sweep_at: datetime | None = None
    sweeps: int = 0
    parts: dict[str, Reference] = field(default_factory=dict)
    caption: str = ""
    caption_update_id: int = 0
    """The highest update id that brought words."""
    replied_to: int | None = None
    card: str = ""
    """The card as `jobs.message_ref` writes it; empty until it is known to be posted."""
    card_message_id: int | None = None
    late_parts: int = 0


def add_part(draft: Draft, message_id: int, part: Reference, caption: str, now: datetime, update_id: int = 0) -> Draft:
    """The draft with one more part; a part that comes again changes nothing but the words.

    Words that come after the question was asked answer it. Parts of a closed set are counted, not used.
    """
    known = str(message_id) in draft.parts
    full = len(draft.parts) >= ALBUM_PARTS_MAX
    if draft.state is DraftState.CLOSED:
        return draft if known else replace(_with_part(draft, message_id, part), late_parts=draft.late_parts + 1)
    if not known and full:
        return draft
    draft = draft if known else _with_part(draft, message_id, part)
    news = not known and draft.state is DraftState.COLLECTING
    newest = bool(caption) and update_id >= draft.caption_update_id
    words = newest and caption != draft.caption
    if newest:
        draft = replace(draft, caption=caption, caption_update_id=update_id)
    if not (news or words):
        return draft
    close_at = now + timedelta(seconds=QUIET_SECONDS)
    return replace(
        draft,
        state=DraftState.COLLECTING,
        close_at=close_at,
        sweep_at=close_at + timedelta(seconds=SWEEP_AFTER_SECONDS),
    )


def _with_part(draft: Draft, message_id: int, part: Reference) -> Draft:
    return replace(draft, parts={**draft.parts, str(message_id): part})


def references_of(draft: Draft) -> tuple[Reference, ...]:
    """The pictures in the order in which they were sent, whatever order they came in."""
    return tuple(part for _, part in sorted(draft.parts.items(), key=lambda item: int(item[0])))
