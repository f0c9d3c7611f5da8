"""What a person asked us to remember: found in their words by rules alone, bounded, and theirs to erase.

No model writes here. What stands here is given to a model as material in quotes, in private chats only.
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import Literal

from shared.hash_ids import hash_id
from shared.people.talk import Fact, TalkSettings

FACTS_MAX = 20
FACT_CHARACTERS_MAX = 160
"""All facts together are at most 3,200 characters: a quarter of what a question may send along."""
Kept = Literal["kept", "known", "empty", "full", "long", "off"]
"""What became of a fact."""
_ASKS = re.compile(
    r"\s*(?:(?:please|пожалуйста)[\s,]+)?"
    r"(?:remember(?:\s+that\b|\s*:)|запомни(?:те)?(?:[\s,]+пожалуйста)?(?:\s*,?\s*что\b|\s*:))"
    r"[\s,:]*(?P<fact>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
"""Only a plain demand: "remember that …", "запомни, что …", and the same with a colon."""
_GOES_ON = re.compile(r"(?:[?!…]|\w{4}\.)\s+\w|\n")
"""The end of a sentence that another one follows; a dot after fewer letters may be that of an abbreviation."""


def find_fact(words: str) -> str:
    """What these words ask us to remember; empty where they ask for no such thing.

    A question is none, and neither is what goes on with another sentence: that wants to be answered, or drawn.
    """
    is_more = words.rstrip().endswith("?") or _GOES_ON.search(words.strip()) is not None
    found = None if is_more else _ASKS.fullmatch(words)
    return _clean(found["fact"]) if found is not None else ""


def with_fact(talk: TalkSettings, text: str, at: datetime, message_id: int = 0) -> tuple[TalkSettings, Kept]:
    """With one fact more, and what became of it. The same words twice are one fact.

    `message_id`: of the person's message, where it is known: corrected, it takes the place of what it said before.
    """
    fact = Fact(_clean(text), at, message_id)
    if not fact.text:
        return talk, "empty"
    if talk.is_forgetful:
        return talk, "off"
    if len(fact.text) > FACT_CHARACTERS_MAX:
        return talk, "long"
    if fact_id(fact) in {fact_id(each) for each in talk.facts}:
        return talk, "known"
    others = tuple(each for each in talk.facts if not message_id or each.message_id != message_id)
    if len(others) >= FACTS_MAX:
        return talk, "full"
    return replace(talk, facts=(*others, fact)), "kept"


def without_fact(talk: TalkSettings, erased_id: str) -> TalkSettings:
    """Without one of them."""
    return replace(talk, facts=tuple(each for each in talk.facts if fact_id(each) != erased_id))


def without_facts(talk: TalkSettings) -> TalkSettings:
    """Without any."""
    return replace(talk, facts=())


def fact_id(fact: Fact) -> str:
    """What a button calls a fact: the same words have the same id, however often they are said."""
    return hash_id("fact", fact.text.casefold())


def known_facts(talk: TalkSettings) -> tuple[str, ...]:
    """What a model may be told."""
    return () if talk.is_forgetful else tuple(each.text for each in talk.facts)


def _clean(text: str) -> str:
    return " ".join(text.split())
