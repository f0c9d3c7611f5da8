"""The prompt of an answer: our instruction, the newest turns that fit, the quotation, and the question."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from shared.conversations.answer import AnswerRequest, Way
from shared.conversations.attachment import Gathered, Opened
from shared.conversations.conversation import Turn
from shared.conversations.instruction import compose_instruction
from shared.conversations.tokens import count_line, cut_to_tokens, estimate_tokens
from shared.credits.catalogue import TalkOffer
from shared.people.users import Language
from shared.providers.files import Document
from shared.providers.images import Image
from shared.providers.talk import Line, Talk, Tokens

QUOTED_CHARACTERS_MAX = 4_000
NO_FILES = Gathered()
_QUOTATION_TOKENS = 12
"""For the marks around a quotation."""
_GO_ON: frozenset[Way] = frozenset({"shorter", "longer", "continue"})
"""Buttons that continue or change the last answer instead of repeating a question."""


def compose_talk(
    offer: TalkOffer,
    request: AnswerRequest,
    turns: tuple[Turn, ...],
    language: Language,
    now: datetime,
    material: str = "",
    files: Gathered = NO_FILES,
) -> Talk:
    """The question, after the material and as many of the newest turns as the offer's token limit allows.

    The question's own files do not count: they were bounded when it was asked. A stranger's prompt is sent without any
    earlier turns, so that it cannot extract them.
    """
    goes_on, material = request.way in _GO_ON, "" if request.is_foreign else material
    instruction = compose_instruction(request.manner, language, now, goes_on=goes_on, search=request.search)
    left = offer.input_tokens_max - estimate_tokens(instruction)
    words = _fit_words(request, left)
    left -= estimate_tokens(words)
    if estimate_tokens(material) > left:  # beside the longest questions nothing else is told
        material = ""
    left -= estimate_tokens(material)
    lines = [_compose_line(files.own, words)]
    for turn in () if request.is_foreign else reversed(turns):
        line = _compose_turn(turn, files.earlier.get(turn.job_id, ()))
        left -= count_line(line)
        if left < 0:
            break
        lines.insert(0, line)
    while lines[0].speaker == "model":  # a conversation begins with a person
        del lines[0]
    if material:
        lines.insert(0, Line("person", material))
    return Talk(instruction, tuple(lines), offer.output_tokens_max, offer.thinking, search=request.search)


def _fit_words(request: AnswerRequest, tokens_max: int) -> str:
    """The question and as much of the quotation as fits; only texts in rare scripts have to be cut."""
    words = cut_to_tokens(request.words, tokens_max)
    left = tokens_max - estimate_tokens(words) - _QUOTATION_TOKENS
    return quote(cut_to_tokens(request.quoted, left)) + words


def without_known_quote(request: AnswerRequest, turns: Sequence[Turn]) -> AnswerRequest:
    """The question without its quotation, if that is the model's own last answer: the model gets this turn anyway.

    A stranger's prompt keeps its quotation, because it is sent without earlier turns.
    """
    if request.is_foreign:
        return request
    last = turns[-1].text if turns and turns[-1].speaker == "model" else ""
    is_known = request.quoted in {last[:QUOTED_CHARACTERS_MAX], last[-QUOTED_CHARACTERS_MAX:]}
    return replace(request, quoted="") if is_known and request.words else request


def estimate_charge(talk: Talk, said: str) -> Tokens:
    """The tokens that we charge for a call that was ended before the provider counted them."""
    given = estimate_tokens(talk.instruction) + sum(map(count_line, talk.lines))
    return Tokens(given, min(talk.output_tokens_max, estimate_tokens(said)))


def _compose_turn(turn: Turn, shown: tuple[Opened, ...]) -> Line:
    """A turn with those of its files that are sent again; the other files are only named."""
    if turn.speaker == "model":
        return Line("model", turn.text)
    known = {each.file.file_id for each in shown}
    names = [each.name or each.mime_type for each in turn.files if each.file_id not in known]
    note = _enclose(f"Files that were shown here and are no longer at hand: {', '.join(names)}") if names else ""
    return _compose_line(shown, note + turn.text)


def _compose_line(files: tuple[Opened, ...], words: str) -> Line:
    """A person's line: pictures and documents as binary parts, text files quoted before the words."""
    texts = [_enclose(f"{each.file.name}\n\n{each.content}") for each in files if isinstance(each.content, str)]
    return Line(
        "person",
        "".join(texts) + words,
        tuple(each.content for each in files if isinstance(each.content, Image)),
        tuple(each.content for each in files if isinstance(each.content, Document)),
    )


def quote(text: str, characters_max: int = QUOTED_CHARACTERS_MAX) -> str:
    """A text as quoted material; the text cannot close the quotation."""
    return _enclose(text[:characters_max]) if text else ""


def _enclose(text: str) -> str:
    """Material between its marks; the material cannot close them."""
    kept = re.sub(r"<(?=\s*/?\s*quoted)", "‹", text, flags=re.IGNORECASE)
    return f"<quoted>{kept}</quoted>\n"
