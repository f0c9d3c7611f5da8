"""Classifying a person's words: a wish for a picture, or something that must not be bought.

Fixed rules, without a model: words that are not a wish get a free answer, and about possible wishes the bot asks.
"""

import re
from difflib import get_close_matches
from enum import StrEnum

from shared.pictures.prompts import ParsedPrompt, parse_prompt, with_count


class Reading(StrEnum):
    """The classes of words."""

    WISH = "wish"
    EMPTY = "empty"
    """Punctuation, emoji or nothing: "?", "...", "👍"."""
    PARAMETERS = "parameters"
    """Only "16:9", "4K", "x3"."""
    MORE = "more"
    """The same again: "again", "4 more"."""
    YES = "yes"
    """Agreement, or words that only point: "ok, draw this"."""
    THANKS = "thanks"
    GREETING = "greeting"
    QUESTION = "question"
    LINK = "link"
    SHORT = "short"
    """One word: a name, an opinion, a slip of the finger."""
    REFERS_BACK = "refers_back"
    """Probably about the last picture: "now at night"."""
    TALK = "talk"
    """Probably addressed to the bot, and not about a picture: "not like that", "where are you"."""


WORTH_ASKING = frozenset({Reading.QUESTION, Reading.LINK, Reading.SHORT, Reading.REFERS_BACK, Reading.TALK})
"""Classes that may still be a wish: the answer has a button *Draw this*."""

NO_WORDS = frozenset({Reading.EMPTY, Reading.PARAMETERS, Reading.MORE, Reading.YES, Reading.THANKS, Reading.GREETING})
"""Classes that do not describe a picture."""
ANSWERS = frozenset({Reading.WISH, Reading.SHORT, Reading.REFERS_BACK})
"""Classes that are enough as an answer to our question, or together with pictures."""

COMMAND_WORDS: dict[str, str] = {
    "cancel": "cancel", "stop": "cancel", "отмена": "cancel", "отмени": "cancel", "отменить": "cancel",
    "стоп": "cancel", "хватит": "cancel", "останови": "cancel", "остановись": "cancel", "прекрати": "cancel",
    "menu": "menu", "меню": "menu", "start": "start", "старт": "start", "начать": "start",
    "help": "help", "помощь": "help", "помоги": "help", "помогите": "help", "хелп": "help", "справка": "help",
    "settings": "settings", "настройки": "settings", "balance": "balance", "баланс": "balance",
    "credits": "balance", "кредиты": "balance", "buy": "buy", "refund": "paysupport", "купить": "buy",
    "пополнить": "buy", "возврат": "paysupport", "subscription": "subscription",
    "подписка": "subscription", "отписаться": "subscription", "promo": "promo", "промокод": "promo",
    "language": "language", "язык": "language", "support": "support", "поддержка": "support",
}  # fmt: skip
"""Words that are commands when they are the whole message."""


MISSPELLED_CHARACTERS_MIN = 4
"""Shorter words have too many neighbours: "busy" is not a misspelled "buy"."""
COMMAND_LIKENESS_MIN = 0.8
"""The ratio of difflib: "отмнеа" and "атмена" are similar to "отмена", "стооп" to "стоп"; "стол" is not."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ALONG = _set(
    """
    please пожалуйста пж плиз the all всё все now уже сейчас it this that drawing это последнюю картинку рисовать больше
    """
)
"""Words beside a command that do not change its meaning."""
_NEVER_MIND = re.compile(
    r"(ой )?(не (надо|нужно|рисуй|делай)( (больше|это|пока))?|забудь|never ?mind|don'?t( (draw|paint|do)( it| that)?)?)"
)
"""Whole messages that take a wish back."""
_BUYING = re.compile(
    r"((ok|okay|yes|well|fine|i|i'll|ll|will|am|m|just|now|ок|окей|хорошо|ладно|да|ну|я|сейчас|щас|ща) )*"
    r"(buy|buying|pay|top up|куплю|покупаю|оплачу|оплачиваю|пополню|пополняю|заплачу)"
    r"( (some|it|them|more|credits|now|их|ещё|еще|кредиты|кредитов|баланс|сейчас|щас))*"
)
"""Whole messages of somebody who is about to buy credits, after the bot has said that some are missing."""
_THANKS = _set(
    """
    thanks thank thx ty you u so much a lot very спасибо спс благодарю большое огромное пасиб пасибо вам тебе
    спасибочки
    """
)
_THANKS_CORE = _set("thanks thank thx ty спасибо спс благодарю пасиб пасибо спасибочки")
_GREETINGS = _set(
    """
    hi hello hey hallo yo good morning evening day afternoon привет приветик здравствуйте здравствуй здрасте хай эй
    добрый доброе доброго утро день вечер дня bot бот there all всем everybody everyone
    """
)
_GREETINGS_CORE = _set(
    """
    hi hello hey hallo yo morning привет приветик здравствуйте здравствуй здрасте хай добрый доброе доброго good
    """
)
_YES = _set(
    """
    yes yep yeah sure да ага угу давай конечно рисуй draw go ok okay ок хорошо ладно please pls пожалуйста плиз плз пж
    """
)
_NO = _set("no nope nah нет неа не")
_CHATTER = _set(
    """
    ok okay ок окей ладно понятно ясно понял поняла cool nice great wow lol haha хаха ахах круто класс классно супер
    отлично красиво прикольно хорошо good bad плохо ужас no nope not нет не ага угу да yes yep fine perfect amazing
    awesome beautiful love it this that so very очень это мне нравится like i не то test тест hmm хм ммм ничего себе
    вау ого got understood bye пока really ну и как же the a а вот всё все так то какая какой какое просто прям
    молодец умница красота прелесть фигня бред жесть отстой ужасно получилось вышло well done
    """
)
_MORE = _set("again more another ещё еще повтори снова retry repeat redo same")
_MORE_FILLERS = _set(
    """
    one once please some раз один одну пару варианта вариант вариантов картинки картинок дай давай мне такую такой
    таких же try give me like this that of
    """
)
_QUESTION_WORDS = _set(
    """
    what who why how when where which whose is are do does did can could will would should am was were whats что кто
    почему зачем как когда где какой какая какие сколько чей можно можешь умеешь есть ли куда откуда
    """
)
_CONJUNCTIONS = _set("and but so и а но ну так")
_DRAW = re.compile(
    r"\b(draw|paint|sketch|illustrate|render|generate|нарисуй\w*|нарисовать|рисуй|изобрази\w*|сгенерируй\w*"
    r"|создай\w*|сделай\w*)\b",
    re.IGNORECASE,
)
_POLITE = _set("can could would will please можешь можно пожалуйста")
_BACK = re.compile(
    r"^(and\s+)?(now|make it|make him|make her|make them|same but|the same but|add|remove|change|replace|without|but"
    r"|а теперь|теперь|сделай (его|её|ее|их|это|ярче|темнее|светлее|крупнее)|то же|добавь|убери|измени|поменяй|замени"
    r"|а если|только без|но|и|переделай|переделать|исправь|поправь|перерисуй|перекрась|удали|увеличь|уменьши|обрежь"
    r"|поверни|(давай )?друг(ой|ую|ое|ие)( вариант| картинк[уи]| верси[юи])?(?=\W*$)"
    r"|так(ая|ую|ой|ое|ие) же|это не|сделай (\w+(ее|че|ше)|фон|небо)"
    r"|redo|fix|delete|another( one| version)?(?=\W*$)|make the)\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"(https?://|www\.|t\.me/)\S+|\b\w{1,63}\.(com|org|net|ru|io|me|dev|app)\b", re.IGNORECASE)
_POINTERS = _set(
    """
    draw this one it that please нарисуй это этот эту этого вот изобрази сделай картинку picture
    """
)
_BARE = _set(
    """
    a an one some me us for picture pictures image photo can could will would you please pls i want you to hey
    мне нам для меня картинку картинки рисунок изображение фото можешь можете не мог бы ты вы пожалуйста плиз плз давай
    """
)
"""Filler words around an order to draw, which do not describe the picture."""
_CHANGE_FIRST = _set(
    """
    make turn add remove change replace redo fix put draw paint colorize colourize restore enhance
    сделай сделайте добавь добавьте убери уберите измени измените поменяй поменяйте замени замените переделай
    переделайте перерисуй перекрась раскрась исправь поправь обрежь увеличь нарисуй
    нарисуйте преврати отреставрируй улучши
    """
)
"""The first words of an order to change a picture."""
_THIS = _set(
    """
    this these it them photo photos picture pictures pic это эту этот эти её ее его их фото фотку фотографию картинку
    """
)
_THIS_WITHIN = 4
_TALK_FIRST = _set(
    """
    не нет ты вы верни вернуть подожди погоди постой быстрее скорее долго ой упс извини извините прости простите
    пришли скинь отправь no not don't dont never wrong you i wait hurry sorry oops send
    """
)
_TALK_WORDS_MAX = 5
_THANKS_WORDS_MAX = 8
_PARAMETER_FILLERS = _set(
    """
    в на и с пожалуйста пж формат формате размер размере качестве сделай please in and with format size quality make it
    """
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_ALONE_MAX = 1
READ_CHARACTERS_MAX = 8192
"""Twice Telegram's limit for a message; a forged update may have thirty times as much."""


def read_words(text: str) -> Reading:
    """The class of these words on their own; only the beginning of a very long text is examined."""
    parsed = parse_prompt(text[:READ_CHARACTERS_MAX])
    words = [word.lower() for word in _WORD.findall(parsed.text)]
    if not words or (parsed.names_something and all(word in _PARAMETER_FILLERS for word in words)):
        return Reading.PARAMETERS if parsed.names_something else Reading.EMPTY
    if _is_more(words):
        return Reading.MORE
    if is_yes(parsed.text):
        return Reading.YES
    if _LINK.search(parsed.text):
        return Reading.LINK
    social = _read_social(words)
    if social is not None:
        return social
    if _is_question(parsed.text, words):
        return Reading.QUESTION
    if len(words) <= _ALONE_MAX and not parsed.names_something:
        return Reading.SHORT
    if _BACK.match(parsed.text):
        return Reading.REFERS_BACK
    return Reading.TALK if _is_talk(parsed.text, words) else Reading.WISH


def find_command(text: str) -> str | None:
    """The command meant by a whole message ("отмена!", "stop it", "не надо"); None if there is none."""
    words = [word.lower() for word in _WORD.findall(text[:READ_CHARACTERS_MAX])]
    if _NEVER_MIND.fullmatch(" ".join(words)):
        return "cancel"
    if _BUYING.fullmatch(" ".join(words)):
        return "buy"
    meant = {COMMAND_WORDS.get(word) for word in words if word not in _ALONG}
    return meant.pop() if len(meant) == 1 else None


def is_yes(text: str) -> bool:
    """Whether these words agree to a question."""
    words = [word.lower() for word in _WORD.findall(text)]
    return bool(words) and all(word in _YES or word in _POINTERS for word in words)


def is_no(text: str) -> bool:
    """Whether these words only say no to a question."""
    words = [word.lower() for word in _WORD.findall(text)]
    return bool(words) and all(word in _NO for word in words)


def find_near_command(text: str) -> str | None:
    """The command that a misspelled word may mean: "отмнеа"."""
    long = [word for word in COMMAND_WORDS if len(word) >= MISSPELLED_CHARACTERS_MIN]
    near = get_close_matches(text.strip().lower(), long, 1, COMMAND_LIKENESS_MIN)
    return COMMAND_WORDS[near[0]] if near else None


def is_bare_order(text: str) -> bool:
    """Whether the text orders a picture without describing it: "draw me", "нарисуй мне картинку"."""
    words = [word.lower() for word in _WORD.findall(text)]
    return _DRAW.search(text) is not None and all(word in _BARE or _DRAW.fullmatch(word) for word in words)


def awaits_picture(text: str) -> bool:
    """Whether the text is about an existing picture: "make this one a watercolour"."""
    words = [word.lower() for word in _WORD.findall(text)]
    return read_words(text) is Reading.REFERS_BACK or any(word in _THIS for word in words[:_THIS_WITHIN])


def orders_change(text: str) -> bool:
    """Whether the text orders something to be done with a picture; "this is my cat" orders nothing."""
    words = [word.lower() for word in _WORD.findall(text)]
    first = next((word for word in words if word not in _CONJUNCTIONS | _POLITE | _BARE | _ALONG), "")
    return first in _CHANGE_FIRST


def is_pointer(text: str) -> bool:
    """Whether these words only point at another message: "draw this"."""
    words = [word.lower() for word in _WORD.findall(text)]
    return bool(words) and all(word in _POINTERS for word in words)


def read_change(text: str) -> ParsedPrompt:
    """The changes that "16:9", "4 more" or "again in 4K" asks for."""
    parsed = parse_prompt(text)
    number = re.search(r"\d{1,4}", parsed.text)
    return parsed if number is None else with_count(parsed, int(number[0]))


def _is_more(words: list[str]) -> bool:
    rest = [word for word in words if word not in _MORE_FILLERS and not word.isdecimal()]
    return bool(rest) and all(word in _MORE for word in rest)


def _read_social(words: list[str]) -> Reading | None:
    """Thanks, greetings and opinions: all words are of that kind, and at least one is specific to it."""
    if all(word in _THANKS | _CHATTER | _GREETINGS for word in words) and any(word in _THANKS_CORE for word in words):
        return Reading.THANKS
    if all(word in _GREETINGS for word in words) and any(word in _GREETINGS_CORE for word in words):
        return Reading.GREETING
    return Reading.EMPTY if all(word in _CHATTER for word in words) else None


def _is_talk(text: str, words: list[str]) -> bool:
    """Whether these are a few words addressed to the bot, or thanks with more words, without an order to draw."""
    first = next((word for word in words if word not in _CONJUNCTIONS), words[0])
    limit = _THANKS_WORDS_MAX if first in _THANKS_CORE else _TALK_WORDS_MAX if first in _TALK_FIRST else 0
    return len(words) <= limit and _DRAW.search(text) is None


def _is_question(text: str, words: list[str]) -> bool:
    first = next((word for word in words if word not in _CONJUNCTIONS), words[0])
    if not text.rstrip(" .!)").endswith("?") and first not in _QUESTION_WORDS:
        return False
    is_request = first in _POLITE and _DRAW.search(text) is not None
    return not (is_request or _DRAW.match(text))
