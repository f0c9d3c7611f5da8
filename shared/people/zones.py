"""Time zones: recognising one in a person's words, and its local time and day.

A zone is a name of the IANA database, such as Europe/Moscow. The names and rules come with the operating system.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

CITIES: dict[str, str] = {
    "honolulu": "Pacific/Honolulu",
    "losangeles": "America/Los_Angeles",
    "denver": "America/Denver",
    "mexico": "America/Mexico_City",
    "newyork": "America/New_York",
    "saopaulo": "America/Sao_Paulo",
    "utc": "UTC",
    "london": "Europe/London",
    "berlin": "Europe/Berlin",
    "kaliningrad": "Europe/Kaliningrad",
    "kyiv": "Europe/Kyiv",
    "moscow": "Europe/Moscow",
    "istanbul": "Europe/Istanbul",
    "minsk": "Europe/Minsk",
    "samara": "Europe/Samara",
    "dubai": "Asia/Dubai",
    "yekaterinburg": "Asia/Yekaterinburg",
    "tashkent": "Asia/Tashkent",
    "almaty": "Asia/Almaty",
    "delhi": "Asia/Kolkata",
    "omsk": "Asia/Omsk",
    "novosibirsk": "Asia/Novosibirsk",
    "irkutsk": "Asia/Irkutsk",
    "beijing": "Asia/Shanghai",
    "yakutsk": "Asia/Yakutsk",
    "tokyo": "Asia/Tokyo",
    "vladivostok": "Asia/Vladivostok",
    "sydney": "Australia/Sydney",
    "kamchatka": "Asia/Kamchatka",
}
"""Zones on buttons, from west to east; the texts `zone-…` name them."""
FALLBACK = "UTC"
_DEFAULTS = {"ru": "Europe/Moscow"}
"""The zone of most people who use the bot in this language."""
_NAME = re.compile(r"[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*")
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+−-])\s*(\d{1,2})(?:[:.]?([0-5]\d))?", re.IGNORECASE)
_HOURS_WEST, _HOURS_EAST = 12, 14
_BETWEEN_HOURS = {
    "-9:30": "Pacific/Marquesas",
    "+3:30": "Asia/Tehran",
    "+4:30": "Asia/Kabul",
    "+5:30": "Asia/Kolkata",
    "+5:45": "Asia/Kathmandu",
    "+6:30": "Asia/Yangon",
    "+8:45": "Australia/Eucla",
    "+9:30": "Australia/Darwin",
}
"""Zones without summer time whose offset is not a whole hour."""


def default_zone(language: str) -> str:
    """The zone of a person who has not chosen one."""
    return _DEFAULTS.get(language, FALLBACK)


def is_zone(name: str) -> bool:
    """Whether this machine's database has the zone."""
    return _load(name) is not None


def local_time(zone: str, now: datetime) -> datetime:
    """The moment in this zone; in UTC if this machine does not know the zone."""
    return now.astimezone(_load(zone) or UTC)


def local_day(zone: str, now: datetime) -> str:
    """The day in this zone, as YYYY-MM-DD."""
    return local_time(zone, now).date().isoformat()


def show_offset(moment: datetime) -> str:
    """The offset from UTC as text: "UTC+03:00"."""
    minutes = (moment.utcoffset() or timedelta()) // timedelta(minutes=1)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def city_of(zone: str) -> str | None:
    """The key of the button for a zone; None if it has no button."""
    return next((city for city, each in CITIES.items() if each == zone), None)


def find_zone(text: str, cities: dict[str, str]) -> str | None:
    """The zone in a text: a city, an offset from UTC, or a name of the database; None if it is none of these.

    `cities`: zones by the names of their cities, normalised by `fold_name`.
    """
    wanted = fold_name(text)
    return cities.get(wanted) or _zone_at(text.strip()) or _database().get(wanted)


def fold_name(text: str) -> str:
    """The name of a city for comparison: in lower case, with single spaces."""
    return " ".join(text.casefold().replace("ё", "е").replace("-", " ").replace("_", " ").split())


def _zone_at(offset: str) -> str | None:
    """The zone with this offset all year. The database's signs are reversed: "Etc/GMT-3" is UTC+3."""
    found = _OFFSET.fullmatch(offset)
    if found is None:
        return None
    is_west, hours, minutes = found[1] != "+", int(found[2]), int(found[3] or 0)
    if minutes:
        return _BETWEEN_HOURS.get(f"{'-' if is_west else '+'}{hours}:{minutes:02}")
    if hours > (_HOURS_WEST if is_west else _HOURS_EAST):
        return None
    return f"Etc/GMT{'+' if is_west else '-'}{hours}" if hours else FALLBACK


def _is_place(name: str) -> bool:
    return "/" in name and not name.startswith("Etc/")


@cache
def _database() -> dict[str, str]:
    """Every zone that is named after a place, by its full name and by its last part.

    If two zones share the last part, the first counts: "America/Buenos_Aires" is an old name that some machines lack.
    """
    names = sorted((name for name in available_timezones() if _is_place(name)), reverse=True)
    return {fold_name(part): name for name in names for part in (name, name.rpartition("/")[2])}


@lru_cache(maxsize=1_000)
def _load(name: str) -> tzinfo | None:
    if _NAME.fullmatch(name) is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
