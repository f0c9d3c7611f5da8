"""Short prompts in the payload of a link: Telegram allows 64 characters of [A-Za-z0-9_-]. Pure."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

from shared.providers.json_answers import read_line

LINK = "p_"
PAYLOAD_CHARACTERS_MAX = 64
BYTES_MAX = (PAYLOAD_CHARACTERS_MAX - len(LINK)) * 3 // 4
"""46 letters of English, 23 of Russian."""


def write_prompt_link(words: str) -> str | None:
    """The payload that brings these words; None if they are too long for one."""
    content = " ".join(words.split()).encode()
    if not content or len(content) > BYTES_MAX:
        return None
    return LINK + urlsafe_b64encode(content).decode("ascii").rstrip("=")


def read_prompt_link(payload: str) -> str | None:
    """The words that a payload brings, on one line; None if it brings none."""
    if not payload.startswith(LINK) or len(payload) > PAYLOAD_CHARACTERS_MAX:
        return None
    coded = payload.removeprefix(LINK)
    try:
        words = urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    return read_line(words, BYTES_MAX) or None
