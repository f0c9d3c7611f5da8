"""What the link of a shared result says of it. Pure."""

from shared.people.users import Language
from shared.pictures.cards import shorten_words
from shared.pictures.share import Share
from shared.texts import html_text


def describe_share(share: Share, language: Language, text_ids: tuple[str, str], prompt: str) -> list[str]:
    """Who shares it, and from which words it was made, as far as the author shows that.

    `text_ids`: what it is, without a name and with one.
    """
    who = html_text(language, text_ids[1], name=share.name) if share.name else html_text(language, text_ids[0])
    words = [html_text(language, "shared-words", words=shorten_words(prompt))] if share.shows_words else []
    return [who, *words]
