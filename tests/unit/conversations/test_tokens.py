"""No text is estimated at fewer tokens than a tokenizer can make of it, and none makes a question too dear."""

from datetime import UTC, datetime

import pytest

from shared.conversations.answer import AnswerRequest
from shared.conversations.compose_talk import compose_talk
from shared.conversations.conversation import Turn
from shared.conversations.tokens import cut_to_tokens, estimate_tokens
from shared.credits.catalogue import TALK
from shared.jobs.limits import PROMPT_CHARACTERS_MAX

NOW = datetime(2026, 11, 29, tzinfo=UTC)
SCRIPTS = ["why is it so? ", "почему так? ", "为什么", "0123456789", "{}();", "😀", "\U00012000", "ᚠᚢ"]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("a word", 2),
        ("слово", 4),
        ("2026", 4),
        ("a\n\nb", 3),
        ("猫が好き", 4),
        ("ᚠᚢ", 6),
        ("😀", 4),
        ("\U00012000", 4),
        ("—", 1),
    ],
)
def test_weights(text: str, tokens: int) -> None:
    """Digits are taken one by one, signs that no tokenizer knows by their bytes, usual words by their letters."""
    assert estimate_tokens(text) == tokens


@pytest.mark.parametrize("script", SCRIPTS)
def test_cut(script: str) -> None:
    """A cut text fits, and one more character would not; a text that fits is not cut."""
    text = script * 500
    cut = cut_to_tokens(text, 100)
    assert estimate_tokens(cut) <= 100 < estimate_tokens(text[: len(cut) + 1])
    assert cut_to_tokens(text, 100_000) == text
    assert cut_to_tokens(text, 0) == cut_to_tokens(text, -5) == ""


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_question_is_dearer_than_its_bound(script: str) -> None:
    """The longest question with the longest quotation, after the longest turns and with all material, fits."""
    text = (script * PROMPT_CHARACTERS_MAX)[:PROMPT_CHARACTERS_MAX]
    request = AnswerRequest(words=text, conversation_id="c", bound_usd_micros=0, quoted=text, price=0)
    turns = tuple(Turn("person", text, NOW, str(n)) for n in range(20))
    talk = compose_talk(TALK, request, turns, "ru", NOW, text)
    given = estimate_tokens(talk.instruction) + sum(estimate_tokens(line.text) for line in talk.lines)
    assert given <= TALK.input_tokens_max
    assert cut_to_tokens(text, 1_000) in talk.lines[-1].text
