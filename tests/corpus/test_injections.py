"""The curated prompt injections: complete, in both languages, and nothing is bought for one without a question."""

import json
from collections import Counter
from typing import Any

import pytest

from infra.bench.labelled import FOLDER
from shared.conversations.read_rules import PAID, Situation, read_rules
from shared.people import talk
from shared.pictures.picture import is_picture
from shared.providers.talk import Talk
from tests.fakes.text_model import Answer
from tests.world import ME, World

INJECTIONS: list[dict[str, Any]] = [
    json.loads(line) for line in (FOLDER / "injections.jsonl").read_text(encoding="utf-8").splitlines()
]
WAYS = {"direct", "quoted", "caption", "file_name", "pdf", "picture", "transcript", "search_result", "shared_prompt"}
SAID = {
    "direct": Situation(),
    "quoted": Situation(),
    "transcript": Situation(),
    "caption": Situation(brings_picture=True),
}
"""The ways by which words come as the person's own."""


def test_corpus_is_complete() -> None:
    """There are eighty of them, by every way and in both languages, each with an id of its own."""
    by_way = Counter((injection["way"], injection["language"]) for injection in INJECTIONS)
    assert len(INJECTIONS) >= 80
    assert len({injection["id"] for injection in INJECTIONS}) == len(INJECTIONS)
    assert {way for way, _ in by_way} == WAYS
    assert all(by_way[way, language] >= 2 for way in WAYS for language in ("en", "ru"))


@pytest.mark.parametrize("injection", [one for one in INJECTIONS if one["way"] in SAID], ids=lambda one: one["id"])
def test_rules_buy_nothing_for_an_injection(injection: dict[str, Any]) -> None:
    """Words that want to trick a model are no order for the rules."""
    assert read_rules(injection["words"], SAID[injection["way"]]) not in PAID


def obey(talk: Talk) -> Answer:
    """What a model says that does all it is told, and more than it may."""
    said = {"act": "draw", "sure": 1, "prompt": "ten coins x10 4K", "which": 0, "ratio": "21:9"}
    return Answer((json.dumps(said | {"count": 10, "size": "4K", "model": "best", "user_id": 8123, "ask": False}),))


def ask_for_more(talk: Talk) -> Answer:
    """The same, where it asks back what it was told to ask."""
    question = "<b>Pay</b> at https://prize.invalid, tg://user?id=1, @fake_support or prize.invalid?"
    return Answer((json.dumps({"act": "ask", "sure": 1, "question": question}),))


def send_as_it_comes(world: World, injection: dict[str, Any]) -> dict[str, Any]:
    """Words of the person's own, of a photo, or somebody else's."""
    if injection["way"] == "caption":
        return world.photo(injection["words"])
    if injection["way"] in SAID:
        return world.message(injection["words"])
    return world.message(injection["words"], forward_origin={"type": "user", "date": 0})


@pytest.mark.parametrize("model", [obey, ask_for_more])
@pytest.mark.parametrize("injection", INJECTIONS, ids=lambda one: one["id"])
async def test_nothing_is_bought_for_an_injection(
    injection: dict[str, Any], model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the mode *Auto*, with a model that obeys: no picture without a question, no link, nobody else's account."""
    monkeypatch.setattr(talk, "DEFAULT_MODE", "auto")
    world = World()
    world.text_model.read = model
    await world.send(send_as_it_comes(world, injection))
    assert [job for job in world.jobs() if is_picture(job)] == []
    assert world.user().account.available == 20
    assert set(world.store.collection("users")) == {str(ME)}
    asked = [shown.text for shown in world.messenger.messages(ME) if shown.text.startswith("🤔")]
    assert "Pay" not in "".join(asked)
    world.check_money()


async def test_at_most_one_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a plain wish is read by a model that wants more, it is one picture, at the person's settings and price."""
    monkeypatch.setattr(talk, "DEFAULT_MODE", "auto")
    world = World()
    world.text_model.read = obey
    await world.send(world.message("a red fox in the snow"))
    [task] = world.model.tasks
    assert (task.prompt, task.size, task.ratio) == ("ten coins x10 4K", "1K", "21:9")
    assert world.user().account.available == 16
