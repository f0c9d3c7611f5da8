"""2,000 hostile updates with the right secret, through every process, and what is left of them: nothing but notes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
import pytest_asyncio

from infra.functions import WORKERS
from infra.local.options import FEW_AT_ONCE
from shared.codec import decode
from shared.credits.ledger import Transfer
from shared.delivery import UPDATE_BYTES_MAX
from shared.errors import UnusableUpdateError
from shared.jobs.audit import audit
from shared.jobs.job import Job, JobState
from shared.payments.checkout import answer_checkout
from shared.people.users import User
from shared.telegram.address import chat_of
from shared.telegram.press_count import FIRST
from shared.telegram.updates import Message, Tap, parse_update
from tests.security.corpus import read_files
from tests.security.nonsense import list_nonsense
from tests.security.stage import Stage, find_soon, open_stage
from tests.security.storm import HOSTILE_GROUPS, HOSTILE_IDS, STORM_SIZE, Victim, make_storm
from tests.stored import read_job

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.emulator, pytest.mark.timeout(300)]

SEED = 20_261
BYSTANDERS = (720_000_001, 720_000_002)
CORPUS_PEOPLE = (710_000_001, 710_000_002, 710_000_003)
CORPUS_GROUPS = (-1_000_000_710_001, -1_000_000_710_002)
KNOWN_IDS = (*CORPUS_PEOPLE, *HOSTILE_IDS[:5])
QUIET_SECONDS_MAX = 150
"""All the nonsense goes to a few chats, and each is told something once a second at most."""
Documents = dict[str, dict[str, dict[str, Any]]]


@dataclass
class Storm:
    """What was sent, what came back, and the store before and after."""

    bodies: list[bytes]
    statuses: list[int]
    waiting: int
    before: Documents
    after: Documents


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    async with open_stage(queues=FEW_AT_ONCE) as stage:
        yield stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def storm(stage: Stage) -> Storm:
    """The storm, once; the tests below look at what it left."""
    for user_id in KNOWN_IDS:  # the bot can write to these; the other chats do not exist
        await stage.control("send", user={"id": user_id, "first_name": "<b>Eve</b> & Co"}, text="/start")
    for chat_id in (*CORPUS_GROUPS, *HOSTILE_GROUPS):
        members = {str(user_id): "member" for user_id in KNOWN_IDS}
        await stage.control("chats", id=chat_id, type="supergroup", title="Painters", members=members)
    victims = tuple([await make_victim(stage, user_id) for user_id in BYSTANDERS])
    before = await read_store(stage)
    bodies = make_storm(SEED, victims)
    statuses = await stage.post_updates(bodies)
    waiting = await stage.wait_for_none(stage.count_waiting, QUIET_SECONDS_MAX)
    return Storm(bodies, statuses, waiting, before, await read_store(stage))


async def make_victim(stage: Stage, user_id: int) -> Victim:
    """A person with a finished picture."""
    await stage.control("send", user={"id": user_id, "first_name": "By"}, text="draw a red fox")

    async def look() -> Job | None:
        jobs = [read_job(record.fields) for record in await stage.read_all("jobs")]
        return next((job for job in jobs if job.user_id == user_id and job.state is JobState.DELIVERED), None)

    job = await find_soon(look)
    card_message_id = chat_of(job).card_message_id
    assert card_message_id
    return Victim(user_id, job.id, card_message_id, FIRST)


async def read_store(stage: Stage) -> Documents:
    names = ("users", "jobs", "transfers", "drafts", "inbox", "quarantine")
    return {name: {record.key.id: record.fields for record in await stage.read_all(name)} for name in names}


def of_bystanders(documents: Documents) -> list[dict[str, Any]]:
    found = [f for name in ("jobs", "transfers", "drafts") for f in documents[name].values()]
    found = [fields for fields in found if fields["user_id"] in BYSTANDERS]
    return [*found, *(documents["users"][str(user_id)] for user_id in BYSTANDERS)]


def fate_of(body: bytes) -> str:
    """What must become of a body, by the rules of the product itself."""
    if len(body) > UPDATE_BYTES_MAX:
        return "dropped"
    if answer_checkout(body, (), datetime.now(UTC)) is not None:
        return "answered"
    try:
        parse_update(body)
    except UnusableUpdateError:
        return "unusable"
    return "fine"


def digest(body: bytes) -> str:
    return sha256(body).hexdigest()


async def test_webhook_accepts_everything(storm: Storm) -> None:
    """2,000 × 200: Telegram holds a chat back for a day over anything else."""
    assert len(storm.bodies) == STORM_SIZE
    refused = {storm.bodies[i][:200] for i, status in enumerate(storm.statuses) if status != 200}
    assert refused == set()


async def test_functions_never_fail(storm: Storm, stage: Stage) -> None:
    """Neither `bot` nor any function behind it answers anything but 200 to a task, where the store answers."""
    assert {200} <= {answer["status"] for answer in stage.answers("bot")}
    assert stage.find_failures(*WORKERS) == []


async def test_every_update_reached_its_end(storm: Storm, stage: Stage) -> None:
    """Each body is dropped, answered, handled or quarantined, as often as it was sent, and no task is left."""
    fates = [fate_of(body) for body in storm.bodies]
    assert storm.waiting == 0
    assert len(stage.system.events.named("update_dropped")) == fates.count("dropped")
    assert len(stage.system.events.named("update_quarantined")) >= fates.count("unusable")
    ended = len(stage.system.events.named("update_handled")) + len(stage.system.events.named("update_quarantined"))
    genuine = len(KNOWN_IDS) + len(BYSTANDERS)
    assert ended == genuine + fates.count("fine") + fates.count("unusable")


async def test_unusable_is_quarantined_with_a_reason(storm: Storm) -> None:
    """The bytes of what nobody can use are kept with the reason; nothing else is."""
    unusable = {digest(body): body for body in storm.bodies if fate_of(body) == "unusable"}
    kept = storm.after["quarantine"]
    assert set(kept) == set(unusable)
    assert all(kept[key]["body"] == body for key, body in unusable.items())
    assert all(fields["reason"].startswith("UnusableUpdateError: ") for fields in kept.values())


async def test_nonsense_meets_its_fate(storm: Storm) -> None:
    """What was judged by hand, body by body, became what it should have."""
    sent, kept = set(storm.bodies), storm.after["quarantine"]
    wrong = [
        case.name
        for case in list_nonsense()
        if case.body in sent and case.fate != "any" and (digest(case.body) in kept) != (case.fate == "unusable")
    ]
    assert wrong == []


async def test_no_stack_in_the_logs(storm: Storm, stage: Stage) -> None:
    """No part, local servers included, met an error it did not expect."""
    assert stage.find_stacks() == []


async def test_bystanders_are_untouched(storm: Storm) -> None:
    """Forged buttons and ids changed nobody's settings, pictures or money."""
    assert of_bystanders(storm.after) == of_bystanders(storm.before)


async def test_money_moved_for_genuine_wishes_only(storm: Storm) -> None:
    """Every job goes back to an update that its payer sent, nobody else has an account, and the books are right."""
    users = [decode(User, fields) for fields in storm.after["users"].values()]
    jobs = [read_job(fields) for fields in storm.after["jobs"].values()]
    transfers = [decode(Transfer, fields) for fields in storm.after["transfers"].values()]
    usable = [parse_update(body) for body in storm.bodies if fate_of(body) == "fine"]
    senders = {(u.update_id, u.sender.id) for u in usable if isinstance(u, Message | Tap)}
    known = {*BYSTANDERS, *KNOWN_IDS}
    assert jobs
    assert [
        job.id for job in jobs if (chat_of(job).update_id, job.user_id) not in senders and job.user_id not in known
    ] == []
    assert {user.id for user in users} <= known | {sender for _, sender in senders}
    assert audit(users, jobs, transfers, at_rest=True) == []


async def test_every_update_kind_is_accepted(storm: Storm, stage: Stage) -> None:
    """A genuine update of each kind there is passes the webhook and `bot` with 200 and is not quarantined."""
    quarantined = len(stage.system.events.named("update_quarantined"))
    bodies = [*read_files().values()]
    assert await stage.post_updates(bodies) == [200] * len(bodies)
    assert await stage.wait_for_none(stage.count_tasks, 60) == 0
    assert stage.find_failures("bot") == []
    assert len(stage.system.events.named("update_quarantined")) == quarantined


async def test_bot_still_answers(storm: Storm, stage: Stage) -> None:
    """After all that, somebody who asks for help gets it."""
    shown = len(await stage.messages(BYSTANDERS[0]))
    await stage.control("send", user=BYSTANDERS[0], text="/help")

    async def look() -> list[bool] | None:
        said = [message["from"]["is_bot"] for message in (await stage.messages(BYSTANDERS[0]))[shown:]]
        return said if len(said) > 1 else None

    assert await find_soon(look, 10) == [False, True]


async def test_nothing_secret_was_said(storm: Storm, stage: Stage) -> None:
    """No line of any part and no answer holds a token, a key or a stack."""
    assert stage.find_secrets() == []
