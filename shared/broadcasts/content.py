"""What a broadcast says: an operator's Telegram HTML, perhaps a picture, and buttons that open addresses. Pure.

Videos are half price until Sunday.
[See them](https://t.me/our_bot?start=models)
"""

import re
from dataclasses import dataclass

from shared.people.users import LANGUAGES, Language
from shared.ports import Button, Screen
from shared.telegram.callbacks import write_callback
from shared.texts import plain_text

TEXT_UNITS_MAX = 4096
CAPTION_UNITS_MAX = 1024
"""Telegram's limits, in UTF-16 units; here the tags count too."""
BUTTONS_MAX = 5
_BUTTON = re.compile(r"\[([^\[\]\n]{1,40})\]\((https://[^\s()]{1,300})\)")


@dataclass(frozen=True, slots=True)
class Link:
    """A button that opens an address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Content:
    """See the module's docstring."""

    text: str
    file_id: str = ""
    """Of a picture that Telegram has; empty: there is none."""
    links: tuple[Link, ...] = ()


def read_content(text: str, file_id: str) -> Content:
    """The content of an operator's message: lines at its end that are buttons, and what stands before them."""
    lines, links = text.strip().split("\n"), list[Link]()
    while lines and (found := _BUTTON.fullmatch(lines[-1].strip())):
        links.insert(0, Link(found[1], found[2]))
        lines.pop()
    return Content("\n".join(lines).strip(), file_id, tuple(links))


def find_fault(content: Content) -> str:
    """The id of the text that says what is wrong with it; empty: nothing that can be known without Telegram."""
    if not (content.text or content.file_id):
        return "broadcast-empty"
    if len(content.links) > BUTTONS_MAX:
        return "broadcast-many-buttons"
    units_max = CAPTION_UNITS_MAX if content.file_id else TEXT_UNITS_MAX
    is_long = len(content.text.encode("utf-16-le", "surrogatepass")) > 2 * units_max
    return "broadcast-long" if is_long else ""


def compose_message(content: Content, broadcast_id: str, language: str) -> Screen:
    """The message for a person with this language; its last button turns news off."""
    return Screen(content.text, news_rows(content, broadcast_id, speak(language), is_off=False))


def news_rows(
    content: Content, broadcast_id: str, language: Language, *, is_off: bool
) -> tuple[tuple[Button, ...], ...]:
    """The buttons under a broadcast, for somebody who wants no news, or does."""
    links = tuple((Button(each.label, url=each.url),) for each in content.links)
    label = plain_text(language, "news-button-on" if is_off else "news-button-off")
    return (*links, (Button(label, write_callback("news", "on" if is_off else "off", broadcast_id)),))


def speak(language: str) -> Language:
    """The language of the bot's own words to somebody whose language may be unknown."""
    return next((each for each in LANGUAGES if each == language), "en")
