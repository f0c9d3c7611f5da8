"""Words in the payload of a link: Telegram allows 64 characters of [A-Za-z0-9_-]. Pure."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from shared.providers.json_answers import read_line

PAYLOAD_CHARACTERS_MAX = 64


def write_words(prefix: str, words: str) -> str:
    """A payload that brings these words; empty if they are too long for one: 46 letters of English, 23 of Russian."""
    payload = prefix + urlsafe_b64encode(" ".join(words.split()).encode()).decode("ascii").rstrip("=")
    return payload if len(prefix) < len(payload) <= PAYLOAD_CHARACTERS_MAX else ""


def read_words(prefix: str, payload: str) -> str:
    """The words that a payload brings, on one line; empty if it brings none."""
    if not payload.startswith(prefix) or len(payload) > PAYLOAD_CHARACTERS_MAX:
        return ""
    coded = payload.removeprefix(prefix)
    try:
        words = urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
    except ValueError:  # of base64 and of UTF-8
        return ""
    return read_line(words, PAYLOAD_CHARACTERS_MAX) or ""
