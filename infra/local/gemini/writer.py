"""An answer in words: deterministic, in the question's language, in the form that the question asks for.

question ── about the conversation? ── files? ── a form by its words (code, table, list, long …) ── else a short text
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from infra.local.gemini import phrases
from infra.local.gemini.colours import name_colour
from infra.local.gemini.contents import FileIn
from infra.local.gemini.inputs import open_picture
from infra.local.gemini.memory import recall
from infra.local.gemini.question import Language, draw_number, find_language, find_question, find_topic, shorten
from infra.local.gemini.talk_request import TalkRequest

_TITLE: Final = re.compile(r"\b(?:title|heading|заголовок|название)\b", re.IGNORECASE)
_SUMMARY: Final = re.compile(r"\b(?:summar\w+|перескаж\w+|пересказ\w*|краткое содержание|итог)\b", re.IGNORECASE)
_LONG_SECTIONS, _VERY_LONG_SECTIONS = 5, 30
_SECTION_SENTENCES: Final = 8
_LINE_CHARACTERS_MAX: Final = 120
_TITLE_CHARACTERS_MAX: Final = 48
# A quoted file begins with its name, as a line of its own.
_QUOTED_FILE: Final = re.compile(r"<quoted>([^\n<]{0,100}\.\w{1,8})\n\n(.*?)</quoted>", re.DOTALL)
_PDF_TEXT: Final = re.compile(rb"\(((?:[^()\\]|\\.){1,500})\)\s*Tj")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class Asked:
    """A question, read."""

    request: TalkRequest
    question: str
    language: Language

    @property
    def topic(self) -> str:
        """Its subject."""
        return find_topic(self.question)

    def say(self, text: str) -> str:
        """A phrase with the subject in its place."""
        return text.replace("{topic}", self.topic)


def write(request: TalkRequest) -> str:
    """The answer in Markdown."""
    question = find_question(request.prompt)
    language = find_language(question if any(map(str.isalpha, question)) else request.instruction)
    asked = Asked(request, question, language)
    if known := recall(request, question, language):
        return known
    seen = [_describe(file, language) for file in request.files if file.content == len(request.turns) - 1]
    read = [
        phrases.QUOTES[language].format(name=found[1], words=shorten(found[2], _LINE_CHARACTERS_MAX))
        for found in _QUOTED_FILE.finditer(request.prompt)
    ]
    return "\n\n".join(filter(None, [*seen, *read, _choose(asked)(asked)]))


def _choose(asked: Asked) -> Callable[[Asked], str]:
    for pattern, compose in _FORMS:
        if pattern.search(asked.question):
            return compose
    return _write_short


def _describe(file: FileIn, language: Language) -> str:
    if not file.is_picture:
        drawn = b" ".join(_PDF_TEXT.findall(file.data)) if file.mime_type == "application/pdf" else b""
        words = shorten((drawn or file.data).decode("utf-8", "replace"), _LINE_CHARACTERS_MAX)
        values = {"mime": file.mime_type, "size": len(file.data), "words": words}
        return phrases.FILES[language].format(**values)
    picture = open_picture(file.data)
    size = f"{picture.width}×{picture.height}"
    return phrases.PICTURES[language].format(size=size, colour=name_colour(picture, language))


# --- the forms ---------------------------------------------------------------------------------------------


def _write_short(asked: Asked) -> str:
    opening = phrases.OPENINGS[asked.language][draw_number(asked.question, 3)]
    earlier = [find_question(text) for text in asked.request.asked_before]
    link = phrases.EARLIER[asked.language].replace("{earlier}", shorten(earlier[-1], 80)) if earlier else ""
    return asked.say("\n\n".join(filter(None, [opening, _take_sentences(asked, 0, 3), link, _write_points(asked, 3)])))


def _write_list(asked: Asked) -> str:
    opening = phrases.OPENINGS[asked.language][draw_number(asked.question, 3)]
    lines = [f"{n}. **{head}**: {rest}." for n, (head, rest) in enumerate(phrases.POINTS[asked.language], 1)]
    return asked.say("\n\n".join([opening, "\n".join(lines), _take_sentences(asked, 4, 1)]))


def _write_long(asked: Asked, sections: int = _LONG_SECTIONS) -> str:
    headings = phrases.HEADINGS[asked.language]
    parts = [phrases.OPENINGS[asked.language][0]]
    for number in range(sections):
        heading = headings[number % len(headings)]
        count = number // len(headings)
        parts += [
            f"## {heading}{f' ({count + 1})' if count else ''}",
            _take_sentences(asked, number, _SECTION_SENTENCES),
        ]
        if number % 2:
            parts.append(_write_points(asked, 5))
        else:
            parts.append(f"> {_take_sentences(asked, number + 3, 1)}")
    return asked.say("\n\n".join(parts))


def _write_very_long(asked: Asked) -> str:
    return _write_long(asked, _VERY_LONG_SECTIONS)


def _write_table(asked: Asked) -> str:
    head, *rows = [f"| {' | '.join(row)} |" for row in phrases.TABLE[asked.language]]
    opening = phrases.OPENINGS[asked.language][1]
    return asked.say("\n\n".join([opening, "\n".join([head, "|---|---|---|", *rows]), _take_sentences(asked, 2, 1)]))


def _write_code(asked: Asked) -> str:
    lowered = asked.question.lower()
    named = {"javascript": ("javascript", "js", "node"), "sql": ("sql",), "bash": ("bash", "shell", "терминал")}
    language = next((name for name, words in named.items() if any(word in lowered for word in words)), "python")
    before, after = phrases.CODE_LEADS[asked.language]
    code = phrases.CODES[language].replace("{TOPIC}", asked.topic)
    return f"{asked.say(before)}\n\n```{language}\n{code}\n```\n\n{after}"


def _write_formula(asked: Asked) -> str:
    return asked.say(phrases.FORMULA[asked.language])


def _write_greeting(asked: Asked) -> str:
    return phrases.GREETINGS[asked.language][0]


def _write_welcome(asked: Asked) -> str:
    return phrases.GREETINGS[asked.language][1]


def _write_title(asked: Asked) -> str:
    texts = [*asked.request.asked_before, asked.question]
    subject = next((find_topic(find_question(text)) for text in texts if not _TITLE.search(text)), asked.topic)
    return shorten(subject[:1].upper() + subject[1:], _TITLE_CHARACTERS_MAX)


def _write_summary(asked: Asked) -> str:
    """Who said what, one line each."""
    names = {"en": ("Person", "Model"), "ru": ("Человек", "Модель")}[asked.language]
    lines = [
        f"- {names[turn.by_model]}: {shorten(find_question(turn.text), _LINE_CHARACTERS_MAX)}"
        for turn in asked.request.turns[:-1]
    ]
    return "\n".join(lines) or _write_shorter(asked)


def _write_shorter(asked: Asked) -> str:
    """The first sentence of the last answer."""
    last = asked.request.answered_before[-1:] or [asked.say(phrases.SENTENCES[asked.language][0])]
    return _SENTENCE_END.split(" ".join(last[0].split()))[0]


def _write_more(asked: Asked) -> str:
    """A continuation of the last answer."""
    last = asked.request.answered_before[-1:] or [asked.question]
    again = Asked(asked.request, f"{last[0]} +", asked.language)
    return f"…{_take_sentences(again, draw_number(last[0], 7), 5)}".replace("{topic}", find_topic(last[0]))


def _take_sentences(asked: Asked, start: int, count: int) -> str:
    """Sentences in an order that depends on the question."""
    all_of_them = phrases.SENTENCES[asked.language]
    first = draw_number(asked.question, len(all_of_them)) + start
    return " ".join(all_of_them[(first + number) % len(all_of_them)] for number in range(count))


def _write_points(asked: Asked, count: int) -> str:
    return "\n".join(f"- **{head}**: {rest}" for head, rest in phrases.POINTS[asked.language][:count])


def _write_sum(asked: Asked) -> str:
    found = _SUM.search(asked.question)
    assert found is not None
    left, sign, right = int(found[1]), found[2], int(found[3])
    results = {"+": left + right, "-": left - right, "−": left - right}
    return f"{left} {sign} {right} = **{results.get(sign, left * right)}**"


_SUM: Final = re.compile(r"(\d{1,9})\s*([-+*×x−])\s*(\d{1,9})")
# The first matching form is used.
_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[Asked], str]], ...]] = tuple(
    (re.compile(words, re.IGNORECASE), compose)
    for words, compose in (
        (r"^\W*(?:hi|hello|hey|привет|здравствуй(?:те)?|добрый (?:день|вечер))\b.{0,20}$", _write_greeting),
        (r"^\W*(?:thanks|thank you|спасибо|благодарю)\b.{0,30}$", _write_welcome),
        (_TITLE.pattern, _write_title),
        (_SUMMARY.pattern, _write_summary),
        (r"\b(?:shorter|briefer|короче|сократи)\b", _write_shorter),
        (r"\b(?:continue|go on|longer|продолжай|продолжи|дальше|длиннее|подробнее)\b", _write_more),
        (r"\b(?:code|function|script|python|javascript|sql|bash|код|функци\w+|скрипт|программ[ау])\b", _write_code),
        (r"\b(?:table|compare|comparison|таблиц\w+|сравни)\b", _write_table),
        (r"\b(?:formula|equation|latex|формул\w+|уравнени\w+)\b", _write_formula),
        (r"\b(?:very long|book|очень (?:длинн|подробн)\w+|книг[ау])\b", _write_very_long),
        (r"\b(?:long|essay|detail\w*|story|подробно|длинн\w+|эссе|сочинение|рассказ)\b", _write_long),
        (r"\b(?:list|steps?|ideas|how (?:to|do)|список|шаг\w*|идеи|перечисли|как (?:\w+ть|\w+ться))\b", _write_list),
        (_SUM.pattern, _write_sum),
    )
)
