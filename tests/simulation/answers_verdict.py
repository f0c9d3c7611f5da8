"""What must hold of answers in words when everything has come to rest."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from shared.codec import decode
from shared.conversations.answer import answer_of, question_of
from shared.conversations.answer_screens import answer_buttons, answer_card, answer_screens, is_long
from shared.conversations.conversation import Conversation
from shared.conversations.messages import Message
from shared.conversations.watch_stop import LOOK_SECONDS
from shared.credits.catalogue import FREE_ANSWERS_PER_DAY, SUMMARY_RUNGS, answer_credits
from shared.credits.ledger import Transfer, TransferKind
from shared.jobs.identity import message_intent
from shared.jobs.job import Job, JobState
from shared.jobs.screens import note_payer
from shared.people.users import User
from shared.pictures.picture import is_picture
from shared.providers.outcomes import FailureReason
from shared.providers.talk import Talk, Tokens
from shared.telegram.address import chat_of, read_message_ref
from shared.videos.video import is_video
from tests.simulation.moody_text import TextCall
from tests.simulation.people import BOT_ID, CLOSING_ID, MOVING_ID
from tests.simulation.talkers import OTHER_WORDS
from tests.simulation.virtual_time import EPOCH, VirtualClock
from tests.simulation.world import AnswerTimes, World

UNSEEN = {CLOSING_ID, MOVING_ID}
NOTICED_SECONDS = LOOK_SECONDS + 3.0
"""A worker looks that often whether it shall stop, where nobody tells it to look; a look may take a moment."""
BYTES_KNOWN, ANSWERS_KNOWN = 6_500, 10
"""Of what was said last so much is surely sent along."""
QUOTED_SHOWN = 200
"""Of quoted words, whose end may be cut, so much is surely kept."""
PICTURE_TOKENS = 1_120
"""What a photo counts, that of an earlier question too, which is sent along."""
_PART = re.compile(r"Part \d+ of answer (\d+) is here")
_QUESTION = re.compile(r"question \d+ of \d+\?")


def find_answer_problems(world: World, jobs: dict[str, Job], transfers: list[Transfer]) -> list[str]:
    """Everything that must hold of these answers and does not."""
    calls: dict[str, list[TextCall]] = defaultdict(list)
    for call in world.text_model.calls:
        calls[call.job_id].append(call)
    users = [decode(User, fields) for fields in world.store.collection("users").values()]
    return [
        *_find_unanswered(world, jobs),
        *_find_unseen(world, jobs, calls),
        *_find_wrong_messages(world, jobs),
        *_find_doubles(world, jobs),
        *_find_out_of_order(world, jobs, calls),
        *_find_overheard(world, jobs),
        *_find_wrong_turns(world, jobs),
        *_find_wrong_kept(world, jobs),
        *_find_wrong_money(jobs, transfers, calls),
        *_find_wrong_days(users, jobs),
        *_find_stuck(users),
        *_find_unstopped(world, jobs, calls),
        *_find_thrown_away(world, jobs),
    ]


def _find_unanswered(world: World, jobs: dict[str, Job]) -> Iterator[str]:
    """Each question became one job with its words, or it was told why not: that is looked at elsewhere."""
    by_intent: dict[str, list[Job]] = defaultdict(list)
    for job in jobs.values():
        by_intent[job.intent].append(job)
    for (chat_id, message_id), words in world.crowd.talkers.questions.items():
        found = by_intent[message_intent(BOT_ID, chat_id, message_id)]
        if len(found) > 1:
            yield f"question {message_id} in chat {chat_id} has {len(found)} jobs"
        is_edited = (chat_id, message_id) in world.crowd.talkers.edited
        if found and question_of(found[0]).words not in {words, *([OTHER_WORDS] if is_edited else [])}:
            yield f"question {message_id} in chat {chat_id} was taken for {question_of(found[0]).words!r}"
    asked = {(chat_of(job).chat_id, chat_of(job).message_id) for job in jobs.values() if question_of(job).way == "ask"}
    drafts = world.store.collection("drafts")
    answered = {drafts[name]["message_id"] for name in world.crowd.answered_drafts if name in drafts}
    known = {message_id for _, message_id in world.crowd.talkers.questions} | {0} | world.crowd.asked_under | answered
    unknown = [place for place in asked - _find_followed(world) if place[1] not in known]
    yield from (f"message {number} was answered, which asked nothing" for _, number in unknown)


def _find_followed(world: World) -> set[tuple[int, int]]:
    """(chat, message) of replies to what was said, or would have been: in any mode these go on with it."""
    words = [job for job in world.jobs().values() if not (is_picture(job) or is_video(job))]
    shown = {read_message_ref(ref) for job in words for ref in chat_of(job).messages}
    replies = world.crowd.replies.items()
    return {(chat_id, number) for (chat_id, number), replied in replies if (chat_id, replied) in shown}


def _find_unseen(world: World, jobs: dict[str, Job], calls: dict[str, list[TextCall]]) -> Iterator[str]:
    """A photo that was asked about is in the question, and the model was shown it."""
    for job in jobs.values():
        question, chat = question_of(job), chat_of(job)
        is_shown = (chat.chat_id, chat.message_id) in world.crowd.talkers.shown
        if question.way == "ask" and len(question.files) < is_shown:
            yield f"answer {job.id} lost its photo"
        for call in calls[job.id]:
            if call.rung not in SUMMARY_RUNGS and len(call.talk.lines[-1].pictures) != len(question.files):
                yield f"answer {job.id} was asked for without its photo"


def _find_wrong_messages(world: World, jobs: dict[str, Job]) -> Iterator[str]:
    """What is delivered stands there as it was said, its buttons under the end; else the card says why not."""
    for job in jobs.values():
        chat = chat_of(job)
        seen = world.messenger.chats[chat.chat_id]
        card = seen.get(chat.card_message_id or 0)
        is_given_up = job.fence > 1 and job.id in world.lost_tasks  # the last who would have mended the card
        if chat.chat_id in world.ever_blocked or is_given_up:
            continue
        if job.state is not JobState.DELIVERED:
            if job.state is JobState.FAILED and not chat.card_message_id and not job.tellings:
                yield f"answer {job.id} failed, and nobody said so"
            if card is not None and card.text != note_payer(job, answer_card(job, EPOCH)).text:
                yield f"answer {job.id} is {job.state}, its card says {card.text!r}"
            continue
        screens = answer_screens(job)
        if len(chat.rest) != len(screens) - 1:
            yield f"answer {job.id} of {len(screens)} messages has {1 + len(chat.rest)}"
        for screen, number in zip(screens, (chat.card_message_id, *chat.rest), strict=False):
            shown = seen.get(number or 0)
            if shown is not None and (shown.text, shown.buttons) != (screen.text, screen.buttons):
                yield f"answer {job.id} shows {shown.text[:60]!r} with {len(shown.buttons)} rows of buttons"
        if screens[-1].buttons != answer_buttons(job, is_long=is_long(screens)):
            yield f"answer {job.id} has no buttons"


def _find_doubles(world: World, jobs: dict[str, Job]) -> Iterator[str]:
    """No part of an answer stands there twice, and none of an answer that was not delivered."""
    delivered = {_PART.findall(answer_of(job).said)[0] for job in jobs.values() if job.state is JobState.DELIVERED}
    parts: Counter[str] = Counter()
    for chat_id, chat in world.messenger.chats.items():
        for shown in chat.values() if chat_id not in UNSEEN | world.ever_blocked else ():
            parts.update(each.group() for each in _PART.finditer(shown.text))
    for part, count in parts.items():
        if count > 1:
            yield f"{part!r} stands there {count} times"
        if (found := _PART.match(part)) and found.group(1) not in delivered:
            yield f"{part!r} stands there and was never delivered"


def _find_out_of_order(world: World, jobs: dict[str, Job], calls: dict[str, list[TextCall]]) -> Iterator[str]:
    """The model knows what was sent before, in the same conversation, and was accepted before the question began."""
    boxes: dict[str, list[Job]] = defaultdict(list)
    for job in jobs.values():
        boxes[f"{job.user_id} {job.mailbox}"].append(job)
    replaced: dict[str, list[AnswerTimes]] = defaultdict(list)
    for job in jobs.values():
        if question_of(job).replaces:
            replaced[question_of(job).replaces].append(world.store.answers[job.id])
    for box in boxes.values():
        box.sort(key=lambda job: world.store.answers[job.id].order)
        for position, job in enumerate(box):
            times = world.store.answers[job.id]
            before = [each for each in box[:position] if world.store.answers[each.id].order < times.order]
            known = [each for each in before if times.began and world.store.answers[each.id].created < times.began]
            in_time = [call for call in calls[job.id] if times.over is None or call.started_at < times.over]
            for call in in_time:  # a process that stood still may ask when all is over
                size = sum(_count_bytes(each) for each in jobs.values() if _is_said_elsewhere(each, job))
                yield from _compare(world, call, job, known, replaced, size)


def _is_said_elsewhere(job: Job, asking: Job) -> bool:
    """Whether it belongs to the same conversation, which was opened in another place: it counts there as well."""
    is_same = question_of(job).conversation_id == question_of(asking).conversation_id
    return is_same and (job.user_id, job.mailbox) != (asking.user_id, asking.mailbox)


def _count_bytes(job: Job) -> int:
    return sum(len(text.encode()) for text in (answer_of(job).said, question_of(job).words, question_of(job).quoted))


def _compare(
    world: World, call: TextCall, job: Job, before: list[Job], replaced: dict[str, list[AnswerTimes]], size: int
) -> Iterator[str]:
    size += len(call.talk.lines[-1].text)
    lines = [line.text for line in call.talk.lines]
    for back, earlier in enumerate(reversed(before)):
        over = world.store.answers[earlier.id].over
        if over is None or over > call.started_at:
            yield f"answer {job.id} was asked for while {earlier.id}, sent before it, was not over"
            continue
        said = answer_of(earlier).said
        size += _count_bytes(earlier)
        if size > BYTES_KNOWN or back >= ANSWERS_KNOWN:
            continue
        is_other = question_of(earlier).conversation_id != question_of(job).conversation_id
        is_replaced = question_of(job).replaces == earlier.id or replaced[earlier.id]
        if said and not is_other and not is_replaced and not _is_later(world, job, over) and said not in lines:
            yield f"answer {job.id} was asked for without what was said in {earlier.id}"


def _is_later(world: World, job: Job, over: float) -> bool:
    """Whether something was over after the answer that this job gives anew: the model is asked as it was asked then."""
    times = world.store.answers.get(question_of(job).replaces)
    return times is not None and times.over is not None and over > times.over


def _find_overheard(world: World, jobs: dict[str, Job]) -> Iterator[str]:
    """Nothing is sent along that was said in another conversation, and nothing twice."""
    calls = [call for call in world.text_model.calls if call.job_id]  # the others read what a message asks for
    homes = {call.number: question_of(jobs[call.job_id]).conversation_id for call in calls}
    asked: dict[str, set[str]] = defaultdict(set)
    for job in jobs.values():
        quoted = _QUESTION.findall(question_of(job).quoted)  # *Answer* under what was only written down brings it along
        for words in (question_of(job).words, *quoted):
            asked[words].add(question_of(job).conversation_id)
    for call in calls:
        home, numbers = homes[call.number], Counter[str]()
        for line in call.talk.lines:
            found = _PART.search(line.text)
            numbers.update([found.group(1)] if found and line.speaker == "model" else [])
            is_theirs = (found is None or homes[int(found.group(1))] == home) and all(
                home in asked[words] for words in _QUESTION.findall(line.text)
            )
            if not is_theirs:
                yield f"answer {call.job_id} knows {line.text[:40]!r} of another conversation"
        yield from (f"answer {call.job_id} knows {each} twice" for each, count in numbers.items() if count > 1)


def _find_wrong_turns(world: World, jobs: dict[str, Job]) -> Iterator[str]:
    """A conversation holds each answer once, under its question, and counts all there were."""
    answers: dict[str, list[Job]] = defaultdict(list)
    for job in jobs.values():
        if answer_of(job).said:
            answers[question_of(job).conversation_id].append(job)
    stored = world.store.collection("conversations").items()
    kept = {name: decode(Conversation, fields) for name, fields in stored if "user_id" in fields}
    if len(stored) - len(kept) != 1:
        yield "the conversation that nobody can read was written over"
    yield from (f"conversation {name} is not there" for name in answers.keys() - kept.keys())
    for name, talk in kept.items():
        if talk.count != 2 * len(answers[name]):
            yield f"conversation {name} counts {talk.count} turns of {len(answers[name])} answers"
        turns = [(turn.job_id, turn.speaker) for turn in talk.turns]
        if len(set(turns)) < len(turns) or {speaker for _, speaker in turns[::2]} - {"person"}:
            yield f"conversation {name} holds {turns}"
        if any(job.user_id != talk.user_id for job in answers[name]):
            yield f"conversation {name} is shared"


def _find_wrong_kept(world: World, jobs: dict[str, Job]) -> Iterator[str]:
    """Each answered question is kept as two messages, its own and the answer's, once, numbered as they were said."""
    kept = [decode(Message, fields) for fields in world.store.collection("messages").values()]
    words: dict[str, list[tuple[str, str]]] = defaultdict(list)
    numbers: dict[str, list[int]] = defaultdict(list)
    for message in sorted(kept, key=lambda each: each.number):
        words[message.job_id].append((message.speaker, message.text))
        numbers[message.conversation_id].append(message.number)
    for job in jobs.values():
        question, said = question_of(job), answer_of(job).said
        kept_of = words.pop(job.id, [])
        wanted = ["person", "model"] if said else []
        asked = question.words or question.quoted[:QUOTED_SHOWN]
        if [speaker for speaker, _ in kept_of] != wanted or (
            said and (asked not in kept_of[0][1] or kept_of[1][1] != said)
        ):
            yield f"answer {job.id} is kept as other messages than it has"
    yield from (f"messages are kept of {job_id}, which is no answer" for job_id in words)
    for name, found in numbers.items():
        if found != list(range(1, len(found) + 1)):
            yield f"the messages of conversation {name} are numbered {found}"


def _find_wrong_money(
    jobs: dict[str, Job], transfers: list[Transfer], calls: dict[str, list[TextCall]]
) -> Iterator[str]:
    """What was taken is what the call did cost that said this: as counted, or as estimated where nobody counted."""
    captured = {t.job_id: t.credits for t in transfers if t.kind is TransferKind.CAPTURE}
    for job in jobs.values():
        if job.state is not JobState.DELIVERED:
            continue
        said = answer_of(job).said
        call = next((each for each in calls[job.id] if said and each.said == said), None)
        if call is None:
            yield f"answer {job.id} says what no call said: {said[:60]!r}"
            continue
        is_counted = call.tokens is not None and not (answer_of(job).is_partial and answer_of(job).stop_asked_at)
        tokens = call.tokens if is_counted and call.tokens else _estimate(call.talk, said)
        cost = answer_credits(call.rung.cost_of(tokens, EPOCH.date()))
        taken, wanted = captured.get(job.id, 0), min(cost, job.request.price)
        if taken != wanted:
            yield f"answer {job.id} did cost {wanted}, {taken} were taken of {job.request.price}"


def _estimate(talk: Talk, said: str) -> Tokens:
    """As each piece of what was sent is reckoned: by what its characters can take, as far as the people here write."""
    given = sum(map(_weigh, (talk.instruction, *(line.text for line in talk.lines))))
    given += PICTURE_TOKENS * sum(len(line.pictures) for line in talk.lines)
    return Tokens(given, min(talk.output_tokens_max, _weigh(said)))


def _weigh(text: str) -> int:
    """A token for three letters of English or blanks, for one and a half of Cyrillic, for each other sign of these."""
    letters = sum(each == " " or (each.isascii() and each.isalpha()) for each in text)
    cyrillic = sum("\x80" <= each < "\u0800" for each in text)
    beyond = sum(each > "\uffff" for each in text)
    thirds = letters + 2 * cyrillic + 12 * beyond + 3 * (len(text) - letters - cyrillic - beyond)
    return -(-thirds // 3)


def _find_wrong_days(users: list[User], jobs: dict[str, Job]) -> Iterator[str]:
    """What was free on a day is counted: each answer that came, no other, and not more than there are."""
    came: Counter[tuple[int, str]] = Counter()
    for job in jobs.values():
        if question_of(job).free_day and job.state is JobState.DELIVERED:
            came[job.user_id, question_of(job).free_day] += 1
    for user in users:
        count = came[user.id, user.talk.free_day]
        if user.talk.free_used != count:
            yield f"user {user.id} had {count} free answers, {user.talk.free_used} are counted"
        if count > FREE_ANSWERS_PER_DAY:
            yield f"user {user.id} had {count} free answers on one day"


def _find_stuck(users: list[User]) -> Iterator[str]:
    yield from (f"mailboxes of user {user.id} hold {user.mailboxes}" for user in users if user.mailboxes)


def _find_unstopped(world: World, jobs: dict[str, Job], calls: dict[str, list[TextCall]]) -> Iterator[str]:
    """Where nobody wants more, the call ends soon; what was said until then stays, what was not said costs nothing."""
    for job in jobs.values():
        stopped = world.store.answers[job.id].stopped
        if stopped is None:
            continue
        world.facts["answers stopped"] += 1
        for call in calls[job.id]:
            ended = call.ended_at or VirtualClock().now().timestamp()
            if call.started_at < stopped and ended > stopped + NOTICED_SECONDS and not call.is_disturbed:
                yield f"answer {job.id}: its call went on for {ended - stopped:.0f} s after it was stopped"
        if job.state is JobState.FAILED and answer_of(job).said:
            continue
        was_heard = any(call.said and not call.is_disturbed and call.started_at < stopped for call in calls[job.id])
        asked_to = answer_of(job).stop_asked_at is not None
        if asked_to and was_heard and not answer_of(job).said and len(calls[job.id]) == 1 and job.fence == 1:
            yield f"answer {job.id} was stopped, and what it had said is gone"


def _find_thrown_away(world: World, jobs: dict[str, Job]) -> Iterator[str]:
    """An answer that was made reaches its owner, whatever its group does."""
    for job in jobs.values():
        is_lost = job.failure is FailureReason.UNDELIVERABLE and answer_of(job).said
        if is_lost and job.user_id not in world.ever_blocked:
            yield f"answer {job.id} was made and thrown away in chat {chat_of(job).chat_id}"
