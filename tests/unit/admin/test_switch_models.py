"""Operators switch models: who asks for one that is off is told so for free, and every switch is in the audit."""

from shared.credits.spending import CACHE_SECONDS
from shared.credits.switches import (
    SWITCHES,
    Switches,
    begin_with,
    list_switchable,
    read_switches,
    switch_off,
    switch_on,
)
from shared.pictures.declines import decline_switched_off
from shared.texts import unmark
from tests.unit.admin.office import CLERK, Office
from tests.world import ME, OTHER, writes_to

SELLERS = frozenset({"gemini"})


def test_switches() -> None:
    """Off twice is off once; what is off is nobody's first model, and cannot become it."""
    first = begin_with(Switches(), "best")
    assert first == Switches((), "best")
    off = switch_off(switch_off(first, "best"), "best")
    assert off == Switches(("best",), "")
    assert begin_with(off, "best") == off
    assert switch_on(off, "best") == Switches()
    assert read_switches({"off": ["best", 3], "first": "fast"}) == Switches(("best",), "fast")
    assert read_switches({"off": "best", "first": None}) == Switches()
    assert {"fast", "best", "omni", "answer", "speech"} <= set(list_switchable(SELLERS))


async def test_a_model_that_is_off(office: Office) -> None:
    """Nobody can order it: they are told so for free. What was ordered before is still made, and so are others."""
    world = office.world
    await world.give(100)
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;model;best", world.shown()))
    await world.deliver(world.message("/image a fox"))
    page = await office.post("/admin/models/best/off")
    assert ("Switched off" in page.text, office.reads) == (True, 2)
    world.clock.advance(CACHE_SECONDS)
    before = world.user().account
    await world.deliver(world.message("/image a bear"))
    assert "is switched off for now. Nothing was charged." in world.shown().text
    assert (world.user().account, len(world.jobs())) == (before, 1)
    await world.send(world.message("/image a hare", user_id=OTHER))
    assert [job.state.value for job in world.jobs()] == ["delivered", "delivered"]
    await office.post("/admin/models/best/on")
    world.clock.advance(CACHE_SECONDS)
    await world.deliver(world.message("/image a bear"))
    assert len(world.jobs()) == 3


async def test_answers_that_are_off(office: Office) -> None:
    """A kind of work with one offer is switched by its kind."""
    await office.post("/admin/models/answer/off")
    office.world.clock.advance(CACHE_SECONDS)
    await office.world.deliver(office.world.message("/ask why is the sky blue?"))
    assert "Answering questions is switched off" in office.world.shown().text
    assert office.world.jobs() == []


def test_words_for_what_is_off() -> None:
    """A video is named by its title, and what a newer release sells by its name."""
    assert "Omni" in unmark(decline_switched_off("en", "omni").text)
    assert "seedream-9" in unmark(decline_switched_off("ru", "seedream-9").text)


async def test_the_model_of_new_people(office: Office) -> None:
    """Who comes after the choice begins with it; who was there before keeps theirs."""
    world = office.world
    await world.send(world.message("/start"))
    page = await office.post("/admin/models/best/first")
    assert page.text.count("New people begin with it") == 1
    world.clock.advance(CACHE_SECONDS)
    await world.send(world.message("/start", user_id=OTHER))
    assert (world.user(ME).settings.model, world.user(OTHER).settings.model) == ("fast", "best")
    await office.post("/admin/models/best/off")
    world.clock.advance(CACHE_SECONDS)
    await world.send(world.message("/start", user_id=OTHER + 1))
    assert world.user(OTHER + 1).settings.model == "fast"


async def test_each_switch_is_in_the_audit(office: Office) -> None:
    """With what was before and after, once: what is so already changes nothing and is no act."""
    assert "holds everywhere" in (await office.post("/admin/models/best/off")).text
    assert "It was so already" in (await office.post("/admin/models/best/off")).text
    assert "It was so already" in (await office.post("/admin/models/best/first")).text
    await office.post("/admin/models/speech/off")
    told = [(each.act, each.subject, each.before, each.after) for each in office.audit()]
    assert told == [
        ("switch_off", "best", "off: –; first: –", "off: best; first: –"),
        ("switch_off", "speech", "off: best; first: –", "off: best, speech; first: –"),
    ]


async def test_two_switch_at_once(office: Office) -> None:
    """Neither switch is lost."""
    office.world.store.interrupt(writes_to("controls"), lambda: office.call("POST", "/admin/models/fast/off"))
    await office.call("POST", "/admin/models/best/off")
    [record] = await office.world.store.read([SWITCHES])
    assert record is not None
    assert record.fields["off"] == ["fast", "best"]


async def test_who_may_not(office: Office) -> None:
    """What is not sold cannot be switched, only pictures are begun with, and others than admins see no buttons."""
    for path in ("seedream-9/off", "nothing/on", "omni/first", "answer/first"):
        assert (await office.call("POST", f"/admin/models/{path}")).status == 404
    assert "Switch off" in (await office.get("/admin/models")).text
    assert "Switch off" not in (await office.as_other(CLERK).get("/admin/models")).text
    assert office.audit() == []
