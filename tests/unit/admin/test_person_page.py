"""A person as operators see them, and how they are found: in a flat number of reads, and none of their words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.codec import encode
from shared.credits.ledger import ROUTES, Transfer, TransferKind
from shared.credits.receipt_number import number_of, write_number
from shared.credits.transfer_documents import create_transfer
from shared.payments.payment_documents import PaymentRecord, create_payment, payment_id, purchase_key
from shared.people.user_documents import user_key
from shared.ports import Create
from tests.unit.admin.office import CLERK, HELPER, Office
from tests.world import ME, OTHER

WORDS = "a zebra that nobody should read"


@pytest.fixture
async def office(office: Office) -> Office:
    """With somebody who has made a picture."""
    await office.world.send(office.world.message(f"/image {WORDS}"))
    return office


async def book_holds(office: Office, count: int) -> None:
    """So many more jobs of ME in the ledger, whose documents have expired."""
    source, target = ROUTES[TransferKind.HOLD]
    for number in range(count):
        at = office.world.now - timedelta(hours=number + 1)
        job = f"job-{number:012d}"
        hold = Transfer(f"hold:{job}", TransferKind.HOLD, source, target, ME, 4, at, job)
        await office.world.store.commit([create_transfer(hold)])


async def test_a_profile(office: Office) -> None:
    """Who, since when, credits, and what the role may do; one read, and nothing is granted by looking."""
    page = await office.get(f"/admin/people/{ME}")
    assert office.reads == 1
    assert (WORDS in page.html, "16 free to use" in page.text) == (False, True)
    assert ("Give credits" in page.text, "Record and read" in page.text, "Audit" in page.text) == (True, True, True)
    clerk, helper = office.as_other(CLERK), office.as_other(HELPER)
    clerks, helpers = await clerk.get(f"/admin/people/{ME}"), await helper.get(f"/admin/people/{ME}")
    assert ("Give credits" in clerks.text, "Record and read" in clerks.text) == (True, False)
    assert ("Give credits" in helpers.text, "Record and read" in helpers.text) == (False, True)
    assert (await office.get("/admin/people/999")).status == 404
    assert (await office.get("/admin/people/ann")).status == 404
    assert "999" not in office.world.store.collection("users")


async def test_people_are_told(office: Office) -> None:
    """Where somebody may look at people, /privacy says what they see."""
    await office.world.send(office.world.message("/privacy"))
    assert "only after they have recorded a reason" in office.world.shown().text


async def test_somebody_erased(office: Office) -> None:
    """Somebody who is being erased, and the nobody of their books, are named as such and get nothing."""
    user = office.world.user()
    for user_id, erased_as in ((888, 2**52 + 5), (2**52 + 5, 2**52 + 5)):
        await office.world.store.commit(
            [Create(user_key(user_id), encode(replace(user, id=user_id, erased_as=erased_as)))]
        )
    assert "being erased" in (await office.get("/admin/people/888")).text
    nobody = await office.get(f"/admin/people/{2**52 + 5}")
    assert ("books of an erased person" in nobody.text, "Give credits" in nobody.text) == (True, False)


async def test_a_ledger(office: Office) -> None:
    """Entries name kinds of work, never words; a page costs the same however many there are."""
    page = await office.get(f"/admin/people/{ME}/ledger")
    assert (WORDS in page.html, "picture" in page.text) == (False, True)
    assert page.links("/admin/jobs/A") or page.links("/admin/jobs/")
    await book_holds(office, 40)
    await office.get(f"/admin/people/{ME}/ledger")
    few = office.reads
    older = (await office.get(f"/admin/people/{ME}/ledger")).links(f"/admin/people/{ME}/ledger?section=a&until")
    assert (await office.get(older[-1])).status == 200
    for number in range(200):
        at = office.world.now - timedelta(days=30 + number)
        gift = Transfer(f"operator:old-{number}", TransferKind.GIFT, *ROUTES[TransferKind.GIFT], ME, 1, at)
        await office.world.store.commit([create_transfer(gift)])
    await office.get(f"/admin/people/{ME}/ledger")
    assert office.reads == few
    assert (await office.get("/admin/people/999/ledger")).status == 404


async def test_a_receipt_in_the_ledger(office: Office) -> None:
    """The number of any receipt begins the ledger at its moment; nonsense begins it at the newest."""
    await book_holds(office, 30)
    old = next(each for each in office.world.transfers() if each.id == "hold:job-000000000015")
    page = await office.get(f"/admin/people/{ME}/ledger?receipt={number_of(old)}")
    assert page.text.index(number_of(old)) < page.text.index("Older")
    assert "hold:" not in page.html
    newest = await office.get(f"/admin/people/{ME}/ledger?receipt=nonsense")
    assert number_of(old) not in newest.text


async def test_the_jobs_of_a_person(office: Office) -> None:
    """Paid jobs in pages, also those whose documents have expired; at most 42 reads and the person."""
    await book_holds(office, 45)
    first = await office.get(f"/admin/people/{ME}/jobs")
    assert office.reads <= 43
    assert (WORDS in first.html, "delivered" in first.text, "expired" in first.text) == (False, True, True)
    seen = len(first.links("/admin/jobs/"))
    for _ in range(2):
        [older] = first.links(f"/admin/people/{ME}/jobs?until")
        first = await office.get(older)
        seen += len(first.links("/admin/jobs/"))
    assert seen == 46
    assert first.links(f"/admin/people/{ME}/jobs?until") == []
    assert (await office.get("/admin/people/999/jobs")).status == 404
    await office.world.give(5, OTHER)
    assert "Nothing." in (await office.get(f"/admin/people/{OTHER}/jobs")).text


async def test_twenty_jobs_of_one_moment(office: Office) -> None:
    """Transfers of one moment stay on one page, and the pages come to their end."""
    at, (source, target) = office.world.now - timedelta(days=1), ROUTES[TransferKind.HOLD]
    for number in range(20):
        job = f"job-{number:012d}"
        hold = Transfer(f"hold:{job}", TransferKind.HOLD, source, target, ME, 4, at, job)
        await office.world.store.commit([create_transfer(hold)])
    first = await office.get(f"/admin/people/{ME}/jobs")
    [older] = first.links(f"/admin/people/{ME}/jobs?until")
    last = await office.get(older)
    assert (len(last.links("/admin/jobs/")), last.links(f"/admin/people/{ME}/jobs?until")) == (20, [])


async def find(office: Office, words: str) -> str:
    """Where a search leads."""
    return (await office.call("POST", "/admin/find", {"words": words})).location


async def test_finding(office: Office) -> None:
    """A person's number, a job's code, a payment's number at its provider or here, and a purchase's receipt."""
    now, charge = office.world.now, "stx-1234"
    name = payment_id("stars", charge)
    paid = PaymentRecord(name, "stars", charge, OTHER, "", 50, "XTR", 40, now)
    await office.world.store.commit([create_payment(paid)])
    ledger = f"/admin/people/{OTHER}/ledger?until="
    assert await find(office, f" {ME} ") == f"/admin/people/{ME}"
    job_id = office.world.job().id
    assert await find(office, job_id) == f"/admin/jobs/{job_id}"
    for words in (charge, name, write_number(purchase_key(name).id, now).lower()):
        assert (await find(office, words)).startswith(ledger), words
        assert office.reads <= 5
    other = write_number(purchase_key("another").id, now)
    later = write_number(purchase_key("another").id, now - timedelta(seconds=5))
    for words in ("", "nobody", "A" * 16, other, later, "x" * 500):
        assert await find(office, words) == "/admin?said=notfound", words
    assert "Nothing is known" in (await office.post("/admin/find", words="nobody")).text
