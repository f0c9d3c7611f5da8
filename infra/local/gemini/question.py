"""Reads a question: its text without quoted material, its language and its topic."""

import hashlib
import re
from typing import Final, Literal

Language = Literal["en", "ru"]
_QUOTED: Final = re.compile(r"<([A-Za-z][\w-]*)\b[^>]*>.*?</\1>", re.DOTALL)
_CYRILLIC, _LATIN = re.compile(r"[а-яё]", re.IGNORECASE), re.compile(r"[a-z]", re.IGNORECASE)
_WORD: Final = re.compile(r"[\w'’-]+")
_TOPIC_WORDS_MAX: Final = 6
# Question words and imperatives, which do not belong to the topic.
_ASKING_EN: Final = (
    "a about all am an and are as at be brief briefly can code compare could describe detail detailed "
    "details did do does essay example explain for form format from function give has have how i in into "
    "is it list long make me my of on or please program quick script short should show some steps table "
    "tell text than that the their them these they this to translate us very was what what's when where "
    "which who why will with words would write you your "
)
_ASKING_RU: Final = (
    "а бы в вам вас во вот все всё для до его ее её ещё есть же и из или их как какая какие какой каком "
    "кода код когда кто ли меня мне можно мой моя на написать напиши не нужно ну о об объясни он она они "
    "опиши от ответь очень длинный перечисли по подробно пожалуйста покажи почему при пример про рассказ расскажи "
    "с сделай скажи сколько составь список сравни сделать таблица таблицу таблице текст то ты у функцию "
    "функция что чтобы шаги это эссе я "
)
_ASKING: Final = frozenset((_ASKING_EN + _ASKING_RU).split())


def find_question(text: str) -> str:
    """The words outside `<tag>…</tag>`, which hold quoted material; all of them if nothing else is there."""
    outside = _QUOTED.sub(" ", text).strip()
    return outside or text.strip()


def find_language(text: str) -> Language:
    """Russian where most letters are Cyrillic."""
    return "ru" if len(_CYRILLIC.findall(text)) > len(_LATIN.findall(text)) else "en"


def find_topic(question: str) -> str:
    """A few words of the question that name its subject; the first words if none does."""
    words = _WORD.findall(question)
    telling = [word for word in words if word.lower() not in _ASKING]
    return " ".join((telling or words)[:_TOPIC_WORDS_MAX]) or "…"


def draw_number(text: str, below: int) -> int:
    """The same number for the same words."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) % below


def shorten(text: str, characters_max: int) -> str:
    """The beginning on one line."""
    line = " ".join(text.split())
    return line if len(line) <= characters_max else f"{line[: characters_max - 1].rstrip()}…"
