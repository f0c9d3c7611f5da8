"""Documents of drafts."""

from shared.codec import decode
from shared.pictures.draft import Draft
from shared.ports import Key, Query, Record
from shared.telegram.address import message_ref
from shared.telegram.rollout import lane_of


def draft_key(draft_id: str) -> Key:
    """One per album, or per photo without words."""
    return Key("drafts", draft_id)


def draft_lane(draft: Draft) -> int:
    """The lane of a draft's tasks: its chat's, so that it is not closed while its parts stand in a longer queue."""
    return lane_of(draft.chat_id)


def draft_by_card(chat_id: int, message_id: int) -> Query:
    """The draft whose question a message is."""
    return Query("drafts", (("card", "==", message_ref(chat_id, message_id)),), limit=1)


def decode_draft(record: Record) -> Draft:
    """A draft document."""
    return decode(Draft, record.fields)
