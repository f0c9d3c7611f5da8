"""Facts: what a person asked us to remember. Fixed rules find them; their number is limited; the person can erase them.

No model writes facts. Models get them as quoted material, in private chats only.
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import Literal

from shared.hash_ids import hash_id
from shared.people.talk import Fact, TalkSettings

FACTS_MAX = 20
FACT_CHARACTERS_MAX = 160
"""All facts together have at most 3,200 characters: a quarter of the context that a question may send."""
Kept = Literal["kept", "known", "empty", "full", "long", "off"]
"""The result of adding a fact."""
_ASKS = re.compile(
    r"\s*(?:(?:please|пожалуйста)[\s,]+)?"
    r"(?:remember(?:\s+that\b|\s*:)|запомни(?:те)?(?:[\s,]+пожалуйста)?(?:\s*,?\s*что\b|\s*:))"
    r"[\s,:]*(?P<fact>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
"""Only a plain request: "remember that …", "запомни, что …", or the same with a colon."""
_GOES_ON = re.compile(r"(?:[?!…]|\w{4}\.)\s+\w|\n")
"""The end of a sentence before another one; a dot after fewer letters may belong to an abbreviation."""


def find_fact(words: str) -> str:
    """The fact that these words ask us to remember; empty if they ask for none.

    A question is not a fact, nor is a text with further sentences: these want an answer or a picture.
    """
    is_more = words.rstrip().endswith("?") or _GOES_ON.search(words.strip()) is not None
    found = None if is_more else _ASKS.fullmatch(words)
    return _clean(found["fact"]) if found is not None else ""


def with_fact(talk: TalkSettings, text: str, at: datetime, message_id: int = 0) -> tuple[TalkSettings, Kept]:
    """The settings with a new fact, and the result. The same words twice are one fact.

    `message_id`: the person's message, if known; when it is edited, the new fact replaces the old one.
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
    """The settings without one fact."""
    return replace(talk, facts=tuple(each for each in talk.facts if fact_id(each) != erased_id))


def without_facts(talk: TalkSettings) -> TalkSettings:
    """The settings without facts."""
    return replace(talk, facts=())


def fact_id(fact: Fact) -> str:
    """The id of a fact in a button, a hash of its words."""
    return hash_id("fact", fact.text.casefold())


def known_facts(talk: TalkSettings) -> tuple[str, ...]:
    """The facts that a model may get."""
    return () if talk.is_forgetful else tuple(each.text for each in talk.facts)


def _clean(text: str) -> str:
    return " ".join(text.split())
