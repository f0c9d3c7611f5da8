"""Receipts: of every job and purchase, by number, by button, by reply; only to the person whose it is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.codec import encode
from shared.credits.ledger import ROUTES, Change, Transfer, TransferKind
from shared.credits.receipt_number import number_of
from shared.credits.transfer_documents import create_transfer
from shared.jobs.job import Job, JobState, Request, ended
from shared.payments.payment_documents import PaymentRecord, create_payment
from shared.people.change_credits import change_credits
from shared.pictures.picture import request_of
from shared.providers.outcomes import FailureReason, Refused
from shared.statement.job_words import list_parameters, name_job
from shared.statement.receipt import JobReceipt, PurchaseReceipt
from shared.statement.receipt_screens import receipt_screen, write_amount
from shared.texts import html_text
from shared.voices.speech import is_speech, speech_of
from tests.unit.payments.conftest import KEY
from tests.unit.payments.test_buying import SMALL, order, paid, returned
from tests.world import GROUP, ME, OTHER, World


def number_for(world: World, kind: TransferKind) -> str:
    """The number of the newest transfer of this kind."""
    return number_of(max((each for each in world.transfers() if each.kind is kind), key=lambda each: each.at))


async def ask(world: World, words: str, **options: object) -> list[str]:
    """/receipt with these words; the lines of the answer."""
    await world.send(world.message(f"/receipt {words}".strip(), user_id=int(str(options.get("user_id", ME)))))
    return world.shown(int(str(options.get("user_id", ME)))).text.splitlines()


async def test_receipt_of_a_picture(world: World) -> None:
    """Model, parameters, price and time; the number of the hold or of the capture leads to the same receipt."""
    await world.send(world.message("/image a red fox 16:9 --seed 7"))
    by_hold = await ask(world, number_for(world, TransferKind.HOLD))
    number = number_for(world, TransferKind.HOLD)
    assert by_hold == [
        f"🧾 <b>Receipt {number}</b>",
        "“a red fox”",
        "<b>Nano Banana</b> · 16:9 · 1K",
        "🌱 Seed 7",
        "Asked for 2 January 2026 03:04 UTC",
        "✅ Delivered 2 January 2026 03:04 UTC for 4 credits.",
    ]
    assert await ask(world, number_for(world, TransferKind.CAPTURE).lower().replace("-", " ")) == by_hold
    assert await ask(world, "") == by_hold


async def test_only_ones_own(world: World) -> None:
    """Another person's number is unknown, as is one that nobody has; a reply to their picture tells nothing either."""
    await world.send(world.message("/image a red fox", chat_id=GROUP))
    picture, number = world.shown(GROUP), number_for(world, TransferKind.HOLD)
    unknown = html_text("en", "receipt-unknown")
    assert await ask(world, number, user_id=OTHER) == [unknown]
    assert await ask(world, "abc") == [unknown]
    await world.send(world.tap_data(f"1;receipt;{number}", 7, user_id=OTHER))
    await world.send(world.tap_data("1;receipt", 7, user_id=OTHER))
    assert [tap.toast for tap in world.messenger.taps] == ["That is no longer stored."] * 2
    await world.send(world.reply("/receipt", picture, user_id=OTHER, chat_id=GROUP))
    assert world.shown(OTHER).text == unknown
    await world.send(world.reply("/receipt", picture, chat_id=GROUP))
    assert "a red fox" in world.shown(ME).text
    assert world.shown(GROUP).text == html_text("en", "wrote-you")


async def test_reply_to_a_free_answer(world: World) -> None:
    """A free answer has no transfers, so no number; a reply to it shows its receipt all the same."""
    await world.send(world.message("/ask why is the sky blue?"))
    await world.send(world.reply("/receipt", world.shown()))
    title, name, tokens, _, outcome = world.shown().text.splitlines()
    assert (title, name, outcome) == ("🧾 <b>Receipt</b>", "“answer”", "✅ Delivered, free of charge.")
    assert tokens.startswith("Tokens: ")


async def test_failure_in_plain_words(world: World) -> None:
    """A request that a filter stopped: why, and that its credits came back."""
    world.model.script("a bad fox", Refused("SAFETY"))
    await world.send(world.message("/image a bad fox"))
    assert (await ask(world, number_for(world, TransferKind.RELEASE)))[-1] == (
        "↩️ A safety filter stopped the request. 4 credits came back 2 January 2026 03:04 UTC, so it cost nothing."
    )


async def test_press_under_the_balance(world: World) -> None:
    """*Receipts* numbers the entries; a number sends the receipt below, and *Back* brings the page back."""
    await world.send(world.message("/image a red fox"))
    await world.send(world.message("/balance"))
    balance = world.shown()
    await world.send(world.tap("balpick", balance))
    picking = world.shown()
    assert picking.text.splitlines()[2].startswith("1. ")
    assert [button.label for row in picking.buttons for button in row] == ["1", "2", "« Back"]
    await world.send(world.tap("receipt", picking))
    assert world.shown().text.splitlines()[1] == "“a red fox”"
    await world.send(world.tap("bal;a", picking))
    assert world.messenger.messages(ME)[-2].text == balance.text


async def test_receipt_of_a_purchase(world: World) -> None:
    """A payment: what it cost, its id, and after a return when the credits went; its thanks carry the button."""
    world.sell(KEY)
    await world.send(world.message("/start"))
    payload = await order(world)
    await world.send(paid(world, payload))
    await world.send(world.tap("receipt", world.shown()))
    lines = world.shown().text.splitlines()
    assert lines[1:] == [
        f"{SMALL.credits} credits for {SMALL.stars} ⭐",
        "Paid 2 January 2026 03:04 UTC · Telegram Stars",
        "Payment: <code>stx1</code>",
        "✅ Credited. Money back: /paysupport",
    ]
    world.clock.advance(60)
    await world.send(returned(world, payload))
    lines = await ask(world, number_for(world, TransferKind.REFUND))
    assert lines[0] == f"🧾 <b>Receipt {number_for(world, TransferKind.PURCHASE)}</b>"
    assert lines[-1] == f"↩️ Refunded 2 January 2026 03:05 UTC: {SMALL.credits} credits were taken back."


async def test_receipt_of_another_entry(world: World) -> None:
    """A gift has a receipt too, and so has a payment whose document is missing."""
    await world.send(world.message("/start"))
    gift = Change(TransferKind.GIFT, ME, 5, "ticket-1", "thanks for the report")
    await change_credits(world.store, world.clock, gift)
    await world.store.commit([create_transfer(booked(world, TransferKind.PURCHASE, "purchase:lost"))])
    for kind, words in ((TransferKind.GIFT, "+5 · thanks for the report"), (TransferKind.PURCHASE, "+4 · bought")):
        lines = await ask(world, number_for(world, kind))
        assert words in lines[1]


async def test_nothing_yet(world: World) -> None:
    """A person without entries learns that there are none."""
    await world.send(world.message("/receipt"))
    assert world.shown().text == html_text("en", "receipt-none")


def booked(world: World, kind: TransferKind, name: str = "", credit_count: int = 4) -> Transfer:
    return Transfer(name or f"{kind}:j", kind, *ROUTES[kind], ME, credit_count, world.now, "j" if not name else None)


async def draw_job(world: World, **changes: object) -> str:
    """The receipt of a picture in this state, whose hold was released."""
    receipt = JobReceipt(await a_job(world, **changes), None, None, booked(world, TransferKind.RELEASE))
    return receipt_screen(receipt, "en").text.splitlines()[-1]


async def a_job(world: World, **changes: object) -> Job:
    if not world.store.collection("jobs"):
        await world.send(world.message("/image a red fox"))
    return replace(world.job(), **changes)  # type: ignore[arg-type]  # a test's own fields


@pytest.mark.parametrize("reason", FailureReason)
async def test_every_failure_has_words(world: World, reason: FailureReason) -> None:
    """Each reason is a sentence of its own, without a code."""
    said = await draw_job(world, state=JobState.FAILED, failure=reason)
    assert reason.value not in said
    assert "4 credits came back" in said


async def test_other_ends(world: World) -> None:
    """Canceled, joined to the next request, unknown: each is said."""
    assert "You canceled it." in await draw_job(world, state=JobState.CANCELED)
    assert "part of your next request" in await draw_job(world, state=JobState.CANCELED, is_joined=True)
    gone = JobReceipt(None, booked(world, TransferKind.HOLD), None, booked(world, TransferKind.RELEASE))
    lines = receipt_screen(gone, "en").text.splitlines()
    assert "no longer stored" in lines[1]
    assert "It was not delivered." in lines[-1]


async def test_states_without_an_end(world: World) -> None:
    """Work that is under way, free work, and free work that failed."""
    job, hold = await a_job(world), booked(world, TransferKind.HOLD)
    queued = replace(job, state=JobState.QUEUED)
    failed = ended(replace(job, failure=FailureReason.OURS), JobState.FAILED)

    def last(receipt: JobReceipt) -> str:
        return receipt_screen(receipt, "en").text.splitlines()[-1]

    assert (
        last(JobReceipt(queued, hold, None, None)) == "⏳ Still in the works, 4 credits are reserved. /cancel stops it."
    )
    assert last(JobReceipt(queued, None, None, None)) == html_text("en", "receipt-open-free")
    assert last(JobReceipt(None, None, None, None)) == html_text("en", "receipt-open-free")
    assert last(JobReceipt(failed, None, None, None)) == "↩️ Something broke on our side. It cost nothing."
    part = JobReceipt(
        job, hold, booked(world, TransferKind.CAPTURE, credit_count=1), booked(world, TransferKind.RELEASE)
    )
    assert last(part).endswith("for 1 credit; 4 more had been reserved and came back.")


async def test_parameters_of_every_kind(world: World) -> None:
    """Videos, searches, spoken answers and recordings name their model and what was asked for."""
    await world.give(500)
    await world.send(world.message("/search who won the match yesterday?"))
    await world.send(world.reply("/receipt", world.shown()))
    assert "Queries to Google: " in world.shown().text
    await world.send(world.voice("why is the sky blue?", seconds=3))
    await world.send(world.message("/video a fox runs through snow"))
    await world.send(world.tap("vmake", world.shown()))
    seen = {job.kind: receipt_screen(JobReceipt(job, None, None, None), "en").text for job in world.jobs()}
    assert "a recording of 0:03" in seen["transcript"]
    assert "🎬 a fox runs through snow" in seen["video"]
    assert " s · " in seen["video"]


async def test_ready_made_changes_and_sets(world: World) -> None:
    """A ready-made change is called as its button; a picture of several says which; a kind without words has none."""
    await world.give(500)
    await world.send(world.message("/image a red fox x2"))
    first = replace(world.jobs()[0], kind="newer", request=Request(price=4))
    assert "picture 2 of 2" in receipt_screen(JobReceipt(world.jobs()[1], None, None, None), "en").text
    assert list_parameters("en", first) == []
    assert name_job("en", first) == "request"
    tooled = replace(world.jobs()[0], request=replace(request_of(world.jobs()[0]), tool="cutout", words="the fox"))
    assert name_job("en", tooled) == "✂️ Cut out · the fox"


async def test_spoken_answer(world: World) -> None:
    """A spoken answer names its voice and pace."""
    await world.give(50)
    await world.send(world.message("/ask why is the sky blue?"))
    await world.send(world.tap("speak", world.shown()))
    [speech] = [job for job in world.jobs() if is_speech(job)]
    text = receipt_screen(JobReceipt(speech, None, None, None), "en").text
    assert f"voice {speech_of(speech).voice} · Normal" in text


async def test_amounts_of_currencies() -> None:
    """Stars are whole; other currencies have hundredths."""
    assert [write_amount(50, "XTR"), write_amount(9905, "RUB"), write_amount(99, "USD")] == [
        "50 ⭐", "99.05 RUB", "0.99 USD",
    ]  # fmt: skip


async def test_chargeback(world: World) -> None:
    """A payment that the bank took back, by a provider without a title of its own."""
    bought = booked(world, TransferKind.PURCHASE, "purchase:x")
    payment = PaymentRecord("x", "newpay", "c-1", ME, "", 9900, "RUB", 4, world.now)
    await world.store.commit([create_transfer(bought), create_payment(payment)])
    taken = replace(booked(world, TransferKind.CHARGEBACK, "refund:x"), at=world.now + timedelta(days=1))
    text = receipt_screen(PurchaseReceipt(bought, payment, taken), "en").text
    assert "4 credits for 99.00 RUB" in text
    assert " · newpay" in text
    assert "The payment was taken back 3 January 2026 03:04 UTC, and 4 credits with it." in text
    assert encode(payment)["provider"] == "newpay"


@pytest.mark.parametrize(
    ("returned_amount", "returned_credits", "line"),
    [
        (0, 0, "✅ Credited. Money back: /paysupport"),
        (50, 30, "↩️ Refunded in part, 0.50 USD so far: 30 credits were taken back."),
        (99, 60, "↩️ Refunded 2 January 2026 00:00 UTC: 60 credits were taken back."),
    ],
)
def test_receipt_of_a_payment_in_parts(returned_amount: int, returned_credits: int, line: str) -> None:
    """A receipt says how much of a payment by card went back so far, and the credits of all its parts together."""
    at = World().now.replace(hour=0, minute=0)
    bought = Transfer("purchase:c-1", TransferKind.PURCHASE, *ROUTES[TransferKind.PURCHASE], ME, 60, at)
    back = replace(bought, id="refund:c-1", kind=TransferKind.REFUND, credits=30) if returned_amount else None
    payment = PaymentRecord("c-1", "yookassa", "inv-1", ME, "o-1", 99, "USD", 60, at)
    payment = replace(payment, returned_amount=returned_amount, returned_credits=returned_credits)
    assert receipt_screen(PurchaseReceipt(bought, payment, back), "en").text.splitlines()[-1] == line
