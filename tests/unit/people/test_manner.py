"""How a person wants to be answered: choices, and what is none."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.people.manner import OWN_CHARACTERS_MAX, Manner, day_of, with_choice, zone_of

NOW = datetime(2026, 11, 29, 21, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value", "changed"),
    [
        ("role", "teacher", Manner(role="teacher")),
        ("role", "own: talk like a pirate ", Manner(role="own", own="talk like a pirate")),
        ("detail", "short", Manner(detail="short")),
        ("tongue", "de", Manner(tongue="de")),
        ("tongue", "auto", Manner()),
        ("zone", "Asia/Omsk", Manner(zone="Asia/Omsk")),
        ("from", "de", Manner(translate_from="de")),
        ("to", "de", Manner(translate_to="de")),
        ("from", "ru", Manner(translate_from="ru", translate_to="en")),
        ("to", "en", Manner(translate_from="ru", translate_to="en")),
    ],
)
def test_choice(name: str, value: str, changed: Manner) -> None:
    """Each choice changes what it names, and a second time nothing more."""
    assert with_choice(Manner(), name, value) == changed
    assert with_choice(changed, name, value) == changed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("role", "boss"), ("role", "own"), ("role", "own:  "), ("detail", "endless"), ("tongue", "xx"),
        ("zone", "Narnia"), ("from", "auto"), ("to", ""), ("credits", "100"),
    ],
)  # fmt: skip
def test_no_choice(name: str, value: str) -> None:
    """Unknown choices are refused, and so is an own role without words."""
    assert with_choice(Manner(), name, value) is None


def test_own_role() -> None:
    """Words of one's own are kept as far as they fit, also while another role is played."""
    own = with_choice(Manner(), "role", "own:" + "a" * (OWN_CHARACTERS_MAX + 5))
    assert own is not None
    assert len(own.own) == OWN_CHARACTERS_MAX
    other = with_choice(own, "role", "coder")
    assert other == replace(own, role="coder")
    assert with_choice(other, "role", "own") == own


def test_day() -> None:
    """The day is the one on the calendar of the person's zone."""
    assert zone_of(Manner(), "ru") == "Europe/Moscow"
    assert (day_of(Manner(), "ru", NOW), day_of(Manner(), "en", NOW)) == ("2026-11-30", "2026-11-29")
    assert day_of(Manner(zone="America/New_York"), "ru", NOW) == "2026-11-29"
