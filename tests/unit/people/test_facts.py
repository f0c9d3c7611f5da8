"""Facts: found by rules, bounded, erasable."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.people.facts import (
    FACT_CHARACTERS_MAX,
    FACTS_MAX,
    fact_id,
    find_fact,
    known_facts,
    with_fact,
    without_fact,
    without_facts,
)
from shared.people.talk import TalkSettings

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        ("remember that I live in Rome", "I live in Rome"),
        ("Please remember that  my dog is called Rex.\n", "my dog is called Rex."),
        ("remember that I live in St. Petersburg!", "I live in St. Petersburg!"),
        ("запомни: моя улица — ул. Ленина, 3", "моя улица — ул. Ленина, 3"),
        ("remember that I am a vegetarian. What can I cook tonight", ""),
        ("Remember that night? Draw it in oil", ""),
        ("запомни: молоко. И нарисуй кота", ""),
        ("remember: no sugar\ndraw a cake", ""),
        ("Remember: no sugar", "no sugar"),
        ("запомни, что я живу в Риме", "я живу в Риме"),
        ("Пожалуйста, запомните что у меня аллергия", "у меня аллергия"),
        ("запомни: без сахара", "без сахара"),
        ("remember me", ""),
        ("remember the milk", ""),
        ("Do you remember that I live in Rome", ""),
        ("remember that I live where?", ""),
        ("запомни", ""),
        ("запомнить, что я живу в Риме", ""),
        ("a fox that remembers that it is red", ""),
        ("remember that", ""),
    ],
)
def test_what_is_to_be_remembered(words: str, fact: str) -> None:
    """Only a plain demand counts, never a question, and nothing that is followed by another sentence."""
    assert find_fact(words) == fact


def test_the_same_twice_is_one() -> None:
    """The same words, in whichever case, are kept once."""
    talk, became = with_fact(TalkSettings(), "I live in Rome", NOW)
    assert became == "kept"
    assert with_fact(talk, "i LIVE in  Rome", NOW) == (talk, "known")


@pytest.mark.parametrize(
    ("text", "became"), [("", "empty"), ("x" * FACT_CHARACTERS_MAX, "kept"), ("x" * (FACT_CHARACTERS_MAX + 1), "long")]
)
def test_length_is_bounded(text: str, became: str) -> None:
    """A fact that is too long is refused instead of cut: half of it may be wrong."""
    assert with_fact(TalkSettings(), text, NOW)[1] == became


def test_number_is_bounded() -> None:
    """So many facts, and no more."""
    talk = TalkSettings()
    for n in range(FACTS_MAX):
        talk, became = with_fact(talk, f"fact {n}", NOW)
        assert became == "kept"
    assert with_fact(talk, "one more", NOW) == (talk, "full")


def test_switched_off() -> None:
    """Nothing is added and nothing told; what was there is there again when it is on."""
    talk, _ = with_fact(TalkSettings(), "I live in Rome", NOW)
    off = replace(talk, is_forgetful=True)
    assert with_fact(off, "I have a dog", NOW) == (off, "off")
    assert known_facts(off) == ()
    assert known_facts(talk) == ("I live in Rome",)


def test_erased() -> None:
    """One of them, or all."""
    talk = with_fact(with_fact(TalkSettings(), "one", NOW)[0], "two", NOW)[0]
    assert known_facts(without_fact(talk, fact_id(talk.facts[0]))) == ("two",)
    assert without_fact(talk, "unknown") == talk
    assert known_facts(without_facts(talk)) == ()
