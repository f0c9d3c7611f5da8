"""The labelled messages: the rules decide half of them alone, and buy nothing for those that asked for no picture."""

import sys
from collections import Counter

import pytest

from infra.bench.labelled import FOLDER, Labelled, load_messages
from shared.conversations.read_rules import PAID, Act

KINDS = {
    "thanks", "insult", "link", "trick", "slang", "typo", "mixed", "one_word", "photo", "photo_alone", "refers_back",
    "what_is_it", "question", "text_task", "animate", "params", "voice", "document", "forward", "reply", "chat",
    "greeting", "long", "plain", "unclear",
}  # fmt: skip
SHARE_MIN = 0.5
RIGHT_MIN = 0.97
"""Of what the rules decide. The rest is asked or answered for free: see the test of purchases."""


def describe(messages: list[Labelled]) -> str:
    """The numbers of a file: `pytest -rP` shows them."""
    decided = [message for message in messages if message.act is not None]
    right = [message for message in decided if message.act is message.label]
    left = Counter(str(message.label) for message in messages if message.act is None)
    return f"{len(messages)} messages, {len(decided)} decided, {len(right)} of these right, left: {dict(left)}"


def tell(message: Labelled) -> str:
    """What went wrong, in a line."""
    return f"{message.words} → {message.act}, not {message.label}"


@pytest.mark.parametrize("name", ["tuned", "held_out"])
def test_rules_decide_half(name: str) -> None:
    """At least half of the messages need no model, and what the rules decide of them is right."""
    messages = load_messages(name)
    decided = [message for message in messages if message.act is not None]
    wrong = [tell(message) for message in decided if message.act is not message.label]
    sys.stdout.write(f"{name}: {describe(messages)}\n")
    assert len(decided) >= SHARE_MIN * len(messages), describe(messages)
    assert len(wrong) <= (1 - RIGHT_MIN) * len(decided), "\n".join(wrong)


def test_descriptions_need_no_model() -> None:
    """A description with a technique is a picture by the rules alone."""
    assert [tell(message) for message in load_messages("described") if message.act is not Act.DRAW] == []


@pytest.mark.parametrize("name", ["tuned", "held_out", "not_asked"])
def test_nothing_is_bought_unasked(name: str) -> None:
    """No message that asked for no picture gets one, and none that asked for an edit gets another thing."""
    bought = [message for message in load_messages(name) if message.act in PAID and message.act is not message.label]
    assert [tell(message) for message in bought] == []


def test_corpus_is_what_it_says() -> None:
    """There are 400 messages and 100 more, of every kind and with every label, and none of them twice."""
    tuned, held_out = load_messages("tuned"), load_messages("held_out")
    assert len(tuned) >= 400
    assert len(held_out) >= 100
    assert {message.kind for message in tuned} == KINDS
    assert {message.label for message in tuned} == {message.label for message in held_out} == set(Act)
    lines = [line for path in sorted(FOLDER.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == len(set(lines))
