"""Promo codes by their batches.

GET  /admin/promos?after=…               the batches, those that end last first: one query; and the form of a new one
POST /admin/promos                       make a batch
GET  /admin/promos/{batch}?from=…        its codes, a page of them: the batch and each code are read
POST /admin/promos/{batch}/agree         POST /admin/promos/{batch}/stop: all codes, or the one in the form
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from shared.admin.calls import AdminCall
from shared.admin.change_promos import CODES_AT_ONCE_MAX, agree_to_batch, most_given, order_batch, stop_batch, stop_code
from shared.admin.page import ADMINS, Frame, refuse_form, show_nothing, show_page
from shared.codec import decode
from shared.growth.growth_documents import promo_key
from shared.growth.make_promos import PromoBatch, batch_key, batches_ending_before, list_codes
from shared.growth.promo_code import PromoCode, fold_code, show_code
from shared.miniapp.calls import Reply
from shared.miniapp.page import go_to
from shared.ports import AppPorts
from shared.statement.section import read_place, write_place
from shared.texts import plain_text

PATH = "/admin/promos"
BATCHES_SHOWN, CODES_SHOWN = 20, 40
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
WORD = re.compile(r"[A-Za-z0-9]{4,32}")
DIGITS_MAX = 6


@dataclass(frozen=True, slots=True)
class ListedCode:
    """A code of a batch."""

    code: str
    shown: str
    used: int
    is_stopped: bool


async def show_promos(ports: AppPorts, call: AdminCall) -> Reply:
    """A page of batches. Raises UnavailableError."""
    found = await ports.store.find(batches_ending_before(_read_after(call.query.get("after", "")), BATCHES_SHOWN + 1))
    batches = [decode(PromoBatch, record.fields) for record in found]
    later = ""
    if len(batches) > BATCHES_SHOWN:
        last = batches[BATCHES_SHOWN - 1]
        later = f"{PATH}?after={write_place(last.until)}.{last.name}"
    return show_page(
        call,
        "promos.html",
        Frame("promos", plain_text(call.by.language, "admin-tab-promos"), "/admin"),
        batches=batches[:BATCHES_SHOWN],
        later=later,
        now=ports.clock.now(),
        codes_max=CODES_AT_ONCE_MAX,
        alone_max=ports.alone_credits_max,
    )


async def make_batch(ports: AppPorts, call: AdminCall) -> Reply:
    """Make what the form says, or have another admin asked. Raises UnavailableError."""
    wanted = _read_batch(call)
    outcome = "promoterms" if wanted is None else await order_batch(ports, call.by, wanted)
    is_there = wanted is not None and outcome in {"done", "again", "promowaits"}
    if wanted is not None and is_there:
        return go_to(f"{PATH}/{wanted.name}?said={outcome}")
    return await show_promos(ports, refuse_form(call, outcome, "promo"))


async def show_batch(ports: AppPorts, call: AdminCall) -> Reply:
    """A batch with a page of its codes. Raises UnavailableError."""
    batch = await _read_named(ports, call)
    if batch is None:
        return show_nothing(call, "promos")
    start = _read_number(call.query.get("from", "")) or 0
    codes = [] if batch.is_waiting else list_codes(batch, start, CODES_SHOWN)
    records = await ports.store.read([promo_key(code) for code in codes]) if codes else []
    promos = [decode(PromoCode, record.fields) for record in records if record is not None]
    following = start + CODES_SHOWN
    is_more = not (batch.is_waiting or batch.word) and following < batch.count
    now = ports.clock.now()
    return show_page(
        call,
        "promo.html",
        Frame("promos", plain_text(call.by.language, "admin-promo", name=batch.name), PATH),
        batch=batch,
        codes=[_list(each, batch) for each in promos],
        most=most_given(batch),
        may_agree=batch.is_waiting and call.by.role in ADMINS and call.by.user_id != batch.by and now < batch.until,
        is_over=now >= batch.until,
        more=f"{PATH}/{batch.name}?from={following}" if is_more else "",
    )


async def agree(ports: AppPorts, call: AdminCall) -> Reply:
    """Make what another operator has asked for. Raises UnavailableError."""
    batch = await _read_named(ports, call)
    if batch is None:
        return show_nothing(call, "promos")
    return go_to(f"{PATH}/{batch.name}?said={await agree_to_batch(ports, call.by, batch.name)}")


async def stop(ports: AppPorts, call: AdminCall) -> Reply:
    """Stop all codes of a batch, or one. Raises UnavailableError."""
    batch, code = await _read_named(ports, call), call.value("code")
    if batch is None or (code and not fold_code(code)):
        return show_nothing(call, "promos")
    stopping = (
        stop_code(ports, call.by, batch.name, fold_code(code)) if code else stop_batch(ports, call.by, batch.name)
    )
    return go_to(f"{PATH}/{batch.name}?said={await stopping}")


async def _read_named(ports: AppPorts, call: AdminCall) -> PromoBatch | None:
    name = call.parameters["batch"]
    [record] = await ports.store.read([batch_key(name)]) if NAME.fullmatch(name) else [None]
    return None if record is None else decode(PromoBatch, record.fields)


def _read_batch(call: AdminCall) -> PromoBatch | None:
    """What the form asks for; None if it makes no sense. The last day counts whole, in UTC."""
    numbers = [_read_number(call.value(name) or "0") for name in ("count", "credits", "percent", "uses")]
    try:
        last = date.fromisoformat(call.value("until"))
        until = datetime.combine(last + timedelta(days=1), time(), UTC)
    except (ValueError, OverflowError):
        return None
    name, word = call.value("name"), call.value("word")
    count, credit_count, percent, uses = (-1 if each is None else each for each in numbers)
    if None in numbers or NAME.fullmatch(name) is None or (word and WORD.fullmatch(word) is None):
        return None
    is_first = call.value("first") == "on"
    return PromoBatch(name, count, until, credit_count, percent, is_first, uses, word)


def _read_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX else None


def _read_after(text: str) -> tuple[datetime, str] | None:
    """The place of a page in an address; None, the first, for nonsense."""
    place, _, name = text.partition(".")
    at = read_place(place)
    return (at, name) if at is not None and NAME.fullmatch(name) else None


def _list(promo: PromoCode, batch: PromoBatch) -> ListedCode:
    return ListedCode(promo.code, batch.word or show_code(promo.code), promo.used, promo.is_stopped)
