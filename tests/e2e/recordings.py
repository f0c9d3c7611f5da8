"""What became of the recordings: each written down once, its words handled once, and charged once at the true cost."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from shared.conversations.answer import is_answer, question_of
from shared.credits.catalogue import FREE_HEARING_SECONDS_PER_DAY, HEARING, answer_credits
from shared.credits.ledger import TransferKind
from shared.jobs.identity import job_id_of, message_intent, spoken_key, transcript_intent
from shared.jobs.job import Job, JobState
from shared.pictures.picture import is_picture, request_of
from shared.providers.talk import Tokens
from shared.telegram.address import chat_of
from shared.voices.transcript import is_transcript, spoken_of, transcript_of
from shared.voices.transcript_screens import transcript_card, transcript_screens
from tests.e2e.books import Books
from tests.e2e.chats import Chats
from tests.e2e.people import Json
from tests.e2e.speakers import BOT_ID, Speakers, pays
from tests.e2e.spoken import LEVEL_TOKENS, list_told


def find_wrong_transcripts(books: Books, chats: Chats, speakers: Speakers, hearings: Sequence[Json]) -> list[str]:
    """Everything lost, shown or handled twice, or charged wrongly, once all is at rest. `hearings` are the model's
    calls."""
    jobs = _list_transcripts(books)
    return [
        *_find_lost(books, speakers),
        *_find_wrong_words(jobs, speakers),
        *_find_unhandled(books, speakers),
        *_find_wrong_messages(jobs, chats),
        *_find_wrong_charges(books, jobs, hearings),
        *_find_wrong_seconds(books, jobs, speakers),
    ]


def count_transcripts(books: Books, hearings: Sequence[Json]) -> Counter[str]:
    """What there was to see of it; for the report."""
    jobs = _list_transcripts(books)
    written = [job for job in jobs if job.state is JobState.DELIVERED]
    return Counter(
        {
            "transcripts": len(written),
            "paid transcripts": sum(bool(job.request.price) for job in written),
            "only written down": sum(spoken_of(job).only_text for job in written),
            "hearings cut short": sum(not attempt.outcome for job in jobs for attempt in job.attempts),
            "calls for hearing": len(hearings),
        }
    )


def _list_transcripts(books: Books) -> list[Job]:
    return [job for job in books.jobs.values() if is_transcript(job)]


def _transcript_id(place: tuple[int, int]) -> str:
    """The job that writes down what a message brings, or asks for."""
    return job_id_of(transcript_intent(message_intent(BOT_ID, *place)), 1)


def _find_lost(books: Books, speakers: Speakers) -> Iterator[str]:
    """Each recording has its transcript, or its person was told why it has none."""
    told = list_told(books)
    for chat_id, message_id in [*speakers.asked, *speakers.noted]:
        is_told = {(chat_id, message_id), (chat_id, None)} & told
        if _transcript_id((chat_id, message_id)) not in books.jobs and not is_told:
            yield f"lost: recording {message_id} in chat {chat_id} has neither a transcript nor an answer"


def _find_wrong_words(jobs: Sequence[Job], speakers: Speakers) -> Iterator[str]:
    """What is written down is what was said, and nothing is written down that nobody sent."""
    words = {_transcript_id(place): said for place, said in (speakers.asked | speakers.noted).items()}
    for job in jobs:
        if job.id not in words:
            yield f"transcript {job.id} is of nothing that was sent"
        elif job.state is JobState.DELIVERED and transcript_of(job).transcript != words[job.id]:
            yield f"transcript {job.id} says {transcript_of(job).transcript[:60]!r}, {words[job.id][:60]!r} was said"


def _find_unhandled(books: Books, speakers: Speakers) -> Iterator[str]:
    """Words that were shown asked for one thing, once, or their person was told why not; other words for nothing."""
    asking: Counter[str] = Counter(filter(None, map(_words_of, books.jobs.values())))
    for place, words in speakers.asked.items():
        job = books.jobs.get(_transcript_id(place))
        mark: Mapping[str, object] | None = None if job is None else books.inbox.get(spoken_key(job.id))
        is_shown = job is not None and job.state is JobState.DELIVERED
        if is_shown and mark is None:
            yield f"recording {place} was written down, and nothing was done with it"
        if mark is not None and not asking[words] and "answer" not in mark:
            yield f"recording {place} was handled, and nothing came of it"
        if asking[words] > 1:
            yield f"recording {place} was handled {asking[words]} times"
        if asking[words] and job_id_of(message_intent(BOT_ID, *place), 1) not in books.jobs:
            yield f"recording {place} was handled in another's name"
    for place in speakers.noted:
        if (
            spoken_key(_transcript_id(place)) in books.inbox
            or job_id_of(message_intent(BOT_ID, *place), 1) in books.jobs
        ):
            yield f"recording {place} was only to be written down, and was handled"


def _words_of(job: Job) -> str:
    """What a question or a wish asks, as long as no button asked it."""
    if is_answer(job):
        return question_of(job).words if question_of(job).way == "ask" else ""
    return request_of(job).prompt if is_picture(job) and not request_of(job).is_repeat else ""


def _find_wrong_messages(jobs: Sequence[Job], chats: Chats) -> Iterator[str]:
    """The words stand there once for each transcript, and nowhere else; the card of another says why it has none."""
    wanted: dict[int, Counter[str]] = defaultdict(Counter)
    for job in jobs:
        chat = chat_of(job)
        seen = chats.messages[chat.chat_id].get(chat.card_message_id or 0, {}).get("text")
        if job.state is JobState.DELIVERED:
            wanted[chat.chat_id] += Counter(screen.text for screen in transcript_screens(job))
        if seen is not None and seen != transcript_card(job, job.created_at).text:
            yield f"transcript {job.id} is {job.state}, its card says {seen[:80]!r}"
    for chat_id, texts in wanted.items():
        shown = Counter(m["text"] for m in chats.messages[chat_id].values() if m["from"]["is_bot"] and "text" in m)
        for text, count in texts.items():
            if shown[text] != count:
                yield f"chat {chat_id}: {text[:80]!r} is written down {shown[text]} times, not {count}"


def _find_wrong_charges(books: Books, jobs: Sequence[Job], hearings: Sequence[Json]) -> Iterator[str]:
    """What was taken is what hearing it cost by the provider's own count; nothing was heard in vain."""
    taken = {each.job_id: each.credits for each in books.transfers if each.kind is TransferKind.CAPTURE}
    counted = {call["tokens_out"] + LEVEL_TOKENS[call["thinking_level"]] for call in hearings}
    for job in jobs:
        transcript = transcript_of(job)
        if job.state is not JobState.DELIVERED:
            continue
        rung = next(each for each in HEARING.rungs if transcript.heard_by.startswith(each.id))
        cost = rung.cost_of(Tokens(transcript.tokens_given, transcript.tokens_made), job.created_at.date())
        wanted = min(answer_credits(cost), job.request.price)
        if taken.get(job.id, 0) != wanted:
            yield f"transcript {job.id} cost {wanted}, {taken.get(job.id, 0)} were taken"
        if transcript.tokens_made not in counted:
            yield f"transcript {job.id} counts {transcript.tokens_made} tokens, the model {counted}"
    attempts = sum(len(job.attempts) for job in jobs)
    if len(hearings) > attempts:
        yield f"{attempts} attempts at hearing asked the model {len(hearings)} times"


def _find_wrong_seconds(books: Books, jobs: Sequence[Job], speakers: Speakers) -> Iterator[str]:
    """The day's free seconds are counted for what was written down, and for nothing else."""
    for user_id in speakers.ids:
        talk = books.users[user_id].talk
        free = [
            spoken_of(job).seconds
            for job in jobs
            if job.user_id == user_id
            and job.state is JobState.DELIVERED
            and spoken_of(job).free_day == talk.heard_day
            and talk.heard_day
        ]
        wanted = sum(free) + (FREE_HEARING_SECONDS_PER_DAY if pays(user_id) else 0)
        if talk.heard_seconds != wanted:
            yield f"user {user_id}: {wanted} free seconds were written down, {talk.heard_seconds} are counted"
