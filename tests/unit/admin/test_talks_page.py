"""Conversations are read only for a reason, which is in the audit before a word is shown."""

from tests.unit.admin.office import BOSS, HELPER, REASON, Office
from tests.world import ME, OTHER

WORDS = "why do zebras have stripes"


async def talk(office: Office, turns: int = 1) -> None:
    for number in range(turns):
        await office.world.send(office.world.message(f"/ask {WORDS} {number}"))


async def test_reading_for_a_reason(office: Office) -> None:
    """Who says why reads for an hour; the reason is stored first, and by whom."""
    await talk(office)
    path = f"/admin/people/{ME}/talks"
    answered = await office.as_other(HELPER).call("POST", path, {"reason": REASON})
    [entry] = office.audit()
    assert (entry.act, entry.by, entry.user_id, entry.reason) == ("read_talks", HELPER, ME, REASON)
    helper = office.as_other(HELPER)
    page = await helper.get(answered.location)
    assert "Your reason is in the audit" in page.text
    [link] = page.links(f"{path}/{entry.id}/")
    turns = await helper.get(link)
    assert WORDS in turns.text
    office.world.clock.advance(3600)
    assert (await helper.get(link)).status == 404
    assert (await helper.get(answered.location)).status == 404


async def test_a_reason_is_for_one_operator_and_one_person(office: Office) -> None:
    """Another operator, another person, an entry of another act, a conversation of somebody else: nothing is shown."""
    await talk(office)
    await office.world.give(20, OTHER)
    await office.give(OTHER, 1)
    path = f"/admin/people/{ME}/talks"
    location = (await office.call("POST", path, {"reason": REASON})).location
    entry = next(each for each in office.audit() if each.act == "read_talks")
    other_act = next(each for each in office.audit() if each.act == "give")
    [link] = (await office.get(location)).links(f"{path}/{entry.id}/")
    talk_id = link.rpartition("/")[2]
    assert (await office.as_other(HELPER).get(f"{path}/{entry.id}/{talk_id}")).status == 404
    for wrong in (
        f"/admin/people/{OTHER}/talks/{entry.id}",
        f"/admin/people/{OTHER}/talks/{other_act.id}",
        f"{path}/AAAAAAAAAAAAAAAA",
        f"{path}/short",
        f"{path}/{entry.id}/AAAAAAAAAAAAAAAA",
        f"{path}/{entry.id}/short",
    ):
        assert (await office.get(wrong)).status == 404, wrong
    theirs = (await office.call("POST", f"/admin/people/{OTHER}/talks", {"reason": REASON})).location
    other_entry = theirs.partition("?")[0]
    assert (await office.get(f"{other_entry}/{talk_id}")).status == 404
    assert "Nothing." in (await office.get(theirs)).text


async def test_without_a_reason(office: Office) -> None:
    """Without a reason nothing is recorded and nothing shown."""
    await talk(office)
    answered = await office.post(f"/admin/people/{ME}/talks", reason="  ")
    assert "A reason is one line" in answered.text
    assert (await office.call("POST", "/admin/people/ann/talks", {"reason": REASON})).status == 404
    assert office.audit() == []


async def test_pages(office: Office) -> None:
    """Many conversations and many turns come in pages, each with a bounded number of reads."""
    for number in range(22):
        await office.world.send(office.world.message("/new"))
        await office.world.send(office.world.message(f"/ask {WORDS} {number}"))
        office.world.clock.advance(60)
    assert office.by == BOSS
    path = f"/admin/people/{ME}/talks"
    first = await office.get((await office.call("POST", path, {"reason": REASON})).location)
    assert office.reads <= 22
    [older] = [each for each in first.links(path) if "before=" in each]
    assert (await office.get(older)).status == 200
    entry = office.audit()[-1].id
    talk_id = first.links(f"{path}/{entry}/")[0].rpartition("/")[2]
    key = next(key for key in office.world.store._documents if key.id == talk_id)
    office.world.store._documents[key].fields["count"] = 90
    page = await office.get(f"{path}/{entry}/{talk_id}")
    assert office.reads <= 43
    [earlier] = [each for each in page.links(path) if "to=" in each]
    assert "to=50" in earlier
    office.world.store._documents[key].fields["count"] = 0
    assert (await office.get(f"{path}/{entry}/{talk_id}")).status == 200
