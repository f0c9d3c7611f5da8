"""An operator makes promo codes, or stops them, each in one commit with its audit entry.

    what they can give away is within the operator's day ── batch + codes + day's sum + audit ✓
    beyond it, or without a limit ── batch that waits + audit ✓ ── another admin agrees ── batch + codes + audit ✓

A form that is sent twice finds its batch by its name. Operators who see codes can use none. Larger batches are made by
a command (`infra/operations/promos.py`), and can be stopped here too.
"""

from dataclasses import replace
from datetime import datetime

from shared.admin.audit_log import AuditEntry, create_entry, new_entry
from shared.admin.calls import Operator
from shared.admin.given_day import day_key, read_day, write_day
from shared.codec import decode, encode, update
from shared.credits.catalogue import PACKAGES
from shared.growth.growth_documents import create_promo, promo_key
from shared.growth.make_promos import PromoBatch, batch_key, find_faults, list_codes, make_code
from shared.growth.promo_code import PromoCode, fold_code
from shared.miniapp.acts import Act, publish_act
from shared.people.accounts import try_until_won
from shared.ports import AppPorts, Create, Record, Update, Write

CODES_AT_ONCE_MAX = 200
"""Of a batch that is made here: with it they are one commit, of which Firestore takes 500 writes."""


def most_given(batch: PromoBatch) -> int | None:
    """The most credits that a batch can give away; None: there is no limit.

    Per cent count as those of the largest package.
    """
    largest = max(package.credits for package in PACKAGES.values())
    each = batch.credits or -(-largest * batch.percent // 100)
    return each * batch.uses_max * batch.count if batch.uses_max else None


async def order_batch(ports: AppPorts, by: Operator, wanted: PromoBatch) -> str:
    """Make a batch, or ask another admin; what came of it, as `page.SAID` names it. Raises UnavailableError."""
    if wanted.count > CODES_AT_ONCE_MAX or find_faults(wanted, ports.clock.now()):
        return "promoterms"
    outcome = await try_until_won(ports, lambda: _try_to_order(ports, by, wanted))
    if outcome == "promowaits":  # also at the second time: the first may have died before this
        await publish_act(ports, Act("agree", by.user_id, wanted.name, ports.clock.now()))
    return outcome


async def _try_to_order(ports: AppPorts, by: Operator, wanted: PromoBatch) -> str:
    now = ports.clock.now()
    today, key = day_key(by.user_id, now), batch_key(wanted.name)
    stored, day, taken = await ports.store.read([key, today, promo_key(fold_code(wanted.word) or "none")])
    if stored is not None:
        known = decode(PromoBatch, stored.fields)
        asked = replace(wanted, seed=known.seed, by=by.user_id, is_waiting=known.is_waiting)
        outcome = "promowaits" if known.is_waiting else "again"
        return outcome if known == asked else "promoname"
    if taken is not None:
        return "promotaken"
    most, given = most_given(wanted), read_day(day, now)
    is_waiting = most is None or given.credits + most > ports.alone_credits_max
    batch = replace(wanted, seed=ports.ids.token(), by=by.user_id, is_waiting=is_waiting)
    entry = _entry_of(by, "ask_promos" if is_waiting else "make_promos", batch, now)
    writes: list[Write] = [Create(key, encode(batch)), create_entry(entry)]
    if not is_waiting:
        total = replace(given, credits=given.credits + (most or 0))
        writes += [write_day(today, day, total), *_create_codes(batch)]
    await ports.store.commit(writes)
    return "promowaits" if is_waiting else "done"


async def agree_to_batch(ports: AppPorts, by: Operator, name: str) -> str:
    """Make what another operator has asked for. Raises UnavailableError."""

    async def attempt() -> str:
        now = ports.clock.now()
        stored, batch = await _open(ports, name)
        if not batch.is_waiting or batch.until <= now:
            return "gone"
        if by.user_id == batch.by:
            return "self"
        [taken] = await ports.store.read([promo_key(fold_code(batch.word) or "none")])
        if taken is not None:
            return "promotaken"
        agreed = update(stored, replace(batch, is_waiting=False))
        entry = create_entry(_entry_of(by, "agree_promos", batch, now))
        await ports.store.commit([agreed, entry, *_create_codes(batch)])
        return "done"

    return await try_until_won(ports, attempt)


async def stop_batch(ports: AppPorts, by: Operator, name: str) -> str:
    """Stop every code of a batch, or the batch that waits; after a failure it goes on. Raises UnavailableError."""
    _, batch = await _open(ports, name)
    codes = [] if batch.is_waiting else list_codes(batch)
    for start in range(0, len(codes), CODES_AT_ONCE_MAX):
        await _stop_some(ports, by, batch, codes[start : start + CODES_AT_ONCE_MAX])
    outcome = await try_until_won(ports, lambda: _close(ports, by, batch))
    return outcome or await stop_batch(ports, by, name)


async def stop_code(ports: AppPorts, by: Operator, name: str, code: str) -> str:
    """Stop one code of a batch. Raises UnavailableError."""
    _, batch = await _open(ports, name)
    return "done" if await _stop_some(ports, by, batch, [code]) else "unchanged"


async def _open(ports: AppPorts, name: str) -> tuple[Record, PromoBatch]:
    """A batch that was there before."""
    [stored] = await ports.store.read([batch_key(name)])
    assert stored is not None, "batches are never deleted"
    return stored, decode(PromoBatch, stored.fields)


async def _stop_some(ports: AppPorts, by: Operator, batch: PromoBatch, codes: list[str]) -> bool:
    """Stop those of these codes that can be used; whether there were some."""

    async def attempt() -> bool:
        now = ports.clock.now()
        found = [record for record in await ports.store.read([promo_key(each) for each in codes]) if record]
        opened = [record for record in found if _is_open(record, batch)]
        if not opened:
            return False
        entry = _entry_of(by, "stop_promos", batch, now, codes[0])
        told = replace(entry, credits=0, before=f"usable: {len(opened)}", after="usable: 0")
        stops = [Update(record.key, {"is_stopped": True}, record.version) for record in opened]
        await ports.store.commit([*stops, create_entry(told)])
        return True

    return await try_until_won(ports, attempt)


def _is_open(record: Record, batch: PromoBatch) -> bool:
    promo = decode(PromoCode, record.fields)
    return promo.batch == batch.name and not promo.is_stopped


async def _close(ports: AppPorts, by: Operator, seen: PromoBatch) -> str:
    """Write down that a batch is stopped; empty if its codes were made meanwhile, and have to be stopped first."""
    (stored, batch), now = await _open(ports, seen.name), ports.clock.now()
    if batch.is_waiting != seen.is_waiting:
        return ""
    if batch.is_stopped:
        return "unchanged"
    entry = _entry_of(by, "end_promos", batch, now)
    closed = replace(batch, is_waiting=False, is_stopped=True)
    await ports.store.commit([update(stored, closed), create_entry(replace(entry, before="open", after="stopped"))])
    return "done"


def _create_codes(batch: PromoBatch) -> list[Create]:
    return [create_promo(make_code(batch, code)) for code in list_codes(batch)]


def _entry_of(by: Operator, act: str, batch: PromoBatch, now: datetime, intent: str = "") -> AuditEntry:
    entry = new_entry(by, act, f"{batch.name} {intent}", now)
    gives = f"{batch.credits}" if batch.credits else f"{batch.percent} %"
    terms = f"{batch.count} × {gives} × {batch.uses_max or '∞'}, – {batch.until:%Y-%m-%d}"
    return replace(entry, subject=batch.name, credits=most_given(batch) or 0, before="–", after=terms)
