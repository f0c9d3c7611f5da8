"""A newer release has been here: what it wrote, and today's code does not know, is still there when today's is done."""

from dataclasses import replace
from enum import StrEnum
from typing import Any

import pytest

from shared.codec import decode, encode
from shared.credits.ledger import Transfer
from shared.errors import DocumentUnreadableError
from shared.jobs.job import Attempt, Job
from shared.jobs.next_step import Move, next_step
from shared.pictures.draft import Draft
from tests.corpus.recording import Recording, read_releases, restore
from tests.corpus.test_releases import check_ends, sweep_until_rest
from tests.stored import read_job

Json = dict[str, Any]
RELEASES = read_releases()
each_release = pytest.mark.parametrize("recording", RELEASES, ids=lambda recording: recording.version)
KINDS = ("conversations", "users", "jobs", "drafts")
ALL_KINDS = {"jobs": Job, "drafts": Draft, "transfers": Transfer}
MAPS = {"texts", "changed_at", "cancel_marks", "parts", "mailboxes", "places"}
"""Fields whose names are data."""
NEWER = {"since": "the next release", "words": ["ours", "theirs"]}


def add_newer(value: Any, name: str = "") -> Any:
    """The same with a field of a newer release in every object."""
    if isinstance(value, list):
        return [add_newer(item) for item in value]
    if not isinstance(value, dict):
        return value
    grown = {key: add_newer(item, key) for key, item in value.items()}
    return grown if name in MAPS else {**grown, "newer": NEWER}


def find_newer(value: Any, path: str) -> set[str]:
    """Where the newer release's fields stand."""
    if isinstance(value, list):
        return set().union(*(find_newer(item, f"{path}[{n}]") for n, item in enumerate(value)))
    if not isinstance(value, dict):
        return set()
    here = {path} if value.get("newer") == NEWER else set()
    return here.union(*(find_newer(item, f"{path}.{name}") for name, item in value.items() if name != "newer"))


def newer_of(documents: Json) -> set[str]:
    """The same for the collections whose documents change."""
    found = [find_newer(fields, f"{kind}/{name}") for kind in KINDS for name, fields in documents.get(kind, {}).items()]
    return set().union(*found)


@each_release
async def test_newer_fields_survive(recording: Recording) -> None:
    """Documents that hold more than today's code knows, at every depth, are brought to their end and keep it all.

    Only what a person's next message belongs to is replaced as a whole, by what it belongs to now.
    """
    grown = {name: {key: add_newer(each) for key, each in recording.documents.get(name, {}).items()} for name in KINDS}
    newer = replace(recording, documents=recording.documents | grown)
    world = await restore(newer)
    await world.settle()
    await sweep_until_rest(world)
    check_ends(world, newer)
    lost = newer_of(grown) - newer_of({name: world.store.collection(name) for name in KINDS})
    assert {path.split(".", 1)[1] for path in lost} <= {"waiting"}
    assert any(path.endswith(".account") for path in newer_of(grown))


def stored(kind: str) -> Json:
    """A recorded document of this kind."""
    document: Json = next(iter(RELEASES[-1].documents[kind].values()))
    return document


@pytest.mark.parametrize(
    ("collection", "field"),
    [("jobs", "state"), ("jobs", "failure"), ("drafts", "state"), ("drafts", "doubt"), ("transfers", "kind")],
)
def test_unknown_values_are_kept(collection: str, field: str) -> None:
    """A value that an enum does not know is none of the known ones, and is written as it was read."""
    fields = {**stored(collection), field: "newer"}
    value: Any = decode(ALL_KINDS[collection], fields)
    assert fields.items() <= encode(value, fields).items()
    found: StrEnum = getattr(value, field)
    assert found not in list(type(found))


def test_job_in_an_unknown_state_is_left_alone() -> None:
    """A job that only a newer release can continue is neither worked on, shown nor given up."""
    job = read_job({**stored("jobs"), "state": "newer"})
    assert next_step(job, job.deadline_at).move is Move.NOTHING


def test_another_thing_inherits_nothing() -> None:
    """What a newer release wrote of one attempt stays with it: the next attempt is another one."""
    job = read_job(stored("jobs"))
    one, two = Attempt(1, job.created_at), Attempt(2, job.created_at)
    fields = encode(replace(job, attempts=(one,)))
    fields["attempts"][0]["newer"] = NEWER
    both = encode(replace(job, attempts=(replace(one, outcome="busy"), two)), fields)["attempts"]
    assert [attempt.get("newer") for attempt in both] == [NEWER, None]
    assert "newer" not in encode(replace(job, attempts=(two,)), fields)["attempts"][0]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"chat_id": "641"}, "chat_id"),
        ({"chat_id": True}, "chat_id"),
        ({"chat_id": None}, "chat_id"),
        ({"is_private": 1}, "is_private"),
        ({"language": 7}, "language"),
        ({"created_at": "2026-01-02"}, "created_at"),
        ({"state": None}, "state"),
        ({"attempts": {}}, "attempts"),
        ({"attempts": [{"fence": "1"}]}, "attempts: fence"),
        ({"request": []}, "request"),
        ({"request": {"prompt": "a fox"}}, "request"),
        ({"left": "gone"}, "left"),
    ],
)
def test_what_cannot_be_read(change: Json, field: str) -> None:
    """A document with another kind of value than the field holds is refused, and the error names the field."""
    with pytest.raises(DocumentUnreadableError, match=f"^{field}"):
        read_job(stored("jobs") | change)


def test_maps_are_checked() -> None:
    """Also what a map holds."""
    with pytest.raises(DocumentUnreadableError, match=r"^texts\.7: int instead of str"):
        decode(Draft, stored("drafts") | {"texts": {"7": 7}})


def test_fields_that_are_missing() -> None:
    """A document without a field that has no default is refused."""
    fields = dict(stored("jobs"))
    del fields["chat_id"]
    with pytest.raises(DocumentUnreadableError, match="chat_id"):
        read_job(fields)
