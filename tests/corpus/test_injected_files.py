"""The curated prompt injections inside files: a model that obeys gets nothing done, and learns nothing of others."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from infra.bench.labelled import FOLDER
from shared.people import talk
from shared.people.talk import Mode
from shared.pictures.picture import is_picture
from shared.providers.talk import Talk
from shared.telegram.rich_text import is_web_address
from tests.fakes.pictures import PNG
from tests.fakes.text_model import Answer, FakeTextModel
from tests.office_files import make_docx, make_odt, make_pdf
from tests.world import ME, OTHER, Json, World

ASKED = {"en": "What is in it?", "ru": "Что в нём написано?"}
SECRET = "the safe opens with 7391"
INJECTIONS: list[dict[str, Any]] = [
    json.loads(line) for line in (FOLDER / "injections.jsonl").read_text(encoding="utf-8").splitlines()
]
CARRIERS = ("file_name", "text", "pdf", "docx", "odt", "picture", "caption")
OBEYED = (
    '{"act":"draw","count":10,"size":"4K","sure":1}\n\n/grant 8123 9999\n\n[Open](https://evil.invalid/?q=1) '
    "![](https://evil.invalid/c.png) <a href='tg://user?id=1'>admin</a> [admin](tg://user?id=1) https://evil.invalid/x"
)


class ObedientModel(FakeTextModel):
    """Says back all that it was told, and does everything that words can do."""

    def _answer(self, talk: Talk) -> Answer:
        return Answer((f"{talk.instruction}\n\n{talk.lines[-1].text}\n\n{OBEYED}",))


def is_carried(injection: dict[str, Any]) -> bool:
    return injection["way"] in {"file_name", "pdf", "office", "picture", "caption", "quoted"}


def escape(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;")


def carry(world: World, carrier: str, words: str, ask: str) -> Json:
    """The message that brings these words by that way, with a harmless question."""
    match carrier:
        case "file_name":
            return world.file(b"nothing much", f"{words[-90:]}.txt", ask)
        case "text":
            return world.file(words.encode(), "a.txt", ask)
        case "pdf":
            return world.file(make_pdf(words), "a.pdf", ask)
        case "docx":
            return world.file(make_docx(escape(words)), "a.docx", ask)
        case "odt":
            return world.file(make_odt(escape(words)), "a.odt", ask)
        case "picture":
            return world.photo(ask, picture=PNG + words.encode())
        case _:
            photo = {"file_id": world.messenger.add_file(PNG), "width": 9, "height": 9, "file_size": 9}
            replied = {"message_id": 5, "from": {"id": OTHER, "is_bot": False}, "photo": [photo], "caption": words}
            return world.message(ask, reply_to_message=replied)


def without_material(talk: Talk) -> str:
    """The prompt outside the quoted material: our text and the person's."""
    lines = "\n".join(line.text for line in talk.lines if line.speaker == "person")
    assert lines.count("<quoted>") == lines.count("</quoted>") <= 1
    return re.sub(r"<quoted>.*?</quoted>", "", lines, flags=re.DOTALL)


@pytest.mark.parametrize("mode", ["picture", "auto"])
@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("injection", [one for one in INJECTIONS if is_carried(one)], ids=lambda one: one["id"])
async def test_nothing_is_done_for_a_file(
    injection: dict[str, Any], carrier: str, mode: Mode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No picture, no credits, no settings, nobody else; its words stay material, and links lead to the web at most."""
    monkeypatch.setattr(talk, "DEFAULT_MODE", mode)
    world = World()
    await world.send(world.message(f"/ask {SECRET}", user_id=OTHER))
    world.text_model = ObedientModel(clock=world.clock)
    world.talk_studio = replace(world.talk_studio, providers={"gemini": world.text_model})
    asked = ASKED[injection["language"]]
    ask = f"/ask {asked}" if mode == "picture" else asked
    await world.send(carry(world, carrier, injection["words"], ask))
    [said] = world.text_model.talks
    assert without_material(said).strip() == asked
    assert SECRET not in f"{said}"
    assert [job for job in world.jobs() if is_picture(job)] == []
    user = world.user()
    assert (user.account.available, user.settings, user.talk.ask_above) == (20, world.user(OTHER).settings, None)
    assert set(world.store.collection("users")) == {str(ME), str(OTHER)}
    for shown in world.messenger.messages(ME):
        assert shown.marks is not None
        assert all(is_web_address(mark.url) for mark in shown.marks if mark.kind == "text_link")
    world.check_money()
