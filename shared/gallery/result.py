"""A finished picture or video as the gallery sees it, which of them are shown, and the queries that find them. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from shared.hash_ids import is_id
from shared.jobs.job import Job, JobState, credits_of
from shared.people.shelves import STARRED
from shared.pictures.picture import artefacts_of, is_picture, request_of
from shared.ports import Op, Query
from shared.videos.video import is_video, video_artefacts, video_request

Medium = Literal["picture", "video"]
"""The kinds of jobs whose results a gallery shows."""
Order = Literal["ASCENDING", "DESCENDING"]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CODES = {"a": ("picture", "video"), "p": ("picture",), "v": ("video",)}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which results are shown: of these media, or those on one shelf."""

    media: tuple[Medium, ...] = ("picture", "video")
    shelf: str = ""
    """The id of a shelf; with it, `media` are not looked at."""


ALL = Selection()
PICTURES, VIDEOS = Selection(("picture",)), Selection(("video",))
STARS = Selection(shelf=STARRED)


def write_selection(selection: Selection) -> str:
    """A selection in a button: one letter, or the id of its shelf."""
    return selection.shelf or {media: code for code, media in _CODES.items()}[selection.media]


def read_selection(text: str) -> Selection:
    """The selection in a button; all results for a text that is none."""
    simple = {"a": ALL, "p": PICTURES, "v": VIDEOS}
    if text in simple:
        return simple[text]
    return Selection(shelf=text) if re.fullmatch(r"[A-Za-z0-9_-]{4,16}", text) else ALL


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place of a result among its person's results."""

    at: datetime
    job_id: str


def write_cursor(cursor: Cursor) -> str:
    """A place in a button, to the microsecond: the pictures of one request have one time, so their ids follow it."""
    return f"{(cursor.at - _EPOCH) // timedelta(microseconds=1):x}.{cursor.job_id}"


def read_cursor(text: str) -> Cursor | None:
    """The place in a button; None if there is none, or nonsense."""
    instant, _, job_id = text.partition(".")
    if re.fullmatch(r"[0-9a-f]{10,14}", instant) is None or not is_id(job_id):
        return None
    return Cursor(_EPOCH + timedelta(microseconds=int(instant, 16)), job_id)


@dataclass(frozen=True, slots=True)
class Result:
    """A delivered picture or video."""

    job: Job

    @property
    def id(self) -> str:
        """The id of its job."""
        return self.job.id

    @property
    def medium(self) -> Medium:
        return "picture" if is_picture(self.job) else "video"

    @property
    def file_id(self) -> str:
        """The `file_id` of the shown photo or video, for this bot only. Empty if Telegram gave none.

        A video that was too large for Telegram has none.
        """
        if is_picture(self.job):
            made = artefacts_of(self.job).result
            return "" if made is None else made.photo_file_id
        video = video_artefacts(self.job).video
        return "" if video is None else video.file_id

    @property
    def prompt(self) -> str:
        return request_of(self.job).prompt if is_picture(self.job) else video_request(self.job).prompt

    @property
    def price(self) -> int:
        """What the person paid, in credits."""
        return credits_of(self.job)

    @property
    def created_at(self) -> datetime:
        """When it was requested: results are ordered by this."""
        return self.job.created_at

    @property
    def is_starred(self) -> bool:
        """Whether it is a favourite."""
        return STARRED in self.job.shelves

    @property
    def cursor(self) -> Cursor:
        """Its place."""
        return Cursor(self.job.created_at, self.job.id)


def is_kept(job: Job, now: datetime) -> bool:
    """Whether a job's result is there for its person: it is delivered, and not deleted, expired or incognito."""
    return job.state is JobState.DELIVERED and job.deleted_at is None and not job.is_incognito and now < job.expire_at


def is_shown(job: Job, now: datetime) -> bool:
    """Whether a gallery shows this job: a picture or video that is there."""
    return is_kept(job, now) and (is_picture(job) or is_video(job))


def queries_of(user_id: int, selection: Selection, after: Cursor | None, limit: int, order: Order) -> tuple[Query, ...]:
    """The queries that together find the next results of a selection, each of them the next of its own kind."""
    if selection.shelf:
        return (results_on_shelf(user_id, selection.shelf, after, limit, order),)
    finders = {"picture": pictures_of, "video": videos_of}
    return tuple(finders[medium](user_id, after, limit, order) for medium in selection.media)


def pictures_of(user_id: int, after: Cursor | None, limit: int, order: Order) -> Query:
    """A person's pictures. Documents of 0.3.0 have no `kind`, but this field, which no other kind has."""
    where = (*_delivered(user_id), ("too_many_pixels", "in", (False, True)))
    return Query("jobs", where, limit, ("created_at", order), _place(after))


def videos_of(user_id: int, after: Cursor | None, limit: int, order: Order) -> Query:
    """A person's videos."""
    where = (*_delivered(user_id), ("kind", "==", "video"))
    return Query("jobs", where, limit, ("created_at", order), _place(after))


def results_on_shelf(user_id: int, shelf: str, after: Cursor | None, limit: int, order: Order) -> Query:
    """What a person put on one shelf."""
    where = (*_delivered(user_id), ("shelves", "array_contains", shelf))
    return Query("jobs", where, limit, ("created_at", order), _place(after))


def _delivered(user_id: int) -> tuple[tuple[str, Op, Any], ...]:
    return (("user_id", "==", user_id), ("state", "==", JobState.DELIVERED.value), ("deleted_at", "==", None))


def _place(after: Cursor | None) -> tuple[datetime, str] | None:
    return None if after is None else (after.at, after.job_id)
