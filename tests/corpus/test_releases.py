"""Neighbouring versions run at the same time: what one leaves, the other reads and brings to its end.

When a test here fails after a change: documents or tasks no longer look as the last released version wrote them. Give
a new field a default and keep the old ones. Where that cannot be, raise SCHEMA in shared/settings.py, keep reading what
is recorded, and record the new shape: `python -m tests.corpus.record_release <version>`.
"""

import copy
import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from shared.bot.router import transport_key
from shared.codec import decode
from shared.conversations.answer import answer_of, is_answer
from shared.credits.ledger import TransferKind
from shared.jobs.job import ENDS, Job, JobState
from shared.jobs.sweep_work import sweep_work
from shared.people.links import account_id_of, telegram_link
from shared.pictures.draft import Draft, DraftState
from shared.providers.outcomes import FailureReason
from shared.settings import SCHEMA
from shared.telegram.address import chat_of
from shared.telegram.updates import Message, Tap, parse_update
from shared.texts import plain_text
from tests.corpus.record_release import main
from tests.corpus.recording import Recording, read_recording, read_releases, record, restore
from tests.corpus.scenario import play
from tests.corpus.shapes import describe_documents, describe_fields, describe_tasks, find_breaks, find_changes
from tests.stored import read_job
from tests.world import BOT_ID, World

Json = dict[str, Any]
RELEASES = read_releases()
NEWEST = RELEASES[-1]
each_release = pytest.mark.parametrize("recording", RELEASES, ids=lambda recording: recording.version)
NEXT_ENDS = {
    JobState.QUEUED: {JobState.DELIVERED, JobState.CANCELED},
    JobState.WORKING: {JobState.DELIVERED},
    JobState.MADE: {JobState.DELIVERED},
    JobState.REFUSED: {JobState.FAILED},
    **{end: {end} for end in ENDS},
}
OF_NO_KIND_YET = {JobState.SUBMITTED, JobState.POLLING}
"""States of work that a provider does while nobody waits: a picture never has them."""
OF_NO_RELEASE_YET = {
    **dict.fromkeys(("jobs.request.model", "jobs.request.settings.model", "users.settings.model"), ("dream|", "|gpt")),
    "transfers.kind": (
        "bonus|bonus_back|",
        "recalled|received|",
        "|sent",
        "deposit|",
        "regrant|",
        "grant|",
        "|withdrawal",
    ),
    "transfers.source": ("gifts|", "|wallets"),
    "transfers.target": ("gifts|", "|wallets"),
}
"""Models of fal: this release can read them, the next one may sell them (CONTRIBUTING.md, *A model*). Nothing writes
them without fal's key, which may be set only when the release before knows them.

What is given away, or goes to a wallet: the release before reads such transfers as *other* entries and writes none.
"""
FIELDS_OF_OLD = {"jobs.result.signature_blob"}
"""Read where an earlier release wrote them; nobody writes them any more."""
SWEEPS_MAX = 20
SWEEP_SECONDS = 60


async def sweep_until_rest(world: World) -> None:
    """Let time pass, and `sweep` with it, until no job is open."""
    for _ in range(SWEEPS_MAX):
        if all(job.state in ENDS for job in world.jobs()):
            return
        world.clock.advance(SWEEP_SECONDS)
        await sweep_work(world.repair_ports)
        await world.settle()
    raise AssertionError([job for job in world.jobs() if job.state not in ENDS])


def find_ends(job: Job) -> set[JobState]:
    """How a job may end that was found like this."""
    is_begun = job.state in {JobState.QUEUED, JobState.WORKING}
    if is_begun and is_answer(job) and answer_of(job).stop_asked_at is not None:
        return {JobState.CANCELED}
    return {JobState.FAILED} if is_on_its_way(job) else NEXT_ENDS[job.state]


def is_on_its_way(job: Job) -> bool:
    """Whether it was being sent, once and for all, when its worker died: nobody knows whether it came."""
    return job.state is JobState.MADE and chat_of(job).sending_at is not None


def check_ends(world: World, recording: Recording) -> None:
    """Each recorded job ended as it should, was paid or returned once, and nothing readable was put away."""
    ends = {job.id: job for job in world.jobs()}
    for job_id, fields in recording.documents["jobs"].items():
        before, after = read_job(fields), ends[job_id]
        assert after.state in find_ends(before), (before, after)
        failed = FailureReason.UNDELIVERABLE if is_on_its_way(before) else before.failure
        assert after.failure == failed, after
    world.check_money()
    assert world.store.collection("quarantine") == recording.documents["quarantine"]
    check_names(world, recording)


def check_names(world: World, recording: Recording) -> None:
    """What was booked since names its account; what was booked before is as it was."""
    before = recording.documents["transfers"]
    after = world.store.collection("transfers")
    assert {name: fields for name, fields in after.items() if name in before} == before
    new = [transfer for transfer in world.transfers() if transfer.id not in before]
    assert [each.account_id for each in new] == [account_id_of(telegram_link(each.user_id)) for each in new]
    assert all(world.user(each.user_id).account.id == each.account_id for each in new)


def key_of(update: Json) -> str:
    """The id of the mark that an update leaves in the inbox."""
    parsed = parse_update(json.dumps(update).encode())
    assert isinstance(parsed, (Message, Tap))
    return transport_key(BOT_ID, parsed)


@each_release
async def test_its_tasks_are_carried_on(recording: Recording) -> None:
    """Every recorded task is understood: jobs end, albums close, updates are answered, old buttons work."""
    world = await restore(recording)
    await world.settle()
    await sweep_until_rest(world)
    check_ends(world, recording)
    updates = [json.loads(task["body"]) for task in recording.tasks if task["path"] == "/" and task["queue"] == "bot"]
    assert {key_of(update) for update in updates} <= world.store.collection("inbox").keys()
    assert len(world.messenger.taps) == sum("callback_query" in update for update in updates)
    unheard = {plain_text("en", name) for name in ("old-menu", "toast-expired")}
    assert not unheard & {tap.toast for tap in world.messenger.taps}
    old = recording.documents["jobs"].keys()
    assert {job.state for job in world.jobs() if job.id not in old} == {JobState.DELIVERED}
    drafts = [decode(Draft, fields) for fields in world.store.collection("drafts").values()]
    assert DraftState.COLLECTING not in {draft.state for draft in drafts}


@each_release
async def test_its_documents_are_enough(recording: Recording) -> None:
    """Where all tasks are lost, `sweep` finds in the documents what is to be done."""
    world = await restore(recording)
    world.tasks.take_all()
    await sweep_until_rest(world)
    check_ends(world, recording)


def take_names(documents: Json, pick: Callable[[int], bool]) -> Json:
    """The documents without accounts' ids and links in those that are picked, as an older release writes them."""
    aged: Json = copy.deepcopy(documents)
    for collection, name in (("jobs", "payer"), ("transfers", "account_id")):
        for fields in [each for n, each in enumerate(aged[collection].values()) if pick(n)]:
            del fields[name]
    for fields in [each for n, each in enumerate(aged["users"].values()) if pick(n)]:
        del fields["account"]["id"], fields["account"]["links"]
    return aged


@pytest.mark.parametrize("pick", [lambda _: False, lambda _: True, lambda n: n % 2 == 0, lambda n: n % 3 > 0])
async def test_names_of_accounts_in_some_documents(pick: Callable[[int], bool]) -> None:
    """Where today's code and an older release have written side by side, some documents name accounts, and all end."""
    today = record("today", await play())
    recording = replace(today, documents=take_names(today.documents, pick))
    world = await restore(recording)
    await world.settle()
    await sweep_until_rest(world)
    check_ends(world, recording)


async def test_recording_holds_something_of_everything() -> None:
    """A job in each state, a draft in each, each kind of transfer, tasks for every path, every field filled in."""
    recording = record("today", await play())
    documents = recording.documents
    filled = {path for path, kinds in describe_documents(documents).items() if kinds - {"nothing"}}
    assert {path for path in describe_fields() if "{}" not in path} <= filled | FIELDS_OF_OLD
    assert {fields["state"] for fields in documents["jobs"].values()} == {*JobState} - OF_NO_KIND_YET
    assert {fields["state"] for fields in documents["drafts"].values()} == {*DraftState}
    assert {fields["kind"] for fields in documents["transfers"].values()} == {*TransferKind}
    assert documents["inbox"]
    assert documents["quarantine"]
    tasks = Counter(f"{task['queue']} {task['path']}" for task in recording.tasks)
    assert tasks.keys() == {"bot /", "bot /drafts", "bot /dues", "chat /", "chat /stops", "chat /updates", "image /"}
    assert any(task["headers"].get("X-Nanobanana-Deferrals") for task in recording.tasks)


def test_no_break_without_a_new_schema() -> None:
    """Between neighbours, today's code after the newest release included, shapes break only where SCHEMA was raised."""
    chain = [(each.version, each.schema, each.release["fields"]) for each in RELEASES]
    today = describe_fields()
    for state in OF_NO_KIND_YET:  # nothing writes them, so no neighbour meets them
        today["jobs.state"] = today["jobs.state"].replace(f"{state}|", "")
    for path, names in OF_NO_RELEASE_YET.items():
        for name in names:
            today[path] = today[path].replace(name, "")
    chain.append(("today's code", SCHEMA, today))
    for (_, old_schema, old), (version, schema, new) in pairwise(chain):
        assert schema >= old_schema
        breaks = find_breaks(old, new)
        assert not breaks or schema > old_schema, (
            f"{version} cannot share documents with the release before it; give new fields a default, keep the old "
            f"ones, or raise SCHEMA and record a new version (see this file's beginning): {breaks}"
        )


async def test_todays_recording_looks_like_the_newest() -> None:
    """The same scenario, played by today's code, leaves the same kinds of values in the same places."""
    today = record("today", await play())
    changes = [
        *find_changes(describe_documents(NEWEST.documents), describe_documents(today.documents)),
        *find_changes(describe_tasks(NEWEST.tasks), describe_tasks(today.tasks)),
    ]
    assert not changes or NEWEST.schema < SCHEMA, (
        f"documents or tasks are not what {NEWEST.version} wrote: keep them, or raise SCHEMA and record a new version "
        f"(see this file's beginning): {changes}"
    )


async def test_recording_is_the_same_every_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two runs write the same bytes, which read back as what was played; a version is never overwritten."""
    files: list[dict[str, bytes]] = []
    for name in ("one", "two"):
        assert main_in_thread(tmp_path / name) == 0
        files.append({path.name: path.read_bytes() for path in (tmp_path / name / "9.1").iterdir()})
    assert files[0] == files[1]
    assert read_recording(tmp_path / "one" / "9.1") == record("9.1", await play())
    assert main_in_thread(tmp_path / "one") == 2
    assert main(["nine"], tmp_path) == 2
    assert capsys.readouterr().err.splitlines() == [
        "9.1 is recorded already: a release does not change",
        "nine: not a version",
    ]


FIELDS = describe_fields()


@pytest.mark.parametrize(
    ("change", "breaks"),
    [
        ({"jobs.video": "text?"}, []),
        ({"jobs.video": "object or nothing?", "jobs.video.blob": "text", "jobs.video.parts[].n": "number"}, []),
        ({"jobs.video": "text"}, ["jobs.video: is new, and documents without it cannot be read"]),
        ({"jobs.request.tone": "text"}, ["jobs.request.tone: is new, and documents without it cannot be read"]),
        ({"jobs.chat_id": "text"}, ["jobs.chat_id: was number, is text"]),
        ({"jobs.chat_id": "number?"}, []),
        ({"jobs.fence": "number"}, ["jobs.fence: was number?, is number"]),
        ({"jobs.fence": ""}, ["jobs.fence: is gone"]),
        ({"jobs.request.size": "one of 1K|8K"}, ["jobs.request.size: was one of 1K|2K|4K, is one of 1K|8K"]),
    ],
)
def test_what_counts_as_a_break(change: dict[str, str], breaks: list[str]) -> None:
    """Only what has a default may come; nothing may go, change, or hold values that a neighbour does not know."""
    changed = {path: text for path, text in (FIELDS | change).items() if text}
    assert find_breaks(FIELDS, changed) == breaks


def test_what_counts_as_a_change() -> None:
    """A value of another kind, or a place nobody writes any more; what is new or empty does no harm."""
    old = {"inbox.jobs": {"list"}, "inbox.at": {"time"}, "jobs.card": {"nothing"}, "jobs.result": {"object"}}
    assert find_changes(old, {**old, "inbox.more": {"text"}, "jobs.card": {"number", "nothing"}}) == []
    for at in ({"number"}, {"time", "number"}):
        changes = find_changes(old, {"inbox.jobs": {"list"}, "inbox.at": at})
        assert changes == [f"inbox.at: was ['time'], is {sorted(at)}"]
    assert find_changes(old, {"inbox.at": {"time"}}) == ["inbox.jobs: is gone"]


def main_in_thread(folder: Path) -> int:
    """The recorder has an event loop of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(main, ["9.1"], folder).result()
