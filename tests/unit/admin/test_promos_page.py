"""Operators make and stop promo codes: within their day alone, beyond it by two, each act once and in the audit."""

from datetime import timedelta

import pytest

from shared.admin.change_promos import most_given
from shared.growth.make_promos import PromoBatch, make_promos
from tests.unit.admin.office import BOSS, CHIEF, CLERK, Office
from tests.world import ME, writes_to

PATH = "/admin/promos"


def form(office: Office, **changed: str) -> dict[str, str]:
    """Three codes of ten credits, each for one person."""
    last = (office.world.now + timedelta(days=9)).date().isoformat()
    return {"name": "launch", "count": "3", "credits": "10", "uses": "1", "until": last} | changed


def stored(office: Office) -> list[dict[str, object]]:
    return list(office.world.store.collection("promo_codes").values())


async def redeem(office: Office, code: str, user_id: int = ME) -> str:
    await office.world.send(office.world.message(f"/promo {code}", user_id=user_id))
    return office.world.shown(user_id).text


async def test_codes_within_a_day(office: Office) -> None:
    """They work at once, the same form makes nothing twice, and no operator who sees them can use them."""
    page = await office.post(PATH, **form(office))
    assert ("Done." in page.text, page.text.count("used: 0"), office.reads) == (True, 3, 4)
    assert "was done before" in (await office.post(PATH, **form(office))).text
    assert "another batch of this name" in (await office.post(PATH, **form(office, count="4"))).text
    assert len(stored(office)) == 3
    code = str(stored(office)[0]["code"])
    assert "10 credits" in await redeem(office, code)
    for operator in (BOSS, CHIEF, CLERK):
        assert "for other people" in await redeem(office, code, operator)
    assert "used: 1" in (await office.get(f"{PATH}/launch")).text
    [entry] = office.audit()
    assert (entry.act, entry.subject, entry.credits) == ("make_promos", "launch", 30)
    office.world.check_money()


async def test_beyond_a_day_two_agree(office: Office) -> None:
    """Presents and codes share the day; beyond it nothing works until another admin has agreed, once."""
    await office.world.give(1, ME)
    await office.give(ME, 25)
    page = await office.post(PATH, **form(office))
    assert ("No code works yet" in page.text, "/agree" in page.html, stored(office)) == (True, False, [])
    assert "Ask another admin" in (await office.post(f"{PATH}/launch/agree")).text
    assert "No code works yet" in (await office.post(PATH, **form(office))).text
    await office.world.settle()
    assert "has to agree" in office.world.shown(CHIEF).text
    chief = office.as_other(CHIEF)
    assert "waits for agreement" in (await chief.get(PATH)).text
    assert "/agree" in (await chief.get(f"{PATH}/launch")).html
    assert "Done." in (await chief.post(f"{PATH}/launch/agree")).text
    assert "decided already" in (await chief.post(f"{PATH}/launch/agree")).text
    assert len(stored(office)) == 3
    assert [entry.act for entry in office.audit()] == ["give", "ask_promos", "agree_promos"]


async def test_two_kinds_without_a_limit_wait(office: Office) -> None:
    """Per cent count as those of the largest package; without a limit of people another admin always agrees."""
    for name, uses in (("many", "0"), ("few", "1")):
        page = await office.post(PATH, **form(office, name=name, count="1", credits="", percent="30", uses=uses))
        assert "No code works yet" in page.text
    until = office.world.now
    assert most_given(PromoBatch("a", 1, until, percent=10, uses_max=0)) is None
    assert most_given(PromoBatch("a", 2, until, credits=3, uses_max=4)) == 24


async def test_stopping(office: Office) -> None:
    """One code, then all of them, with what could be used before; what is stopped is not stopped again."""
    await office.post(PATH, **form(office))
    code = str(stored(office)[0]["code"])
    assert (await office.post(f"{PATH}/launch/stop", code=code)).text.count("stopped") == 1
    assert "It was so already" in (await office.post(f"{PATH}/launch/stop", code=code)).text
    assert "has ended" in await redeem(office, code)
    assert "Done." in (await office.post(f"{PATH}/launch/stop")).text
    assert all(each["is_stopped"] for each in stored(office))
    assert "It was so already" in (await office.post(f"{PATH}/launch/stop")).text
    told = [(entry.act, entry.before) for entry in office.audit()[1:]]
    assert told == [("stop_promos", "usable: 1"), ("stop_promos", "usable: 2"), ("end_promos", "open")]
    assert (await office.call("POST", f"{PATH}/launch/stop", {"code": "!"})).status == 404
    other = await office.post(PATH, **form(office, name="other", word="HELLO", count="1", credits="5"))
    assert "HELLO" in other.text
    assert "It was so already" in (await office.post(f"{PATH}/launch/stop", code="HELLO")).text


async def test_a_batch_that_waits_is_declined(office: Office) -> None:
    """Then nobody can agree to it any more."""
    await office.post(PATH, **form(office, count="200"))
    await office.as_other(CLERK).post(f"{PATH}/launch/stop")
    chief = office.as_other(CHIEF)
    assert "decided already" in (await chief.post(f"{PATH}/launch/agree")).text
    assert ("stopped" in (await chief.get(PATH)).text, stored(office)) == (True, [])


async def test_agreed_to_while_it_is_declined(office: Office) -> None:
    """Codes that come to be between the two steps of a stop are stopped too."""
    await office.post(PATH, **form(office, count="6"))
    chief = office.as_other(CHIEF)
    office.world.store.interrupt(writes_to("promo_batches"), lambda: chief.post(f"{PATH}/launch/agree"))
    await office.post(f"{PATH}/launch/stop")
    assert [each["is_stopped"] for each in stored(office)] == [True] * 6


async def test_a_word_that_is_taken(office: Office) -> None:
    """A word is one code; another batch cannot have it, whether it comes now or waits and comes later."""
    word = {"count": "1", "word": "HELLO"}
    await office.post(PATH, **form(office, name="waits", credits="60", **word))
    await office.post(PATH, **form(office, name="first", **word))
    assert "a code already" in (await office.post(PATH, **form(office, name="second", **word))).text
    assert "a code already" in (await office.as_other(CHIEF).post(f"{PATH}/waits/agree")).text


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "Launch!"},
        {"count": "0"},
        {"count": "201"},
        {"count": "x"},
        {"credits": "1001"},
        {"percent": "5"},
        {"uses": "0"},
        {"until": "2020-01-01"},
        {"until": "9999-12-31"},
        {"until": "x"},
        {"word": "a b c d"},
        {"word": "HELLO"},
    ],
)
async def test_terms_that_make_no_sense(office: Office, changed: dict[str, str]) -> None:
    """The page says so, and nothing is made."""
    page = await office.post(PATH, **form(office, **changed))
    assert "do not fit together" in page.text
    assert all(f'value="{value}"' in page.html for value in form(office, **changed).values() if value)
    assert (stored(office), office.audit()) == ([], [])


async def test_batches_of_the_command(office: Office) -> None:
    """They are listed in pages, their codes too, in a flat number of reads; and they can be stopped here."""
    world = office.world
    for number in range(21):
        batch = PromoBatch(f"batch-{number:02d}", 1, world.now + timedelta(days=1 + number), percent=5)
        await make_promos(world.store, world.clock, world.ports.ids, batch)
    first = await office.get(PATH)
    assert (office.reads, first.text.count("codes: 1")) == (21, 20)
    [older] = first.links(f"{PATH}?after=")
    assert (await office.get(older)).text.count("codes: 1") == 1
    large = PromoBatch("large", 250, world.now + timedelta(days=1), percent=5)
    await make_promos(world.store, world.clock, world.ports.ids, large)
    page = await office.get(f"{PATH}/large")
    assert (office.reads, page.text.count("used: 0")) == (41, 40)
    assert (await office.get(f"{PATH}/large?from=240")).links(f"{PATH}/large?from=") == []
    await office.post(f"{PATH}/large/stop")
    assert sum(bool(each["is_stopped"]) for each in stored(office)) == 250
    world.clock.advance(40 * 86_400)
    assert "over" in (await office.get(PATH)).text
    for path in ("nothing", "NOTHING"):
        assert (await office.get(f"{PATH}/{path}")).status == 404
        assert (await office.call("POST", f"{PATH}/{path}/agree")).status == 404
        assert (await office.call("POST", f"{PATH}/{path}/stop")).status == 404
    assert (await office.get(f"{PATH}?after=x.y")).status == 200
