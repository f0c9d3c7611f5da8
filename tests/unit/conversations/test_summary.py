"""What has no room in a conversation any more is told in short: rarely, cheaply, for nothing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.codec import decode, update
from shared.conversations.answer import AnswerRequest
from shared.conversations.compose_talk import compose_talk
from shared.conversations.conversation import TURNS_KEPT, Conversation, Turn, add_turns, begin, tidy_title
from shared.conversations.conversation_documents import conversation_key
from shared.conversations.material import compose_material
from shared.conversations.messages import Message
from shared.conversations.summary import (
    FOLD_ABOVE_TOKENS,
    FOLD_ABOVE_TURNS,
    LEAVE_TOKENS,
    LEAVE_TURNS,
    OUTPUT_TOKENS_MAX,
    SUMMARY_CHARACTERS_MAX,
    compose_summary,
    turns_to_fold,
    with_summary,
)
from shared.conversations.tokens import estimate_tokens
from shared.credits.bounds import Caps
from shared.credits.catalogue import SUMMARY_RUNGS, SUMMARY_USD_MICROS, TALK
from shared.credits.spending import shard_keys
from shared.errors import UnavailableError
from shared.jobs.job import JobState
from shared.people.facts import FACT_CHARACTERS_MAX, FACTS_MAX
from shared.ports import Update, Write
from shared.providers.ladder import TextRung
from shared.providers.outcomes import Busy, Gone, ModelOutcome, Refused
from shared.providers.talk import Talk, Tokens, Told
from shared.usage import start_usage
from tests.fakes.text_model import Answer
from tests.world import ME, World, writes_to

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
READS, WRITES = 2, 10
"""Of `chat`: the conversation and the person. Two of the writes are the messages. `bot` reads two documents before."""
EMPTY = begin(ME, "c", "p", NOW)


def pair(n: int, length: int = 10) -> tuple[Turn, Turn]:
    """A question and its answer."""
    return (Turn("person", f"q{n}" + "x" * length, NOW, f"job-{n}"), Turn("model", f"a{n}", NOW, f"job-{n}"))


def talk_of(pairs: int, length: int = 10) -> Conversation:
    known = EMPTY
    for n in range(pairs):
        known = add_turns(known, pair(n, length), NOW)
    return known


def is_summary(talk: Talk) -> bool:
    return talk.instruction.startswith("You keep the minutes")


def stored(world: World) -> Conversation:
    [fields] = world.store.collection("conversations").values()
    return decode(Conversation, fields)


async def fill(world: World, turns: int = FOLD_ABOVE_TURNS) -> None:
    """A conversation in which one more answer is one too many; a first question has begun it."""
    await world.send(world.message("/ask first"))
    talk = stored(world)
    for n in range(turns // 2 - 1):
        talk = add_turns(talk, pair(n), world.now)
    [record] = await world.store.read([conversation_key(talk.id)])
    assert record is not None
    await world.store.commit([update(record, talk)])


def test_nothing_to_tell_while_there_is_room() -> None:
    """As many turns as fit stay as they are."""
    assert turns_to_fold(talk_of(FOLD_ABOVE_TURNS // 2).turns) == ()


@pytest.mark.parametrize("length", [10, 700])
def test_the_oldest_leave(length: int) -> None:
    """By number or by length: what stays are the newest, question and answer together, and they fit."""
    turns = talk_of(FOLD_ABOVE_TURNS // 2 + 1, length).turns
    folded = turns_to_fold(turns)
    left = turns[len(folded) :]
    assert folded[0] == turns[0]
    assert folded[-1].speaker == "model"
    assert len(left) <= LEAVE_TURNS
    assert sum(estimate_tokens(turn.text) for turn in left) <= LEAVE_TOKENS


def test_the_last_answer_stays_word_for_word() -> None:
    """However long it is."""
    turns = add_turns(talk_of(1), pair(7, FOLD_ABOVE_TOKENS * 5), NOW).turns
    assert turns[len(turns_to_fold(turns)) :] == turns[2:]


@pytest.mark.parametrize("letter", ["x", "ж", "🦊", "</quoted>"])
def test_a_summary_is_cheap(letter: str) -> None:
    """Whatever was said, a call costs no more than is booked for it."""
    turns = tuple(turn for n in range(60) for turn in pair(n, 0))
    turns = tuple(replace(turn, text=letter * 3_000) for turn in turns)
    talk = compose_summary(letter * SUMMARY_CHARACTERS_MAX, turns)
    given = estimate_tokens(talk.instruction) + sum(estimate_tokens(line.text) for line in talk.lines)
    [rung] = SUMMARY_RUNGS
    assert rung.cost_of(Tokens(given, OUTPUT_TOKENS_MAX), NOW.date()) <= SUMMARY_USD_MICROS
    assert talk.lines[0].text.count("</quoted>") == 1


def test_a_summary_is_bounded() -> None:
    """A model that writes too much is cut, and its lines are one."""
    told = with_summary(talk_of(3), pair(0), "word\n" * 1_000)
    assert len(told.summary) == SUMMARY_CHARACTERS_MAX
    assert "\n" not in told.summary
    assert [turn.job_id for turn in told.turns] == ["job-1", "job-1", "job-2", "job-2"]
    assert told.count == 6


def test_all_material_fits() -> None:
    """The longest summary, all facts and the turns that are left go along together with a short question."""
    facts = ["x" * FACT_CHARACTERS_MAX] * FACTS_MAX
    material = compose_material("s" * SUMMARY_CHARACTERS_MAX, facts)
    assert material.count("s" * SUMMARY_CHARACTERS_MAX) == 1
    turns = talk_of(LEAVE_TURNS // 2, 20).turns
    question = AnswerRequest(words="why?", conversation_id="c", bound_usd_micros=1, price=0)
    talk = compose_talk(TALK, question, turns, "en", NOW, material)
    assert [line.text for line in talk.lines] == [material, *(turn.text for turn in turns), "why?"]
    assert sum(estimate_tokens(line.text) for line in talk.lines) < TALK.input_tokens_max


def test_the_question_comes_first() -> None:
    """Beside a question that fills the room the material is left out: the price that is held bounds what is sent."""
    question = AnswerRequest(words="ж" * 4_096, quoted="ж" * 4_000, conversation_id="c", bound_usd_micros=1, price=0)
    material = compose_material("ж" * SUMMARY_CHARACTERS_MAX, ["ж" * FACT_CHARACTERS_MAX] * FACTS_MAX)
    talk = compose_talk(TALK, question, (), "ru", NOW, material)
    assert len(talk.lines) == 1
    given = estimate_tokens(talk.instruction) + sum(estimate_tokens(line.text) for line in talk.lines)
    assert given <= TALK.input_tokens_max


def test_no_material_no_line() -> None:
    """Without a summary and facts there is no material."""
    assert compose_material("", ()) == ""


async def test_summarised(world: World) -> None:
    """After the answer that fills it: once, by the cheapest model, for nothing, and the next question knows it."""
    await fill(world)
    before = world.user().account.available
    await world.send(world.message("/ask one more"))
    [summary] = [talk for talk in world.text_model.talks if is_summary(talk)]
    assert world.text_model.rungs[world.text_model.talks.index(summary)] in SUMMARY_RUNGS
    assert stored(world).summary.startswith("You said: <quoted>person: first")
    assert len(stored(world).turns) == LEAVE_TURNS
    assert stored(world).count == FOLD_ABOVE_TURNS + 2
    await world.send(world.message("/ask and now?"))
    lines = world.text_model.talks[-1].lines
    assert "What was said earlier" in lines[0].text
    assert lines[0].text.count("</quoted>") == 1
    assert len([talk for talk in world.text_model.talks if is_summary(talk)]) == 1
    assert world.user().account.available == before
    world.check_money()


async def test_the_summary_goes_on(world: World) -> None:
    """The next summary is told of the one before."""
    await fill(world)
    await world.send(world.message("/ask one more"))
    talk = stored(world)
    for n in range(100, 106):
        talk = add_turns(talk, pair(n), world.now)
    [record] = await world.store.read([conversation_key(talk.id)])
    assert record is not None
    await world.store.commit([update(record, talk)])
    await world.send(world.message("/ask and more"))
    last = [talk for talk in world.text_model.talks if is_summary(talk)][-1]
    assert "minutes so far: You said:" in last.lines[0].text


@pytest.mark.parametrize(
    "answer",
    [Answer(ending=Busy("503")), Answer(ending=Told("Cut", None, is_whole=False)), Answer(ending=Told(" ", None))],
)
async def test_no_summary(world: World, answer: Answer) -> None:
    """A model that cannot changes nothing: the answer is there, the turns stay, the next answer tries again."""
    await fill(world)
    script(world, answer)
    await world.send(world.message("/ask one more"))
    assert stored(world).summary == ""
    assert len(stored(world).turns) == FOLD_ABOVE_TURNS + 2
    await world.send(world.message("/ask again"))
    assert stored(world).summary
    world.check_money()


async def test_none_ever(world: World) -> None:
    """If the summary never succeeds, the oldest turns are dropped at the size limit."""
    await fill(world, TURNS_KEPT)
    script(world, *[Answer(ending=Busy("503"))] * 3)
    await world.send(world.message("/ask one more"))
    assert len(stored(world).turns) == TURNS_KEPT
    assert stored(world).summary == ""


async def _over_a_cap(world: World) -> None:
    world.caps = Caps(1, 1)
    world.__post_init__()
    await world.ports.spending.book(10)


async def _away(world: World) -> None:
    for _ in range(2):
        world.talk_studio.breaker.record("gemini/gemini-3.1-flash-lite", Busy("503"), world.now, world.now, 0.0)


@pytest.mark.parametrize("happens", [_over_a_cap, _away])
async def test_not_now(world: World, happens: Callable[[World], Awaitable[None]]) -> None:
    """While nothing may be bought, or the model is away, it is not asked."""
    await fill(world)
    world.store.interrupt(writes_to("jobs", state="delivered"), lambda: happens(world))
    await world.send(world.message("/ask one more"))
    assert not [talk for talk in world.text_model.talks if is_summary(talk)]
    assert world.jobs()[-1].state is JobState.DELIVERED


async def test_booked(world: World) -> None:
    """What it costs counts among what everything costs, before the model is asked."""
    await fill(world)

    async def spent() -> int:
        records = await world.store.read(shard_keys(world.now))
        return sum(record.fields["day"] for record in records if record is not None)

    before, seen = await spent(), list[int]()

    async def look(talk: Talk) -> None:
        if is_summary(talk):
            seen.append(await spent())

    world.text_model.before = look
    await world.send(world.message("/ask one more"))
    assert seen[0] - before == SUMMARY_USD_MICROS + TALK.bound_usd_micros(world.now.date())


async def test_an_answer_is_kept_meanwhile(world: World) -> None:
    """The summary is written beside it: nothing that was said is lost."""
    await fill(world)

    async def ask() -> None:
        await world.send(world.message("/ask in between"))

    world.store.interrupt(_writes_a_summary, ask)
    await world.send(world.message("/ask one more"))
    talk = stored(world)
    assert talk.summary
    assert [turn.text for turn in talk.turns][-2:] == ["in between", "You said: in between"]
    assert talk.count == FOLD_ABOVE_TURNS + 4


@pytest.mark.parametrize("change", [{"deleted_at": NOW}, {"summary": "somebody else's"}])
async def test_overtaken(world: World, change: dict[str, object]) -> None:
    """Where the conversation was deleted meanwhile, or somebody else has told it in short, nothing is written."""
    await fill(world)

    async def overtake() -> None:
        await _change(world, change)

    world.store.interrupt(_writes_a_summary, overtake)
    await world.send(world.message("/ask one more"))
    assert stored(world).summary == change.get("summary", "")


async def test_overtaken_twice(world: World) -> None:
    """Two that come first are one too many: the next answer tries anew."""
    await fill(world)
    for n in range(2):

        async def overtake(n: int = n) -> None:
            await _change(world, {"title": f"title {n}"})

        world.store.interrupt(_writes_a_summary, overtake)
    await world.send(world.message("/ask one more"))
    assert stored(world).summary == ""
    await world.send(world.message("/ask again"))
    assert stored(world).summary


async def test_the_task_comes_again(world: World) -> None:
    """A second delivery after the summary, or one for an answer that failed, asks for nothing."""
    await fill(world)
    await world.send(world.message("/ask one more"))
    calls = len(world.text_model.talks)
    await world.move(world.jobs()[-1])
    assert len(world.text_model.talks) == calls


async def test_nothing_to_tell_of_what_failed(world: World) -> None:
    """The task of an answer that failed may come again, and makes nothing."""
    world.text_model.script("one", Answer(ending=Refused("SAFETY")))
    await world.send(world.message("/ask one"))
    await world.move(world.job())
    assert len(world.text_model.talks) == 1


async def test_no_queue(world: World) -> None:
    """Without a task for it the answer is there all the same, and the next one makes room."""
    await fill(world)

    async def break_queue() -> None:
        world.tasks.outages = 1

    world.store.interrupt(writes_to("jobs", state="delivered"), break_queue)
    await world.send(world.message("/ask one more"))
    assert stored(world).summary == ""
    assert world.jobs()[-1].state is JobState.DELIVERED
    await world.send(world.message("/ask again"))
    assert stored(world).summary


async def test_died_in_between(world: World) -> None:
    """A worker that dies while it is written leaves all as it was, and the task that comes again does it."""
    await fill(world)

    async def die() -> None:
        raise UnavailableError("the store is out")

    world.store.interrupt(_writes_a_summary, die)
    with pytest.raises(UnavailableError):
        await world.send(world.message("/ask one more"))
    assert stored(world).summary == ""
    await world.move(world.jobs()[-1])
    assert stored(world).summary


async def test_what_cannot_be_read_is_left_alone(world: World) -> None:
    """A conversation that this release cannot read is told by the next question, not by the summary."""
    await world.send(world.message("/ask one"))
    [key] = world.store.collection("conversations")
    world.store._documents[conversation_key(key)].fields["turns"] = "what no release wrote"
    await world.move(world.job())
    assert len(world.text_model.talks) == 1


async def test_messages(world: World) -> None:
    """Each turn is a document of its own, with who said it, what, when, and its place; once."""
    await world.send(world.message("/ask one"))
    await world.send(world.message("/ask two"))
    await world.send(world.tap("answer-again", world.shown()))
    found = [decode(Message, fields) for fields in world.store.collection("messages").values()]
    found.sort(key=lambda message: message.number)
    assert [(m.number, m.speaker, m.text) for m in found] == [
        (1, "person", "one"),
        (2, "model", "You said: one"),
        (3, "person", "two"),
        (4, "model", "You said: two"),
        (5, "person", "two"),
        (6, "model", "You said: two"),
    ]
    assert [m.job_id for m in found[::2]] == [job.id for job in world.jobs()]
    assert [turn.number for turn in stored(world).turns] == [1, 2, 5, 6]


async def test_it_begins_again_under_its_id(world: World) -> None:
    """A conversation that expired begins anew, though the store has deleted neither it nor its messages yet."""
    await world.send(world.message("/ask one"))
    world.clock.advance(31 * 86_400)
    await world.send(world.message("/ask two"))
    assert [turn.text for turn in stored(world).turns] == ["two", "You said: two"]
    assert stored(world).count == 2
    assert len(world.store.collection("messages")) == 4


@pytest.mark.parametrize("count", [10, 10_000])
async def test_opens_as_fast(world: World, count: int) -> None:
    """Reads and writes of an answer are the same after ten turns and after ten thousand."""
    await world.send(world.message("/ask one"))
    await _change(world, {"count": count})
    await world.deliver(world.message("/ask two"))
    usage = start_usage()
    await world.settle()
    assert stored(world).count == count + 2
    assert (usage.store_reads, usage.store_writes) == (READS, WRITES)


async def test_facts_cost_no_read_more(world: World) -> None:
    """Who asked us to remember something is read with the conversation; one who writes meanwhile is paid for all the
    same."""
    await world.send(world.message("/remember I live in Rome"))
    await world.deliver(world.message("/ask one"))
    usage = start_usage()
    await world.settle()
    assert (usage.store_reads, usage.store_writes) == (READS, WRITES)

    async def write() -> None:
        await world.deliver(world.message("/remember my dog is called Rex"))

    world.store.interrupt(writes_to("jobs", state="made"), write)
    await world.send(world.message("/ask two"))
    assert world.jobs()[-1].state is JobState.DELIVERED
    assert len(world.user().talk.facts) == 2
    assert world.user().talk.free_used == 2
    world.check_money()


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("why is the sky blue?", "why is the sky blue?"),
        ("What is rain? And what is snow?", "What is rain?"),
        ("**Plan** a trip\nto Rome", "Plan a trip to Rome"),
        ("w " * 40, "w " * 28 + "w…"),
        ("x" * 80, "x" * 59 + "…"),
        ("", ""),
    ],
)
def test_titles(words: str, title: str) -> None:
    """The first sentence of the first question, on one line, cut at a word."""
    assert tidy_title(words) == title


@pytest.mark.parametrize(("words", "title"), [("is it true?", "is it true?"), ("", "The moon is made of cheese")])
def test_titles_of_quotations(words: str, title: str) -> None:
    """Somebody else's words give a title only where there are no others."""
    asked = Turn("person", f"<quoted>The moon is made of cheese</quoted>\n{words}", NOW, "job")
    assert add_turns(EMPTY, (asked,), NOW).title == title


def _writes_a_summary(writes: Sequence[Write]) -> bool:
    return any(write.key.collection == "conversations" and write.fields.get("summary") for write in writes) and not any(
        write.key.collection == "jobs" for write in writes
    )


async def _change(world: World, change: dict[str, object]) -> None:
    [key] = world.store.collection("conversations")
    [record] = await world.store.read([conversation_key(key)])
    assert record is not None
    await world.store.commit([Update(record.key, dict(change), record.version)])


def script(world: World, *answers: Answer) -> None:
    """What the model says when it is asked for a summary."""
    waiting, stream = list(answers), world.text_model.stream

    async def answer(rung: TextRung, talk: Talk, hear: Callable[[str], None]) -> ModelOutcome | Gone:
        if is_summary(talk) and waiting:
            world.text_model.script(talk.lines[-1].text, waiting.pop(0))
        return await stream(rung, talk, hear)

    world.text_model.stream = answer  # type: ignore[method-assign]
