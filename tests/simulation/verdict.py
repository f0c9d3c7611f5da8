"""What must hold when everything has come to rest."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from html import escape

from shared.codec import decode
from shared.conversations.answer import is_answer
from shared.conversations.answer_screens import answer_card
from shared.conversations.take_questions import WAYS
from shared.credits.ledger import Transfer, TransferKind
from shared.jobs.attempts import ATTEMPTS_MAX, CANCELED_ATTEMPT, FREE_OUTCOMES, STOPPED_ATTEMPT
from shared.jobs.audit import audit
from shared.jobs.identity import job_id_of, message_intent, update_key
from shared.jobs.job import Job, JobState
from shared.jobs.lanes import shard_of
from shared.jobs.screens import note_payer
from shared.people.talk import mode_in, place_of
from shared.people.users import User
from shared.pictures.cards import card, chips, shorten_words
from shared.pictures.draft import Doubt, Draft, DraftState
from shared.pictures.picture import artefacts_of, is_picture, request_of, result_of
from shared.pictures.tools import name_tool
from shared.ports import Fields, Screen
from shared.providers.outcomes import FailureReason
from shared.telegram.address import as_in_group, chat_of, read_message_ref
from shared.telegram.chat import PLACEHOLDER
from shared.videos.video import is_video
from shared.videos.video_screens import video_card
from shared.voices.speech import is_speech
from tests.fakes.blobs import FakeBlobStore
from tests.fakes.pictures import JPEG
from tests.simulation.answers_verdict import find_answer_problems
from tests.simulation.batches_verdict import batch_or_intent, find_batch_problems
from tests.simulation.buyers_verdict import find_buyer_problems
from tests.simulation.clients_verdict import find_client_problems
from tests.simulation.givers_verdict import find_giver_problems
from tests.simulation.group_wallet import find_wallet_problems, read_wallets
from tests.simulation.offices_verdict import find_office_problems, is_unseen
from tests.simulation.people import BOT_ID, CLOSING_ID, MOVING_ID, SPLIT_END, Choice
from tests.simulation.slow_work import find_begun_twice
from tests.simulation.speech_verdict import find_speech_problems
from tests.simulation.treasurers_verdict import find_treasurer_problems
from tests.simulation.videos_verdict import find_video_problems
from tests.simulation.virtual_time import EPOCH
from tests.simulation.voices_verdict import find_voice_problems
from tests.simulation.world import NEWER, UNREADABLE, World

BUYING = WAYS.keys() | {
    "again", "then", "now", "retry", "make", "more", "tool", "phototool", "mix", "ex", "draw", "drawlast", "speak",
    "said", "vmake", "batch", "variant", "restyle", "stylelast", "photostyle",
}  # fmt: skip
UNDER_WAY = timedelta(seconds=10)
"""More than a dozen calls take that lie between the look at the caps and the call of the model."""
UNSEEN = {CLOSING_ID, MOVING_ID}
"""Groups in which nothing can be looked at while they are closed, or any more: an edit whose answer was lost there may
have arrived, and the picture comes once more elsewhere rather than never. It is paid once."""


def find_problems(world: World) -> list[str]:
    """Everything that must hold and does not."""
    of_clients = find_client_problems(world)
    everything = world.jobs()
    jobs = {job_id: job for job_id, job in everything.items() if is_picture(job) and not is_unseen(job)}
    answers = {job_id: job for job_id, job in everything.items() if is_answer(job)}
    speeches = {job_id: job for job_id, job in everything.items() if is_speech(job)}
    users = {u.id: u for u in (decode(User, f) for f in world.store.collection("users").values())}
    transfers = [decode(Transfer, fields) for fields in world.store.collection("transfers").values()]
    taken = {each.job_id: each.credits for each in transfers if each.kind is TransferKind.CAPTURE and each.job_id}
    return [
        *audit(users.values(), everything.values(), transfers, at_rest=True, wallets=read_wallets(world)),
        *find_wallet_problems(everything, transfers),
        *_find_unfinished(world),
        *_find_lost(world, everything),
        *_find_unsaid(world),
        *_find_doubles(world, jobs),
        *_find_overworked(everything),
        *_find_wrong_cards(world, jobs),
        *_find_thrown_away(world, jobs),
        *_find_wrong_left(world, everything),
        *_find_wrong_choices(world, users),
        *world.store.ignored_cancels,
        *(f"{count} times {bug}" for bug, count in world.bugs.items()),
        *_find_broken_albums(world, jobs),
        *_find_unwanted(world, jobs),
        *_find_torn_wishes(world, jobs),
        *_find_impatient_purchases(world, everything),
        *_find_silent_charges(world, jobs),
        *_find_lost_deletions(world, jobs),
        *_find_impatient_failures(world, jobs),
        *_find_paid_again(world, jobs),
        *_find_erased(world),
        *_find_nameless(jobs, transfers),
        *find_begun_twice(world.slow),
        *_find_overspent(world),
        *_find_in_the_way(world),
        *find_answer_problems(world, answers, transfers),
        *find_speech_problems(world, everything, speeches, transfers),
        *find_voice_problems(world, everything, list(users.values()), taken),
        *find_video_problems(world, everything),
        *find_batch_problems(world, jobs),
        *find_buyer_problems(world, transfers),
        *find_giver_problems(world, users, transfers),
        *find_treasurer_problems(world, transfers),
        *find_office_problems(world, transfers),
        *of_clients,
    ]


def _find_erased(world: World) -> list[str]:
    """What a newer release wrote into an account is still there."""
    accounts = {name: fields["account"] for name, fields in world.store.collection("users").items()}
    funded = {name: each for name, each in accounts.items() if int(name) <= world.people and int(name) % 5}
    return [
        f"account {name} lost what a newer release wrote"
        for name, each in funded.items()
        if not each.items() >= NEWER.items()
    ]


def _find_nameless(jobs: dict[str, Job], transfers: list[Transfer]) -> list[str]:
    """What was asked for and booked in the run names its account; what the people began with is an older release's."""
    nameless = [transfer.id for transfer in transfers if transfer.job_id is not None and not transfer.account_id]
    return [f"{name} names no account" for name in (*nameless, *(job.id for job in jobs.values() if not job.payer))]


def _find_overspent(world: World) -> list[str]:
    """Once a cap is reached no model is asked, but by those who had looked just before."""
    reached_at = _list_reached(world)
    late = [
        at
        for at in world.chaos.asked_at
        for window in (f"{at:%F}", f"{at:%F %H}")
        if window in reached_at and at > reached_at[window] + UNDER_WAY
    ]
    return [f"the model was asked {len(late)} times although the cap was reached"] if late else []


def _list_reached(world: World) -> dict[str, datetime]:
    """The hours and days in which a cap was reached, and when."""
    reached_at: dict[str, datetime] = {}
    sums: Counter[str] = Counter()
    for at, usd_micros in world.store.booked:
        for window, cap in ((f"{at:%F}", world.caps.day_usd_micros), (f"{at:%F %H}", world.caps.hour_usd_micros)):
            sums[window] += usd_micros
            if sums[window] >= cap:
                reached_at.setdefault(window, at)
    return reached_at


def _find_in_the_way(world: World) -> list[str]:
    """What cannot be read is as it was, but for its shard, and waits for later."""
    return [
        f"{collection}/{name} was changed, or is still in the way"
        for collection in ("jobs", "drafts")
        for name, fields in UNREADABLE.items()
        if (found := world.store.collection(collection)[name]) != fields | _put_aside(name, found)
        or found["sweep_at"] <= EPOCH
    ]


def _put_aside(name: str, found: Fields) -> Fields:
    """What `sweep` writes into a document that it puts aside."""
    return {"shard": shard_of(name), "sweep_at": found["sweep_at"]}


def _drafts(world: World) -> list[Draft]:
    stored = world.store.collection("drafts").items()
    return [decode(Draft, fields) for name, fields in stored if name not in UNREADABLE]


def _find_unfinished(world: World) -> list[str]:
    problems = [
        f"draft {draft.id} is still collecting" for draft in _drafts(world) if draft.state is DraftState.COLLECTING
    ]
    if world.pending:
        problems.append(f"{len(world.pending)} deliveries never ended")
    if world.store.collection("quarantine"):
        problems.append(f"{len(world.store.collection('quarantine'))} genuine updates in quarantine")
    return problems


def _find_lost(world: World, jobs: dict[str, Job]) -> list[str]:
    """Each wish became a job, or was answered: the update that brought it is in the inbox."""
    inbox = world.store.collection("inbox")
    lost = []
    for (chat_id, message_id), update_ids in world.crowd.wishes.items():
        has_job = job_id_of(message_intent(BOT_ID, chat_id, message_id), 1) in jobs
        if not has_job and not any(update_key(BOT_ID, update_id) in inbox for update_id in update_ids):
            lost.append(f"lost: message {message_id} in chat {chat_id}")
    return lost


def _find_unsaid(world: World) -> list[str]:
    """Each answer that was written down was said as often as it was meant to be, where somebody wants to hear it."""
    said = Counter((chat_id, text) for (chat_id, _), texts in world.messenger.said.items() for text in texts)
    meant: Counter[tuple[int, str]] = Counter()
    for mark in world.store.collection("inbox").values():
        if mark.get("answer"):
            answer = json.loads(mark["answer"])
            meant[answer["place"]["chat_id"], answer["screen"]["text"]] += 1
    deaf = world.ever_blocked | UNSEEN
    return [
        f"an answer in chat {chat_id} was said {said[chat_id, text]} times instead of {count}: {text[:40]!r}"
        for (chat_id, text), count in meant.items()
        if said[chat_id, text] < count and chat_id not in deaf
    ]


def _find_doubles(world: World, jobs: dict[str, Job]) -> list[str]:
    """One message with a picture per job, one request per wish, one document per tap."""
    shown = Counter(
        message.file_id
        for chat_id, chat in world.messenger.chats.items()
        for message in chat.values()
        if message.kind == "photo"
        and not message.in_album  # those of an album were shown before, or are looked at in batches_verdict.py
        and PLACEHOLDER.text not in world.messenger.said[chat_id, message.message_id]  # sent again, as a person asked
        and chat_id not in UNSEEN
        and not _came_late(world, chat_id, message.message_id)
    )
    problems = [f"picture {file_id} is shown {count} times" for file_id, count in shown.items() if count > 1]
    requests = Counter(batch_or_intent(job) for job in jobs.values())
    counts = {batch_or_intent(job): job.count for job in jobs.values()}
    problems += [f"{n} jobs of {counts[key]} for intent {key}" for key, n in requests.items() if n != counts[key]]
    edits = {draft.id for draft in _drafts(world) if draft.doubt is Doubt.EDITED}  # another wish, which was agreed to
    wanted: dict[tuple[int, int], set[int]] = defaultdict(set)
    for job in jobs.values():
        if (chat_of(job).chat_id, chat_of(job).message_id) in world.crowd.wishes and job.intent not in edits:
            wanted[chat_of(job).chat_id, chat_of(job).message_id].add(chat_of(job).update_id)
    problems += [f"message {key[1]} was accepted {len(ids)} times" for key, ids in wanted.items() if len(ids) > 1]
    return problems + _find_double_documents(world, jobs)


def _find_overworked(jobs: dict[str, Job]) -> list[str]:
    """No model is asked for ever."""
    worked = {job.id: sum(a.outcome not in FREE_OUTCOMES for a in job.attempts) for job in jobs.values()}
    return [f"job {name} asked the model {count} times" for name, count in worked.items() if count > ATTEMPTS_MAX]


def _came_late(world: World, chat_id: int, message_id: int) -> bool:
    """Whether a worker that had been stalled made this card the picture after another had seen that it was none."""
    return (chat_id, message_id) in world.messenger.seen_as_text


def _find_double_documents(world: World, jobs: dict[str, Job]) -> list[str]:
    """An original is sent at most once per wish, however many presses that took, and once by the setting."""
    sent: Counter[str] = Counter()
    for call in world.messenger.sent("send_document"):
        assert call.media is not None
        if call.chat_id in world.ever_blocked:  # refused, and asked for again
            continue
        if call.media.filename.endswith(".csv"):  # a person's transfers, of no job: tests/unit/statement/test_csv.py
            continue
        sent[call.media.filename.removeprefix("nanobanana-").partition(".")[0]] += 1
    problems, everything = [], world.jobs()
    for job_id, count in sent.items():
        allowed = 1  # of what a group does not take as a voice message
        if (job := everything.get(job_id)) is not None and chat_of(job).left is not None:
            allowed = 2  # sent to the group, whose answer got lost, and then to the private chat
        if job_id in jobs:
            allowed = int(request_of(jobs[job_id]).original) + world.crowd.originals[job_id]
        if count > allowed:
            problems.append(f"job {job_id}: {count} documents sent, {allowed} asked for")
    return problems


def _find_impatient_purchases(world: World, jobs: dict[str, Job]) -> list[str]:
    """However often a finger comes down, it buys once; within a second, nothing that its first press did not buy."""
    bought: dict[int, set[str]] = defaultdict(set)
    for job in jobs.values():
        if is_picture(job) or job.state not in {JobState.FAILED, JobState.CANCELED}:  # else once more
            bought[chat_of(job).update_id].add(batch_or_intent(job))
    problems = []
    for finger in world.crowd.fingers:
        intents = set().union(*(bought[update_id] for update_id in finger.updates & bought.keys()))
        allowed = int(finger.is_stubborn or finger.first_action in BUYING)
        if len(intents) > allowed:
            problems.append(f"a finger on {finger.first_action!r} bought {len(intents)} times")
    return problems


def _find_silent_charges(world: World, jobs: dict[str, Job]) -> list[str]:
    """What was paid said on its card what for: how it is made and at what price, and what a button repeated."""
    problems = []
    for job in jobs.values():
        if job.state is not JobState.DELIVERED:
            continue
        refs = (read_message_ref(ref) for ref in chat_of(job).messages)
        said = "\n".join(text for ref in refs for text in world.messenger.said[ref])
        told = chips(job.language, request_of(job), is_private=chat_of(job).is_private)
        wanted = (
            told.rsplit(" · ", 1) if chat_of(job).is_private else [told]
        )  # of several, the number stands before the price
        request = request_of(job)
        if request.tool:
            wanted.append(name_tool(job.language, request.tool))
        elif request.is_repeat and not request.show_words:
            wanted.append(escape(shorten_words(request.prompt), quote=False))
        problems += [f"job {job.id} was paid, its card never said {words!r}" for words in wanted if words not in said]
    return problems


def _find_wrong_cards(world: World, jobs: dict[str, Job]) -> list[str]:
    """A delivered picture is visible as a photo; a job that ended without one says why."""
    problems = []
    for job in jobs.values():
        message = world.messenger.chats[chat_of(job).chat_id].get(chat_of(job).card_message_id or 0)
        if message is None or job.deleted_at is not None or chat_of(job).chat_id in world.ever_blocked:
            continue
        delivered = job.state is JobState.DELIVERED
        if delivered != (message.kind == "photo"):
            problems.append(f"job {job.id} is {job.state} and shows a {message.kind}")
        elif delivered:
            problems += _compare_picture(world, job, message.file_id)
        elif not _says_end(job, message.text):
            problems.append(f"job {job.id} is {job.state}, its card says {message.text!r}")
    return problems


def _says_end(job: Job, text: str) -> bool:
    """Whether a card says how its job ended; of a picture's lines the second or a later one does."""
    if is_answer(job):
        return text == note_payer(job, answer_card(job, EPOCH)).text
    if is_video(job):
        return video_card(job, EPOCH).text.splitlines()[-1] in text
    _, *lines = card(job, EPOCH).text.splitlines()
    lines += [note_payer(job, Screen("")).text.strip()] * bool(job.wallet_id)
    return all(line in text for line in lines if line[0] not in "ℹ✏🖼✍")


def _find_thrown_away(world: World, jobs: dict[str, Job]) -> list[str]:
    """A picture that was made reaches its owner, whatever its group does, unless they themselves do not want us."""
    return [
        f"job {job.id} was made and thrown away in chat {chat_of(job).chat_id}"
        for job in jobs.values()
        if job.failure is FailureReason.UNDELIVERABLE
        and artefacts_of(job).result
        and job.user_id not in world.ever_blocked
    ]


def _find_wrong_left(world: World, jobs: dict[str, Job]) -> list[str]:
    """The card that stands in a group says how the picture went on, and nothing of anybody's credits."""
    problems = []
    for job in jobs.values():
        left = chat_of(job).left
        if left is None or left.chat_id in UNSEEN:
            continue
        message = world.messenger.chats[left.chat_id].get(left.card_message_id or 0)
        is_told = message is None or "📬" in message.text or _came_late(world, left.chat_id, message.message_id)
        if message is not None and job.state is not JobState.DELIVERED:
            is_told = _says_end(as_in_group(job), message.text)
        if message is not None and not is_told:
            problems.append(f"job {job.id} is {job.state}, the card it left says {message.text!r}")
    return problems


def _compare_picture(world: World, job: Job, file_id: str) -> list[str]:
    """The picture that is seen is the one that is stored."""
    blobs = world.ports.blobs
    assert isinstance(blobs, FakeBlobStore)
    stored = blobs.blobs.get(result_of(job).blob)
    if stored is None:
        return [f"job {job.id}: its picture is not stored"]
    expected = JPEG + sha256(stored[0][: result_of(job).size_bytes]).digest()
    return [] if world.messenger.files.get(file_id) == expected else [f"job {job.id} shows another picture"]


def _find_wrong_choices(world: World, users: dict[int, User]) -> list[str]:
    """A setting is what the last tap said, in whatever order the taps came."""
    problems = []
    for (user_id, name), value in find_last_choices(world.crowd.choices).items():
        user = users[user_id]
        mode = mode_in(user.talk, place_of(BOT_ID, user_id, None))
        known: dict[str, object] = {"language": user.language, "mode": mode}
        known |= {"review_above": user.talk.review_above, "confirm_above": user.talk.confirm_above}
        known["news"] = "off" if user.news.is_off else "on"
        stored = known[name] if name in known else getattr(user.settings, name)
        shown = ("on" if stored else "off") if name == "original" else str(stored)
        if shown != value:
            problems.append(f"user {user_id}: {name} is {shown}, the last tap said {value}")
    return problems


def find_last_choices(choices: Iterable[Choice]) -> dict[tuple[int, str], str]:
    """What each person's last tap on each setting said: the last to reach the webhook, whoever's finger was first."""
    return {(each.user_id, each.name): each.value for each in sorted(choices, key=lambda each: each.at)}


def _find_broken_albums(world: World, jobs: dict[str, Job]) -> list[str]:
    """An album is one request, and each part of it is used or told to be late."""
    problems = []
    for (user_id, group), parts in world.crowd.album_parts.items():
        of_album = [
            job for job in jobs.values() if chat_of(job).chat_id == user_id and chat_of(job).message_id in parts
        ]
        requests = {(chat_of(job).message_id, chat_of(job).update_id) for job in of_album if request_of(job).references}
        if len(requests) > 1:
            problems.append(f"album {group} became {len(requests)} requests")
        for job in of_album:
            if len(request_of(job).references) + artefacts_of(job).late_parts != len(parts):
                used = f"{len(request_of(job).references)} used, {artefacts_of(job).late_parts} late"
                problems.append(f"album {group} of {len(parts)}: {used}")
    return problems


def _find_unwanted(world: World, jobs: dict[str, Job]) -> list[str]:
    """What asked for nothing was bought only where the person pressed *Draw this* under the question."""
    problems = []
    shown: dict[str, set[int]] = defaultdict(set)  # the question became the first of a request's cards
    for job in jobs.values():
        shown[job.intent] |= {read_message_ref(ref)[1] for ref in chat_of(job).messages}
    for job in jobs.values():
        if request_of(job).prompt.endswith("fox") and (request_of(job).references or request_of(job).parent_id):
            continue  # one word is enough for a question of ours, or in reply to the card of an album
        drawn = shown[job.intent] & world.crowd.agreed.get(chat_of(job).chat_id, set())
        if (
            (chat_of(job).chat_id, chat_of(job).message_id) in world.crowd.chatter
            and not drawn
            and job.state is JobState.DELIVERED
        ):
            problems.append(f"job {job.id} was bought from {request_of(job).prompt!r}, which asked for nothing")
    return problems


def _find_torn_wishes(world: World, jobs: dict[str, Job]) -> list[str]:
    """A wish that was sent as two messages is paid once, unless one part came when the other's picture was made."""
    paid: dict[tuple[int, int], list[Job]] = defaultdict(list)
    for job in jobs.values():
        if job.state is JobState.DELIVERED and job.intent == message_intent(
            BOT_ID, chat_of(job).chat_id, chat_of(job).message_id
        ):
            paid[chat_of(job).chat_id, chat_of(job).message_id].append(job)
    return [
        f"messages {first} and {second} of one wish are {len(of_first) + len(of_second)} pictures"
        for chat_id, first, second in world.crowd.pairs
        if (of_first := paid[chat_id, first]) and (of_second := paid[chat_id, second]) and not _is_answer(of_second[0])
        if not _is_too_late(of_first[0], of_second[0])
    ]


def _is_too_late(one: Job, other: Job) -> bool:
    """Whether one part came when the picture of the other was made: nothing is taken back any more."""
    first, second = sorted((one, other), key=lambda job: job.created_at)
    made = [attempt.ended_at for attempt in first.attempts if attempt.outcome == "made" and attempt.ended_at]
    return bool(made) and made[-1] <= second.created_at


def _is_answer(job: Job) -> bool:
    """Whether the end of a split text was taken for the answer to an older question about a picture."""
    return request_of(job).prompt.startswith(SPLIT_END) and bool(
        request_of(job).references or request_of(job).parent_id
    )


def _find_impatient_failures(world: World, jobs: dict[str, Job]) -> list[str]:
    """A provider that is away for minutes costs nobody a picture: it is back before any job's time is over.

    But for jobs whose workers died while they asked it: those lost their time to us. And where a cap was reached, what
    waits may wait until its time is over.
    """
    if _list_reached(world):
        return []
    waited = {FailureReason.BUSY, FailureReason.PROVIDER}
    return [
        f"job {job.id} did not wait for the provider"
        for job in jobs.values()
        if job.failure in waited and all(attempt.outcome for attempt in job.attempts)
    ]


def _find_paid_again(world: World, jobs: dict[str, Job]) -> list[str]:
    """Once a picture lies in the bucket its job asks no model any more, whoever died before that was written down."""
    stored: dict[str, datetime] = {}
    for name, at in world.blobs.put_at.items():
        job_id = name.split("/")[1]
        stored[job_id] = min(at, stored.get(job_id, at))
    return [
        f"job {job.id} asked the model again ({attempt.outcome}) although its picture was stored"
        for job in jobs.values()
        for attempt in job.attempts
        if attempt.outcome not in {"", CANCELED_ATTEMPT, STOPPED_ATTEMPT}
        and job.id in stored
        and attempt.started_at > stored[job.id]
    ]


def _find_lost_deletions(world: World, jobs: dict[str, Job]) -> list[str]:
    """A deleted picture is nowhere any more, and one that was brought back is there."""
    blobs = world.ports.blobs
    assert isinstance(blobs, FakeBlobStore)
    problems = []
    for job in jobs.values():
        if job.deleted_at is None or artefacts_of(job).result is None:
            continue
        if job.purged_at is None or result_of(job).blob in blobs.blobs:
            problems.append(f"job {job.id} was deleted, its files are still there")
    return problems
