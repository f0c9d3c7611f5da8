"""The rules before the model: they decide the messages that leave no doubt.

They decide at least half of all messages alone, and leave the rest to the model. They must never draw an unwanted
picture: an unsure rule costs a model call, a wrong rule costs a person credits.

message ── commands, buttons, open questions ──▶ not read here
        ── rules ──▶ answer │ draw │ edit │ animate │ ask
        ── None ──▶ the model, under its own limits
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from shared.conversations import vocabulary as known
from shared.conversations.descriptions import is_description, is_flagged
from shared.pictures.prompts import ParsedPrompt, parse_prompt
from shared.pictures.wishes import NO_WORDS, READ_CHARACTERS_MAX, Reading, read_words


class Act(StrEnum):
    """What the bot does about a message."""

    ANSWER = "answer"
    """Answer in words."""
    DRAW = "draw"
    EDIT = "edit"
    ANIMATE = "animate"
    """Make a video; never without a question, because videos are expensive."""
    ASK = "ask"
    """Ask back, free of charge, with buttons."""


PAID = frozenset({Act.DRAW, Act.EDIT})
"""Acts that are bought without a question."""


class Before(StrEnum):
    """What a message follows or replies to."""

    NOTHING = ""
    ANSWER = "answer"
    PICTURE = "picture"
    """Ours, or one that a person sent."""


@dataclass(frozen=True)
class Situation:
    """The context of a message."""

    brings_picture: bool = False
    brings_file: bool = False
    """A document of another kind."""
    replied: Before = Before.NOTHING
    last: Before = Before.NOTHING
    """Our last turn in this conversation."""
    has_shown: bool = False
    """Whether a picture is among the recent turns."""
    is_foreign: bool = False
    """Whether the message is forwarded: somebody else's words."""

    @property
    def has_picture(self) -> bool:
        """Whether the message itself says which picture it is about."""
        return self.brings_picture or self.replied is Before.PICTURE

    @property
    def near(self) -> Before:
        """What the words most likely refer to."""
        return self.replied or self.last


SHORT_WORDS_MAX = 5
CHANGE_WORDS_MAX = 6
"""The most words of a change that names no picture; longer ones are left to the model."""
_PLEASE = r"(?:пожалуйста|плиз|плз|please|pls)\b"
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")


@dataclass(frozen=True)
class _Said:
    """The words of a message, with the views that the rules need."""

    text: str
    situation: Situation

    @cached_property
    def plain(self) -> str:
        """In lower case, with normalised letters."""
        return self.text.lower().replace("ё", "е").replace("’", "'").strip()

    @cached_property
    def parsed(self) -> ParsedPrompt:
        return parse_prompt(self.text)

    @cached_property
    def words(self) -> list[str]:
        return _WORD.findall(self.plain)

    @cached_property
    def is_short(self) -> bool:
        """Whether the text is too short to contain more than the rules look for."""
        return len(self.words) <= SHORT_WORDS_MAX

    @cached_property
    def start(self) -> int:
        """The index of the verb that says what is wanted."""
        skipped = known.OPENINGS | known.ASKING | known.FOR_ME
        return next((index for index, word in enumerate(self.words) if word not in skipped), len(self.words))

    @cached_property
    def verb(self) -> str:
        """The first word after polite openings, with swapped letters corrected."""
        return _mend(self.words[self.start]) if self.start < len(self.words) else ""

    @cached_property
    def rest(self) -> list[str]:
        return self.words[self.start + 1 :]

    @cached_property
    def tail(self) -> str:
        """The text from the verb on."""
        places = [match.start() for match in _WORD.finditer(self.plain)]
        return " ".join(self.plain[places[self.start] :].split()) if self.start < len(places) else ""

    @cached_property
    def is_polite(self) -> bool:
        """Whether it asks if the bot can do something: a request, or a question about the bot."""
        return any(word in known.ASKING for word in self.words[: self.start])

    @cached_property
    def for_whom(self) -> bool:
        return any(word in known.FOR_ME for word in self.words)

    @cached_property
    def names_wish(self) -> bool:
        """Whether it mentions drawing or changing anywhere."""
        return any(_mend(word) in known.DRAW_VERBS | known.EDIT_VERBS for word in self.words)

    @cached_property
    def is_question(self) -> bool:
        return self.plain.rstrip(" .!)").endswith("?")

    @cached_property
    def names_text(self) -> bool:
        """Whether the first thing to make or change is a text."""
        return any(word in known.TEXTS for word in self.rest[:4])

    @cached_property
    def is_after_words(self) -> bool:
        """Whether it continues an answer, without a picture nearby that could be meant."""
        is_reply = self.situation.replied is Before.ANSWER
        is_next = self.situation.last is Before.ANSWER and not self.situation.has_shown
        return not self.situation.has_picture and (is_reply or is_next)

    @cached_property
    def reading(self) -> Reading:
        return read_words(self.text)


_MENDED = (*known.DRAW_VERBS, "сделай", "create", "animate")


def _mend(word: str) -> str:
    """A verb whose letters changed places: "darw", "нарсиуй"."""
    twins = (verb for verb in _MENDED if verb[0] == word[0] and sorted(verb) == sorted(word))
    return next(twins, word)


def read_rules(text: str, situation: Situation) -> Act | None:
    """What a message asks for; None: the model decides."""
    said = _Said(text[:READ_CHARACTERS_MAX], situation)
    return next((act for rule in _RULES if (act := rule(said)) is not None), None)


def is_left_to_model(text: str, situation: Situation) -> bool:
    """Whether a model may read an undecided message: no reply, no parameters, and more than a "yes"."""
    is_alone = situation.replied is Before.NOTHING
    return is_alone and not parse_prompt(text).names_something and read_words(text) not in NO_WORDS


def _foreign(said: _Said) -> Act | None:
    return Act.ASK if said.situation.is_foreign else None


def _wordless(said: _Said) -> Act | None:
    """Files or punctuation without words; "вот" counts as no word."""
    if any(word not in {"вот", "here", "this", "это"} for word in said.words):
        return None
    if said.situation.brings_picture or said.situation.brings_file or not said.plain.strip("?!. "):
        return Act.ASK
    return None if said.words else Act.ANSWER


def _parameters(said: _Said) -> Act | None:
    if said.reading is not Reading.PARAMETERS:
        return None
    return Act.EDIT if said.situation.has_picture else Act.ASK


def _social(said: _Said) -> Act | None:
    """Thanks and greetings get a short reply. A "yes" may answer something, so it is not read here."""
    if said.reading in {Reading.THANKS, Reading.GREETING}:
        return Act.ANSWER
    is_thanks = said.words[0] in known.THANKS and said.is_short
    return Act.ANSWER if is_thanks and not said.names_wish else None


def _refused(said: _Said) -> Act | None:
    """A text that begins with "do not draw" buys nothing, whatever follows."""
    return Act.ANSWER if known.REFUSALS.match(said.plain) else None


def _moving(said: _Said) -> Act | None:
    if said.verb in known.ANIMATE_VERBS:
        is_there = said.situation.has_picture or said.situation.last is Before.PICTURE
        return Act.ANIMATE if is_there or len(said.rest) > 1 else Act.ASK
    names_clip = any(word in known.CLIPS for word in said.rest[:4])
    if said.verb in known.CLIP_VERBS and names_clip and not (said.is_question or said.names_text):
        return Act.ANIMATE
    return None


def _drawn(said: _Said) -> Act | None:
    """It begins with "draw a …", "make a picture of …", "I want a picture of …"."""
    if not _asks_for_picture(said) or _is_no_order(said):
        return None
    if known.TWO_WISHES.search(said.plain):
        return Act.ASK
    if _has_condition(said):
        return None
    if said.situation.has_picture:
        return Act.EDIT
    if any(word not in known.POINTERS | known.FOR_ME for word in said.rest):
        return Act.DRAW
    if said.situation.near is Before.ANSWER:
        return Act.DRAW if said.rest and said.situation.replied is Before.ANSWER else None
    return Act.ASK


def _asks_for_picture(said: _Said) -> bool:
    if said.verb in known.DRAW_VERBS:
        is_cut = re.match(rf"{said.words[said.start]} *[,.?!](?! *{_PLEASE})", said.tail) is not None
        thing = next((word for word in said.rest if word not in known.FOR_ME), None)
        is_order = not said.verb.isascii() or thing is None or thing in known.DRAWN_THINGS
        return is_order and not is_cut and not any(word in known.NO_DRAWING for word in said.rest[:4])
    if said.names_text or said.is_question or known.SETTINGS.search(said.plain) or said.situation.has_picture:
        return False
    if said.verb in known.MAKE_VERBS:
        return known.NAMED_PICTURE.match(said.tail) is not None
    return known.WANTED_PICTURE.match(said.tail) is not None and not any(w in known.QUESTIONS for w in said.words)


def _is_no_order(said: _Said) -> bool:
    """Whether the order is quoted, taken back, or about the bot instead of to it."""
    if said.plain[0] in "\"'«“`[{" or known.TAKEN_BACK.search(said.plain):
        return True
    is_infinitive = said.verb == "нарисовать" and not said.is_polite
    return is_infinitive or ((said.is_polite or said.is_question) and not said.for_whom)


def _has_condition(said: _Said) -> bool:
    """With a question beside it, or for another tool."""
    names_tool = any(word in known.OTHER_TOOLS for word in said.words)
    return names_tool or known.ASKED_BESIDE.search(said.plain) is not None


def _tricked(said: _Said) -> Act | None:
    return Act.ANSWER if known.TRICKS.search(said.plain) else None


def _insulted(said: _Said) -> Act | None:
    return Act.ANSWER if known.INSULTS.search(said.plain) and said.is_short else None


def _changed(said: _Said) -> Act | None:
    """A change of a picture or an answer."""
    is_change = said.verb in known.EDIT_VERBS or known.EDIT_PHRASE.match(said.tail) is not None
    is_change = is_change or (_points_back(said) and known.VISUAL.search(said.plain) is not None)
    doubts = (known.WHAT_IF, known.MOTION, known.ASKED_BESIDE)
    if not is_change or any(each.search(said.plain) for each in doubts):
        return None
    if known.SETTINGS.search(said.plain):
        return Act.ANSWER if said.situation.replied is Before.ANSWER else None
    if said.situation.has_picture:
        is_bare = said.verb in known.EDIT_VERBS and all(word in known.POINTERS for word in said.rest)
        return Act.ASK if is_bare else Act.EDIT
    if said.situation.near is Before.ANSWER:
        is_text = known.VISUAL.search(said.plain) is None and said.is_after_words
        return Act.ANSWER if is_text else None
    return _changed_last(said)


def _changed_last(said: _Said) -> Act | None:
    """A change without a reply: of the bot's last turn, if that is a picture and the words describe its look."""
    if said.situation.last is Before.PICTURE:
        is_talk = said.is_question or known.TALK.search(said.plain) is not None
        is_change = len(said.words) <= CHANGE_WORDS_MAX and _says_only_change(said)
        return Act.EDIT if is_change and not is_talk else None
    return Act.ASK if said.is_short else None


def _says_only_change(said: _Said) -> bool:
    """Whether the words can be about nothing but how a picture looks: no reply says that they are about one."""
    if known.VISUAL.search(said.plain) is None:
        return False
    if said.verb in known.EDIT_VERBS or known.CHANGES_PART.match(said.tail):
        names_part = any(known.VISUAL_THINGS.fullmatch(word) for word in said.rest[:3])
        return names_part and not any(word in known.TEXTS for word in said.rest)
    if known.CHANGES_IT.match(said.tail):
        return said.is_short
    around = known.POINTING_BACK | known.LINKS | known.OPENINGS
    return all(word in around or known.VISUAL.fullmatch(word) is not None for word in said.words)


def _points_back(said: _Said) -> bool:
    """Whether it is short and continues something: "now at night", "теперь ночью"."""
    return said.is_short and any(word in known.POINTING_BACK for word in said.words[:2])


def _described(said: _Said) -> Act | None:
    """A text that only describes a picture, without context or after another picture."""
    situation = said.situation
    is_alone = not (situation.brings_picture or situation.brings_file or situation.replied)
    is_new = is_alone and situation.last is not Before.ANSWER and not said.is_question
    return Act.DRAW if is_new and (is_description(said.text) or is_flagged(said.text)) else None


def _styled(said: _Said) -> Act | None:
    """A photo with the name of a style, or a prompt in an expert's style."""
    if said.situation.brings_picture:
        is_short = said.is_short and not said.is_question
        return Act.EDIT if is_short and known.STYLED_PHOTO.match(said.tail) else None
    if said.is_question or known.TALK.search(said.plain) or said.names_text or known.TAKEN_BACK.search(said.plain):
        return None
    ends_so = said.parsed.names_something and not said.plain.endswith(said.parsed.text[-4:].lower())
    is_new = said.situation.near is Before.NOTHING and not said.is_short
    return Act.DRAW if is_new and ends_so and known.STYLES.search(said.plain) else None


def _asked(said: _Said) -> Act | None:
    """A question that is answered in words."""
    first = said.words[next((i for i, word in enumerate(said.words) if word not in known.OPENINGS), 0)]
    if known.WHAT_IF.search(said.plain):
        return None
    if first in known.QUESTIONS or "ли" in said.words[:3]:
        return Act.ANSWER
    is_closed = first in known.CLOSED_QUESTIONS and len(said.words) > 2  # noqa: PLR2004
    if is_closed and not said.names_wish:
        return Act.ANSWER
    if said.is_question and said.verb in known.DRAW_VERBS | {"рисовать"} and not said.rest:
        return Act.ANSWER  # "can you draw?"
    return Act.ANSWER if said.is_question and said.is_after_words and not said.names_wish else None


def _told(said: _Said) -> Act | None:
    """An order that is carried out in words: "explain", "make a list"."""
    makes_text = said.verb in known.MAKE_VERBS and said.names_text and not said.situation.has_picture
    if makes_text or (said.verb in known.DRAW_VERBS and said.rest[:1] == ["up"]):
        return Act.ANSWER
    if said.verb not in known.LOOK_UP:
        return None
    writes_on_it = said.situation.near is Before.PICTURE and known.ON_A_PICTURE.search(said.plain) is not None
    changes_it = said.situation.brings_picture and said.verb in known.LOOK_UP_OR_CHANGE
    return None if writes_on_it or changes_it else Act.ANSWER


def _followed_up(said: _Said) -> Act | None:
    """After an answer: "shorter", "подробнее"."""
    is_asked = any(word in known.FOLLOW_UPS for word in said.words) or known.OTHER_LANGUAGE.search(said.plain)
    return Act.ANSWER if said.is_short and is_asked and said.is_after_words else None


def _chatted(said: _Said) -> Act | None:
    """Opinions and interjections, if no question of the bot is open."""
    if known.LAUGHTER.fullmatch(said.plain):
        return Act.ANSWER
    return Act.ANSWER if said.reading is Reading.EMPTY and said.situation.near is not Before.PICTURE else None


def _read_file(said: _Said) -> Act | None:
    """Words with a document are about its content."""
    return Act.ANSWER if said.situation.brings_file and said.verb not in known.DRAW_VERBS | known.MAKE_VERBS else None


def _linked(said: _Said) -> Act | None:
    """A link, with at most a word beside it."""
    is_bare = said.reading is Reading.LINK and len(said.text.split()) <= 2  # noqa: PLR2004
    return Act.ASK if is_bare else None


def _short(said: _Said) -> Act | None:
    """One word without context."""
    is_alone = said.reading in {Reading.SHORT, Reading.MORE} and said.situation == Situation()
    return Act.ASK if is_alone else None


_RULES: tuple[Callable[[_Said], Act | None], ...] = (
    _foreign,
    _wordless,
    _parameters,
    _social,
    _refused,
    _moving,
    _drawn,
    _tricked,
    _told,
    _asked,
    _changed,
    _described,
    _styled,
    _insulted,
    _followed_up,
    _chatted,
    _read_file,
    _linked,
    _short,
)
"""Tried in this order; the first rule that is sure decides."""
