"""The pages of numbers: jobs, payments, models, the audit and the overview, in a flat number of reads."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.admin.bars import HEIGHT, draw_bars
from shared.codec import encode
from shared.credits.spending import BOOKS, STOP, hour_field, shard_keys
from shared.errors import DocumentUnreadableError
from shared.jobs.check_books import CONTROL, Check
from shared.jobs.count_errors import day_keys as error_keys
from shared.jobs.day_numbers import DayNumbers
from shared.jobs.job import JobState
from shared.payments.payment_documents import PaymentRecord, create_payment
from shared.payments.reconcile import CONTROL as NIGHT
from shared.payments.reconcile import Found, Night
from shared.ports import Create, Increment, StarTransaction, Update
from tests.unit.admin.office import REASON, Office
from tests.world import ME, OTHER

DAY = DayNumbers(
    "2026-01-01",
    people=3,
    ends={"delivered picture": 5, "failed E-BUSY": 1},
    models={"delivered fast": 5, "failed fast": 1, "failed answer": 0},
    credits={"capture": 20},
)


async def test_an_empty_overview(office: Office) -> None:
    """On the first day there is nothing to add up yet, and the page says when there will be."""
    page = await office.get("/admin")
    assert ("03:30" in page.text, "$0 of $10" in page.text, "<svg" in page.html) == (True, True, False)


async def test_an_overview(office: Office) -> None:
    """Spending against the caps, and the counted days as a table and bars; 11 reads, however much there is."""
    now, store = office.world.now, office.world.store
    check = Check(now, recent=(DAY, replace(DAY, day="2026-01-02", ends={})))
    await store.commit([Create(CONTROL, encode(check))])
    await store.commit([Increment(shard_keys(now)[3], {"day": 30_000_000, hour_field(now): 4_000_000})])
    page = await office.get("/admin")
    assert office.reads == 11
    assert ("$4 of $10 (40 %)" in page.text, "$30 of $50 (60 %)" in page.text) == (True, True)
    assert ("2026-01-01 3 5 1 20" in page.text, page.html.count("<rect")) == (True, 4)
    assert "Nothing is bought" not in page.text


async def test_days_without_jobs(office: Office) -> None:
    """Where every day was empty the table stands alone: no empty drawing above it."""
    check = Check(office.world.now, recent=(replace(DAY, ends={}),))
    await office.world.store.commit([Create(CONTROL, encode(check))])
    page = await office.get("/admin")
    assert ("2026-01-01 3 0 0 20" in page.text, "<svg" in page.html) == (True, False)


@pytest.mark.parametrize("state", JobState)
async def test_states_have_words(office: Office, state: JobState) -> None:
    """A Russian page says how a job stands in Russian."""
    await office.world.send(office.world.message("/image a fox"))
    key = next(key for key in office.world.store._documents if key.collection == "jobs")
    stored = office.world.store._documents[key]
    office.world.store._documents[key] = replace(stored, fields=stored.fields | {"state": state.value})
    office.language = "ru"
    page = await office.get(f"/admin/jobs/{key.id}")
    assert (page.status, f"<dd>{state.value}" in page.html) == (200, False)


async def test_a_stop_is_told(office: Office) -> None:
    """That nothing is bought stands on the first page, with its reason, as long as it lasts."""
    now, store = office.world.now, office.world.store
    [version] = await store.commit([Create(STOP, {"until": now + timedelta(hours=1)})])
    assert "Nothing is bought until" in (await office.get("/admin")).text
    await store.commit([Update(STOP, {"until": now, BOOKS: now}, version)])
    assert "books do not add up" in (await office.get("/admin")).text
    plain = replace(office.ports, spend_usd_micros_max=(0, 0))
    assert plain.spend_usd_micros_max == (0, 0)


async def test_the_board_of_jobs(office: Office) -> None:
    """Open jobs with how long nobody has moved them, and today's failures: of yesterday none."""
    world = office.world
    await world.deliver(world.message("/image a fox"))
    await world.deliver(world.message("/image a bear", user_id=OTHER))
    assert "Jobs that wait: 2" in (await office.get("/admin")).text
    board = await office.get("/admin/jobs")
    assert ("Open: 2" in board.text, "Failed today: 0" in board.text, "nobody has moved" in board.text) == (
        True,
        True,
        False,
    )
    assert ("a fox" in board.html, str(OTHER) in board.text) == (False, True)
    world.clock.advance(3600)
    assert "nobody has moved it for" in (await office.get("/admin/jobs")).text
    key = next(key for key in world.store._documents if key.collection == "jobs")
    stored = world.store._documents[key]
    ended = {"state": JobState.FAILED.value, "sweep_at": None, "failure": "E-BUSY"}
    world.store._documents[key] = replace(stored, fields=stored.fields | ended)
    board = await office.get("/admin/jobs")
    assert ("Open: 1" in board.text, "Failed today: 1" in board.text, "E-BUSY" in board.text) == (True, True, True)
    world.clock.advance(24 * 3600)
    assert "Failed today: 0" in (await office.get("/admin/jobs")).text


async def test_the_board_reads_at_most_a_page(office: Office) -> None:
    """However many jobs there are, the board reads a hundred at most."""
    world = office.world
    await world.deliver(world.message("/image a fox"))
    [stored] = [each for key, each in world.store._documents.items() if key.collection == "jobs"]
    for number in range(140):
        state = JobState.FAILED if number % 2 else JobState.QUEUED
        fields = stored.fields | {"id": f"job-{number:012d}", "state": state.value}
        await world.store.commit([Create(replace(stored.key, id=fields["id"]), fields)])
    page = await office.get("/admin/jobs")
    assert office.reads == 100
    assert "at most 50" in page.text


async def pay(office: Office, number: int, days: int = 0, **more: object) -> None:
    """A payment of ME, so many days ago."""
    at = office.world.now - timedelta(days=days) + timedelta(seconds=number)
    name = f"payment-{number:03d}-{days:04d}"
    paid = PaymentRecord(name, "stars", name, ME, "", 50, "XTR", 40, at)
    await office.world.store.commit([create_payment(replace(paid, **more))])  # type: ignore[arg-type]


async def test_payments_of_a_day(office: Office) -> None:
    """The payments of one day in pages, with what was returned and confirmed; no other day's."""
    for number in range(45):
        await pay(office, number)
    await pay(office, 1, days=1, user_id=2**52 + 5, confirmed_at=office.world.now, currency="RUB", returned_amount=700)
    first = await office.get("/admin/payments")
    assert office.reads == 44
    assert first.text.count("50 ⭐") == 40
    [later] = [each for each in first.links("/admin/payments?day=") if "after=" in each]
    second = await office.get(later)
    assert second.text.count("50 ⭐") == 5
    yesterday = next(each for each in first.links("/admin/payments?day=") if "after=" not in each)
    page = await office.get(yesterday)
    assert ("7.00 RUB" in page.text, "✓" in page.text, str(2**52 + 5) in page.text) == (True, True, False)
    assert len([each for each in page.links("/admin/payments?day=") if "after=" not in each]) == 2
    for nonsense in ("x", "1999-01-01", "2999-01-01"):
        assert (await office.get(f"/admin/payments?day={nonsense}&after=x")).text.count("50 ⭐") == 40
    first_day = await office.get("/admin/payments?day=2024-01-01")
    assert ("Nothing." in first_day.text, "The day before" in first_day.text) == (True, False)


async def test_errors(office: Office) -> None:
    """Today's and yesterday's errors by what happened, and the failures of the days before; nine reads."""
    assert "Nothing has gone wrong" in (await office.get("/admin/errors")).text
    now, store = office.world.now, office.world.store
    await store.commit([Increment(error_keys(now)[1], {"bot update_failed UnavailableError": 3})])
    await store.commit([Create(CONTROL, encode(Check(now, recent=(DAY,))))])
    page = await office.get("/admin/errors")
    assert office.reads == 9
    assert "bot update_failed UnavailableError 3 0" in page.text
    assert ("E-BUSY: 1" in page.text, page.html.count("<rect")) == (True, 1)


async def test_what_the_night_has_found(office: Office) -> None:
    """Gaps by their kind, what is open for a week, and whether the books add up."""
    page = await office.get("/admin/payments")
    assert ("not been compared" in page.text, "books add up" in page.text) == (True, True)
    now, store = office.world.now, office.world.store
    old = StarTransaction("stx-old", now - timedelta(days=9), 50, ME)
    night = Night(now, unsettled=(old,), found=Found(now, {"unbooked": 2, "of_a_newer_release": 1}))
    stop = {"until": now, BOOKS: now}
    await store.commit([Create(NIGHT, encode(night)), Create(CONTROL, encode(Check(now))), Create(STOP, stop)])
    page = await office.get("/admin/payments")
    assert "paid, not credited: 2" in page.text
    assert ("of_a_newer_release: 1" in page.text, "stx-old" in page.text, "do not add up" in page.text) == (True,) * 3
    await store.commit([Update(NIGHT, {"found": encode(Found(now))}, (await read_version(office)))])
    assert "nothing differs" in (await office.get("/admin/payments")).text


async def read_version(office: Office) -> object:
    [record] = await office.world.store.read([NIGHT])
    assert record is not None
    return record.version


async def test_models(office: Office) -> None:
    """Each offer has its price, its cost, and the share that failed on the counted days; two reads."""
    assert "Delivered: 0, failed: 0 (0 %)" in (await office.get("/admin/models")).text
    await office.world.store.commit([Create(CONTROL, encode(Check(office.world.now, recent=(DAY, DAY))))])
    page = await office.get("/admin/models")
    assert office.reads == 2
    assert "Delivered: 10, failed: 2 (17 %)" in page.text
    assert "1K" in page.text


@pytest.mark.parametrize(("collection", "page"), [("audit_log", "audit"), ("admin_requests", "requests")])
async def test_a_reason_that_cannot_be_decrypted(office: Office, collection: str, page: str) -> None:
    """Its entry is shown without it, and all others as ever; what is unreadable otherwise is an error."""
    await office.world.give(20, ME)
    for nonce in ("n" * 22, "m" * 22):
        await office.give(ME, 1_000, nonce)
    documents = office.world.store._documents
    key = next(each for each in documents if each.collection == collection)
    lost = {"reason": {"data_key": "2026-01", "ciphertext": b"lost"}}
    documents[key] = replace(documents[key], fields=documents[key].fields | lost)
    assert (await office.get(f"/admin/{page}")).text.count(REASON) == 1
    documents[key] = replace(documents[key], fields=documents[key].fields | {"at": "never"})
    with pytest.raises(DocumentUnreadableError):
        await office.get(f"/admin/{page}")


async def test_the_audit_in_pages(office: Office) -> None:
    """The newest acts first, in pages of one query; those about one person alone."""
    await office.world.give(20, ME)
    await office.world.give(20, OTHER)
    for number in range(35):
        office.world.clock.advance(1)
        await office.give((ME, OTHER)[number % 2], 1, f"nonce-{number:017d}")
    first = await office.get("/admin/audit")
    assert office.reads == 31
    assert (first.text.count("gave credits"), first.text.count(REASON)) == (30, 30)
    [older] = first.links("/admin/audit?about=0&after=")
    assert (await office.get(older)).text.count("gave credits") == 5
    about = await office.get(f"/admin/audit?about={ME}")
    assert about.text.count("gave credits") == 18
    assert about.links("/admin/audit?about=") == []
    assert (await office.get("/admin/audit?after=x.y")).text.count("gave credits") == 30


def test_bars() -> None:
    """The highest bar fills the drawing; without days, or with empty ones only, nothing is drawn."""
    assert draw_bars([]) == draw_bars([("a", 0, 0)]) == []
    low, high = draw_bars([("a", 1, 1), ("b", 3, 1)])
    assert (high.good_height + high.bad_height, low.good_height) == (HEIGHT, HEIGHT / 4)
