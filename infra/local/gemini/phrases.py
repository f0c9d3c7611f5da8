"""The sentences that answers are made of, in both languages; `{topic}` is the subject of the question."""

from typing import Final

from infra.local.gemini.question import Language

OPENINGS: Final[dict[Language, tuple[str, ...]]] = {
    "en": (
        "Here is a short look at **{topic}**.",
        "**{topic}**: the main points first, then what to do with them.",
        "A good question. With **{topic}** it helps to begin with the basics.",
    ),
    "ru": (
        "Коротко о главном: **{topic}**.",
        "**{topic}** — сначала суть, затем что с этим делать.",
        "Хороший вопрос. Начнём с основ: **{topic}**.",
    ),
}
SENTENCES: Final[dict[Language, tuple[str, ...]]] = {
    "en": (
        "Most people meet {topic} long before they learn a name for it.",
        "The first thing that matters here is the context: the same words mean different things in different places.",
        "In practice {topic} rewards patience more than talent.",
        "A small experiment tells more than a long plan, and it costs less.",
        "What works for one case is only a hint for the next, so keep notes.",
        "If two sources disagree about {topic}, look at what each of them measured.",
        "It is worth writing down what you expect before you look at the result.",
        "The usual mistake is to change several things at once and to learn nothing from it.",
        "Once the base is steady, details such as colour, order or tone are quick to adjust.",
        "None of this needs special tools; a pencil and an hour are enough to begin.",
    ),
    "ru": (
        "С темой «{topic}» многие знакомы задолго до того, как узнают её название.",
        "Важнее всего здесь обстоятельства: одни и те же слова в разных местах значат разное.",
        "На практике терпение даёт больше, чем талант.",
        "Небольшой опыт расскажет больше, чем длинный план, и обойдётся дешевле.",
        "То, что сработало однажды, для следующего раза только подсказка, поэтому ведите записи.",
        "Если источники расходятся, посмотрите, что именно каждый из них измерял.",
        "Полезно записать, чего вы ждёте, прежде чем смотреть на результат.",
        "Обычная ошибка — менять всё сразу и ничего из этого не узнать.",
        "Когда основа готова, мелочи вроде цвета, порядка или тона поправить недолго.",
        "Особых инструментов не нужно: для начала хватит карандаша и часа времени.",
    ),
}
POINTS: Final[dict[Language, tuple[tuple[str, str], ...]]] = {
    "en": (
        ("Begin small", "one step that can be undone"),
        ("Compare", "look at two examples side by side"),
        ("Check", "ask what would prove you wrong"),
        ("Repeat", "the second attempt is where you learn"),
        ("Write down", "a line a day is enough"),
    ),
    "ru": (
        ("Начните с малого", "шаг, который можно отменить"),
        ("Сравните", "два примера рядом"),
        ("Проверьте", "что доказало бы обратное"),
        ("Повторите", "учит вторая попытка"),
        ("Запишите", "хватит строки в день"),
    ),
}
HEADINGS: Final[dict[Language, tuple[str, ...]]] = {
    "en": ("Where it comes from", "How it works", "What people get wrong", "An example", "What to do next"),
    "ru": ("Откуда это взялось", "Как это устроено", "В чём ошибаются", "Пример", "Что делать дальше"),
}
TABLE: Final[dict[Language, tuple[tuple[str, ...], ...]]] = {
    "en": (
        ("Option", "For", "Against"),
        ("Simple", "quick to begin", "little control"),
        ("Usual", "well known", "takes practice"),
        ("Careful", "lasting result", "slow"),
    ),
    "ru": (
        ("Вариант", "За", "Против"),
        ("Простой", "быстро начать", "мало власти"),
        ("Обычный", "всем знаком", "нужен навык"),
        ("Тщательный", "надолго", "медленно"),
    ),
}
CODE_LEADS: Final[dict[Language, tuple[str, str]]] = {
    "en": ("Here is a small example for **{topic}**:", "Call it with a few values first: the last line shows how."),
    "ru": ("Небольшой пример: **{topic}**.", "Сначала вызовите его с простыми значениями, как в последней строке."),
}
CODES: Final = {
    "python": 'def count_words(text: str) -> dict[str, int]:\n    """How often each word occurs."""\n'
    "    counts: dict[str, int] = {}\n    for word in text.lower().split():\n"
    '        counts[word] = counts.get(word, 0) + 1\n    return counts\n\nprint(count_words("a b a"))  # {TOPIC}',
    "javascript": "// {TOPIC}\nexport function countWords(text) {\n  const counts = new Map();\n"
    "  for (const word of text.toLowerCase().split(/\\s+/)) {\n    counts.set(word, (counts.get(word) ?? 0) + 1);\n"
    '  }\n  return counts;\n}\n\nconsole.log(countWords("a b a"));',
    "sql": "-- {TOPIC}\nSELECT word, COUNT(*) AS times\nFROM words\nWHERE length(word) < 20 AND word <> '<none>'\n"
    "GROUP BY word\nORDER BY times DESC;",
    "bash": '# {TOPIC}\ntr -s "[:space:]" "\\n" < text.txt | sort | uniq -c | sort -rn | head -5',
}
FORMULA: Final[dict[Language, str]] = {
    "en": "For **{topic}** the formula is\n\n$$\\bar{x} = \\frac{1}{n}\\sum_{i=1}^{n} x_i$$\n\nwhere $n$ is the number "
    "of values and $x_i$ one of them.",
    "ru": "Формула (**{topic}**):\n\n$$\\bar{x} = \\frac{1}{n}\\sum_{i=1}^{n} x_i$$\n\nгде $n$ — количество значений, "
    "а $x_i$ — одно из них.",
}
GREETINGS: Final[dict[Language, tuple[str, str]]] = {
    "en": ("Hello! What would you like to talk about?", "You are welcome! Ask if anything else comes to mind."),
    "ru": ("Здравствуйте! О чём поговорим?", "Пожалуйста! Спрашивайте, если ещё что-то придёт в голову."),
}
EARLIER: Final[dict[Language, str]] = {
    "en": "It goes well with your earlier question, “{earlier}”.",
    "ru": "Это перекликается с вашим вопросом «{earlier}».",
}
PICTURES: Final[dict[Language, str]] = {
    "en": "In the picture, {size} pixels, mostly {colour} is to be seen.",
    "ru": "На картинке, {size} пикселей, преобладает цвет {colour}.",
}
FILES: Final[dict[Language, str]] = {
    "en": "The file ({mime}, {size} bytes) begins: “{words}”.",
    "ru": "Файл ({mime}, {size} байт) начинается так: «{words}».",
}
QUOTES: Final[dict[Language, str]] = {
    "en": "The file {name} begins: “{words}”.",
    "ru": "Файл {name} начинается так: «{words}».",
}
REFUSAL: Final[dict[Language, str]] = {
    "en": "I'm sorry, but I can't help with that.",
    "ru": "Извините, с этим я помочь не могу.",
}
COLOURS: Final[dict[Language, dict[str, tuple[int, int, int]]]] = {
    "en": {
        "red": (200, 40, 40),
        "green": (50, 150, 60),
        "blue": (50, 80, 200),
        "white": (245, 245, 245),
        "black": (15, 15, 15),
        "yellow": (235, 205, 60),
        "grey": (128, 128, 128),
        "teal": (0, 128, 128),
    },
    "ru": {
        "красный": (200, 40, 40),
        "зелёный": (50, 150, 60),
        "синий": (50, 80, 200),
        "белый": (245, 245, 245),
        "чёрный": (15, 15, 15),
        "жёлтый": (235, 205, 60),
        "серый": (128, 128, 128),
        "бирюзовый": (0, 128, 128),
    },
}
