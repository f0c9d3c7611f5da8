"""What the link of a shared result says of it. Pure."""

from shared.people.users import Language
from shared.pictures.cards import shorten_words
from shared.pictures.share import Share
from shared.texts import html_text

_TEXTS = {"picture": ("shared", "shared-by"), "video": ("shared-video", "shared-video-by")}
"""For each medium the text for an author who stays unknown, and for one with a name."""


def describe_share(share: Share, language: Language, medium: str, prompt: str) -> list[str]:
    """Who shares it, and from which words it was made, as far as the author shows that."""
    text_id, named_id = _TEXTS[medium]
    who = html_text(language, named_id, name=share.name) if share.name else html_text(language, text_id)
    words = [html_text(language, "shared-words", words=shorten_words(prompt))] if share.shows_words else []
    return [who, *words]
