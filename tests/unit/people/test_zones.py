"""Which zone is meant, what time it is there, and which day."""

from datetime import UTC, datetime

import pytest

from shared.people.zones import (
    CITIES,
    city_of,
    default_zone,
    find_zone,
    fold_name,
    is_zone,
    local_day,
    local_time,
    show_offset,
)

NOW = datetime(2026, 11, 29, 21, 30, tzinfo=UTC)


def test_every_city_has_its_zone() -> None:
    """Each button leads to a zone that the database of this machine has, and each zone to its button."""
    assert all(is_zone(zone) for zone in CITIES.values())
    assert [city_of(zone) for zone in CITIES.values()] == list(CITIES)
    assert city_of("Asia/Baku") is None


def test_buttons_go_from_west_to_east() -> None:
    """A city is found by its current time."""
    winter = datetime(2026, 1, 15, tzinfo=UTC)
    offsets = [local_time(zone, winter).utcoffset() for zone in CITIES.values()]
    assert offsets == sorted(offsets)  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("омск", "Asia/Omsk"), ("Europe/Berlin", "Europe/Berlin"), ("buenos aires", "America/Argentina/Buenos_Aires"),
        ("+3", "Etc/GMT-3"), ("UTC+3", "Etc/GMT-3"), ("gmt -5", "Etc/GMT+5"), ("−5:00", "Etc/GMT+5"),
        ("+5:30", "Asia/Kolkata"), ("+0545", "Asia/Kathmandu"), ("-9.30", "Pacific/Marquesas"), ("+0", "UTC"),
        ("+14", "Etc/GMT-14"), ("+15", None), ("-13", None), ("+3:17", None), ("Narnia", None), ("", None),
    ],
)  # fmt: skip
def test_find_zone(words: str, zone: str | None) -> None:
    """A city in any spelling, an offset from UTC, or a name of the database; nothing else is one."""
    assert find_zone(words, {fold_name("Омск"): "Asia/Omsk"}) == zone
    assert zone is None or is_zone(zone)


@pytest.mark.parametrize("name", ["", "Narnia", "../etc/passwd", "Europe", "/etc/passwd", "A" * 500, "Europe/\0"])
def test_no_zone(name: str) -> None:
    """An unknown zone is refused without opening a file; its time is UTC."""
    assert not is_zone(name)
    assert local_time(name, NOW) == NOW
    assert local_day(name, NOW) == "2026-11-29"


@pytest.mark.parametrize(
    ("zone", "clock", "day", "offset"),
    [
        ("Europe/Moscow", "00:30", "2026-11-30", "UTC+03:00"),
        ("America/New_York", "16:30", "2026-11-29", "UTC−05:00"),
        ("Asia/Kolkata", "03:00", "2026-11-30", "UTC+05:30"),
        ("UTC", "21:30", "2026-11-29", "UTC+00:00"),
    ],
)
def test_clock_and_calendar(zone: str, clock: str, day: str, offset: str) -> None:
    """A moment has its own time and its own date in each zone."""
    moment = local_time(zone, NOW)
    assert (f"{moment:%H:%M}", local_day(zone, NOW), show_offset(moment)) == (clock, day, offset)


def test_summer_time() -> None:
    """In a zone with summer time the same hour of UTC is another hour in July."""
    assert show_offset(local_time("Europe/Berlin", datetime(2026, 7, 1, tzinfo=UTC))) == "UTC+02:00"
    assert show_offset(local_time("Europe/Berlin", NOW)) == "UTC+01:00"


def test_default() -> None:
    """Before anything is said, Russian suggests Moscow, and everything else UTC."""
    assert (default_zone("ru"), default_zone("en")) == ("Europe/Moscow", "UTC")
