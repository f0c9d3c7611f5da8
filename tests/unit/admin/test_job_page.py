"""A job as operators see it, and its refund: once, no more than was paid, and never a word of the person."""

from dataclasses import replace

import pytest

from shared.credits.bonuses import book_bonus, cashback_fact
from shared.credits.transfer_documents import create_transfer
from shared.jobs.job_documents import job_key
from shared.people.user_documents import decode_user, user_key
from tests.unit.admin.office import HELPER, REASON, Office
from tests.world import ME

WORDS = "a zebra that nobody should read"


@pytest.fixture
async def office(office: Office) -> Office:
    """With somebody who has paid 4 credits for a picture."""
    await office.world.send(office.world.message(f"/image {WORDS}"))
    assert office.world.user().account.available == 16
    return office


def job_path(office: Office) -> str:
    return f"/admin/jobs/{office.world.job().id}"


async def test_a_job(office: Office) -> None:
    """How it went and what was paid stand there, the words do not; it costs five reads."""
    page = await office.get(job_path(office))
    assert office.reads == 5
    assert (WORDS in page.html, "delivered" in page.text, "Paid, credits 4" in page.text) == (False, True, True)
    assert (await office.get("/admin/jobs/AAAAAAAAAAAAAAAA")).status == 404
    assert (await office.get("/admin/jobs/short")).status == 404


async def test_a_refund(office: Office) -> None:
    """It gives back what was paid, once, by whomever; the person reads why."""
    path = job_path(office)
    assert "Give back: 4" in (await office.get(path)).text
    page = await office.as_other(HELPER).post(f"{path}/refund", reason=REASON)
    assert ("Done" in page.text, "Give back: 4" in page.text, "Given back 4" in page.text) == (True, False, True)
    again = await office.post(f"{path}/refund", reason="Another reason")
    assert "done before" in again.text
    assert office.world.user().account.available == 20
    office.world.check_money()
    assert [(each.act, each.subject, each.credits) for each in office.audit()] == [("refund", path[-16:], 4)]


async def test_a_refund_less_the_cashback(office: Office) -> None:
    """What came back for the job before is not given a second time."""
    job_id = office.world.job().id
    [record] = await office.world.store.read([user_key(ME)])
    assert record is not None
    _, back = book_bonus(decode_user(record).account, ME, cashback_fact(job_id), 1, office.world.now)
    await office.world.store.commit([create_transfer(back)])
    assert "Give back: 3" in (await office.get(job_path(office))).text


async def test_nothing_was_paid(office: Office) -> None:
    """A job without a result was paid by nobody: there is nothing to give back."""
    free = "/admin/jobs/BBBBBBBBBBBBBBBB/refund"
    answered = await office.call("POST", free, {"reason": REASON})
    assert answered.location.endswith("said=unspent")
    assert (await office.call("POST", "/admin/jobs/short/refund", {"reason": REASON})).status == 404


async def test_without_a_reason(office: Office) -> None:
    """A refund needs a reason."""
    assert "A reason is one line" in (await office.post(f"{job_path(office)}/refund", reason=" ")).text
    assert office.world.user().account.available == 16


async def test_another_account_has_paid(office: Office) -> None:
    """What another account has paid is not given to the person."""
    key = next(each for each in office.world.store._documents if each.id.startswith("capture:"))
    stored = office.world.store._documents[key]
    office.world.store._documents[key] = replace(stored, fields={**stored.fields, "account_id": "another"})
    assert "Another account" in (await office.post(f"{job_path(office)}/refund", reason=REASON)).text
    assert office.world.user().account.available == 16


async def test_a_job_that_has_expired(office: Office) -> None:
    """The ledger keeps what was paid, so it can still be given back; an unreadable document is like none."""
    path = job_path(office)
    documents = office.world.store._documents
    key = job_key(path[-16:])
    documents[key] = replace(documents[key], fields={"id": 7})
    assert "expired" in (await office.get(path)).text
    del documents[key]
    assert (await office.call("POST", "/admin/find", {"words": path[-16:]})).location == path
    page = await office.post(f"{path}/refund", reason=REASON)
    assert ("expired" in page.text, "Given back 4" in page.text) == (True, True)
    assert office.world.user().account.available == 20


async def test_refunds_beyond_the_limit(office: Office) -> None:
    """Refunds count in the day of the operator: beyond it another admin agrees."""
    await office.give(ME, 48)
    page = await office.post(f"{job_path(office)}/refund", reason=REASON)
    assert "another admin has to agree" in page.text
    requests = await office.get("/admin/requests")
    assert job_path(office) in requests.html
    assert office.world.user().account.available == 64
