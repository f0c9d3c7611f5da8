"""Broadcasts on the operators' pages: written there they go on in the bot; each act is in the audit."""

from dataclasses import replace
from html import escape

import pytest

from shared.broadcasts.broadcast import AGREED_ABOVE, Broadcast, BroadcastState, confirm, end_count
from shared.broadcasts.broadcast_documents import broadcast_key, create_broadcast, decode_broadcast, update_broadcast
from shared.broadcasts.content import Content
from shared.miniapp.acts import Act, publish_act
from tests.unit.admin.office import BOSS, CHIEF, Office
from tests.unit.rest.program import load_program, make_key
from tests.world import ME, OTHER

PATH = "/admin/broadcasts"
NONCE = "n" * 22
WORDS = "Videos are <b>half price</b>.\r\n[See](https://example.com/)"


async def write(office: Office, text: str = WORDS, nonce: str = NONCE, **audience: str) -> str:
    """The form; where it leads."""
    form = {"text": text, "nonce": nonce, "language": "", "days": "0", "money": ""} | audience
    answered = await office.call("POST", PATH, form)
    await office.world.settle()
    return answered.location


def kept(office: Office) -> list[Broadcast]:
    store = office.world.store
    return [decode_broadcast(record) for key, record in store._documents.items() if key.collection == "broadcasts"]


async def put(office: Office, state: BroadcastState, people: int = 40) -> str:
    """The broadcast that was written last, moved on as the bot would."""
    [written] = kept(office)
    changed = end_count(written, people, office.world.now)
    if state is not BroadcastState.COUNTED:
        confirmed = confirm(changed, people, None, str(BOSS), office.world.now)
        assert confirmed is not None
        changed = confirmed
    assert changed.state is state
    [record] = await office.world.store.read([broadcast_key(written.id)])
    assert record is not None
    await office.world.store.commit([update_broadcast(changed, record)])
    return f"{PATH}/{written.id}"


async def test_written_here_it_goes_on_in_the_bot(office: Office) -> None:
    """The draft is kept once for each form, and the bot shows its card, whose buttons are those of /broadcast."""
    await office.world.send(office.world.message("/start", user_id=BOSS))
    path = await write(office, language="ru", days="30", money="low")
    card = office.world.shown(BOSS)
    assert "Nothing is sent yet" in card.text
    assert path.startswith(PATH)
    [draft] = kept(office)
    assert (draft.audience.language, draft.audience.active_days, draft.audience.balance) == ("ru", 30, "low")
    assert draft.content.links[0].label == "See"
    assert await write(office) == path
    assert await write(office, "Another text") == f"{PATH}?said=castother"
    assert len(kept(office)) == 1
    page = await office.get(path)
    assert ("<b>half price</b>" in page.html, "&lt;b&gt;half price" in page.html, office.reads) == (False, True, 1)
    await office.world.send(office.world.tap(f"cast;test;{draft.id}", card, user_id=BOSS))
    assert kept(office)[0].is_tested
    assert [(entry.act, entry.subject) for entry in office.audit()] == [("write_broadcast", draft.id)]


@pytest.mark.parametrize("text", ["", "x" * 4097, "a" + "\n[b](https://example.com)" * 6])
async def test_texts_that_telegram_would_not_take(office: Office, text: str) -> None:
    """They are refused with the reason, nothing is kept, and the form comes back as it was."""
    refused = await office.post(PATH, text=text, nonce=NONCE, language="ru", days="30", money="low")
    assert "Nothing is kept" in refused.text
    assert ('<option value="ru" selected>' in refused.html, f">{escape(text)}</textarea>" in refused.html) == (
        True,
        True,
    )
    assert (kept(office), office.audit()) == ([], [])


async def test_steering(office: Office) -> None:
    """Paused, resumed and stopped, each once, with its state before and after; a resumed one gets its task."""
    await write(office)
    path = await put(office, BroadcastState.WAITING)
    assert "Go on" in (await office.post(f"{path}/pause")).text
    assert "nothing is done" in (await office.post(f"{path}/pause")).text
    tasks = len(office.world.tasks.tasks)
    await office.post(f"{path}/resume")
    assert len(office.world.tasks.tasks) == tasks + 1
    page = await office.post(f"{path}/stop")
    assert ("Done." in page.text, "Reached or tried: 0 of 40" in page.text, "/stop" in page.html) == (True, True, False)
    assert [(entry.act, entry.before, entry.after) for entry in office.audit()[1:]] == [
        ("pause_broadcast", "waiting", "paused"),
        ("resume_broadcast", "paused", "waiting"),
        ("stop_broadcast", "waiting", "stopped"),
    ]


async def test_two_agree_to_many(office: Office) -> None:
    """Who has confirmed it sees no way to agree, and none by hand; another admin does."""
    await write(office)
    path = await put(office, BroadcastState.ASKING, AGREED_ABOVE + 1)
    assert "/agree" not in (await office.get(path)).html
    assert "nothing is done" in (await office.post(f"{path}/agree")).text
    chief = office.as_other(CHIEF)
    assert "/agree" in (await chief.get(path)).html
    assert "Done." in (await chief.post(f"{path}/agree")).text
    assert kept(office)[0].state is BroadcastState.WAITING


async def test_the_list(office: Office) -> None:
    """The last eight, the newest first, with how far each is."""
    assert "no broadcasts yet" in (await office.get(PATH)).text
    await write(office)
    await put(office, BroadcastState.COUNTED)
    [first] = kept(office)
    for number in range(9):
        draft = replace(first, id=f"broadcast-{number:06d}", content=Content(f"News {number}"))
        await office.world.store.commit([create_broadcast(draft)])
    page = await office.get(PATH)
    assert (page.text.count("0 / 40"), office.reads) == (8, 8)


async def test_what_is_not_there(office: Office) -> None:
    """Unknown broadcasts, verbs and choices are no error, and change nothing."""
    await write(office)
    [draft] = kept(office)
    assert (await office.get(f"{PATH}/AAAAAAAAAAAAAAAA")).status == 404
    assert (await office.get(f"{PATH}/x")).status == 404
    for path in (f"{draft.id}/begin_sending", "AAAAAAAAAAAAAAAA/stop", "x/stop"):
        assert (await office.call("POST", f"{PATH}/{path}")).status == 404
    for wrong in ({"nonce": "x"}, {"language": "de"}, {"money": "much"}):
        form = {"text": "x", "nonce": "m" * 22, "language": "", "days": "x", "money": ""} | wrong
        assert (await office.call("POST", PATH, form)).status == 404
    await publish_act(office.ports, Act("broadcast", BOSS, "AAAAAAAAAAAAAAAA", office.world.now))
    await publish_act(office.ports, Act("broadcast", ME, draft.id, office.world.now))
    shown = len(office.world.messenger.chats.get(ME, ()))
    await office.world.settle()
    assert len(office.world.messenger.chats.get(ME, ())) == shown
    assert len(kept(office)) == 1


async def test_a_program_of_an_admin(office: Office) -> None:
    """It writes a draft once for each key, which goes to nobody; to everybody else the address is not there."""
    program = await load_program(office.world)
    news = {"text": "News", "language": "en", "active_days": 7, "balance": "enough"}
    assert (await program.post("/admin/broadcast", news, "k")).status_code == 404
    await office.world.send(office.world.message("/start", user_id=BOSS))
    boss = program.with_token(await make_key(office.world, BOSS, ("make",)))
    first = await boss.post("/admin/broadcast", news, "k")
    again = await boss.post("/admin/broadcast", news, "k")
    assert (first.status_code, again.status_code, first.json() == again.json()) == (201, 200, True)
    assert first.json()["state"] == "draft"
    assert (await boss.post("/admin/broadcast", {"text": "Other"}, "k")).status_code == 422
    office.world.clock.advance(60)
    for wrong in ({}, {"text": " "}, {"text": "x" * 4097}, {"text": "x", "to": 1}, {"text": "[a](https://b.test)"}):
        assert (await boss.post("/admin/broadcast", wrong, "w")).status_code == 400
    office.world.clock.advance(60)
    for name, value in (("language", "de"), ("language", 1), ("active_days", True), ("balance", []), ("balance", "x")):
        assert (await boss.post("/admin/broadcast", {"text": "x", name: value}, "w")).status_code == 400
    await office.world.settle()
    assert "Nothing is sent yet" in office.world.shown(BOSS).text
    assert [entry.act for entry in office.audit()] == ["write_broadcast"]
    assert OTHER not in office.world.messenger.chats
