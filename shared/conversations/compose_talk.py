"""What the model is asked: our instruction, the newest turns that fit, what is quoted, and the question."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from shared.conversations.answer import AnswerRequest, Way
from shared.conversations.conversation import Turn
from shared.conversations.instruction import compose_instruction
from shared.credits.catalogue import TalkOffer
from shared.people.users import Language
from shared.providers.talk import Line, Talk, Tokens

BYTES_PER_TOKEN = 3
"""Of UTF-8, estimated low: Russian has about 4, English 4, code 3."""
QUOTED_CHARACTERS_MAX = 4_000
_GO_ON: frozenset[Way] = frozenset({"shorter", "longer", "continue"})
"""What is about the last answer instead of a question of the person's."""


def estimate_tokens(text: str) -> int:
    """How many tokens a text has at most, as we estimate it before a model counts them."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // BYTES_PER_TOKEN)


def compose_talk(
    offer: TalkOffer,
    request: AnswerRequest,
    turns: tuple[Turn, ...],
    language: Language,
    now: datetime,
    material: str = "",
) -> Talk:
    """The question with as many of the newest turns as fit into what the offer sends along, after the material.

    A stranger's prompt is told nothing that was said before: it cannot ask for what is not there.
    """
    goes_on, material = request.way in _GO_ON, "" if request.is_foreign else material
    instruction = compose_instruction(request.manner, language, now, goes_on=goes_on, search=request.search)
    question = Line("person", quote(request.quoted) + request.words)
    left = offer.input_tokens_max - sum(map(estimate_tokens, (instruction, question.text, material)))
    lines = [question]
    for turn in () if request.is_foreign else reversed(turns):
        left -= estimate_tokens(turn.text)
        if left < 0:
            break
        lines.insert(0, Line(turn.speaker, turn.text))
    while lines[0].speaker == "model":  # a conversation begins with a person
        del lines[0]
    if material:
        lines.insert(0, Line("person", material))
    return Talk(instruction, tuple(lines), offer.output_tokens_max, offer.thinking, search=request.search)


def without_known_quote(request: AnswerRequest, turns: Sequence[Turn]) -> AnswerRequest:
    """A question that quotes what the model itself said last need not: the model is shown that anyway."""
    last = turns[-1].text if turns and turns[-1].speaker == "model" else ""
    is_known = request.quoted in {last[:QUOTED_CHARACTERS_MAX], last[-QUOTED_CHARACTERS_MAX:]}
    return replace(request, quoted="") if is_known and request.words else request


def estimate_charge(talk: Talk, said: str) -> Tokens:
    """What a call is charged that was ended before the provider counted."""
    given = estimate_tokens(talk.instruction) + sum(estimate_tokens(line.text) for line in talk.lines)
    return Tokens(given, min(talk.output_tokens_max, estimate_tokens(said)))


def quote(text: str, characters_max: int = QUOTED_CHARACTERS_MAX) -> str:
    """Somebody's words as material; they cannot end the quotation."""
    if not text:
        return ""
    kept = re.sub(r"<(?=\s*/?\s*quoted)", "‹", text[:characters_max], flags=re.IGNORECASE)
    return f"<quoted>{kept}</quoted>\n"
