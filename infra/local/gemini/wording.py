"""Prompts for pictures: a wish in several wordings, or one prompt for the files that came.

The wish stands between <wish> tags. Each wording is the wish and a frame around it, so that a person sees both.
"""

import re
from typing import Any, Final

from infra.local.gemini.colours import name_colour
from infra.local.gemini.contents import FileIn
from infra.local.gemini.inputs import open_picture
from infra.local.gemini.question import Language, draw_number, find_language
from infra.local.gemini.talk_request import TalkRequest

_WISH: Final = re.compile(r"<wish>(.*)</wish>", re.DOTALL)
_WISH_CHARACTERS_MAX: Final = 400
_FRAMES: Final[dict[Language, tuple[str, ...]]] = {
    "en": (
        "{wish}, seen close in soft morning light, shallow focus, calm mood, muted colours",
        "{wish}, a wide view from below, dramatic evening sky, long shadows, film grain",
        "{wish}, painted in loose watercolour, bright patches of colour, white paper shining through",
        "{wish}, at night under lamps, wet reflections, deep blue and warm yellow",
        "{wish}, a graphic poster with flat shapes, three colours, much empty space",
    ),
    "ru": (
        "{wish}, крупный план, мягкий утренний свет, небольшая глубина резкости, спокойное настроение",
        "{wish}, общий план снизу, драматичное вечернее небо, длинные тени, зерно плёнки",
        "{wish}, свободная акварель, яркие пятна цвета, просвечивает белая бумага",
        "{wish}, ночь, свет фонарей, мокрые отражения, глубокий синий и тёплый жёлтый",
        "{wish}, графичный плакат: плоские формы, три цвета, много пустого места",
    ),
}
_SEEN: Final[dict[Language, str]] = {
    "en": "{subject} in shades of {colour}, centred composition, even soft light, smooth background, calm mood",
    "ru": "{subject} в оттенках «{colour}», композиция по центру, ровный мягкий свет, гладкий фон, тишина",
}
_SUBJECTS: Final[dict[Language, tuple[str, str]]] = {
    "en": ("A picture", "A short film with a slow camera"),
    "ru": ("Картинка", "Короткий ролик с медленной камерой"),
}


def is_wording(schema: dict[str, Any]) -> bool:
    """Whether the answer is to be a list of prompts."""
    return set(schema.get("properties", {})) == {"variants"}


def word_prompts(request: TalkRequest, schema: dict[str, Any]) -> list[str]:
    """As many prompts as the schema asks for."""
    count = int(schema["properties"]["variants"].get("minItems", 1))
    found = _WISH.search(request.prompt)
    if found is None:
        language: Language = "ru" if "in Russian" in request.instruction else "en"
        return [_describe(request.files, language)] * count
    wish = found[1].strip()[:_WISH_CHARACTERS_MAX]
    frames = _FRAMES[find_language(wish)]
    first = draw_number(wish, len(frames))
    return [frames[(first + number) % len(frames)].replace("{wish}", wish) for number in range(count)]


def _describe(files: tuple[FileIn, ...], language: Language) -> str:
    """A prompt with the first picture's main colour; a video counts as a film."""
    pictures = [open_picture(file.data) for file in files if file.is_picture]
    still, film = _SUBJECTS[language]
    colour = name_colour(pictures[0], language) if pictures else {"en": "blue", "ru": "синий"}[language]
    return _SEEN[language].format(subject=still if pictures else film, colour=colour)
