"""A person's shelves: favourites and collections that a person named. Pure.

A shelf is a name in the user's document; what stands on it says so itself (`Job.shelves`). The id of a removed shelf is
never given again, so a removal changes no job.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.hash_ids import hash_id

STARRED = "star"
"""The shelf of favourites, which everybody has."""
SHELVES_MAX = 20
ARCHIVES_PER_DAY = 10
"""ZIPs of one person on a UTC day: each costs us what reading and sending its bytes costs."""
SHELF_ID_CHARACTERS = 8
NAME_CHARACTERS_MAX = 40


@dataclass(frozen=True, slots=True)
class Shelf:
    """A collection that a person named."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Naming:
    """A result for whose new collection the bot has asked the name."""

    job_id: str
    asked_at: datetime
    message_id: int
    """Our question."""


@dataclass(frozen=True, slots=True)
class Gallery:
    """What a person's document keeps of their gallery."""

    shelves: tuple[Shelf, ...] = ()
    """In the order in which they were made."""
    naming: Naming | None = None
    archives_day: str = ""
    """The UTC day of `archives`, as YYYY-MM-DD."""
    archives: int = 0
    """How many ZIPs were requested on that day."""


def find_shelf(gallery: Gallery, shelf_id: str) -> Shelf | None:
    """The collection with this id."""
    return next((shelf for shelf in gallery.shelves if shelf.id == shelf_id), None)


def shelf_id(*made_by: object) -> str:
    """The id of a collection, the hash of what makes it: a wish that comes twice makes one."""
    return hash_id("shelf", *made_by)[:SHELF_ID_CHARACTERS].replace("-", "m").replace("_", "u")


def tidy_shelf_name(words: str) -> str:
    """A name on one line, cut to the length of a button; empty if there are no words."""
    line = " ".join(words.split())
    return line if len(line) <= NAME_CHARACTERS_MAX else f"{line[: NAME_CHARACTERS_MAX - 1]}…"


def add_shelf(gallery: Gallery, shelf: Shelf) -> Gallery | None:
    """With one more shelf, or unchanged if it is there; None if there are too many. Any open question is over."""
    answered = replace(gallery, naming=None)
    if find_shelf(gallery, shelf.id) is not None:
        return answered
    if len(gallery.shelves) >= SHELVES_MAX:
        return None
    return replace(answered, shelves=(*gallery.shelves, shelf))


def find_by_name(gallery: Gallery, name: str) -> Shelf | None:
    """The collection that is called so, whatever the case."""
    return next((shelf for shelf in gallery.shelves if shelf.name.casefold() == name.casefold()), None)


def remove_shelf(gallery: Gallery, shelf_id: str) -> Gallery:
    """Without this shelf; what stood on it stays."""
    return replace(gallery, shelves=tuple(shelf for shelf in gallery.shelves if shelf.id != shelf_id))


def put_on(shelves: tuple[str, ...], shelf_id: str) -> tuple[str, ...]:
    """The shelves of a result with this one, once."""
    return shelves if shelf_id in shelves else (*shelves, shelf_id)


def take_off(shelves: tuple[str, ...], shelf_id: str) -> tuple[str, ...]:
    """The shelves of a result without this one."""
    return tuple(each for each in shelves if each != shelf_id)


def count_archive(gallery: Gallery, day: str) -> Gallery:
    """With one more ZIP on this day."""
    used = gallery.archives if gallery.archives_day == day else 0
    return replace(gallery, archives_day=day, archives=used + 1)


def return_archive(gallery: Gallery, day: str) -> Gallery:
    """With one ZIP less, if the day is not over."""
    return replace(gallery, archives=max(0, gallery.archives - 1)) if gallery.archives_day == day else gallery
