"""Answers about the conversation so far: earlier questions, names, facts about the person."""

import re
from typing import Final

from infra.local.gemini.question import Language, find_question, shorten
from infra.local.gemini.talk_request import TalkRequest

_QUOTE_CHARACTERS_MAX: Final = 300
_ASKS_FOR_QUESTION: Final = re.compile(
    r"what (?:did|have|was|were) (?:i|my)\b.{0,30}\b(?:ask|asked|say|said|question|wrote|message)|"
    r"my (?:last|previous|first|earlier) (?:question|message)|"
    r"(?:что|о ч[её]м|про что) я .{0,20}(?:спрашив|спросил|писал|говорил)|"
    r"(?:прошл|предыдущ|последн|перв)\w+ (?:мой |моё |мое )?(?:вопрос|сообщен)",
    re.IGNORECASE,
)
_ASKS_FOR_FIRST: Final = re.compile(r"\bfirst\b|\bперв", re.IGNORECASE)
_ASKS_FOR_NAME: Final = re.compile(
    r"what(?:'s|’s| is) my name|who am i\b|как меня зовут|мо[её] имя\?|кто я\b", re.IGNORECASE
)
_NAME: Final = re.compile(
    r"(?:my name is|i am called|call me|the person is called|меня зовут|зови меня|мо[её] имя\s*[—–:-]?)\s+"
    r"([^\s.,!?;]+)",
    re.IGNORECASE,
)
_ASKS_FOR_FACT: Final = re.compile(
    r"what(?:'s|’s| is| are) my ([\w ]{2,40}?)\s*\?|"
    r"как(?:ой|ая|ое|ие)(?: у меня| мой| моя| моё| мои)? ([\w ]{2,40}?)\s*\?",
    re.IGNORECASE,
)
_FACT: Final = re.compile(
    r"\bmy ([\w ]{2,40}?) (?:is|are) ([^.,;!?\n]{1,80})|"
    r"\b(?:мой|моя|мо[её]|мои) ([\w ]{2,40}?)\s*(?:—|–|-|это)\s*([^.,;!?\n]{1,80})",
    re.IGNORECASE,
)


def recall(request: TalkRequest, question: str, language: Language) -> str:
    """The answer to a question about the conversation itself; empty for any other question."""
    before = [find_question(text) for text in request.asked_before]
    if _ASKS_FOR_QUESTION.search(question):
        return _tell_question(before, question, language)
    if _ASKS_FOR_NAME.search(question):
        return _tell_name([request.instruction, *before], language)
    return _tell_fact([request.instruction, *before], question, language)


def _tell_question(before: list[str], question: str, language: Language) -> str:
    if not before:
        return "This is your first message." if language == "en" else "Это ваше первое сообщение."
    asked = shorten(before[0] if _ASKS_FOR_FIRST.search(question) else before[-1], _QUOTE_CHARACTERS_MAX)
    return f"You asked: “{asked}”." if language == "en" else f"Вы спросили: «{asked}»."


def _tell_name(texts: list[str], language: Language) -> str:
    names = [match[1] for text in texts for match in _NAME.finditer(text)]
    if not names:
        unknown = {"en": "You have not told me your name yet.", "ru": "Вы ещё не сказали, как вас зовут."}
        return unknown[language]
    return f"Your name is **{names[-1]}**." if language == "en" else f"Вас зовут **{names[-1]}**."


def _tell_fact(texts: list[str], question: str, language: Language) -> str:
    asked = _ASKS_FOR_FACT.search(question)
    if not asked:
        return ""
    wanted = (asked[1] or asked[2]).strip().lower()
    facts = [match for text in texts for match in _FACT.finditer(text)]
    known = [match[2] or match[4] for match in facts if (match[1] or match[3]).strip().lower() == wanted]
    if not known:
        return ""
    value = known[-1].strip()
    return f"Your {wanted}: **{value}**." if language == "en" else f"Вы говорили: {wanted} — **{value}**."
