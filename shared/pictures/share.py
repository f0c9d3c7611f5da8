"""Sharing a result: a link by which other people make their own version of a picture or video, each at their own cost.

*Share* ──▶ a document with an unguessable token ──▶ the link, for as long as the result is stored
*Close the link*, or the deletion of the result ──▶ the link, and work begun from it, end with words

The link shows the result alone. The author's words and name are shown only while the author allows it.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from hmac import compare_digest

from shared.hash_ids import ID_CHARACTERS, hash_id, is_id

LINK = "r_"
"""The prefix of the link's payload; the id and the token follow."""
TOKEN_CHARACTERS = 22
"""128 bits."""
NAME_CHARACTERS_MAX = 40
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{TOKEN_CHARACTERS}}}")


@dataclass(frozen=True, slots=True)
class Share:
    """See the module's docstring. There is one for each shared job."""

    id: str
    job_id: str
    user_id: int
    """The author."""
    created_at: datetime
    expire_at: datetime
    """When the result is no longer stored. Compared in code, because the store removes documents late."""
    token: str = ""
    """The secret part of the link; empty: the link is closed."""
    shows_words: bool = False
    name: str = ""
    """The author's name, while the author shows it."""


def share_id(job_id: str) -> str:
    """The id of a job's share."""
    return hash_id("share", job_id)


def write_share_link(share: Share) -> str:
    """The payload of the link: 40 of Telegram's 64 characters."""
    return f"{LINK}{share.id}{share.token}"


def read_share_link(payload: str) -> tuple[str, str] | None:
    """The id and the token in a payload; None if it is no such link."""
    if not payload.startswith(LINK):
        return None
    id_, token = payload[len(LINK) :][:ID_CHARACTERS], payload[len(LINK) + ID_CHARACTERS :]
    return (id_, token) if is_id(id_) and _TOKEN.fullmatch(token) else None


def is_open(share: Share, now: datetime) -> bool:
    """Whether the link works now."""
    return bool(share.token) and now < share.expire_at


def opens(share: Share, token: str, now: datetime) -> bool:
    """Whether this token opens the share now."""
    return is_open(share, now) and compare_digest(share.token.encode(), token.encode())


def close(share: Share) -> Share:
    """The share whose link no longer works. The permissions end with it."""
    return replace(share, token="", shows_words=False, name="")
