"""Settings and privacy in the app: everything that the bot's menus have, and nothing that is not on offer."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.conversations.conversation_documents import conversation_key
from shared.errors import UnauthenticatedError, UnavailableError
from shared.miniapp.calls import Call
from shared.miniapp.settings_page import show_settings
from shared.miniapp.settings_view import list_sections
from shared.people.accounts import open_user
from shared.people.change_setting import save_setting
from shared.people.talk import mode_in, place_of
from shared.people.users import LANGUAGES, Language
from shared.task import Task
from tests.unit.miniapp.conftest import App
from tests.world import BOT_ID, ME, World

PLACE = place_of(BOT_ID, ME, None)


async def choose(app: App, name: str, value: str) -> None:
    assert (await app.post("/settings", {"name": name, "value": value})).location == "/settings?said=saved"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_choice_can_be_made(world: World, language: Language) -> None:
    """Each value of each field is taken, and is then the chosen one."""
    app = App(world, language=language)
    user = (await open_user(world.ports, ME)).user
    sections = list_sections(user, PLACE, language, world.ports.sellers, world.now)
    fields = [field for section in sections for field in section.fields if field.name != "language"]
    names = {field.name for field in fields}
    assert {"model", "ratio", "size", "count", "original", "review_above", "mode", "ask_above"} < names
    for field in fields:
        for value in field.values:
            if field.name == "ratio":
                await choose(app, "model", "fast")  # which has all of them
            world.clock.advance(1)
            await choose(app, field.name, value.value)
            user = (await open_user(world.ports, ME)).user
            shown = list_sections(user, PLACE, language, world.ports.sellers, world.now)
            [now] = [each for section in shown for each in section.fields if each.name == field.name]
            assert [each.value for each in now.values if each.is_chosen] == [value.value], field.name
        await choose(app, field.name, field.values[0].value)


async def test_the_page(app: App) -> None:
    """Sections with radio buttons; long lists are lists to open."""
    page = await app.get("/settings")
    assert "<select" in page.html
    assert page.offered("value")[:2] == ["ru", "en"]
    assert "/privacy" in page.links()


async def test_the_language(app: App, world: World) -> None:
    """Another language is that of the app at once, and of the bot's menu in the chat."""
    await choose(app, "language", "ru")
    assert "Настройки" in (await app.get("/settings")).text
    await world.settle()
    [menu] = [call for call in world.messenger.calls if call.method == "set_commands"]
    assert menu.chat_id == ME


async def test_the_language_after_a_failure(app: App, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the language was stored and its act was not, choosing it again brings the bot's menu too."""

    async def fail(_: Task) -> None:
        raise UnavailableError("the queue is out")

    with monkeypatch.context() as out:
        out.setattr(world.app_ports.tasks, "enqueue", fail)
        with pytest.raises(UnavailableError):
            await app.post("/settings", {"name": "language", "value": "ru"})
    world.clock.advance(1)
    await choose(app, "language", "ru")
    await world.settle()
    assert [call.chat_id for call in world.messenger.calls if call.method == "set_commands"] == [ME]


async def test_a_translator(app: App) -> None:
    """A translator has two languages to choose."""
    assert "field-from" not in (await app.get("/settings")).html
    await choose(app, "role", "translator")
    page = await app.get("/settings")
    assert "field-from" in page.html
    assert "field-to" in page.html


async def test_an_own_role(app: App, world: World) -> None:
    """Own words make a role of their own; a lent one can be kept; empty words change nothing."""
    assert 'value="own"' not in (await app.get("/settings")).html
    await app.post("/settings/role", {"words": "like a pirate"})
    assert (world.user().manner.role, world.user().manner.own) == ("own", "like a pirate")
    await app.post("/settings/role", {"words": " "})
    assert world.user().manner.own == "like a pirate"
    await save_setting(world.ports, await open_user(world.ports, ME), "role", "lent:like a poet", world.now)
    assert 'value="lent" selected' in (await app.get("/settings")).html


async def test_an_own_time_zone(app: App, world: World) -> None:
    """A zone that is on no button is shown by its name."""
    await save_setting(world.ports, await open_user(world.ports, ME), "zone", "Asia/Kathmandu", world.now)
    assert "Kathmandu" in (await app.get("/settings")).text


async def test_the_mode(app: App, world: World) -> None:
    """The mode is that of the private chat; an older change, or one that does not exist, changes nothing."""
    await choose(app, "mode", "picture")
    assert mode_in(world.user().talk, PLACE) == "picture"
    await choose(app, "mode", "nonsense")
    world.clock.set(world.now - timedelta(seconds=5))
    await choose(app, "mode", "video")
    assert mode_in(world.user().talk, PLACE) == "picture"


async def test_what_is_not_offered(app: App, world: World) -> None:
    """Other names and values change nothing."""
    before = (await open_user(world.ports, ME)).user
    for name, value in (("size", "16K"), ("model", "nonsense"), ("nonsense", "on"), ("", "")):
        await choose(app, name, value)
    after = (await open_user(world.ports, ME)).user
    assert replace(after, changed_at={}) == replace(before, changed_at={})


async def test_kept_for_a_shorter_time(app: App, world: World) -> None:
    """A shorter choice holds for earlier conversations too: `bot` shortens them."""
    await world.send(world.message("/ask why is the sky blue?"))
    [talk_id] = world.store.collection("conversations")
    await choose(app, "kept_days", "1")
    await world.settle()
    [record] = await world.store.read([conversation_key(talk_id)])
    assert record is not None
    assert record.fields["expire_at"] <= world.now + timedelta(days=1)
    await choose(app, "kept_days", "0")
    await world.settle()


async def test_privacy(app: App, world: World) -> None:
    """What is kept and for how long; each remembered fact can be erased, and all of them."""
    assert "Nothing." in (await app.get("/privacy")).text
    await world.send(*(world.message(f"/remember {fact}") for fact in ("I live in Rome", "I like foxes", "I <b>")))
    page = await app.get("/privacy")
    assert "90 days" in page.text
    assert "I live in Rome" in page.text
    assert "I &lt;b&gt;" in page.html
    await app.post("/privacy/facts", {"fact": page.offered("fact")[0]})
    assert [fact.text for fact in world.user().talk.facts] == ["I like foxes", "I <b>"]
    await app.post("/privacy/facts", {"fact": "all"})
    assert world.user().talk.facts == ()


async def test_privacy_with_other_makers(app: App, world: World) -> None:
    """Models of other makers are named."""
    world.ports = replace(world.ports, sellers=frozenset({"gemini", "fal"}))
    assert "fal.ai" in (await app.get("/privacy")).text


async def test_the_operators_page(app: App, world: World) -> None:
    """Administrators alone are shown the way to the operators' page, and nobody where there is none."""
    url = "https://console.test/dashboards"
    plain = world.app_ports
    for ports, ids, is_shown in ((plain, {ME}, True), (plain, {ME + 1}, False)):
        asked = replace(ports, admin_ids=frozenset(ids), admin_url=url)
        reply = await show_settings(asked, Call(ME, "en", world.now))
        assert (url in reply.body.decode()) is is_shown
    assert "Operators" not in (await app.get("/settings")).text


async def test_signing_out(app: App, world: World) -> None:
    """Every session from before is over, and none of anybody else; a later one is not."""
    before = world.now
    world.clock.advance(5)
    assert "signed out everywhere" in (await app.post("/privacy/sign-out")).text
    for user_id, is_over in ((ME, True), (ME + 1, False)):
        call = Call(user_id, "en", before)
        if is_over:
            with pytest.raises(UnauthenticatedError):
                await show_settings(world.app_ports, call)
        else:
            assert (await show_settings(world.app_ports, call)).status == 200
    world.clock.advance(5)
    assert (await app.get("/settings")).status == 200


async def test_speech_names_its_price(world: World) -> None:
    """Whoever lets every answer be spoken reads first what a minute costs, in the app as in /voice."""
    await world.send(world.message("/voice"))
    price = re.search(r"A minute costs about (\d+)", world.shown().text)
    assert price is not None
    assert f"credits a minute: about {price[1]}" in (await App(world).get("/settings")).html
