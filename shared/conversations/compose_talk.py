"""What the model is asked: our instruction, the newest turns that fit, what is quoted, and the question."""

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
"""Of the borders of a quotation."""
_GO_ON: frozenset[Way] = frozenset({"shorter", "longer", "continue"})
"""What is about the last answer instead of a question of the person's."""


def compose_talk(
    offer: TalkOffer,
    request: AnswerRequest,
    turns: tuple[Turn, ...],
    language: Language,
    now: datetime,
    material: str = "",
    files: Gathered = NO_FILES,
) -> Talk:
    """The question with as many of the newest turns as fit into what the offer sends along, after the material.

    The question's own files come on top of that: they were bounded when it was asked. A stranger's prompt is told
    nothing that was said before: it cannot ask for what is not there.
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
    """What is asked, and what of the quotation fits beside it; only texts of rare signs have to be cut."""
    words = cut_to_tokens(request.words, tokens_max)
    left = tokens_max - estimate_tokens(words) - _QUOTATION_TOKENS
    return quote(cut_to_tokens(request.quoted, left)) + words


def without_known_quote(request: AnswerRequest, turns: Sequence[Turn]) -> AnswerRequest:
    """A question that quotes what the model itself said last need not: the model is shown that anyway.

    Where the words are a stranger's it is shown nothing but the question.
    """
    if request.is_foreign:
        return request
    last = turns[-1].text if turns and turns[-1].speaker == "model" else ""
    is_known = request.quoted in {last[:QUOTED_CHARACTERS_MAX], last[-QUOTED_CHARACTERS_MAX:]}
    return replace(request, quoted="") if is_known and request.words else request


def estimate_charge(talk: Talk, said: str) -> Tokens:
    """What a call is charged that was ended before the provider counted."""
    given = estimate_tokens(talk.instruction) + sum(map(count_line, talk.lines))
    return Tokens(given, min(talk.output_tokens_max, estimate_tokens(said)))


def _compose_turn(turn: Turn, shown: tuple[Opened, ...]) -> Line:
    """What was said, with those of its files that are shown again; the others are named."""
    if turn.speaker == "model":
        return Line("model", turn.text)
    known = {each.file.file_id for each in shown}
    names = [each.name or each.mime_type for each in turn.files if each.file_id not in known]
    note = _enclose(f"Files that were shown here and are no longer at hand: {', '.join(names)}") if names else ""
    return _compose_line(shown, note + turn.text)


def _compose_line(files: tuple[Opened, ...], words: str) -> Line:
    """A person's line: pictures and documents as they are, texts in quotation marks before the words."""
    texts = [_enclose(f"{each.file.name}\n\n{each.content}") for each in files if isinstance(each.content, str)]
    return Line(
        "person",
        "".join(texts) + words,
        tuple(each.content for each in files if isinstance(each.content, Image)),
        tuple(each.content for each in files if isinstance(each.content, Document)),
    )


def quote(text: str, characters_max: int = QUOTED_CHARACTERS_MAX) -> str:
    """Somebody's words as material; they cannot end the quotation."""
    return _enclose(text[:characters_max]) if text else ""


def _enclose(text: str) -> str:
    """Material within its borders, which it cannot end."""
    kept = re.sub(r"<(?=\s*/?\s*quoted)", "‹", text, flags=re.IGNORECASE)
    return f"<quoted>{kept}</quoted>\n"
