"""Operators give credits: within a limit alone, beyond it two agree, and whatever comes again gives nothing twice."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from shared.admin.calls import Operator
from shared.admin.change_credits import GIVE_CREDITS_MAX, Outcome, agree, decline, order_change
from shared.admin.change_request import OPEN_FOR
from shared.codec import encode
from shared.credits.ledger import Change, TransferKind
from shared.errors import UnavailableError
from shared.people.change_credits import change_credits
from shared.people.operators import Role
from shared.people.user_documents import user_key
from shared.ports import Create, Write
from tests.unit.admin.office import ALONE_MAX, BOSS, CHIEF, CLERK, REASON, Office
from tests.world import ME, OTHER, World, any_commit

OPERATOR = {user_id: Operator(user_id, Role.ADMIN, "en", "") for user_id in (BOSS, CHIEF, ME)}


@pytest.fixture
async def office(office: Office) -> Office:
    """With two people who have 20 credits each."""
    for user_id in (ME, OTHER):
        await office.world.give(20, user_id)
    return office


def change(credit_count: int, reference: str = "form-a", user_id: int = ME, reason: str = REASON) -> Change:
    return Change(TransferKind.GIFT, user_id, credit_count, reference, reason)


def available(office: Office, user_id: int = ME) -> int:
    office.world.check_money()
    return office.world.user(user_id).account.available


def waiting_id(office: Office) -> str:
    """The only request that waits."""
    [name] = [
        key for key, each in office.world.store.collection("admin_requests").items() if each["state"] == "waiting"
    ]
    return name


async def test_giving(office: Office) -> None:
    """The person has the credits and reads why; the act is in the audit with before and after."""
    page = await office.as_other(CLERK).give(ME, 30)
    assert "Done" in page.text
    assert available(office) == 50
    [entry] = office.audit()
    told = (entry.by, entry.role, entry.act, entry.user_id, entry.credits, entry.before, entry.after, entry.reason)
    assert told == (CLERK, "finance", "give", ME, 30, "20", "50", REASON)
    await office.world.send(office.world.message("/balance"))
    assert REASON in office.world.shown().text


async def test_a_form_that_is_sent_twice(office: Office) -> None:
    """The same form gives once; the next form gives again."""
    for nonce in ("n" * 22, "n" * 22, "m" * 22):
        await office.give(ME, 5, nonce)
    assert available(office) == 30
    assert len(office.audit()) == 2


async def test_beyond_the_limit_two_agree(office: Office) -> None:
    """Above the limit nothing moves until another admin agrees, and then once."""
    page = await office.as_other(CLERK).give(ME, ALONE_MAX + 1)
    assert "another admin has to agree" in page.text
    assert available(office) == 20
    requests = await office.get("/admin/requests")
    assert (REASON in requests.text, str(CLERK) in requests.text, "Agree" in requests.text) == (True, True, True)
    request = waiting_id(office)
    assert "Done" in (await office.post(f"/admin/requests/{request}/agree")).text
    assert "decided already" in (await office.as_other(CHIEF).post(f"/admin/requests/{request}/agree")).text
    assert available(office) == 20 + ALONE_MAX + 1
    assert [(each.act, each.by) for each in office.audit()] == [("ask_give", CLERK), ("agree_give", BOSS)]
    assert "Nothing waits" in (await office.get("/admin/requests")).text
    assert "done before" in (await office.as_other(CLERK).give(ME, ALONE_MAX + 1)).text


async def test_the_other_admins_are_told(office: Office) -> None:
    """A request is told to every admin but its operator, also if one of them cannot be reached."""
    world = office.world
    world.ports = replace(world.ports, admin_roles={**world.ports.admin_roles, OTHER: "admin"})
    for user_id in (BOSS, CHIEF):
        await world.send(world.message("/start", user_id=user_id))
    world.messenger.blocked.add(OTHER)
    await office.give(ME, ALONE_MAX + 1)
    await world.settle()
    assert "second admin has to agree" in world.shown(CHIEF).text
    assert "second admin" not in world.shown(BOSS).text


async def test_many_small_sums(office: Office) -> None:
    """A day's sum counts, to whomever: many small presents are no way around the second operator."""
    said = [
        await order_change(office.ports, OPERATOR[BOSS], change(20, f"f{n}", who), "give")
        for n, who in enumerate((ME, OTHER, ME))
    ]
    assert said == [Outcome.DONE, Outcome.DONE, Outcome.WAITS]
    assert await order_change(office.ports, OPERATOR[CHIEF], change(20, "h"), "give") is Outcome.DONE
    office.world.clock.advance(24 * 3600)
    assert await order_change(office.ports, OPERATOR[BOSS], change(ALONE_MAX, "i"), "give") is Outcome.DONE


async def test_nobody_gives_to_themselves_alone(office: Office) -> None:
    """Credits for oneself wait for another admin, whatever the sum; neither who asked nor who gets them can agree."""
    own = change(1, user_id=ME)
    assert await order_change(office.ports, OPERATOR[ME], own, "give") is Outcome.WAITS
    assert await agree(office.ports, OPERATOR[ME], waiting_id(office)) is Outcome.SELF
    assert await order_change(office.ports, OPERATOR[ME], own, "give") is Outcome.WAITS
    other = change(ALONE_MAX + 1, "form-b", ME)
    assert await order_change(office.ports, OPERATOR[BOSS], other, "give") is Outcome.WAITS
    ids = set(office.world.store.collection("admin_requests"))
    assert [await agree(office.ports, OPERATOR[ME], each) for each in sorted(ids)] == [Outcome.SELF] * 2
    assert available(office) == 20


async def test_declining(office: Office) -> None:
    """A declined request gives nothing and can be asked for again; one that is gone is not declined."""
    big = change(ALONE_MAX + 1)
    await order_change(office.ports, OPERATOR[BOSS], big, "give")
    request = waiting_id(office)
    page = await office.as_other(CLERK).post(f"/admin/requests/{request}/decline")
    assert "declined" in page.text
    assert await decline(office.ports, OPERATOR[BOSS], request) is Outcome.GONE
    assert await agree(office.ports, OPERATOR[CHIEF], request) is Outcome.GONE
    assert await order_change(office.ports, OPERATOR[BOSS], big, "give") is Outcome.WAITS
    assert await agree(office.ports, OPERATOR[CHIEF], waiting_id(office)) is Outcome.DONE
    assert available(office) == 20 + ALONE_MAX + 1


async def test_a_request_is_not_changed(office: Office) -> None:
    """Who has read of a sum does not agree to another one, for which the same form asked after it was declined."""
    await office.as_other(CLERK).give(ME, ALONE_MAX + 1)
    read = waiting_id(office)
    await office.as_other(CLERK).post(f"/admin/requests/{read}/decline")
    await office.as_other(CLERK).give(ME, GIVE_CREDITS_MAX)
    assert await agree(office.ports, OPERATOR[BOSS], read) is Outcome.GONE
    assert available(office) == 20
    assert await agree(office.ports, OPERATOR[BOSS], waiting_id(office)) is Outcome.DONE


async def test_requests_that_are_none(office: Office) -> None:
    """An address that names no request decides nothing."""
    for verb in ("agree", "decline"):
        assert (await office.post(f"/admin/requests/short/{verb}")).status == 404
        assert "decided already" in (await office.post(f"/admin/requests/AAAAAAAAAAAAAAAA/{verb}")).text


async def test_an_old_request(office: Office) -> None:
    """After a week nobody can agree, and it is not listed any more; it can be asked for anew."""
    big = change(ALONE_MAX + 1)
    await order_change(office.ports, OPERATOR[BOSS], big, "give")
    office.world.clock.advance(OPEN_FOR.total_seconds())
    assert await agree(office.ports, OPERATOR[CHIEF], waiting_id(office)) is Outcome.GONE
    assert "Nothing waits" in (await office.get("/admin/requests")).text
    assert await order_change(office.ports, OPERATOR[BOSS], big, "give") is Outcome.WAITS
    assert await agree(office.ports, OPERATOR[CHIEF], waiting_id(office)) is Outcome.DONE


async def test_what_gives_nothing(office: Office) -> None:
    """No number, no reason, too much, a stranger, somebody erased: each is told, and nothing moves."""
    for typed in ("0", "-3", "x", "", "1.5", "٣"):
        assert "whole number" in (await office.give(ME, typed)).text
    for reason in ("", "x" * 101, "two\nlines"):
        refused = await office.give(ME, 5, reason=reason)
        assert ("A reason is one line" in refused.text, 'name="credits" value="5"' in refused.html) == (True, True)
    assert (await office.give(ME, 5, nonce="short")).status == 404
    assert (await office.give(0, 5)).status == 404
    ports, boss = office.ports, OPERATOR[BOSS]
    assert await order_change(ports, boss, change(GIVE_CREDITS_MAX + 1), "give") is Outcome.TOO_MUCH
    assert await order_change(ports, boss, change(5, user_id=999), "give") is Outcome.NOBODY
    erased = replace(office.world.user(OTHER), id=998, erased_as=2**52 + 1)
    await office.world.store.commit([Create(user_key(998), encode(erased))])
    assert await order_change(ports, boss, change(5, user_id=998), "give") is Outcome.ERASED
    assert office.audit() == []
    assert not office.world.store.collection("admin_days")


async def test_a_person_who_goes_before_the_agreement(office: Office) -> None:
    """Who is erased while a request waits gets nothing; where there is no document any more, neither."""
    await order_change(office.ports, OPERATOR[BOSS], change(ALONE_MAX + 1), "give")
    [record] = await office.world.store.read([user_key(ME)])
    assert record is not None
    stored = office.world.store._documents
    stored[record.key] = replace(record, fields={**record.fields, "erased_as": 2**52 + 1})
    assert await agree(office.ports, OPERATOR[CHIEF], waiting_id(office)) is Outcome.ERASED
    del stored[record.key]
    assert await agree(office.ports, OPERATOR[CHIEF], waiting_id(office)) is Outcome.NOBODY


async def test_the_command_was_faster(office: Office) -> None:
    """What an operator has booked under the same reference in the terminal is not given again."""
    big = change(ALONE_MAX + 1)
    await order_change(office.ports, OPERATOR[BOSS], big, "give")
    await change_credits(office.world.store, office.world.clock, big)
    assert await agree(office.ports, OPERATOR[CHIEF], waiting_id(office)) is Outcome.AGAIN
    assert available(office) == 20 + ALONE_MAX + 1


def moves(writes: Sequence[Write]) -> bool:
    """Whether a commit moves credits."""
    return any(write.key.collection == "transfers" for write in writes)


async def test_an_answer_that_is_lost(office: Office) -> None:
    """Who does not learn whether the credits were given says it again, and they are given once."""
    small, big = change(5), change(ALONE_MAX + 1, "form-b")
    office.world.store.lose(moves)
    with pytest.raises(UnavailableError):
        await order_change(office.ports, OPERATOR[BOSS], small, "give")
    assert await order_change(office.ports, OPERATOR[BOSS], small, "give") is Outcome.AGAIN
    await order_change(office.ports, OPERATOR[BOSS], big, "give")
    request = waiting_id(office)
    office.world.store.lose(moves)
    with pytest.raises(UnavailableError):
        await agree(office.ports, OPERATOR[CHIEF], request)
    assert await agree(office.ports, OPERATOR[CHIEF], request) is Outcome.GONE
    assert available(office) == 25 + ALONE_MAX + 1
    assert len(office.audit()) == 3


async def test_the_person_spends_meanwhile(office: Office) -> None:
    """Credits that move in the same moment are counted on both sides, and the audit has what was there."""
    world: World = office.world

    async def spend() -> None:
        await order_change(office.ports, OPERATOR[CHIEF], change(7, "form-c"), "give")

    world.store.interrupt(any_commit, spend)
    assert await order_change(office.ports, OPERATOR[BOSS], change(5), "give") is Outcome.DONE
    assert available(office) == 32
    assert [(each.before, each.after) for each in office.audit() if each.by == BOSS] == [("27", "32")]


async def test_two_agree_at_once(office: Office) -> None:
    """Of two who agree in the same moment, or one who agrees while another declines, one decides."""
    await order_change(office.ports, OPERATOR[ME], change(3, user_id=OTHER), "give")
    await order_change(office.ports, OPERATOR[ME], change(ALONE_MAX, "form-d", OTHER), "give")
    request = waiting_id(office)

    async def decline_before() -> None:
        await decline(office.ports, OPERATOR[CHIEF], request)

    office.world.store.interrupt(any_commit, decline_before)
    assert await agree(office.ports, OPERATOR[BOSS], request) is Outcome.GONE
    assert available(office, OTHER) == 23
