"""Inline mode shows a person their own finished results, without a model, a charge or a write."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.bot.intake import take_update
from shared.delivery import Delivery
from shared.errors import MessageGoneError, MessageRejectedError, UnavailableError
from shared.gallery.inline_results import RESULTS_MAX, SEARCHED_MAX, matches
from shared.jobs.open_jobs import change_job, open_job
from shared.pictures.picture import result_of, with_result
from shared.ports import InlineAnswer
from shared.telegram.payloads import PAYLOAD_CHARACTERS_MAX
from shared.telegram.updates import Unhandled, parse_update
from shared.usage import start_usage
from tests.world import ME, OTHER, World

LONG = "a lighthouse in a storm, painted with a broad brush in the manner of the old masters"


async def ask(world: World, words: str = "", **options: Any) -> InlineAnswer:
    """What the bot answers to these words."""
    asked = world.inline(words, **options)
    await world.send(asked)
    return world.messenger.inline[asked["inline_query"]["id"]]


async def draw(world: World, *prompts: str, user_id: int = ME) -> None:
    for prompt in prompts:
        await world.send(world.message(f"/image {prompt}", user_id=user_id))


async def test_own_results_newest_first(world: World) -> None:
    """The answer has a person's own pictures and videos, newest first, by the files that Telegram has."""
    await world.give(1000)
    await draw(world, "a fox", "a bear")
    await draw(world, "a whale", user_id=OTHER)
    await world.send(world.message("/video a bird"))
    await world.send(world.tap("vmake", world.shown()))
    found = await ask(world)
    assert [(each.medium, each.title) for each in found.results] == [
        ("video", "a bird"),
        ("photo", "a bear"),
        ("photo", "a fox"),
    ]
    assert (found.label, found.following) == ("", "")
    assert [each.title for each in (await ask(world, user_id=OTHER)).results] == ["a whale"]


async def test_it_costs_nothing(world: World) -> None:
    """However much is typed: no model is asked, nothing is charged, and short words write nothing."""
    await draw(world, "a fox")
    before = len(world.model.tasks)
    for words in ("f", "fo", "fox", "fox ", "nothing of this"):
        usage = start_usage()
        await ask(world, words)
        assert (usage.store_writes, usage.tasks, usage.messenger_calls) == (0, 0, 1)
    assert len(world.model.tasks) == before
    assert len(world.jobs()) == 1


async def test_reads_are_bounded(world: World) -> None:
    """A query reads a page of each medium and one more; a search reads the newest results only, however many exist."""
    await world.give(10_000)
    for number in range(SEARCHED_MAX + 9):
        world.clock.advance(3600)  # a day has a cap
        await world.send(world.message(f"/image fox {number}"))
    for words, most in (("", RESULTS_MAX), ("fox", SEARCHED_MAX)):
        usage = start_usage()
        assert len((await ask(world, words)).results) == most
        assert usage.store_reads <= 2 * (most + 1)


async def test_search(world: World) -> None:
    """Each word begins a word of the prompt; case and ё do not matter, and no letters are a pattern."""
    await draw(world, "a red Fox in the snow", "зелёная ёлка")
    assert [each.title for each in (await ask(world, "sno FO")).results] == ["a red Fox in the snow"]
    assert [each.title for each in (await ask(world, "елка")).results] == ["зелёная ёлка"]
    assert (await ask(world, "ox")).results == ()


@pytest.mark.parametrize(("words", "is_found"), [("", True), ("...", True), ("fox snow", True), ("fox, cat", False)])
def test_matches(words: str, *, is_found: bool) -> None:
    """All the words have to be there; signs are none."""
    assert matches("A fox: snow!", words) is is_found


async def test_pages(world: World) -> None:
    """More results come by pages, each once, and the last page says so."""
    await world.give(10_000)
    for number in range(RESULTS_MAX + 2):
        await world.send(world.message(f"/image fox {number}"))
    first = await ask(world)
    assert len(first.results) == RESULTS_MAX
    second = await ask(world, offset=first.following)
    assert (len(second.results), second.following) == (2, "")
    assert len({each.id for each in (*first.results, *second.results)}) == RESULTS_MAX + 2


async def test_nothing_on_a_later_page(world: World) -> None:
    """A later page without results ends the list, without a button."""
    await draw(world, "a fox")
    cursor = "5f5e100000000.AAAAAAAAAAAAAAAA"
    assert await ask(world, offset=cursor) == InlineAnswer()


async def test_nothing_made_yet(world: World) -> None:
    """Who has made nothing gets a button to the private chat, in their language."""
    found = await ask(world, language="ru")
    assert (found.results, found.label) == ((), "Пока ничего нет: открыть чат")
    await world.send(world.message(f"/start {found.payload}"))
    assert "<b>Hi!" in world.shown().text


async def test_make_this(world: World) -> None:
    """Words that match nothing become a button; in the private chat it asks, with the price, and a press draws."""
    found = await ask(world, "a green whale")
    assert found.label == "🎨 Draw “a green whale”"
    await world.send(world.message(f"/start {found.payload}"))
    assert "Shall I draw “a green whale”" in world.shown().text
    assert world.jobs() == []
    await world.send(world.tap("draw;", world.shown()))
    assert [job.request.prompt for job in world.jobs()] == ["a green whale"]  # type: ignore[attr-defined]


async def test_make_something_long(world: World) -> None:
    """Words too long for a link are stored for a day, once, and only their author can use the link."""
    found = await ask(world, LONG)
    assert await ask(world, LONG) == found
    assert len(world.store.collection("words")) == 1
    assert len(found.payload) <= PAYLOAD_CHARACTERS_MAX
    await world.send(world.message(f"/start {found.payload}", user_id=OTHER))
    assert "no longer here" in world.shown(OTHER).text
    await world.send(world.message(f"/start {found.payload}"))
    assert "a lighthouse in a storm" in world.shown().text
    world.clock.advance(timedelta(days=1, seconds=1).total_seconds())
    await world.send(world.message(f"/start {found.payload}"))
    assert "no longer here" in world.shown().text


@pytest.mark.parametrize("payload", ["m_", "m_!!!", "m__w", "m_A", "w_short", "x_aaaa"])
async def test_a_forged_link(world: World, payload: str) -> None:
    """A link with nothing readable in it is no request."""
    await world.send(world.message(f"/start {payload}"))
    assert world.jobs() == []
    assert "draw “" not in world.shown().text


async def test_late(world: World) -> None:
    """A query that waited too long is dropped: Telegram no longer waits for its answer."""
    await draw(world, "a fox")
    await world.deliver(world.inline(), received_at=world.now - timedelta(seconds=9))
    assert world.messenger.inline == {}
    assert world.tasks.tasks == []


@pytest.mark.parametrize("error", [MessageGoneError("query is too old"), UnavailableError("the store")])
async def test_lost(world: World, error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    """A refused or failed answer is lost: nothing is deferred or set aside, and no alarm is raised."""
    await draw(world, "a fox")
    capsys.readouterr()
    world.messenger.fail("answer_inline", error)  # type: ignore[arg-type]
    await world.deliver(world.inline())
    assert world.tasks.tasks == []
    assert world.store.collection("quarantine") == {}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["severity"] for line in lines} == {"INFO"}


async def test_a_bug_ends_by_itself(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours is retried by the queue only until the query is too old; it is never set aside."""

    async def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("shared.bot.answer_inline.find_results", break_down)
    body, at = json.dumps(world.inline()).encode(), world.now
    with pytest.raises(RuntimeError):
        await take_update(world.ports, body, Delivery(at))
    world.clock.advance(20)
    await take_update(world.ports, body, Delivery(at, failures=9))
    assert world.store.collection("quarantine") == {}


async def test_an_unknown_file(world: World) -> None:
    """If Telegram refuses one of the files, the person still gets the button."""
    await draw(world, "a fox")
    world.messenger.fail("answer_inline", MessageRejectedError("wrong file identifier"))
    assert (await ask(world, "fox")).label == "🎨 Draw “fox”"


async def test_without_a_file(world: World) -> None:
    """A picture of which Telegram has no file, and a deleted one, are not offered."""
    await draw(world, "a fox", "a bear")
    first, second = world.jobs()
    opened = await open_job(world.ports, first.id)
    assert opened is not None
    await change_job(world.ports, opened, lambda job: with_result(job, replace(result_of(job), photo_file_id="")))
    assert [each.id for each in (await ask(world)).results] == [second.id]
    await world.send(world.tap("delete", world.shown()))
    await world.send(world.tap("erase", world.shown()))
    assert (await ask(world)).results == ()


def test_without_a_person() -> None:
    """A query that comes from no person is not handled."""
    query = {"id": "1", "from": {"id": 7, "is_bot": True}, "query": "", "offset": ""}
    body = json.dumps({"update_id": 1, "inline_query": query}).encode()
    assert parse_update(body) == Unhandled(1, "inline_query without a person")
